#include "common/speaker/schedule.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <vector>

#include "common/base/random.hpp"

namespace tandem::speaker {
namespace {

using namespace std::chrono_literals;
constexpr base::TimePoint k_now{};

class ScheduleTest : public ::testing::Test {
 protected:
  void arrange(std::vector<api::PeerId> order) {
    order_ = std::move(order);
    schedule_.arrange(order_.size(), number());
  }
  // Who has a turn in a pass; during(id) is called in it.
  template <typename During>
  std::vector<api::PeerId> pass(During&& during) {
    std::vector<api::PeerId> turns;
    if (!schedule_.begin(k_now)) return turns;
    for (auto place = schedule_.take_from(0, number()); place; place = schedule_.take_from(*place + 1, number())) {
      turns.push_back(order_[*place]);
      during(turns.back());
    }
    return turns;
  }
  std::vector<api::PeerId> pass() {
    return pass([](api::PeerId) {});
  }
  std::function<api::PeerId(std::size_t)> number() {
    return [this](std::size_t place) {
      ++looked_at_;
      return order_[place];
    };
  }

  Schedule schedule_;
  std::vector<api::PeerId> order_;
  std::size_t looked_at_ = 0;
};

using Ids = std::vector<api::PeerId>;

TEST_F(ScheduleTest, WhoIsDueHasATurnInTheOrderOfTheConfiguration) {
  arrange({5, 1, 200, 0});
  for (const api::PeerId id : {0, 5, 200}) schedule_.mark_due(id);
  EXPECT_EQ(pass(), (Ids{5, 200, 0}));
  EXPECT_EQ(pass(), Ids{});
  schedule_.at(1, k_now + 1s);
  EXPECT_EQ(pass(), Ids{});
  schedule_.at(1, k_now);
  EXPECT_EQ(pass(), Ids{1});
}

TEST_F(ScheduleTest, WhoIsMarkedInAPassHasItsTurnInItUnlessItWasPassed) {
  arrange({0, 1, 2, 3});
  schedule_.mark_due(1);
  EXPECT_EQ(pass([this](api::PeerId id) {
              if (id != 1) return;
              for (const api::PeerId marked : {0, 1, 3}) schedule_.mark_due(marked);
            }),
            (Ids{1, 3}));
  EXPECT_TRUE(schedule_.any());
  EXPECT_EQ(pass(), (Ids{0, 1}));
}

TEST_F(ScheduleTest, AnotherOrderKeepsWhoIsDueAndForgetsWhoIsGone) {
  arrange({0, 1, 2});
  for (const api::PeerId id : {0, 1, 2}) schedule_.mark_due(id);
  schedule_.forget(1);
  arrange({2, 0});
  order_.push_back(1);  // its number is another's now
  schedule_.append(1);
  EXPECT_EQ(pass(), (Ids{2, 0}));
  schedule_.mark_due(1);
  EXPECT_EQ(pass(), Ids{1});
}

TEST_F(ScheduleTest, WhoIsNotDueIsNotLookedAt) {
  constexpr api::PeerId k_peers = 10'000;
  Ids all;
  for (api::PeerId id = 0; id < k_peers; ++id) all.push_back(k_peers - 1 - id);
  arrange(all);
  looked_at_ = 0;
  base::Random random(3);
  for (int attempt = 0; attempt < 100; ++attempt) {
    std::set<api::PeerId, std::greater<>> due;
    for (std::uint64_t count = random.below(5); count > 0; --count) due.insert(static_cast<api::PeerId>(random.below(k_peers)));
    for (const api::PeerId id : due) schedule_.mark_due(id);
    EXPECT_EQ(pass(), Ids(due.begin(), due.end()));
  }
  EXPECT_LE(looked_at_, 500U);
}

}  // namespace
}  // namespace tandem::speaker
