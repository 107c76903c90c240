// A session that is written down and read again at any moment goes on as if nothing had been: the same octets, the same events, the same
// deadlines on the clock of the other one.
#include <gtest/gtest.h>

#include "common/base/random.hpp"
#include "common/session/fields.hpp"
#include "common/session/test_support.hpp"

namespace tandem::session {
namespace {

using namespace test;

base::Buffer written(const Session& session, TimePoint now) {
  state::Writer writer(now, state::Secrets::left_out);
  writer.section("session", 1, [&] { writer.value(session); });
  return std::move(writer).finish();
}

std::string read(const base::Buffer& octets, TimePoint now, Session& session) {
  state::Reader reader(octets, now);
  reader.section("session", 1, [&] { reader.value(session); });
  const auto done = reader.finish();
  return done ? "" : done.error().reason();
}

// Two sessions that hear and do the same. One of them is another one after each step, and lives in another time.
class Twins {
 public:
  explicit Twins(std::uint64_t seed) : random_(seed), parameters_(ebgp_parameters()) {
    if (random_.below(4) == 0) parameters_.local_as.reset();
    if (random_.below(4) == 0) parameters_.send_hold_time_s = 3;
    usual_ = std::make_unique<Session>(parameters_);
    other_ = std::make_unique<Session>(parameters_);
  }

  void play() {
    both([](Session& session, TimePoint now) { session.connected(k_local, k_remote, now); });
    const OpenFields open;
    waiting_ = open_message(open) + keepalive();
    for (int step = 0; step < 120 && !testing::Test::HasFatalFailure(); ++step) {
      one_step();
      compare();
    }
  }

 private:
  template <typename Action>
  void both(Action&& action) {
    action(*usual_, now_);
    action(*other_, now_ + shift_);
    compare();
  }

  void one_step() {
    const std::uint64_t dice = random_.below(100);
    if (dice < 45) {
      const std::size_t size = std::min<std::size_t>(waiting_.size(), 1 + random_.below(40));
      const base::Buffer piece(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(size));
      waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(size));
      both([&](Session& session, TimePoint now) { session.receive(piece, now); });
      if (waiting_.empty()) waiting_ = any_message();
    } else if (dice < 65) {
      both([](Session& session, TimePoint now) { static_cast<void>(session.step(true, now)); });
    } else if (dice < 75) {
      const std::size_t count = random_.below(30);
      both([&](Session& session, TimePoint now) { session.sent(count, now); });
    } else if (dice < 85) {
      const base::Buffer update = message(2, "00000000");
      both([&](Session& session, TimePoint) { session.queue(update); });
    } else if (dice < 97) {
      now_ += milliseconds(random_.below(40'000));
      both([](Session& session, TimePoint now) { session.expired(now); });
    } else if (dice < 98) {
      both([](Session& session, TimePoint now) { session.terminate({6, 4, {}}, {}, now); });
    } else {
      both([](Session& session, TimePoint now) { session.closed("gone", now); });
    }
  }

  base::Buffer any_message() {
    switch (random_.below(12)) {
      case 0: return message(2, "0000 0014 40010100 40020602010000FDE8 40030400000001 18010203");  // an UPDATE, and one that lacks NEXT_HOP
      case 1: return message(2, "0000 000D 40010100 40020602010000FDE8 18010203");
      case 2: return message(2, "000F");
      case 3: return message(3, "0602");
      case 4: return message(9, "00");
      case 5: return message(5, "00010001");
      default: return keepalive();
    }
  }

  // Its time is not the other's: only what is left counts.
  void restore() {
    shift_ += seconds(random_.below(1000));
    const base::Buffer octets = written(*other_, now_ + shift_before_);
    shift_before_ = shift_;
    auto next = std::make_unique<Session>(parameters_);
    ASSERT_EQ(read(octets, now_ + shift_, *next), "");
    other_ = std::move(next);
  }

  void compare() {
    ASSERT_EQ(other_->state(), usual_->state());
    ASSERT_EQ(other_->ending(), usual_->ending());
    ASSERT_EQ(other_->wants_close(), usual_->wants_close());
    ASSERT_EQ(other_->wants_input(), usual_->wants_input());
    ASSERT_EQ(other_->has_input(), usual_->has_input());
    ASSERT_EQ(octets(*other_), octets(*usual_));
    auto due = usual_->deadline();
    if (due) *due += shift_;
    ASSERT_EQ(other_->deadline(), due);
    ASSERT_EQ(other_->negotiated() != nullptr, usual_->negotiated() != nullptr);
    restore();
    if (random_.below(3) != 0) return;
    ASSERT_EQ(take_events(*other_), take_events(*usual_));
    ASSERT_EQ(other_->take_hold_margin(), usual_->take_hold_margin());
  }

  static base::Buffer octets(const Session& session) {
    std::array<base::Bytes, 64> pieces;
    base::Buffer out;
    const std::size_t count = session.outbox().gather(pieces);
    for (std::size_t i = 0; i < count; ++i) out.insert(out.end(), pieces[i].begin(), pieces[i].end());
    return out;
  }

  base::Random random_;
  Parameters parameters_;
  std::unique_ptr<Session> usual_;
  std::unique_ptr<Session> other_;
  TimePoint now_{seconds(1)};
  base::Duration shift_{};
  base::Duration shift_before_{};
  base::Buffer waiting_;
};

TEST(SessionState, ARestoredOneGoesOnAsTheOneBefore) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Twins(seed).play();
    if (testing::Test::HasFailure()) return;
  }
}

TEST(SessionState, WhatCannotBeIsRefused) {
  Fixture one;
  one.reach(State::established);
  const base::Buffer whole = written(one.session, one.now);
  Session same(one.parameters);
  EXPECT_EQ(read(whole, one.now, same), "");
  Parameters others = one.parameters;
  others.peer_as = base::Asn{1};
  Session other(others);
  EXPECT_NE(read(whole, one.now, other), "");  // its OPEN is not acceptable to these
}

TEST(SessionState, ParametersAreReadAsTheyWereWritten) {
  Parameters parameters = ebgp_parameters();
  parameters.role = bgp::Role::customer;
  parameters.add_path_families = {bgp::k_ipv4_unicast};
  parameters.software_version = "x";
  parameters.hide_empty_capabilities = true;
  state::Writer writer({}, state::Secrets::left_out);
  writer.section("parameters", 1, [&] { writer.value(parameters); });
  const base::Buffer octets = std::move(writer).finish();
  Parameters again;
  state::Reader reader(octets, {});
  reader.section("parameters", 1, [&] { reader.value(again); });
  ASSERT_TRUE(reader.finish());
  state::Writer second({}, state::Secrets::left_out);
  second.section("parameters", 1, [&] { second.value(again); });
  EXPECT_EQ(std::move(second).finish(), octets);
}

}  // namespace
}  // namespace tandem::session
