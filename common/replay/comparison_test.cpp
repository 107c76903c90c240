#include "common/replay/comparison.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <memory>

#include "common/bgp/message/header.hpp"
#include "common/replay/unit.hpp"

namespace tandem::replay {
namespace {

base::Buffer hex(const std::string& digits) { return *base::from_hex(digits); }

base::Buffer message(bgp::MessageType type, const base::Buffer& body) {
  base::Buffer out;
  const std::size_t start = bgp::begin_message(out, type);
  out.insert(out.end(), body.begin(), body.end());
  bgp::finish_message(out, start);
  return out;
}

// Of 10.0.N.0/24, with an ORIGIN, an empty AS_PATH, a NEXT_HOP, and a MED that says which state it is.
base::Buffer announce(unsigned n, unsigned med) {
  base::Buffer body = hex("00000015" "40010100" "400200" "4003040A000001" "80040400000000");
  body[body.size() - 1] = static_cast<std::uint8_t>(med);
  for (const unsigned octet : {24U, 10U, 0U, n}) body.push_back(static_cast<std::uint8_t>(octet));
  return message(bgp::MessageType::update, body);
}
base::Buffer withdraw(unsigned n) {
  base::Buffer body = hex("0004180A00000000");
  body[5] = static_cast<std::uint8_t>(n);
  return message(bgp::MessageType::update, body);
}
const base::Buffer k_end_of_rib = message(bgp::MessageType::update, hex("00000000"));
const base::Buffer k_keepalive = message(bgp::MessageType::keepalive, {});
const base::Buffer k_notification = message(bgp::MessageType::notification, hex("0602"));

SentSession session(const std::vector<base::Buffer>& messages) {
  static std::deque<base::Buffer> kept;
  SentSession made;
  for (const base::Buffer& one : messages) made.messages.emplace_back(kept.emplace_back(one));
  made.agreed.emplace();
  made.agreed->families = {bgp::k_ipv4_unicast};
  made.agreed->family_set.insert(*bgp::family_index(bgp::k_ipv4_unicast));
  made.agreed->asn4 = true;
  return made;
}

Verdict verdict(const std::vector<base::Buffer>& one, const std::vector<base::Buffer>& other, Keepalives keepalives = Keepalives::do_not_count) {
  const Verdict there = compare(session(one), session(other), keepalives).verdict;
  EXPECT_EQ(there, compare(session(other), session(one), keepalives).verdict) << "the order of the two does not matter";
  return there;
}

TEST(Comparison, TheSameOctetsAreIdentical) {
  EXPECT_EQ(verdict({announce(1, 1), k_end_of_rib}, {announce(1, 1), k_end_of_rib}), Verdict::identical);
  EXPECT_EQ(verdict({}, {}), Verdict::identical);
}

TEST(Comparison, KeepalivesCountWhereTimesAreTheSame) {
  EXPECT_EQ(verdict({announce(1, 1), k_keepalive}, {k_keepalive, announce(1, 1)}), Verdict::identical);
  EXPECT_EQ(verdict({announce(1, 1), k_keepalive}, {announce(1, 1)}, Keepalives::count), Verdict::different);
}

TEST(Comparison, StatesThatWereMergedAwayAreEquivalent) {
  EXPECT_EQ(verdict({announce(1, 1), announce(1, 2), announce(1, 3)}, {announce(1, 1), announce(1, 3)}), Verdict::equivalent);
  EXPECT_EQ(verdict({announce(1, 1), withdraw(1)}, {}), Verdict::equivalent) << "an announce and its withdraw may be merged into nothing";
  EXPECT_EQ(verdict({announce(1, 1), withdraw(1), announce(1, 2)}, {announce(1, 1), announce(1, 2)}), Verdict::equivalent);
}

TEST(Comparison, TheOrderOfPrefixesMayDifferButNotThatOfStates) {
  EXPECT_EQ(verdict({announce(1, 1), announce(2, 1)}, {announce(2, 1), announce(1, 1)}), Verdict::equivalent);
  EXPECT_EQ(verdict({announce(1, 1), announce(1, 2), announce(1, 3)}, {announce(1, 2), announce(1, 1), announce(1, 3)}), Verdict::different);
}

bool parted(const std::vector<base::Buffer>& one, const std::vector<base::Buffer>& one_behind, const std::vector<base::Buffer>& other, const std::vector<base::Buffer>& other_behind) {
  const auto cut = [](const std::vector<base::Buffer>& in_front, const std::vector<base::Buffer>& behind) {
    CutSession made{session(in_front), session(behind)};
    made.in_front.goes_on = made.behind.goes_on = true;
    return made;
  };
  const bool there = have_parted(cut(one, one_behind), cut(other, other_behind));
  EXPECT_EQ(there, have_parted(cut(other, other_behind), cut(one, one_behind))) << "the order of the two does not matter";
  return there;
}

TEST(Comparison, TwoHavePartedWhereNobodySpeaksAnyMoreOfWhatDiffers) {
  EXPECT_TRUE(parted({announce(1, 1)}, {announce(9, 1)}, {announce(1, 2)}, {announce(9, 1)}));
  EXPECT_TRUE(parted({announce(1, 1)}, {announce(9, 1)}, {announce(2, 1)}, {announce(9, 1)})) << "of which the other one never speaks";
  EXPECT_TRUE(parted({withdraw(1)}, {announce(9, 1)}, {}, {announce(9, 1)})) << "it had been there";
  EXPECT_FALSE(parted({announce(1, 1)}, {announce(9, 1)}, {announce(1, 2)}, {announce(9, 1), announce(1, 3)})) << "the first one may say that, too";
  EXPECT_FALSE(parted({announce(1, 1), announce(1, 2)}, {announce(9, 1)}, {announce(1, 2)}, {announce(9, 1), announce(3, 1)})) << "what was merged";
  EXPECT_FALSE(parted({announce(1, 1), withdraw(1)}, {announce(9, 1)}, {}, {announce(9, 1)})) << "into nothing";
}

TEST(Comparison, AnotherTableAtTheEndIsADifference) {
  EXPECT_EQ(verdict({announce(1, 1)}, {announce(1, 2)}), Verdict::different);
  EXPECT_EQ(verdict({announce(1, 1), announce(2, 1)}, {announce(1, 1)}), Verdict::different);
}

TEST(Comparison, AnotherTableAtAnEndOfRibIsADifference) {
  EXPECT_EQ(verdict({announce(1, 1), k_end_of_rib, announce(2, 1)}, {announce(1, 1), announce(2, 1), k_end_of_rib}), Verdict::different);
}

TEST(Comparison, ASessionThatWasEndedMayHaveHadMoreToSay) {
  EXPECT_EQ(verdict({announce(1, 1), announce(2, 1), k_notification}, {announce(1, 1), k_notification}), Verdict::equivalent);
}

TEST(Comparison, WhatIsNeverMergedIsThereInTheSameOrder) {
  EXPECT_EQ(verdict({announce(1, 1), announce(2, 1), k_notification}, {announce(2, 1), announce(1, 1)}), Verdict::different);
  EXPECT_EQ(verdict({k_end_of_rib, k_keepalive, k_notification}, {k_notification, k_end_of_rib}), Verdict::different);
}

Verdict verdict_going_on(const std::vector<base::Buffer>& one, const std::vector<base::Buffer>& other) {
  SentSession left = session(one);
  SentSession right = session(other);
  left.goes_on = right.goes_on = true;
  const Verdict there = compare(left, right, Keepalives::do_not_count).verdict;
  EXPECT_EQ(there, compare(right, left, Keepalives::do_not_count).verdict) << "the order of the two does not matter";
  return there;
}

// Only what a peer has can be withdrawn from it: whoever withdraws first says that it was there.
TEST(Comparison, ASessionThatWasUpBeforeMayWithdrawWhatItWasToldThen) {
  EXPECT_EQ(verdict_going_on({withdraw(1)}, {withdraw(1)}), Verdict::identical);
  EXPECT_EQ(verdict_going_on({withdraw(1)}, {}), Verdict::different) << "one peer still has it";
  EXPECT_EQ(verdict_going_on({withdraw(1)}, {announce(1, 2), withdraw(1)}), Verdict::equivalent);
  EXPECT_EQ(verdict_going_on({announce(1, 1), withdraw(1)}, {}), Verdict::equivalent) << "merged into nothing";
  EXPECT_EQ(verdict_going_on({withdraw(1), announce(2, 1)}, {announce(2, 1), withdraw(1)}), Verdict::equivalent);
  EXPECT_EQ(verdict_going_on({withdraw(1), k_end_of_rib}, {k_end_of_rib, withdraw(1)}), Verdict::different) << "at the End-of-RIB";
}

TEST(Units, OfAMessageThatIsHalfWrittenItIsKnownWhatIsGone) {
  base::Outbox outbox;
  EXPECT_TRUE(begun_unit(outbox, Framing::messages).empty());
  outbox.append(announce(1, 1));
  outbox.append(announce(2, 1));
  EXPECT_TRUE(begun_unit(outbox, Framing::messages).empty());
  outbox.consume(announce(1, 1).size());
  EXPECT_TRUE(begun_unit(outbox, Framing::messages).empty());
  outbox.consume(20);
  base::Buffer begun = announce(2, 1);
  begun.resize(20);
  EXPECT_EQ(begun_unit(outbox, Framing::messages), begun);
  outbox.consume(outbox.size());
  EXPECT_TRUE(begun_unit(outbox, Framing::messages).empty());
  outbox.append_shared(std::make_shared<const base::Buffer>(announce(3, 1)));
  outbox.consume(3);
  EXPECT_EQ(begun_unit(outbox, Framing::messages).size(), 3U);
}

TEST(Comparison, SaysWhereTheFirstDifferenceIs) {
  const Comparison found = compare(session({k_keepalive, announce(1, 1), announce(1, 2)}), session({announce(1, 1), k_keepalive}), Keepalives::do_not_count);
  EXPECT_EQ(found.first, 2U);
  EXPECT_EQ(found.second, 2U);
}

}  // namespace
}  // namespace tandem::replay
