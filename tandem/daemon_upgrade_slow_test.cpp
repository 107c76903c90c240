// Many upgrades; a few of them are in daemon_upgrade_test.cpp.
#include "tandem/upgraded_tandem.hpp"

namespace tandem::program {
namespace {

TEST_P(Upgraded, NothingIsLostOrDoubledInAHundredOfThemUnderRandomTraffic) { expect_nothing_lost(100, 20 * k_said); }

// Those that are due in the pause leave before it, and it is short. What a busy machine adds is no business of this test: it looks at what is due
// every three seconds, and half a second is allowed.
TEST_P(Upgraded, NoKeepaliveIsHalfASecondLateWithAMillionRoutes) {
  constexpr std::size_t k_routes = 1'000'000;
  constexpr auto k_interval = std::chrono::seconds(3);
  neighbor_.routes = harness::many_routes(k_routes, 1000);
  put_configuration();
  const auto daemon = start();
  Control control(path("t.sock"));
  for (int times = 0; times < 10; ++times) {
    control.say("upgrade");
    ASSERT_TRUE(until([&control] { return control.has_said(); })) << daemon->text();
    EXPECT_EQ(control.answer(), "done\n");
    loopback_.run_for(std::chrono::milliseconds(100 + 37 * times));
  }
  std::vector<base::TimePoint> heard;
  for (const auto& message : peer_->transcript()) {
    if (message.type() == harness::k_keepalive) heard.push_back(message.at);
  }
  ASSERT_GT(heard.size(), 2U);
  for (std::size_t i = 1; i < heard.size(); ++i) {
    EXPECT_LE(base::seconds(heard[i] - heard[i - 1]), base::seconds(k_interval) + 0.5) << "KEEPALIVE " << i << " of " << heard.size();
  }
  EXPECT_EQ(peer_->table().size(), k_routes + k_said);
  EXPECT_EQ(connections_, 1);
  expect_a_clean_end(*daemon);
}

INSTANTIATE_TEST_SUITE_P(LongEngine, Upgraded, ::testing::Values(engines_that_run().front()), [](const auto& info) { return info.param; });

}  // namespace

// As in daemon_test.cpp.
std::string built_program() { return TANDEM_PROGRAM; }

}  // namespace tandem::program
