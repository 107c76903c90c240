// Many upgrades; a few of them are in daemon_upgrade_test.cpp.
#include "tandem/upgraded_tandem.hpp"

namespace tandem::program {
namespace {

TEST_P(Upgraded, NothingIsLostOrDoubledInAHundredOfThemUnderRandomTraffic) { expect_nothing_lost(100, 20 * k_said); }

// With the shortest hold time there is: one is due every second, so that none may leave before the pause. Half a second is allowed.
TEST_P(Upgraded, NoKeepaliveIsHalfASecondLateWithAMillionRoutesAndAThousandSessions) {
  constexpr std::size_t k_routes = 1'000'000;
  constexpr std::size_t k_sessions = 1'000;
  constexpr auto k_interval = std::chrono::seconds(1);
  neighbor_.hold_time = 3;
  allow_descriptors(2 * k_sessions);
  neighbor_.routes = harness::many_routes(k_routes, 1000);
  put_configuration(k_sessions - 1);
  const auto daemon = start();
  const auto up = [this] { return std::all_of(others_.begin(), others_.end(), [](const auto& other) { return other->ends_of_rib() == 1; }); };
  ASSERT_TRUE(until([&] { return others_.size() == k_sessions - 1 && up(); })) << others_.size();
  Control control(path("t.sock"));
  const base::TimePoint begin = harness::Loopback::now();
  for (int times = 0; times < 5; ++times) {
    control.say("upgrade");
    ASSERT_TRUE(until([&control] { return control.has_said(); })) << daemon->text();
    EXPECT_EQ(control.answer(), "done\n");
    loopback_.run_for(std::chrono::milliseconds(100 + 437 * times));
  }
  loopback_.run_for(k_interval);
  others_.push_back(peer_);
  for (const auto& peer : others_) {
    std::vector<base::TimePoint> heard;
    for (const auto& message : peer->transcript()) {
      if (message.type() == harness::k_keepalive) heard.push_back(message.at);
    }
    ASSERT_GT(heard.size(), 2U);
    for (std::size_t i = 1; i < heard.size(); ++i) {
      if (heard[i] < begin) continue;  // a million routes were on their way
      EXPECT_LE(base::seconds(heard[i] - heard[i - 1]), base::seconds(k_interval) + 0.5) << "KEEPALIVE " << i << " of " << heard.size();
    }
    EXPECT_FALSE(peer->has_closed());
  }
  EXPECT_EQ(peer_->table().size(), k_routes + k_said);
  EXPECT_EQ(connections_, static_cast<int>(k_sessions));
  expect_a_clean_end(*daemon);
}

INSTANTIATE_TEST_SUITE_P(LongEngine, Upgraded, ::testing::ValuesIn(engines_that_run()), [](const auto& info) { return info.param; });

}  // namespace

// As in daemon_test.cpp.
std::string built_program() { return TANDEM_PROGRAM; }

}  // namespace tandem::program
