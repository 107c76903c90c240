#include "common/speaker/runtime.hpp"

#include <gtest/gtest.h>

#include <set>

namespace tandem::speaker {
namespace {

class Line final : public Channel {
 public:
  Line(Runtime& runtime, std::set<std::string>& alive, std::string name)
      : Channel(runtime, ChannelKind::connection, std::move(name)), alive_(alive) {
    alive_.insert(name_);
  }
  ~Line() override { alive_.erase(name_); }
  Interest interest() const override { return {}; }
  const base::Outbox& outbox() const override { return outbox_; }
  void on_ended(EndCause, int, base::TimePoint) override { finish(); }
  void touch() { wake(); }

 private:
  std::set<std::string>& alive_;
  base::Outbox outbox_;
};

class RuntimeTest : public ::testing::Test {
 protected:
  Line& add(std::string name) {
    auto line = std::make_unique<Line>(runtime, alive, std::move(name));
    Line& made = *line;
    runtime.adopt(std::move(line));
    return made;
  }
  std::vector<std::string> woken() {
    std::vector<Channel*> channels;
    runtime.take_woken(channels);
    std::vector<std::string> names;
    for (const Channel* channel : channels) names.emplace_back(channel->name());
    return names;
  }
  std::set<std::string> alive;
  Runtime runtime;
  int driver = 0;
};

using Names = std::vector<std::string>;

TEST_F(RuntimeTest, AnAdoptedChannelIsWoken) {
  add("a");
  EXPECT_TRUE(runtime.has_woken());
  EXPECT_EQ(woken(), Names{"a"});
  EXPECT_FALSE(runtime.has_woken());
}

TEST_F(RuntimeTest, WokenChannelsComeOnceAndInTheOrderTheyWereWoken) {
  Line& a = add("a");
  Line& b = add("b");
  woken();
  b.touch();
  a.touch();
  b.touch();
  EXPECT_EQ(woken(), (Names{"b", "a"}));
}

TEST_F(RuntimeTest, WakingAllWakesEveryChannelOnce) {
  add("a").touch();
  add("b");
  woken();
  runtime.wake_all();
  EXPECT_EQ(woken().size(), 2U);
}

TEST_F(RuntimeTest, AFinishedChannelWithoutDriverIsNeverHandedOut) {
  Line& a = add("a");
  a.ended(EndCause::asked, 0, {});
  EXPECT_TRUE(woken().empty());
  a.touch();
  runtime.wake_all();
  EXPECT_TRUE(woken().empty());
}

TEST_F(RuntimeTest, ARetiredChannelIsDestroyedOnceItsDriverIsGone) {
  Line& a = add("a");
  a.attach(&driver);
  EXPECT_EQ(runtime.driven(), 1U);
  a.ended(EndCause::asked, 0, {});
  runtime.retire(a);
  runtime.collect();
  EXPECT_EQ(alive, std::set<std::string>{"a"});
  a.detach();
  EXPECT_EQ(runtime.driven(), 0U);
  runtime.collect();
  EXPECT_TRUE(alive.empty());
  EXPECT_EQ(runtime.channels(), 0U);
}

TEST_F(RuntimeTest, ARetiredChannelThatWasWokenIsNotHandedOut) {
  Line& a = add("a");
  add("b");
  runtime.retire(a);
  EXPECT_EQ(woken(), Names{"b"});
  runtime.collect();
  EXPECT_EQ(alive, std::set<std::string>{"b"});
}

TEST_F(RuntimeTest, CollectingLeavesTheOthersWhereTheyCanBeFound) {
  std::vector<Line*> lines;
  for (int i = 0; i < 100; ++i) lines.push_back(&add(std::to_string(i)));
  woken();
  for (int i = 0; i < 100; i += 3) runtime.retire(*lines[static_cast<std::size_t>(i)]);
  runtime.collect();
  EXPECT_EQ(runtime.channels(), 66U);
  for (int i = 1; i < 100; i += 3) runtime.retire(*lines[static_cast<std::size_t>(i)]);
  runtime.collect();
  EXPECT_EQ(runtime.channels(), 33U);
  EXPECT_EQ(alive.size(), 33U);
  EXPECT_TRUE(alive.contains("2"));
  runtime.wake_all();
  EXPECT_EQ(woken().size(), 33U);
}

}  // namespace
}  // namespace tandem::speaker
