#include "common/session/negotiation.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "common/session/test_support.hpp"

namespace tandem::session {

using bgp::Afi;
using bgp::CapabilityCode;
using bgp::Family;
using bgp::FamilySet;
using bgp::Safi;
using test::ebgp_parameters;
using test::hex;
using test::k_local;

namespace {

bgp::Open decoded(const base::Buffer& message) {
  auto open = bgp::decode_open(base::Bytes(message).subspan(bgp::k_header_size));
  EXPECT_TRUE(open);
  return open ? std::move(*open) : bgp::Open();
}

bgp::Open peer_open(const test::OpenFields& fields = {}) { return decoded(test::open_message(fields)); }

std::string open_hex(const Parameters& parameters, std::optional<base::Asn> mirrored = {}) {
  base::Buffer message;
  bgp::encode_open(make_open(parameters, k_local.address, mirrored), message);
  return base::to_hex(base::Bytes(message).subspan(16), base::HexCase::upper);
}

std::string packed(std::string_view digits) { return base::to_hex(hex(digits), base::HexCase::upper); }

FamilySet set_of(std::initializer_list<Family> families) {
  FamilySet set;
  for (const Family family : families) set.insert(*bgp::family_index(family));
  return set;
}

bgp::Negotiated agree(const Parameters& ours, const Parameters& theirs) {
  return negotiate(make_open(ours, k_local.address, {}), make_open(theirs, k_local.address, {}));
}

}  // namespace

TEST(MakeOpen, ConfEbgp) {
  EXPECT_EQ(open_hex(ebgp_parameters()), packed("0031 01 04FFFD00B40A000002 14 0206010400010001 02064104 0000FFFD 02020600"));
}

TEST(MakeOpen, ConfHostname) {
  Parameters parameters = ebgp_parameters();
  parameters.host_name = "my-host-name";
  parameters.domain_name = "my-domain-name.com";
  EXPECT_EQ(open_hex(parameters),
            packed("0055 01 04FFFD00B40A00000238 0206010400010001 020641040000FFFD 02020600"
                   "022249200C6D792D686F73742D6E616D65126D792D646F6D61696E2D6E616D652E636F6D"));
}

TEST(MakeOpen, DialectOf2025LeavesEmptyCapabilitiesOut) {
  Parameters parameters = ebgp_parameters();
  parameters.hide_empty_capabilities = true;
  parameters.route_refresh = true;
  parameters.operational = true;
  parameters.extended_next_hop = true;
  EXPECT_EQ(open_hex(parameters), packed("002D 01 04FFFD00B40A000002 10 0206010400010001 02064104 0000FFFD"));
}

TEST(MakeOpen, EverythingEnabledTakesTheOrderOfTheTable) {
  Parameters parameters = ebgp_parameters();
  parameters.families = {bgp::k_ipv4_unicast, bgp::k_ipv6_unicast};
  parameters.extended_next_hop = true;
  parameters.extended_next_hops = {{bgp::k_ipv4_unicast, Afi::ipv6}, {bgp::k_ipv6_unicast, Afi::ipv4}};
  parameters.add_path_mode = 3;
  parameters.add_path_families = {bgp::k_ipv6_unicast, bgp::k_ipv4_unicast};
  parameters.paths_limits = {{bgp::k_ipv4_unicast, 5}, {bgp::k_ipv4_multicast, 6}};
  parameters.graceful_restart_time_s = 120;
  parameters.route_refresh = true;
  parameters.operational = true;
  parameters.host_name = "h";
  parameters.domain_name = "d";
  parameters.software_version = "tandem/0.1.0";
  parameters.link_local_next_hop = true;
  parameters.multisession = true;
  EXPECT_EQ(open_hex(parameters),
            packed("0099 01 04FFFD00B40A000002 7C 0206010400010001 0206010400020001 020641040000FFFD 02080506000100010002"
                   "020A45080001010300020103 02074C05 0001010005 020C400A8078 00010180 00020180 02020200 02024600 0202B900 02020600"
                   "020649040168 0164 020F4B0D 0C 74616E64656D2F302E312E30 02024D00 0203440100 0203440101"));
}

// RFC 9494 section 3: every family may be kept as long, and is forwarded meanwhile; RFC 9234 section 4.1.
TEST(MakeOpen, LongLivedGracefulRestartAndTheRoleAreAnnounced) {
  Parameters parameters = ebgp_parameters();
  parameters.graceful_restart_time_s = 120;
  parameters.long_lived_graceful_restart_s = 3600;
  parameters.role = bgp::Role::rs_client;
  EXPECT_EQ(open_hex(parameters), packed("004B 01 04FFFD00B40A000002 2E 0206010400010001 020641040000FFFD 02084006 8078 00010180"
                                         "02094707 000101 80 000E10 02020600 0203090102"));
}

TEST(MakeOpen, AFourOctetAsIsAsTransInTheField) {
  Parameters parameters = ebgp_parameters();
  parameters.local_as = base::Asn{70000};
  const bgp::Open open = make_open(parameters, k_local.address, {});
  EXPECT_EQ(open.as_field, 23456);
  EXPECT_EQ(open.capabilities.asn4, base::Asn{70000});
  EXPECT_EQ(open.asn(), base::Asn{70000});
}

TEST(MakeOpen, LocalAsAutoMirrorsThePeer) {
  Parameters parameters = ebgp_parameters();
  parameters.local_as.reset();
  EXPECT_EQ(make_open(parameters, k_local.address, base::Asn{4200000000}).asn(), base::Asn{4200000000});
}

TEST(MakeOpen, TheRouterIdIsTheLocalIpv4AddressWhenNoneIsConfigured) {
  Parameters parameters = ebgp_parameters();
  parameters.router_id.reset();
  EXPECT_EQ(make_open(parameters, base::IpAddress::v4(0xC0000201), {}).router_id, base::RouterId{0xC0000201});
}

TEST(MakeOpen, WithoutAsn4TheCapabilityIsMissing) {
  Parameters parameters = ebgp_parameters();
  parameters.asn4 = false;
  parameters.extended_message = false;
  EXPECT_EQ(open_hex(parameters), packed("0025 01 04FFFD00B40A000002 08 0206010400010001"));
}

TEST(MakeOpen, GracefulRestartSetsTheNotificationBitOnlyWhenAsked) {
  Parameters parameters = ebgp_parameters();
  parameters.graceful_restart_time_s = 0x1FFF;
  auto restart = *make_open(parameters, k_local.address, {}).capabilities.graceful_restart;
  EXPECT_EQ(restart.flags, 0x8);
  EXPECT_EQ(restart.time_s, 0xFFF);
  parameters.graceful_restart_notification = true;
  restart = *make_open(parameters, k_local.address, {}).capabilities.graceful_restart;
  EXPECT_EQ(restart.flags, 0xC);
}

TEST(MakeOpen, AddPathIsNotAnnouncedForFamiliesThatCannotCarryIt) {
  Parameters parameters = ebgp_parameters();
  parameters.add_path_mode = 3;
  parameters.add_path_families = {{Afi::ipv4, Safi::flow}, {Afi::l2vpn, Safi::evpn}};
  EXPECT_FALSE(make_open(parameters, k_local.address, {}).capabilities.has(CapabilityCode::add_path));
}

TEST(MakeOpen, PathsLimitsNeedTheReceiveBit) {
  Parameters parameters = ebgp_parameters();
  parameters.add_path_mode = 2;
  parameters.add_path_families = {bgp::k_ipv4_unicast};
  parameters.paths_limits = {{bgp::k_ipv4_unicast, 5}};
  EXPECT_FALSE(make_open(parameters, k_local.address, {}).capabilities.has(CapabilityCode::paths_limit));
  parameters.add_path_mode = 1;
  EXPECT_TRUE(make_open(parameters, k_local.address, {}).capabilities.has(CapabilityCode::paths_limit));
}

TEST(Negotiate, TheSmallerHoldTimeWins) {
  Parameters ours = ebgp_parameters();
  Parameters theirs = ebgp_parameters();
  theirs.hold_time_s = 9;
  EXPECT_EQ(agree(ours, theirs).hold_time_s, 9);
  ours.hold_time_s = 0;
  EXPECT_EQ(agree(ours, theirs).hold_time_s, 0);
}

TEST(Negotiate, FamiliesAreThoseOfBothInTheOrderOfThePeer) {
  Parameters ours = ebgp_parameters();
  ours.families = {bgp::k_ipv4_unicast, bgp::k_ipv4_multicast, bgp::k_ipv6_unicast};
  const auto result = negotiate(make_open(ours, k_local.address, {}),
                                peer_open({.parameters = "0206010400020001 0206010400990001 0206010400010001 0206010400020002"}));
  EXPECT_EQ(result.families, (std::vector<Family>{bgp::k_ipv6_unicast, bgp::k_ipv4_unicast}));
  EXPECT_EQ(result.family_set, set_of({bgp::k_ipv4_unicast, bgp::k_ipv6_unicast}));
}

TEST(Negotiate, APeerWithoutMultiprotocolMeansIpv4Unicast) {
  Parameters ours = ebgp_parameters();
  EXPECT_EQ(negotiate(make_open(ours, k_local.address, {}), peer_open({.parameters = ""})).families,
            std::vector<Family>{bgp::k_ipv4_unicast});
  ours.families = {bgp::k_ipv6_unicast};
  EXPECT_TRUE(negotiate(make_open(ours, k_local.address, {}), peer_open({.parameters = ""})).families.empty());
}

TEST(Negotiate, FourOctetAsNumbersNeedBothEnds) {
  Parameters ours = ebgp_parameters();
  ours.local_as = base::Asn{70000};
  const bgp::Open sent = make_open(ours, k_local.address, {});
  const auto both = negotiate(sent, peer_open({.as_field = "5BA0", .parameters = "02064104 00011171"}));
  EXPECT_TRUE(both.asn4);
  EXPECT_EQ(both.local_as, base::Asn{70000});
  EXPECT_EQ(both.peer_as, base::Asn{70001});
  const auto one = negotiate(sent, peer_open({.as_field = "5BA0", .parameters = ""}));
  EXPECT_FALSE(one.asn4);
  EXPECT_EQ(one.local_as, base::Asn{70000});
  EXPECT_EQ(one.peer_as, base::k_as_trans);
}

TEST(Negotiate, TwoFourOctetSpeakersOfOneAsAreInternal) {
  Parameters ours = ebgp_parameters();
  ours.local_as = base::Asn{70000};
  EXPECT_TRUE(agree(ours, ours).internal());
}

TEST(Negotiate, RefreshIsTheBestBothHave) {
  Parameters ours = ebgp_parameters();
  ours.route_refresh = true;
  const bgp::Open sent = make_open(ours, k_local.address, {});
  EXPECT_EQ(negotiate(sent, sent).refresh, bgp::RefreshMode::enhanced);
  EXPECT_EQ(negotiate(sent, peer_open({.parameters = "02020200"})).refresh, bgp::RefreshMode::normal);
  EXPECT_EQ(negotiate(sent, peer_open({.parameters = "02028000"})).refresh, bgp::RefreshMode::absent);
  EXPECT_EQ(agree(ebgp_parameters(), ours).refresh, bgp::RefreshMode::absent);
}

TEST(Negotiate, AddPathNeedsOneThatSendsAndOneThatReceives) {
  for (std::uint8_t mine = 0; mine < 4; ++mine) {
    for (std::uint8_t theirs = 0; theirs < 4; ++theirs) {
      Parameters us = ebgp_parameters();
      us.add_path_mode = mine;
      us.add_path_families = {bgp::k_ipv4_unicast};
      Parameters peer = us;
      peer.add_path_mode = theirs;
      const auto result = agree(us, peer);
      EXPECT_EQ(result.add_path_send.contains(bgp::k_ipv4_unicast), (mine & 2) != 0 && (theirs & 1) != 0) << mine << theirs;
      EXPECT_EQ(result.add_path_receive.contains(bgp::k_ipv4_unicast), (mine & 1) != 0 && (theirs & 2) != 0) << mine << theirs;
    }
  }
}

TEST(Negotiate, PathsLimitsOfThePeerCountWhereWeSend) {
  Parameters us = ebgp_parameters();
  us.add_path_mode = 2;
  us.add_path_families = {bgp::k_ipv4_unicast};
  Parameters peer = us;
  peer.add_path_mode = 1;
  peer.paths_limits = {{bgp::k_ipv4_unicast, 7}};
  const auto result = agree(us, peer);
  ASSERT_EQ(result.paths_limits.size(), 1U);
  EXPECT_EQ(result.paths_limits[0].first, bgp::k_ipv4_unicast);
  EXPECT_EQ(result.paths_limits[0].second, 7);
  EXPECT_TRUE(agree(peer, us).paths_limits.empty());
}

TEST(Negotiate, CapabilitiesOfOneEndOnlyAreAbsent) {
  Parameters ours = ebgp_parameters();
  ours.operational = ours.link_local_next_hop = ours.multisession = ours.extended_next_hop = true;
  ours.extended_next_hops = {{bgp::k_ipv4_unicast, Afi::ipv6}};
  Parameters theirs = ebgp_parameters();
  theirs.extended_message = false;
  const auto one = agree(ours, theirs);
  EXPECT_FALSE(one.operational || one.link_local_next_hop || one.multisession);
  EXPECT_TRUE(one.extended_next_hops.empty());
  EXPECT_EQ(one.message_size, 4096);
  const auto both = agree(ours, ours);
  EXPECT_TRUE(both.operational && both.link_local_next_hop && both.multisession);
  EXPECT_EQ(both.extended_next_hops, ours.extended_next_hops);
  EXPECT_EQ(both.message_size, 65535);
}

// Capability 5 cannot list them, so that both must have it and the configuration decides.
TEST(Negotiate, Ipv4NextHopsOfIpv6RoutesAreAgreedOnWithoutStandingInAnOpen) {
  Parameters ours = ebgp_parameters();
  ours.families = {bgp::k_ipv6_unicast};
  ours.extended_next_hop = true;
  ours.extended_next_hops = {{bgp::k_ipv6_unicast, Afi::ipv4}, {bgp::k_ipv6_multicast, Afi::ipv4}};
  const auto agreed = [&](const Parameters& theirs) {
    const bgp::Open sent = make_open(ours, k_local.address, {});
    const bgp::Open received = make_open(theirs, k_local.address, {});
    bgp::Negotiated result = negotiate(sent, received);
    EXPECT_TRUE(sent.capabilities.extended_next_hop.empty());
    EXPECT_TRUE(result.extended_next_hops.empty());
    agree_on_unannounced(ours, sent, received, result);
    return result.extended_next_hops;
  };
  EXPECT_EQ(agreed(ours), (std::vector<bgp::ExtendedNextHop>{{bgp::k_ipv6_unicast, Afi::ipv4}}));
  Parameters theirs = ours;
  theirs.extended_next_hop = false;
  EXPECT_TRUE(agreed(theirs).empty());
}

// --- validation ------------------------------------------------------------------------------------------------------

namespace {

struct Verdict {
  const char* rule;
  test::OpenFields fields;
  std::string_view cause;  // "code subcode data", or nothing
};

std::string verdict(const Parameters& parameters, const bgp::Open& received) {
  const bgp::Open sent = make_open(parameters, k_local.address, {});
  const auto result = validate(parameters, sent, received, negotiate(sent, received));
  if (result) return {};
  const base::NotificationCause* cause = result.error().notification();
  if (cause == nullptr) return "no notification";
  const std::string data = base::to_hex(cause->data, base::HexCase::upper);
  return std::to_string(cause->code) + ' ' + std::to_string(cause->subcode) + ' ' +
         (cause->data.size() > 8 ? std::string(base::as_text(cause->data)) : data);
}

constexpr std::string_view k_as_65533 = "0206010400010001 020641040000FFFD";

}  // namespace

TEST(Validate, TheFirstRuleThatIsBrokenAnswers) {
  Parameters internal = ebgp_parameters();
  internal.peer_as = base::Asn{65533};
  const Verdict external_rows[] = {
      {"a good OPEN", {}, ""},
      {"the AS", {.as_field = "FDE9"}, "2 2 ASN in OPEN (65001) did not match ASN expected (65000)"},
      {"the AS goes before the identifier", {.as_field = "FDE9", .router_id = "00000000"},
       "2 2 ASN in OPEN (65001) did not match ASN expected (65000)"},
      {"identifier zero", {.router_id = "00000000"}, "2 3 00000000"},
      {"the identifier goes before the hold time", {.hold_time = "0001", .router_id = "00000000"}, "2 3 00000000"},
      {"our identifier in another AS (RFC 6286)", {.router_id = "0A000002"}, ""},
      {"hold time 0", {.hold_time = "0000"}, ""},
      {"hold time 1", {.hold_time = "0001"}, "2 6 0001"},
      {"hold time 2", {.hold_time = "0002"}, "2 6 0002"},
      {"hold time 3", {.hold_time = "0003"}, ""},
      {"no family in common", {.parameters = "0206010400020001"}, ""},
  };
  for (const Verdict& row : external_rows) EXPECT_EQ(verdict(ebgp_parameters(), peer_open(row.fields)), row.cause) << row.rule;
  EXPECT_EQ(verdict(internal, peer_open({.as_field = "FFFD", .router_id = "0A000002", .parameters = k_as_65533})), "2 3 0A000002");
}

TEST(Validate, TheIdentifierRuleLooksAtTheWholeAs) {
  Parameters parameters = ebgp_parameters();
  parameters.local_as = base::Asn{70000};
  parameters.peer_as = base::Asn{70001};
  EXPECT_EQ(verdict(parameters, peer_open({.as_field = "5BA0", .router_id = "0A000002", .parameters = "02064104 00011171"})), "");
}

TEST(Validate, AnyAsWillDoWhenNoneIsConfiguredExceptZero) {
  Parameters parameters = ebgp_parameters();
  parameters.peer_as.reset();
  EXPECT_EQ(verdict(parameters, peer_open({.as_field = "1234"})), "");
  EXPECT_EQ(verdict(parameters, peer_open({.as_field = "0000"})), "2 2 ASN in OPEN (0) is reserved");
  // RFC 7607: in either place.
  EXPECT_EQ(verdict(parameters, peer_open({.as_field = "5BA0", .parameters = "02064104 00000000"})), "2 2 ASN in OPEN (0) is reserved");
  EXPECT_EQ(verdict(parameters, peer_open({.as_field = "1234", .parameters = "02064104 00000000"})), "2 2 ASN in OPEN (0) is reserved");
  EXPECT_EQ(verdict(ebgp_parameters(), peer_open({.parameters = "02064104 00000000"})), "2 2 ASN in OPEN (0) is reserved");
}

TEST(Validate, MultisessionMustBeMutualAndOfTheSameFamilies) {
  Parameters ours = ebgp_parameters();
  ours.multisession = true;
  EXPECT_EQ(verdict(ours, peer_open()), "2 9 multisession is mandatory with this peer");
  Parameters theirs = ours;
  theirs.local_as = base::Asn{65000};
  theirs.router_id = base::RouterId{1};
  EXPECT_EQ(verdict(ours, make_open(theirs, k_local.address, {})), "");
  theirs.families = {bgp::k_ipv6_unicast};
  EXPECT_EQ(verdict(ours, make_open(theirs, k_local.address, {})), "2 8 multisession, our families differ from the peer's");
  bgp::Open other = make_open(ours, k_local.address, {});
  other.as_field = 65000;
  other.router_id = base::RouterId{1};
  other.capabilities.multisession_ids = {65};
  EXPECT_EQ(verdict(ours, other), "2 8 multisession, our session identifiers differ from the peer's");
}

// RFC 9234 section 4.2.
TEST(Role, OnlyCounterpartsOfEachOtherMeet) {
  const auto refusal = [](std::optional<bgp::Role> ours, std::vector<std::uint8_t> theirs, bool strict, std::uint32_t peer_as = 65000) {
    Parameters parameters = ebgp_parameters();
    parameters.role = ours;
    parameters.role_strict = strict;
    parameters.peer_as.reset();
    const bgp::Open sent = make_open(parameters, k_local.address, {});
    bgp::Open received = sent;
    received.as_field = static_cast<std::uint16_t>(peer_as);
    received.capabilities.asn4 = base::Asn{peer_as};
    received.router_id = base::RouterId{0x0A000009};
    received.capabilities.roles = std::move(theirs);
    bgp::Negotiated negotiated = negotiate(sent, received);
    agree_on_unannounced(parameters, sent, received, negotiated);
    const auto valid = validate(parameters, sent, received, negotiated);
    if (valid) return std::string(negotiated.role ? "agreed" : "no role");
    return fmt::format("{}/{}", valid.error().notification()->code, valid.error().notification()->subcode);
  };
  using enum bgp::Role;
  const bgp::Role k_counterparts[] = {customer, rs_client, rs, provider, peer};
  for (std::uint8_t ours = 0; ours <= 4; ++ours) {
    for (std::uint8_t theirs = 0; theirs <= 5; ++theirs) {
      const bool fits = theirs == static_cast<std::uint8_t>(k_counterparts[ours]);
      EXPECT_EQ(refusal(bgp::Role{ours}, {theirs}, false), fits ? "agreed" : "2/11") << int{ours} << int{theirs};
    }
  }
  EXPECT_EQ(refusal(customer, {}, false), "agreed") << "ours counts, and the peer need not know";
  EXPECT_EQ(refusal(customer, {}, true), "2/11") << "strict";
  EXPECT_EQ(refusal(customer, {0, 1}, false), "2/11") << "two that differ";
  EXPECT_EQ(refusal({}, {3}, false), "no role");
  EXPECT_EQ(refusal(customer, {3}, true, 65533), "no role") << "within an AS roles say nothing";
}

}  // namespace tandem::session
