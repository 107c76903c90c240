#include "common/session/state.hpp"

#include <gtest/gtest.h>

namespace tandem::session {

constexpr State k_all[] = {State::idle, State::active, State::connect, State::open_sent, State::open_confirm, State::established};

TEST(State, NamesAreThoseOfTheEvents) {
  EXPECT_EQ(to_string(State::idle), "IDLE");
  EXPECT_EQ(to_string(State::active), "ACTIVE");
  EXPECT_EQ(to_string(State::connect), "CONNECT");
  EXPECT_EQ(to_string(State::open_sent), "OPENSENT");
  EXPECT_EQ(to_string(State::open_confirm), "OPENCONFIRM");
  EXPECT_EQ(to_string(State::established), "ESTABLISHED");
}

TEST(State, EveryStateMayEndInIdle) {
  for (const State state : k_all) EXPECT_TRUE(may_follow(state, State::idle)) << to_string(state);
}

TEST(State, TheWayUpHasNoShortCuts) {
  EXPECT_TRUE(may_follow(State::idle, State::active));
  EXPECT_TRUE(may_follow(State::idle, State::connect));
  EXPECT_TRUE(may_follow(State::active, State::connect));
  EXPECT_TRUE(may_follow(State::connect, State::open_sent));
  EXPECT_TRUE(may_follow(State::open_sent, State::open_confirm));
  EXPECT_TRUE(may_follow(State::open_confirm, State::established));
  EXPECT_FALSE(may_follow(State::idle, State::open_sent));
  EXPECT_FALSE(may_follow(State::connect, State::open_confirm));
  EXPECT_FALSE(may_follow(State::open_sent, State::established));
}

TEST(State, OnlyIdleAndActiveRepeat) {
  for (const State state : k_all) {
    EXPECT_EQ(may_follow(state, state), state == State::idle || state == State::active) << to_string(state);
  }
}

TEST(State, NothingButIdleFollowsEstablished) {
  for (const State state : k_all) EXPECT_EQ(may_follow(State::established, state), state == State::idle) << to_string(state);
}

}  // namespace tandem::session
