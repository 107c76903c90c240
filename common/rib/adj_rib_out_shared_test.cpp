// Adj-RIB-outs that begin with a list they share: what the peer is told is what it would be told of the same routes announced one by one.
#include <gtest/gtest.h>

#include <set>

#include "common/base/random.hpp"
#include "common/rib/adj_rib_out_fixture.hpp"

namespace tandem::rib {
namespace {

constexpr std::size_t k_count = 2 * RouteDirectory::k_shortest;

class AdjRibOutSharedTest : public test::AdjRibOutTest {
 protected:
  AdjRibOutSharedTest() {
    for (std::size_t i = 0; i < k_count; ++i) routes_.push_back(test::make_route(pool_, statement(i)));
  }
  static std::string statement(std::size_t number, std::size_t med) {
    return "10." + std::to_string(number % 7) + "." + std::to_string(number / 7) + ".0/24 next-hop 1.1.1.1 med " + std::to_string(med);
  }
  static std::string statement(std::size_t number) { return statement(number, number % 5); }
  std::size_t count_of(const std::string& told, char sign) { return static_cast<std::size_t>(std::count(told.begin(), told.end(), sign)); }

  SharedRoutes routes_;
};

TEST_F(AdjRibOutSharedTest, TheFirstRunSendsTheOctetsOfRoutesAnnouncedOneByOne) {
  for (const bool grouped : {false, true}) {
    options_.group_updates = grouped;
    AdjRibOut single(true);
    for (const Route& route : routes_) single.announce(route);
    AdjRibOut shared(true);
    shared.load(routes_);
    EXPECT_EQ(shared.size(), k_count);
    for (AdjRibOut* rib : {&single, &shared}) rib->established({});
    UpdatePacker first(negotiated_, options_);
    UpdatePacker second(negotiated_, options_);
    EXPECT_EQ(test::drain(shared, second), test::drain(single, first));
    EXPECT_FALSE(shared.has_pending());
  }
}

TEST_F(AdjRibOutSharedTest, EachSessionIsSentAllOfIt) {
  rib_.load(routes_);
  rib_.established({});
  const std::string once = told();
  EXPECT_EQ(count_of(once, '+'), k_count);
  rib_.closed();
  EXPECT_FALSE(rib_.has_pending());
  rib_.established({});
  EXPECT_EQ(told(), once);
}

TEST_F(AdjRibOutSharedTest, WhatIsCachedAlreadyIsNotSentAgain) {
  rib_.load(routes_);
  rib_.established({});
  told();
  announce(statement(3));
  EXPECT_FALSE(rib_.has_pending());
}

TEST_F(AdjRibOutSharedTest, AChangeIsOfThisPeerAlone) {
  AdjRibOut other(true);
  other.load(routes_);
  rib_.load(routes_);
  rib_.established({});
  told();
  announce(statement(3, 9));
  withdraw("10.4.0.0/24");
  EXPECT_EQ(told(), "-10.4.0.0/24 | +10.3.0.0/24(9)");
  EXPECT_EQ(rib_.size(), k_count - 1);
  EXPECT_EQ(other.size(), k_count);
  EXPECT_EQ(*other.find(routes_[3].nlri), routes_[3].attributes);
  rib_.closed();
  rib_.established({});
  const std::string again = told();
  EXPECT_EQ(count_of(again, '+'), k_count - 1);
  EXPECT_EQ(count_of(again, '-'), 0U);
  EXPECT_NE(again.find("+10.3.0.0/24(9)"), std::string::npos);
  EXPECT_EQ(again.find("+10.3.0.0/24(3)"), std::string::npos);
  EXPECT_EQ(again.find("+10.4.0.0/24"), std::string::npos);
}

TEST_F(AdjRibOutSharedTest, AWithdrawnRouteThatComesBackIsAnnounced) {
  rib_.load(routes_);
  rib_.established({});
  told();
  withdraw("10.4.0.0/24");
  announce(statement(4));
  EXPECT_EQ(told(), "-10.4.0.0/24 | +10.4.0.0/24(4)");
  EXPECT_EQ(rib_.size(), k_count);
}

TEST_F(AdjRibOutSharedTest, WhatChangedBeforeTheFirstRunIsSentAsItIs) {
  rib_.load(routes_);
  withdraw("10.4.0.0/24");
  announce(statement(3, 9));
  rib_.established({});
  const std::string first = told();
  EXPECT_EQ(count_of(first, '+'), k_count - 1);
  EXPECT_EQ(first.find("10.4.0.0/24"), std::string::npos);
  EXPECT_EQ(first.find("10.3.0.0/24(3)"), std::string::npos);
  EXPECT_EQ(first.substr(0, 15), "+10.3.0.0/24(9)") << "what is the peer's own comes first";
}

TEST_F(AdjRibOutSharedTest, ARunSendsTheTableAsItWasWhenItStarted) {  // I8
  rib_.load(routes_);
  rib_.established({});
  UpdatePacker packer(negotiated_, options_);
  rib_.start_run();
  base::Buffer first;
  step(packer, first);
  withdraw("10.4.0.0/24");
  const base::Buffer rest = test::drain(rib_, packer);
  EXPECT_EQ(test::messages_of(rest).size() + test::messages_of(first).size(), k_count + 1) << "all of it, and then the withdraw";
}

TEST_F(AdjRibOutSharedTest, ItIsSentAgainAsItWasWhenThatWasAskedFor) {
  rib_.load(routes_);
  rib_.established({});
  told();
  bgp::FamilySet families;
  families.insert(*bgp::family_index(bgp::k_ipv4_unicast));
  rib_.resend(families, true);
  withdraw("10.4.0.0/24");
  const std::string again = told();
  EXPECT_EQ(again.substr(0, 3), "[11");
  EXPECT_EQ(count_of(again, '+'), k_count);
  EXPECT_EQ(again.substr(again.size() - 12), "-10.4.0.0/24");
}

TEST_F(AdjRibOutSharedTest, ARefreshInTheFirstRunDoesNotSendWhatIsWithdrawn) {
  rib_.load(routes_);
  rib_.established({});
  bgp::FamilySet families;
  families.insert(*bgp::family_index(bgp::k_ipv4_unicast));
  rib_.resend(families, false);
  withdraw("10.4.0.0/24");
  EXPECT_EQ(told().find("10.4.0.0/24"), std::string::npos);
}

TEST_F(AdjRibOutSharedTest, ClearingWithdrawsIt) {
  rib_.load(routes_);
  rib_.established({});
  told();
  announce(statement(3, 9));
  told();
  rib_.clear();
  EXPECT_EQ(rib_.size(), 0U);
  EXPECT_EQ(count_of(told(), '-'), k_count);
}

TEST_F(AdjRibOutSharedTest, ALimitOfPathsHoldsForItToo) {
  SharedRoutes paths;
  for (std::size_t i = 0; i < k_count; ++i) {
    paths.push_back(test::make_route(pool_, "10.0." + std::to_string(i / 3) + ".0/24 path-information " + std::to_string(i % 3) + " next-hop 1.1.1.1"));
  }
  negotiated_.add_path_send.insert(*bgp::family_index(bgp::k_ipv4_unicast));
  rib_.load(paths);
  rib_.established({{bgp::k_ipv4_unicast, 2}});
  EXPECT_EQ(sent().size(), k_count - k_count / 3);
  rib_.closed();
  rib_.established({});
  EXPECT_EQ(sent().size(), k_count);
}

TEST_F(AdjRibOutSharedTest, RoutesOfAFamilyThatWasNotNegotiatedArePassedOver) {
  SharedRoutes mixed = routes_;
  mixed.push_back(test::make_route(pool_, "2001:db8::/32 next-hop 2001::1"));
  mixed.push_back(test::make_route(pool_, "10.200.0.0/16 next-hop 1.1.1.1 med 7"));
  negotiated_ = test::make_negotiated({bgp::k_ipv4_unicast});
  rib_.load(mixed);
  rib_.established({});
  const std::string first = told();
  EXPECT_EQ(count_of(first, '+'), k_count + 1);
  EXPECT_EQ(first.find("2001"), std::string::npos);
}

// --- blocks of UPDATEs -------------------------------------------------------------------------------------------------------

TEST_F(AdjRibOutSharedTest, BlocksHoldTheMessagesOfTheRun) {
  rib_.load(routes_);
  rib_.established({});
  UpdatePacker packer(negotiated_, options_);
  const base::Buffer all = test::drain(rib_, packer);
  rib_.closed();
  rib_.established({});
  rib_.start_run();
  base::Buffer joined;
  std::size_t messages = 0;
  while (rib_.run_active()) {
    const AdjRibOut::Block block = rib_.next_block(packer, 7);
    ASSERT_TRUE(block.octets);
    EXPECT_LE(block.messages, 7U);
    messages += block.messages;
    joined.insert(joined.end(), block.octets->begin(), block.octets->end());
  }
  EXPECT_EQ(joined, all);
  EXPECT_EQ(messages, k_count);
  EXPECT_FALSE(rib_.has_pending());
}

TEST_F(AdjRibOutSharedTest, SessionsThatEncodeAlikeShareThemWhileTheyAreAtTheSamePlace) {
  AdjRibOut other(true);
  UpdatePacker packer(negotiated_, options_);
  bgp::Negotiated wide = negotiated_;
  wide.message_size = 65535;
  UpdatePacker different(wide, options_);
  AdjRibOut third(true);
  for (AdjRibOut* rib : {&rib_, &other, &third}) {
    rib->load(routes_);
    rib->established({});
    rib->start_run();
  }
  const auto first = rib_.next_block(packer, 25);
  EXPECT_EQ(other.next_block(packer, 25).octets, first.octets);
  EXPECT_NE(third.next_block(different, 25).octets, first.octets);
  const auto second = other.next_block(packer, 25);
  EXPECT_NE(second.octets, first.octets);
  EXPECT_EQ(rib_.next_block(packer, 25).octets, second.octets) << "whoever comes first packs";
  EXPECT_EQ(test::drain(rib_, packer), test::drain(other, packer)) << "message by message they go on where the blocks ended";
}

TEST_F(AdjRibOutSharedTest, OneThatHasFallenFarBehindPacksForItself) {
  AdjRibOut other(true);
  UpdatePacker packer(negotiated_, options_);
  for (AdjRibOut* rib : {&rib_, &other}) {
    rib->load(routes_);
    rib->established({});
    rib->start_run();
  }
  const auto first = rib_.next_block(packer, 5);
  for (int i = 0; i < 40; ++i) static_cast<void>(rib_.next_block(packer, 5));
  const auto late = other.next_block(packer, 5);
  ASSERT_TRUE(late.octets);
  EXPECT_NE(late.octets, first.octets);
  EXPECT_EQ(*late.octets, *first.octets);
}

TEST_F(AdjRibOutSharedTest, OneWithRoutesOfItsOwnHasNoBlocks) {
  rib_.load(routes_);
  withdraw("10.4.0.0/24");
  announce("11.0.0.0/8 next-hop 1.1.1.1");
  rib_.established({});
  UpdatePacker packer(negotiated_, options_);
  rib_.start_run();
  EXPECT_FALSE(rib_.next_block(packer, 25).octets) << "its own come first";
  base::Buffer out;
  EXPECT_EQ(step(packer, out), 1U);
  EXPECT_FALSE(rib_.next_block(packer, 25).octets) << "it lacks one of the list";
}

TEST_F(AdjRibOutSharedTest, WhatCannotBeSentEndsABlock) {
  SharedRoutes mixed;
  for (std::size_t i = 0; i < 10; ++i) mixed.push_back(routes_[i * 5]);
  mixed.push_back(test::make_route(pool_, "12.0.0.0/8 next-hop 2001::1"));
  for (std::size_t i = 0; i < k_count; ++i) {
    if (i % 5 != 0) mixed.push_back(routes_[i]);
  }
  AdjRibOut other(true);
  UpdatePacker packer(negotiated_, options_);
  for (AdjRibOut* rib : {&rib_, &other}) {
    rib->load(mixed);
    rib->established({});
    rib->start_run();
  }
  for (AdjRibOut* rib : {&rib_, &other}) {
    std::size_t messages = rib->next_block(packer, 25).messages;
    EXPECT_EQ(messages, 10U);
    base::Buffer out;
    while (rib->run_active()) {
      const auto block = rib->next_block(packer, 25);
      messages += block.messages;
      if (!block.octets && rib->run_active()) messages += rib->next_message(packer, out).message ? 1U : 0U;
    }
    EXPECT_EQ(messages, mixed.size() - 1) << "all but the one whose next hop the session cannot express";
  }
}

TEST_F(AdjRibOutSharedTest, WithoutACacheNothingIsShared) {
  AdjRibOut rib(false);
  rib.load(routes_);
  EXPECT_EQ(rib.size(), 0U);
  EXPECT_TRUE(rib.has_pending());
}

// A listing that is read slowly, while routes leave the shared part or change.
TEST_F(AdjRibOutSharedTest, AWalkVisitsWhatIsThereAllTheTimeOnceWhetherSharedOrNot) {
  rib_.load(routes_);
  announce("10.100.0.0/24 next-hop 1.1.1.1");
  RibCursor cursor;
  cursor.families.insert(*bgp::family_index(bgp::k_ipv4_unicast));
  std::vector<std::string> seen;
  const auto visit = [&](const bgp::NlriKey& key, const AttributeSetRef& attributes) {
    seen.push_back(describe(Route{key, attributes}));
    return seen.size() % 100 != 0;
  };
  ASSERT_TRUE(rib_.walk(cursor, visit));
  EXPECT_EQ(seen.size(), 100U);
  announce(statement(3, 9));                            // visited
  announce(statement(k_count - 1, 9));                  // not yet: now behind the end
  withdraw("10.6.40.0/24");                             // not yet
  announce("10.101.0.0/24 next-hop 1.1.1.1");           // behind the end
  while (rib_.walk(cursor, visit)) {
  }
  EXPECT_EQ(seen.size(), k_count + 1 - 2);
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), seen.size());
  EXPECT_EQ(seen.back(), "10.100.0.0/24 next-hop 1.1.1.1");
}

}  // namespace
}  // namespace tandem::rib
