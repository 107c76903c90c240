// What goes on for long is compared in bounded memory: what is the same, or equivalent up to where both say the same again, is forgotten.
#include "tandem/replay/judgement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/messages.hpp"

namespace tandem::replay {
namespace {

using recording::Kind;
using speaker::ChannelKind;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

constexpr recording::ChannelId k_session = 1;
constexpr recording::ChannelId k_program = 2;
const StreamName k_session_name{ChannelKind::connection, "10.0.0.1 out", 1};
const StreamName k_program_name{ChannelKind::program, "watch", 1};

base::TimePoint at(int second) { return base::TimePoint(std::chrono::seconds(second)); }

// A session and a program of one run.
struct OneRun {
  OneRun() {
    streams.take({.kind = Kind::channel, .channel = k_session, .detail = static_cast<std::uint8_t>(ChannelKind::connection), .octets = base::as_bytes(k_session_name.name)});
    streams.take({.kind = Kind::channel, .channel = k_program, .detail = static_cast<std::uint8_t>(ChannelKind::program), .octets = base::as_bytes(k_program_name.name)});
    streams.take({.kind = Kind::connected, .channel = k_session});
    const base::Buffer open = harness::open({});
    streams.take({.kind = Kind::received, .channel = k_session, .octets = open});
    say(open);
  }
  void say(const base::Buffer& message) { streams.take({.kind = Kind::sent, .at = now, .channel = k_session, .octets = message}); }
  void announce(const std::string& prefix, std::uint32_t med) { say(harness::update({{prefix}, std::nullopt, med})); }
  void line(const std::string& text) { streams.take({.kind = Kind::sent, .at = now, .channel = k_program, .octets = base::as_bytes(text)}); }
  [[nodiscard]] const Stream& session() const { return *streams.find(k_session_name); }
  base::TimePoint now = at(1);
  Streams streams;
};

struct Judgement : ::testing::Test {
  // Both.
  void announce(const std::string& prefix, std::uint32_t med) {
    then.announce(prefix, med);
    now.announce(prefix, med);
  }
  OneRun then, now;
};

TEST_F(Judgement, WhatIsTheSameIsForgottenAndCounted) {
  announce("10.0.1.0/24", 1);
  now.say(harness::keepalive());
  announce("10.0.2.0/24", 1);
  then.announce("10.0.3.0/24", 1);
  forget_the_same(then.streams, now.streams);
  EXPECT_EQ(then.session().forgotten, 3U) << "an OPEN and two UPDATEs";
  EXPECT_EQ(then.session().forgotten_octets, now.session().forgotten_octets - harness::keepalive().size());
  ASSERT_EQ(then.session().units.size(), 1U);
  EXPECT_EQ(octets_left(now.streams), 0U);
}

// One has put two changes of a prefix together, and traffic does not stop.
TEST_F(Judgement, WhatWasMergedIsJudgedWhereBothSayTheSameAgain) {
  then.announce("10.0.1.0/24", 1);
  announce("10.0.1.0/24", 2);
  announce("10.0.2.0/24", 1);
  forget_the_same(then.streams, now.streams);
  EXPECT_EQ(forget_the_equivalent(then.streams, now.streams, at(1)), Verdict::identical) << "that may be judged in a quiet moment yet";
  EXPECT_EQ(then.session().units.size(), 3U);
  EXPECT_EQ(forget_the_equivalent(then.streams, now.streams, at(2)), Verdict::equivalent);
  forget_the_same(then.streams, now.streams);
  EXPECT_EQ(octets_left(then.streams) + octets_left(now.streams), 0U);
  EXPECT_EQ(judge(then.streams, now.streams).verdict, Verdict::identical) << "of what is left";
}

TEST_F(Judgement, WhatDiffersIsNotForgottenWhateverIsTheSameBehindIt) {
  then.announce("10.0.1.0/24", 1);
  now.announce("10.0.1.0/24", 2);
  announce("10.0.2.0/24", 1);
  forget_the_same(then.streams, now.streams);
  EXPECT_EQ(forget_the_equivalent(then.streams, now.streams, at(2)), Verdict::identical);
  EXPECT_EQ(then.session().units.size(), 2U);
  const compare::Judgement judgement = judge(then.streams, now.streams, Moment::quiet);
  EXPECT_EQ(judgement.verdict, Verdict::different);
  EXPECT_EQ(judgement.session, "neighbor 10.0.0.1 (out), connection 1");
  EXPECT_THAT(judgement.difference, HasSubstr("message 2 "));
}

// The octets are faster than the record of them.
TEST_F(Judgement, WhatCameOfAnEngineAndIsNotRecordedYetIsADifferenceWhenItHasEnded) {
  const base::Buffer octets{1, 2, 3};
  const base::Bytes all(octets);
  EXPECT_TRUE(is_what_was_given(all, all, true));
  EXPECT_TRUE(is_what_was_given(all.first(2), all, true)) << "the peer has not read it";
  EXPECT_TRUE(is_what_was_given(all, all.first(2), false));
  EXPECT_FALSE(is_what_was_given(all, all.first(2), true));
  EXPECT_FALSE(is_what_was_given(base::Buffer{1, 4}, all, false));
  EXPECT_FALSE(is_what_was_given(base::Buffer{1, 4, 3}, all.first(2), false));
}

// Nobody waits for a pause, or for what does not fit to fill the memory.
TEST_F(Judgement, WithoutAPauseASessionHasPartedWhereNobodyChangesWhatDiffers) {
  then.announce("10.0.1.0/24", 1);
  now.announce("10.0.1.0/24", 2);
  then.now = now.now = at(2);
  announce("10.0.2.0/24", 1);
  then.now = now.now = at(3);
  announce("10.0.3.0/24", 1);
  forget_the_same(then.streams, now.streams);
  EXPECT_EQ(parted_session(then.streams, now.streams, at(2)), nullptr) << "what both have said since is too new";
  ASSERT_NE(parted_session(then.streams, now.streams, at(3)), nullptr);
  const compare::Judgement judgement = judge_session(k_session_name, then.streams, now.streams);
  EXPECT_EQ(judgement.verdict, Verdict::different);
  EXPECT_THAT(judgement.difference, HasSubstr("message 2 "));
  now.announce("10.0.1.0/24", 1);
  EXPECT_EQ(parted_session(then.streams, now.streams, at(3)), nullptr) << "it was changed";
}

// Whoever is interrupted has walked ahead of the engine, or been overtaken by it.
TEST_F(Judgement, InTheMiddleWhatOnlyOneOfThemHasSaidYetIsNoDifference) {
  announce("10.0.1.0/24", 1);
  then.announce("10.0.2.0/24", 1);
  EXPECT_EQ(judge_in_the_middle(then.streams, now.streams), Verdict::identical);
  EXPECT_EQ(judge(then.streams, now.streams).verdict, Verdict::different) << "of a recording that was played to its end";
  now.announce("10.0.2.0/24", 1);
  now.announce("10.0.3.0/24", 1);
  EXPECT_EQ(judge_in_the_middle(then.streams, now.streams), Verdict::identical);
  then.announce("10.0.3.0/24", 5);
  then.announce("10.0.3.0/24", 1);
  announce("10.0.4.0/24", 1);
  EXPECT_EQ(judge_in_the_middle(then.streams, now.streams), Verdict::equivalent) << "up to where both say the same again";
}

// One of them was judged and forgotten with a message more.
TEST_F(Judgement, ASessionThatIsCutGoesNoFurtherThanThenWhateverWasMergedBefore) {
  now.announce("10.0.1.0/24", 1);
  announce("10.0.1.0/24", 2);
  EXPECT_EQ(judge(then.streams, now.streams, Moment::quiet).verdict, Verdict::equivalent);
  forget_sessions(then.streams);
  forget_sessions(now.streams);
  announce("10.0.2.0/24", 1);
  now.announce("10.0.3.0/24", 1);
  EXPECT_EQ(judge(then.streams, now.streams, Moment::end).verdict, Verdict::identical);
  EXPECT_EQ(judge(then.streams, now.streams, Moment::quiet).verdict, Verdict::different);
}

TEST_F(Judgement, LinesThatAreNotTheSameAreKeptUpToABound) {
  then.line("one\n");
  EXPECT_EQ(forget_other_lines(then.streams, now.streams, 100), "") << "the other one may say it yet";
  now.line("other\n");
  then.line("two\n");
  EXPECT_EQ(forget_other_lines(then.streams, now.streams, 100), "program watch, line 1:\n  recorded  one\n  replayed  other\n");
  now.line("two\n");
  forget_the_same(then.streams, now.streams);
  EXPECT_EQ(octets_left(then.streams), octets_left(now.streams)) << "what is the same behind it is the same";
  for (int i = 0; i < 30; ++i) then.line("more\n");
  EXPECT_EQ(forget_other_lines(then.streams, now.streams, 100), "program watch, line 3:\n  recorded  more\n  replayed  nothing more\n");
  EXPECT_TRUE(then.streams.find(k_program_name)->units.empty());
}

TEST_F(Judgement, WhatIsDroppedIsNotThereAnyMore) {
  then.streams.drop(k_session_name);
  EXPECT_EQ(then.streams.find(k_session_name), nullptr);
  then.announce("10.0.1.0/24", 1);
  EXPECT_EQ(then.streams.find(k_session), nullptr) << "and does not come back";
}

}  // namespace
}  // namespace tandem::replay
