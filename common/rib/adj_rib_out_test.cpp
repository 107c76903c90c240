#include "common/rib/adj_rib_out.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/log.hpp"
#include "common/rib/test_support.hpp"

namespace tandem::rib {
namespace {

using test::make_route;
using test::messages_of;
using test::wire;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AdjRibOutTest : public ::testing::Test {
 protected:
  void announce(std::string_view statement) { rib_.announce(make_route(pool_, statement)); }
  void withdraw(std::string_view statement) {
    const Route route = make_route(pool_, statement, RouteUse::withdraw);
    rib_.withdraw(route.nlri, route.attributes);
  }
  std::vector<std::string> sent() {
    UpdatePacker packer(negotiated_, options_);
    return messages_of(test::drain(rib_, packer));
  }
  // What is sent, in words: "+10.0.0.0/24 5" (with its MED), "-10.0.0.0/24", "[" BoRR, "]" EoRR; "|" between messages.
  std::string told() {
    UpdatePacker packer(negotiated_, options_);
    const base::Buffer octets = test::drain(rib_, packer);
    std::string out;
    base::Bytes left = octets;
    while (!left.empty()) {
      const std::size_t size = static_cast<std::size_t>(left[16] << 8 | left[17]);
      if (!out.empty()) out += " | ";
      out += words(left.first(size));
      left = left.subspan(size);
    }
    return out;
  }
  std::string words(base::Bytes message) {
    if (message[18] == 5) return (message[21] == 1 ? "[" : message[21] == 2 ? "]" : "?") + std::to_string(message[20]) + std::to_string(message[22]);
    const auto update = bgp::decode_update(message.subspan(bgp::k_header_size), negotiated_);
    if (!update) return "undecodable: " + update.error().reason();
    std::string out;
    const auto add = [&out](char sign, std::string_view behind) {
      return [&out, sign, behind](const bgp::NlriKey& key) {
        if (!out.empty()) out += ' ';
        out += sign;
        bgp::nlri_codec(key.family())->text(key, out);
        out += behind;
      };
    };
    update->withdrawn.for_each(add('-', ""));
    update->mp_withdrawn.for_each(add('-', ""));
    const AttributeSetRef set = pool_.intern_received(update->attributes.wire(), true, bgp::NextHop{});
    std::string med(set->text());
    med = med.find("med ") == std::string::npos ? "" : "(" + med.substr(med.find("med ") + 4, 1) + ")";
    update->announced.for_each(add('+', med));
    update->mp_announced.for_each(add('+', med));
    return out;
  }
  // Ends the first run of the session, so that withdraws are encoded from now on.
  void end_first_run() {
    rib_.established();
    withdraw("203.0.113.0/24");
    EXPECT_EQ(told(), "");
  }
  std::size_t step(UpdatePacker& packer, base::Buffer& out) {
    const auto produced = rib_.next_message(packer, out);
    return produced.message ? 1U : 0U;
  }

  AttributePool pool_;
  bgp::Negotiated negotiated_ = test::make_negotiated();
  PackerOptions options_{.group_updates = false, .aigp = false, .dialect = Dialect::main, .link_local = {}};
  AdjRibOut rib_{pool_, true};
};

constexpr std::string_view k_x = "10.0.0.0/24 next-hop 1.1.1.1 med 1";
constexpr std::string_view k_y = "10.0.0.0/24 next-hop 1.1.1.1 med 2";

// --- the table of spec session.md 3.2, row by row

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

TEST_F(AdjRibOutTest, AStateInAnOlderBucketRemovesTheOneInAYoungerBucket) {  // DEV-6
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
  rib_.established();
  withdraw("10.0.0.0/24");
  withdraw("2001:db8::/32");
  announce("10.0.1.0/24 next-hop 1.1.1.1");
  EXPECT_EQ(told(), "+10.0.1.0/24");
  withdraw("10.0.0.0/24");
  withdraw("2001:db8::/32");
  EXPECT_EQ(told(), "-10.0.0.0/24 | -2001:db8::/32");
}

TEST_F(AdjRibOutTest, ARouteTakenBackBeforeTheFirstRunIsNotSentByAResendEither) {
  rib_.established();
  announce(k_x);
  announce("10.0.1.0/24 next-hop 1.1.1.1");
  bgp::FamilySet families;
  families.insert(0);
  rib_.resend(families, false);
  withdraw("10.0.0.0/24");
  EXPECT_EQ(told(), "+10.0.1.0/24 | +10.0.1.0/24");
}

// --- transcripts of the specification

TEST_F(AdjRibOutTest, ApiRibTranscript) {  // spec session.md 6.3
  const std::string_view head = "0031 02 0000 0015 40010100 400200 400304";
  const auto route = [&head](std::string_view next_hop, std::string_view nlri) {
    return std::string(head) + std::string(next_hop) + "40050400000064" + std::string(nlri);
  };
  const std::string two = route("0A000002", "20C0A80002");
  const std::string three = route("0A000003", "20C0A80003");
  const std::string four = route("0A000004", "20C0A80004");
  bgp::FamilySet families;
  families.insert(0);
  rib_.established();
  EXPECT_FALSE(rib_.has_pending());
  announce("192.168.0.0/32 next-hop 10.0.0.0");
  rib_.clear();
  EXPECT_TRUE(rib_.has_pending());
  EXPECT_THAT(sent(), IsEmpty());
  announce("192.168.0.1/32 next-hop 10.0.0.1");
  EXPECT_EQ(sent(), wire({route("0A000001", "20C0A80001")}));
  rib_.clear();
  EXPECT_EQ(sent(), wire({"001C 02 0005 20C0A80001 0000"}));
  announce("192.168.0.2/32 next-hop 10.0.0.2");
  announce("192.168.0.3/32 next-hop 10.0.0.3");
  EXPECT_EQ(sent(), wire({two, three}));
  rib_.resend(families, false);
  EXPECT_EQ(sent(), wire({two, three}));
  announce("192.168.0.4/32 next-hop 10.0.0.4");
  EXPECT_EQ(sent(), wire({four}));
  rib_.resend(families, false);
  EXPECT_EQ(sent(), wire({two, three, four}));
  rib_.clear();
  EXPECT_EQ(sent(), wire({"001C 02 0005 20C0A80002 0000", "001C 02 0005 20C0A80003 0000", "001C 02 0005 20C0A80004 0000"}));
  announce("192.168.0.5/32 next-hop 10.0.0.5");
  EXPECT_EQ(sent(), wire({route("0A000005", "20C0A80005")}));
  EXPECT_EQ(rib_.size(), 1U);
}

TEST_F(AdjRibOutTest, ApiFastTranscript) {  // spec session.md 6.2
  rib_.established();
  announce("1.1.0.0/24 next-hop 101.1.101.1");
  announce("1.1.0.0/25 next-hop 101.1.101.1");
  withdraw("1.1.0.0/24");
  announce("1.1.0.0/25 next-hop 101.1.101.1");
  EXPECT_EQ(sent(), wire({"0031 02 0000 0015 40010100 400200 40030465016501 40050400000064 1901010000"}));
  announce("2.2.0.0/25 next-hop 101.1.101.1");
  announce("2.2.0.0/24 next-hop 101.1.101.1");
  withdraw("2.2.0.0/25");
  EXPECT_EQ(sent(), wire({"001C 02 0005 1902020000 0000",
                          "0030 02 0000 0015 40010100 400200 40030465016501 40050400000064 18020200"}));
  announce("0.0.0.0/0 next-hop 1.101.1.101");
  EXPECT_EQ(sent(), wire({"002D 02 0000 0015 40010100 400200 40030401650165 40050400000064 00"}));
}

TEST_F(AdjRibOutTest, WatchdogTranscript) {  // spec session.md 6.7
  options_.group_updates = true;
  announce("66.66.66.66 next-hop 1.2.3.4");
  rib_.file_watchdog("dnsr", make_route(pool_, "77.77.77.77 next-hop 1.2.3.4"), true);
  announce("88.88.88.88 next-hop 1.2.3.4");
  announce("100.100.100.100 next-hop 192.168.1.100");
  rib_.established();
  EXPECT_EQ(sent(), wire({"0036 02 0000 0015 40010100 400200 40030401020304 40050400000064 2042424242 2058585858",
                          "0031 02 0000 0015 40010100 400200 400304C0A80164 40050400000064 2064646464"}));
  for (int round = 0; round < 3; ++round) {
    rib_.announce_watchdog("dnsr");
    rib_.announce_watchdog("dnsr");
    EXPECT_EQ(sent(), wire({"0031 02 0000 0015 40010100 400200 40030401020304 40050400000064 204D4D4D4D"}));
    rib_.withdraw_watchdog("dnsr");
    rib_.withdraw_watchdog("dnsr");
    EXPECT_EQ(sent(), wire({"001C 02 0005 204D4D4D4D 0000"}));
  }
  rib_.announce_watchdog("nobody");
  EXPECT_FALSE(rib_.has_pending());
}

TEST_F(AdjRibOutTest, AWatchdogRouteThatIsNotHeldIsAnnouncedAtOnce) {
  end_first_run();
  rib_.file_watchdog("w", make_route(pool_, k_x), false);
  EXPECT_EQ(told(), "+10.0.0.0/24(1)");
  rib_.withdraw_watchdog("w");
  EXPECT_EQ(told(), "-10.0.0.0/24");
  rib_.unfile_watchdog(make_route(pool_, k_x).nlri);
  rib_.announce_watchdog("w");
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
  rib_.established();
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
  rib_.established();
  EXPECT_EQ(told(), "+10.0.0.0/24 | +10.0.1.0/24 | +10.0.2.0/24 | +10.0.3.0/24");
}

TEST_F(AdjRibOutTest, WithoutACacheNothingIsSentAgainAndEveryAnnounceIsQueued) {
  AdjRibOut rib(pool_, false);
  UpdatePacker packer(negotiated_, options_);
  rib.announce(make_route(pool_, k_x));
  rib.established();
  EXPECT_EQ(messages_of(test::drain(rib, packer)).size(), 1U);
  rib.announce(make_route(pool_, k_x));
  EXPECT_EQ(messages_of(test::drain(rib, packer)).size(), 1U);
  EXPECT_EQ(rib.size(), 0U);
  rib.clear();
  EXPECT_FALSE(rib.has_pending());
  rib.closed();
  rib.established();
  EXPECT_FALSE(rib.has_pending());
}

// --- what cannot be sent

TEST_F(AdjRibOutTest, RoutesOfAFamilyNotNegotiatedWaitForASessionThatHasIt) {
  negotiated_ = test::make_negotiated({bgp::k_ipv4_unicast});
  rib_.established();
  announce("2001:db8::/32 next-hop 2001::1");
  announce("10.0.0.0/24 next-hop 1.1.1.1");
  EXPECT_EQ(told(), "+10.0.0.0/24");
  withdraw("2001:db9::/32");
  EXPECT_EQ(told(), "");
  rib_.closed();
  negotiated_ = test::make_negotiated();
  rib_.established();
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

TEST_F(AdjRibOutTest, AnIpv6NextHopThatWasNotNegotiatedIsLoggedAndNotSent) {  // DEV-9
  Lines log;
  end_first_run();
  announce("10.0.0.0/24 next-hop 2001::1");
  announce("10.0.1.0/24 next-hop 1.1.1.1");
  EXPECT_EQ(told(), "+10.0.1.0/24");
  ASSERT_EQ(log.lines.size(), 1U);
  EXPECT_THAT(log.lines[0].second, ::testing::HasSubstr("10.0.0.0/24 next-hop 2001::1"));
  EXPECT_EQ(rib_.size(), 2U);
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
