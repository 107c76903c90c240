#include "common/rib/adj_rib_out.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <span>

#include "common/base/log.hpp"
#include "common/rib/adj_rib_out_fixture.hpp"

namespace tandem::rib {
namespace {

using test::AdjRibOutTest;
using test::make_route;
using test::messages_of;
using test::wire;
using ::testing::ElementsAre;

constexpr std::string_view k_x = "10.0.0.0/24 next-hop 1.1.1.1 med 1";
constexpr std::string_view k_y = "10.0.0.0/24 next-hop 1.1.1.1 med 2";

// --- what an announce or withdraw does to one of the same NLRI that waits or was sent, row by row

TEST_F(AdjRibOutTest, AnAnnounceIdenticalToTheCacheDoesNothing) {
  end_first_run();
  announce(k_x);
  EXPECT_EQ(told(), "+10.0.0.0/24(1)");
  announce(k_x);
  EXPECT_FALSE(rib_.has_pending());
}

TEST_F(AdjRibOutTest, AnnouncesGoOutBucketByBucketInOrderOfFirstUse) {
  end_first_run();
  announce("10.0.0.0/24 next-hop 1.1.1.1 med 2");
  announce("10.0.1.0/24 next-hop 1.1.1.1 med 1");
  announce("10.0.2.0/24 next-hop 1.1.1.1 med 2");
  EXPECT_EQ(told(), "+10.0.0.0/24(2) | +10.0.2.0/24(2) | +10.0.1.0/24(1)");
}

TEST_F(AdjRibOutTest, TheOrderOfBucketsBelongsToOneRun) {
  end_first_run();
  announce("10.0.0.0/24 next-hop 1.1.1.1 med 2");
  EXPECT_EQ(told(), "+10.0.0.0/24(2)");
  announce("10.0.1.0/24 next-hop 1.1.1.1 med 1");
  announce("10.0.2.0/24 next-hop 1.1.1.1 med 2");
  EXPECT_EQ(told(), "+10.0.1.0/24(1) | +10.0.2.0/24(2)");
}

TEST_F(AdjRibOutTest, InsideABucketRoutesGoFamilyByFamily) {
  end_first_run();
  announce("2001:db8::/32 next-hop 1.1.1.1");
  announce("10.0.0.0/24 next-hop 1.1.1.1");
  announce("2001:db9::/32 next-hop 1.1.1.1");
  announce("9.0.0.0/24 next-hop 1.1.1.1");
  EXPECT_EQ(told(), "+2001:db8::/32 | +2001:db9::/32 | +10.0.0.0/24 | +9.0.0.0/24");
}

TEST_F(AdjRibOutTest, TwoStatesOfARouteAreBothSentWhenTheirBucketsAreInOrder) {
  end_first_run();
  announce(k_x);
  announce(k_y);
  EXPECT_EQ(told(), "+10.0.0.0/24(1) | +10.0.0.0/24(2)");
}

TEST_F(AdjRibOutTest, AStateInAnOlderBucketRemovesTheOneInAYoungerBucket) {  // D6
  end_first_run();
  announce("9.0.0.0/24 next-hop 1.1.1.1 med 2");
  announce(k_x);
  announce(k_y);
  EXPECT_EQ(told(), "+9.0.0.0/24(2) | +10.0.0.0/24(2)");
}

TEST_F(AdjRibOutTest, AWithdrawCancelsEveryPendingAnnounceOfTheRoute) {
  end_first_run();
  announce(k_x);
  announce(k_y);
  withdraw("10.0.0.0/24");
  EXPECT_EQ(told(), "-10.0.0.0/24");
  EXPECT_EQ(rib_.size(), 0U);
}

TEST_F(AdjRibOutTest, AnAnnounceAfterAWithdrawLeavesBothWithdrawFirst) {
  end_first_run();
  announce(k_x);
  EXPECT_EQ(told(), "+10.0.0.0/24(1)");
  announce("9.0.0.0/24 next-hop 1.1.1.1 med 3");
  withdraw("10.0.0.0/24");
  announce(k_x);
  EXPECT_EQ(told(), "-10.0.0.0/24 | +9.0.0.0/24(3) | +10.0.0.0/24(1)");
}

TEST_F(AdjRibOutTest, AWithdrawOfAnUnknownPrefixIsSent) {
  end_first_run();
  withdraw("10.0.0.0/24");
  EXPECT_EQ(told(), "-10.0.0.0/24");
}

TEST_F(AdjRibOutTest, TwoWithdrawsOfOneRouteAreOne) {
  end_first_run();
  withdraw("10.0.0.0/24");
  withdraw("10.0.0.0/24 next-hop 1.1.1.1");
  EXPECT_EQ(told(), "-10.0.0.0/24");
}

TEST_F(AdjRibOutTest, ChangesDuringARunGoToTheNextRun) {
  end_first_run();
  announce("10.0.0.0/24 next-hop 1.1.1.1");
  announce("10.0.1.0/24 next-hop 1.1.1.1");
  UpdatePacker packer(negotiated_, options_);
  base::Buffer out;
  rib_.start_run();
  EXPECT_EQ(step(packer, out), 1U);
  withdraw("10.0.1.0/24");
  announce("10.0.2.0/24 next-hop 1.1.1.1");
  EXPECT_TRUE(rib_.has_pending());
  EXPECT_EQ(step(packer, out), 1U);
  EXPECT_FALSE(rib_.run_active());
  EXPECT_EQ(messages_of(out).size(), 2U);
  EXPECT_EQ(told(), "-10.0.1.0/24 | +10.0.2.0/24");
}

// --- the first run of a session

TEST_F(AdjRibOutTest, TheFirstRunOfASessionEncodesNoWithdraw) {
  rib_.established({});
  withdraw("10.0.0.0/24");
  withdraw("2001:db8::/32");
  announce("10.0.1.0/24 next-hop 1.1.1.1");
  EXPECT_EQ(told(), "+10.0.1.0/24");
  withdraw("10.0.0.0/24");
  withdraw("2001:db8::/32");
  EXPECT_EQ(told(), "-10.0.0.0/24 | -2001:db8::/32");
}

// As ExaBGP does, which peers that wait for each message count on.
TEST_F(AdjRibOutTest, AWithdrawOfTheFirstRunThatCarriesAttributesIsSentWithoutItsRoute) {
  negotiated_ = test::make_negotiated({bgp::k_ipv4_unicast, {bgp::Afi::ipv4, bgp::Safi::mpls_vpn}});
  rib_.established({});
  withdraw("10.0.0.0/24");
  withdraw("10.0.1.0/24 rd 1:1 label 5");
  EXPECT_EQ(sent(), std::vector<std::string>{"0025020000000E4001010040020040050400000064"});
  withdraw("10.0.1.0/24 rd 1:1 label 5");
  EXPECT_EQ(told(), "-10.0.1.0/24 label 5 (81) rd 1:1");
}

TEST_F(AdjRibOutTest, AWithdrawOfTheFirstRunIsNotSentForAFamilyThatIsNotNegotiated) {
  rib_.established({});
  withdraw("10.0.1.0/24 rd 1:1 label 5");
  EXPECT_EQ(sent(), std::vector<std::string>{});
}

TEST_F(AdjRibOutTest, ARouteTakenBackBeforeTheFirstRunIsNotSentByAResendEither) {
  rib_.established({});
  announce(k_x);
  announce("10.0.1.0/24 next-hop 1.1.1.1");
  bgp::FamilySet families;
  families.insert(0);
  rib_.resend(families, false);
  withdraw("10.0.0.0/24");
  EXPECT_EQ(told(), "+10.0.1.0/24 | +10.0.1.0/24");
}

// --- watchdogs

TEST_F(AdjRibOutTest, AWatchdogRouteThatIsNotHeldIsAnnouncedAtOnce) {
  end_first_run();
  rib_.file_watchdog("w", make_route(pool_, k_x), false);
  EXPECT_EQ(told(), "+10.0.0.0/24(1)");
  rib_.set_watchdog("w", true);
  EXPECT_EQ(told(), "-10.0.0.0/24");
  rib_.unfile_watchdog(make_route(pool_, k_x).nlri);
  rib_.set_watchdog("w", false);
  EXPECT_FALSE(rib_.has_pending());
}

// --- grouping

TEST_F(AdjRibOutTest, GroupedRoutesShareUpdatesSortedByMaskAndAddress) {
  options_.group_updates = true;
  end_first_run();
  announce("10.9.0.0/24 next-hop 1.1.1.1");
  announce("10.1.0.0/24 next-hop 1.1.1.1");
  announce("10.2.0.0/16 next-hop 1.1.1.1");
  announce("2001:db9::/32 next-hop 1.1.1.1");
  announce("2001:db8::/32 next-hop 1.1.1.1");
  EXPECT_EQ(told(), "+10.2.0.0/16 +10.1.0.0/24 +10.9.0.0/24 | +2001:db9::/32 | +2001:db8::/32");
  rib_.clear();
  EXPECT_EQ(told(), "-10.2.0.0/16 -10.1.0.0/24 -10.9.0.0/24 | -2001:db9::/32 | -2001:db8::/32");
}

TEST_F(AdjRibOutTest, ManyGroupedRoutesFillMessages) {
  options_.group_updates = true;
  end_first_run();
  for (int i = 1699; i >= 0; --i) {
    announce("10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256) + "/32 next-hop 1.2.3.4");
  }
  const auto messages = sent();
  ASSERT_EQ(messages.size(), 3U);
  EXPECT_EQ(messages[0].size() / 2 + 16, 4094U);
  EXPECT_EQ(messages[2].size() / 2 + 16, 444U);
  EXPECT_TRUE(messages[2].ends_with("200A0006A3"));
  rib_.clear();
  EXPECT_EQ(sent().size(), 3U);
}

// --- resending

TEST_F(AdjRibOutTest, AResendIsBracketedAndComesBeforeTheOtherChanges) {
  options_.group_updates = true;
  end_first_run();
  announce("10.0.0.0/24 next-hop 1.1.1.1");
  announce("10.0.1.0/24 next-hop 1.1.1.1");
  announce("2001:db8::/32 next-hop 1.1.1.1");
  sent();
  bgp::FamilySet families;
  families.insert(*bgp::family_index(bgp::k_ipv6_unicast));
  families.insert(*bgp::family_index(bgp::k_ipv4_unicast));
  rib_.resend(families, true);
  withdraw("10.0.1.0/24");
  announce("10.0.2.0/24 next-hop 1.1.1.1");
  EXPECT_EQ(told(),
            "[11 | [21 | +10.0.0.0/24 | +10.0.1.0/24 | +2001:db8::/32 | ]11 | ]21 | -10.0.1.0/24 | +10.0.2.0/24");
}

TEST_F(AdjRibOutTest, ABracketIsSentForAnEmptyFamilyAndOnlyForNegotiatedOnes) {
  end_first_run();
  bgp::FamilySet families;
  families.insert(*bgp::family_index(bgp::k_ipv4_unicast));
  families.insert(*bgp::family_index(bgp::k_ipv4_multicast));
  rib_.resend(families, true);
  UpdatePacker packer(negotiated_, options_);
  base::Buffer out;
  rib_.start_run();
  EXPECT_TRUE(rib_.next_message(packer, out).route_refresh);
  const auto last = rib_.next_message(packer, out);
  EXPECT_TRUE(last.route_refresh);
  while (rib_.run_active()) EXPECT_FALSE(rib_.next_message(packer, out).message);
  EXPECT_EQ(messages_of(out), wire({"0017 05 0001 01 01", "0017 05 0001 02 01"}));
}

TEST_F(AdjRibOutTest, AFamilyAskedForTwiceIsSentOnce) {
  end_first_run();
  announce("10.0.0.0/24 next-hop 1.1.1.1 med 1");
  sent();
  bgp::FamilySet families;
  families.insert(0);
  rib_.resend(families, true);
  rib_.resend(families, false);
  EXPECT_EQ(told(), "[11 | +10.0.0.0/24(1) | ]11");
}

TEST_F(AdjRibOutTest, AResendAskedForDuringARunWaitsForTheNextOne) {
  end_first_run();
  announce("10.0.0.0/24 next-hop 1.1.1.1");
  announce("10.0.1.0/24 next-hop 1.1.1.1");
  UpdatePacker packer(negotiated_, options_);
  base::Buffer out;
  rib_.start_run();
  step(packer, out);
  bgp::FamilySet families;
  families.insert(0);
  rib_.resend(families, false);
  while (rib_.run_active()) step(packer, out);
  EXPECT_EQ(messages_of(out).size(), 2U);
  EXPECT_EQ(told(), "+10.0.0.0/24 | +10.0.1.0/24");
}

TEST_F(AdjRibOutTest, ManyAnnouncedAtOnceAreAnnouncedOneByOne) {
  std::vector<Route> routes;
  for (int i = 0; i < 300; ++i) {
    const std::string block = std::to_string(i % 100);  // every prefix three times, the last one with other attributes
    routes.push_back(make_route(pool_, "10.0." + block + ".0/24 next-hop 1.1.1.1 med " + std::to_string(i / 200)));
    routes.push_back(make_route(pool_, "2001:db8:" + block + "::/48 next-hop 1.1.1.1 med " + std::to_string(i / 200)));
  }
  AdjRibOut one_by_one(true);
  for (const Route& route : routes) one_by_one.announce(route);
  rib_.announce(std::span<const Route>(routes));
  rib_.announce(std::span<const Route>());
  EXPECT_EQ(rib_.size(), 200U);
  rib_.established({});
  one_by_one.established({});
  UpdatePacker packer(negotiated_, options_);
  EXPECT_EQ(test::drain(rib_, packer), test::drain(one_by_one, packer));
}

// --- sessions come and go

TEST_F(AdjRibOutTest, ANewSessionGetsTheCacheBehindWhatChangedWhileDown) {
  end_first_run();
  announce("10.0.0.0/24 next-hop 1.1.1.1 med 1");
  announce("10.0.1.0/24 next-hop 1.1.1.1 med 1");
  announce("2001:db8::/32 next-hop 1.1.1.1 med 1");
  sent();
  rib_.closed();
  EXPECT_FALSE(rib_.has_pending());
  announce("10.0.1.0/24 next-hop 1.1.1.1 med 2");
  announce("10.0.2.0/24 next-hop 1.1.1.1 med 3");
  withdraw("10.0.0.0/24");
  rib_.established({});
  EXPECT_EQ(told(), "+10.0.1.0/24(2) | +10.0.2.0/24(3) | +2001:db8::/32(1)");
}

TEST_F(AdjRibOutTest, CloseInTheMiddleOfARunEndsItAndTheNextSessionStartsFromTheCache) {  // I12
  end_first_run();
  for (int i = 0; i < 5; ++i) announce("10.0." + std::to_string(i) + ".0/24 next-hop 1.1.1.1");
  UpdatePacker packer(negotiated_, options_);
  base::Buffer out;
  rib_.start_run();
  step(packer, out);
  step(packer, out);
  withdraw("10.0.4.0/24");
  rib_.closed();
  EXPECT_FALSE(rib_.run_active());
  EXPECT_FALSE(rib_.has_pending());
  rib_.established({});
  EXPECT_EQ(told(), "+10.0.0.0/24 | +10.0.1.0/24 | +10.0.2.0/24 | +10.0.3.0/24");
}

TEST_F(AdjRibOutTest, WithoutACacheNothingIsSentAgainAndEveryAnnounceIsQueued) {
  AdjRibOut rib(false);
  UpdatePacker packer(negotiated_, options_);
  rib.announce(make_route(pool_, k_x));
  rib.established({});
  EXPECT_EQ(messages_of(test::drain(rib, packer)).size(), 1U);
  rib.announce(make_route(pool_, k_x));
  EXPECT_EQ(messages_of(test::drain(rib, packer)).size(), 1U);
  EXPECT_EQ(rib.size(), 0U);
  rib.clear();
  EXPECT_FALSE(rib.has_pending());
  rib.closed();
  rib.established({});
  EXPECT_FALSE(rib.has_pending());
}

// --- what cannot be sent

TEST_F(AdjRibOutTest, RoutesOfAFamilyNotNegotiatedWaitForASessionThatHasIt) {
  negotiated_ = test::make_negotiated({bgp::k_ipv4_unicast});
  rib_.established({});
  announce("2001:db8::/32 next-hop 2001::1");
  announce("10.0.0.0/24 next-hop 1.1.1.1");
  EXPECT_EQ(told(), "+10.0.0.0/24");
  withdraw("2001:db9::/32");
  EXPECT_EQ(told(), "");
  rib_.closed();
  negotiated_ = test::make_negotiated();
  rib_.established({});
  EXPECT_EQ(told(), "+10.0.0.0/24 | +2001:db8::/32");
}

class Lines : public base::LogSink {
 public:
  Lines() {
    base::set_log_sink(this);
    base::set_log_threshold(base::LogCategory::routes, base::LogLevel::debug);
  }
  ~Lines() override {
    base::set_log_threshold(base::LogCategory::routes, base::LogLevel::off);
    base::set_log_sink(nullptr);
  }
  void write(base::LogCategory, base::LogLevel level, std::string_view line) override { lines.emplace_back(level, line); }
  std::vector<std::pair<base::LogLevel, std::string>> lines;
};

TEST_F(AdjRibOutTest, AnIpv6NextHopThatWasNotNegotiatedIsLoggedAndNotSent) {  // D9
  Lines log;
  end_first_run();
  announce("10.0.0.0/24 next-hop 2001::1");
  announce("10.0.1.0/24 next-hop 1.1.1.1");
  EXPECT_EQ(told(), "+10.0.1.0/24");
  ASSERT_EQ(log.lines.size(), 1U);
  EXPECT_THAT(log.lines[0].second, ::testing::HasSubstr("10.0.0.0/24 next-hop 2001::1"));
  EXPECT_EQ(rib_.size(), 2U);
}

TEST_F(AdjRibOutTest, ARouteThatCanNoLongerBeExpressedIsWithdrawn) {  // D9
  for (const bool grouped : {false, true}) {
    options_.group_updates = grouped;
    rib_ = AdjRibOut(true);
    end_first_run();
    announce("10.0.0.0/24 next-hop 1.1.1.1");
    announce("10.0.1.0/24 next-hop 1.1.1.1 med 1");
    sent();
    Lines log;
    announce("10.0.2.0/24 next-hop 2001::1");
    announce("10.0.1.0/24 next-hop 2001::1");
    announce("10.0.0.0/24 next-hop 2001::1");
    EXPECT_EQ(told(), grouped ? "-10.0.0.0/24 | -10.0.1.0/24" : "-10.0.1.0/24 | -10.0.0.0/24");
    EXPECT_EQ(log.lines.size(), 2U);
    EXPECT_EQ(rib_.size(), 3U);
    announce("10.0.0.0/24 next-hop 1.1.1.1");
    EXPECT_EQ(told(), "+10.0.0.0/24");
  }
}

TEST_F(AdjRibOutTest, AStateSentByTheSameRunIsTakenBackBehindIt) {
  rib_.established({});
  announce("10.0.0.0/24 next-hop 1.1.1.1");
  announce("10.0.0.0/24 next-hop 2001::1");
  announce("10.0.1.0/24 next-hop 2001::2");
  announce("10.0.1.0/24 next-hop 2001::3");
  EXPECT_EQ(told(), "+10.0.0.0/24 | -10.0.0.0/24");
}

TEST_F(AdjRibOutTest, ARouteWhoseNewAttributesDoNotFitAMessageIsWithdrawn) {
  for (const bool grouped : {false, true}) {
    options_.group_updates = grouped;
    rib_ = AdjRibOut(true);
    end_first_run();
    announce("10.0.0.0/24 next-hop 1.1.1.1");
    announce("2001:db8::/32 next-hop 2001::1");
    sent();
    Lines log;
    const std::string large = " attribute [ 0x99 0xC0 0x" + std::string(std::size_t{2} * 5000, 'a') + " ]";
    announce("10.0.2.0/24 next-hop 1.1.1.1" + large);
    announce("10.0.0.0/24 next-hop 1.1.1.1" + large);
    announce("2001:db8::/32 next-hop 2001::1" + large);
    EXPECT_EQ(told(), "-10.0.0.0/24 | -2001:db8::/32");
    EXPECT_EQ(log.lines.size(), 4U);
  }
}

TEST_F(AdjRibOutTest, AttributesTooLargeForAMessageAreLoggedAndTheRestIsSent) {
  Lines log;
  for (const bool grouped : {false, true}) {
    options_.group_updates = grouped;
    rib_.clear();
    sent();
    rib_.closed();
    end_first_run();
    log.lines.clear();
    const std::string large = " next-hop 1.1.1.1 attribute [ 0x99 0xC0 0x" + std::string(std::size_t{2} * 5000, 'a') + " ]";
    announce("10.0.0.0/24" + large);
    announce("10.0.1.0/24 next-hop 1.1.1.1");
    EXPECT_EQ(told(), "+10.0.1.0/24");
    ASSERT_EQ(log.lines.size(), 1U);
    EXPECT_EQ(log.lines[0].first, base::LogLevel::critical);
  }
}

TEST_F(AdjRibOutTest, ShowsTheCacheByFamilyAndThenInOrderOfArrival) {
  announce("2001:db8::/32 next-hop 1.1.1.1");
  announce("10.0.1.0/24 next-hop 1.1.1.1");
  announce("10.0.0.0/24 next-hop 1.1.1.1");
  announce("10.0.1.0/24 next-hop 1.1.1.2");
  std::vector<std::string> shown;
  rib_.for_each([&shown](const bgp::NlriKey& key, const AttributeSetRef& attributes) {
    shown.push_back(describe(Route{key, attributes}));
  });
  EXPECT_THAT(shown, ElementsAre("10.0.1.0/24 next-hop 1.1.1.2", "10.0.0.0/24 next-hop 1.1.1.1", "2001:db8::/32 next-hop 1.1.1.1"));
  const Route route = make_route(pool_, "10.0.1.0/24 next-hop 1.1.1.2");
  ASSERT_NE(rib_.find(route.nlri), nullptr);
  EXPECT_EQ(*rib_.find(route.nlri), route.attributes);
  EXPECT_EQ(rib_.find(make_route(pool_, "10.0.9.0/24 next-hop 1.1.1.1").nlri), nullptr);
}

}  // namespace
}  // namespace tandem::rib
