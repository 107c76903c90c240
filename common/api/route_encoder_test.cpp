// Commands to octets without a session: what is encoded, and what is refused with its reason.
#include "common/api/route_encoder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tandem::api {
namespace {

using testing::HasSubstr;

struct Encoding {
  rib::AttributePool pool;
  rib::RouteParser parser{pool};
  bgp::Negotiated session = obliging_session(base::Asn{65533}, base::Asn{65533}, false);
  EncodeOptions options{&session, {}, false, true};

  // The octets, or the reason why there are none.
  std::string encode(std::string_view line) {
    const auto command = parse_route_command(line, parser);
    if (!command) return command.error().reason();
    std::string out;
    for (const rib::Route& route : command->parsed.routes) {
      const auto octets = encode_route(route, command->use, options);
      if (!octets) return octets.error().reason();
      out += base::to_hex(*octets, base::HexCase::upper) + '\n';
    }
    return out;
  }
};

TEST(RouteCommand, EveryFormIsRead) {
  Encoding e;
  e.options.nlri_only = true;
  EXPECT_EQ(e.encode("route 10.0.0.0/24 next-hop 192.0.2.1"), "180A0000\n");
  EXPECT_EQ(e.encode("announce route 10.0.0.0/24 next-hop 192.0.2.1;"), "180A0000\n");
  EXPECT_EQ(e.encode("route 10.0.0.0/24 { next-hop 192.0.2.1; med 5; }"), "180A0000\n");
  EXPECT_EQ(e.encode("withdraw route 10.0.0.0/24"), "180A0000\n");
  EXPECT_EQ(e.encode("announce ipv6 unicast 2001:db8::/32 next-hop 2001:db8::1"), "2020010DB8\n");
  EXPECT_EQ(e.encode("attributes next-hop 192.0.2.1 nlri 10.0.0.0/24 10.0.1.0/24"), "180A0000\n180A0001\n");
}

TEST(RouteCommand, AttributesAloneAreAnUpdateWithoutNlri) {
  Encoding e;
  EXPECT_EQ(e.encode("attributes next-hop 192.0.2.1 med 5"), std::string(32, 'F') + "003302" "0000" "001C" "40010100" "400200" "400304C0000201"
                                                             "80040400000005" "40050400000064\n");
  e.options.nlri_only = true;
  EXPECT_EQ(e.encode("attributes med 5"), "attributes med 5: there is no NLRI");
}

TEST(RouteCommand, WhatIsNoRouteIsRefusedWithItsReason) {
  Encoding e;
  EXPECT_EQ(e.encode(""), "there is no route");
  EXPECT_EQ(e.encode("announce"), "there is no route");
  EXPECT_THAT(e.encode("shutdown"), HasSubstr("'shutdown' is no route"));
  EXPECT_THAT(e.encode("route 10.0.0.0/24 { next-hop 1.2.3.4; } }"), HasSubstr("nothing is open that '}' could close"));
  EXPECT_THAT(e.encode("route \"10.0.0.0/24"), HasSubstr("quote"));
}

TEST(RouteEncoder, TheReceiverDecides) {
  Encoding e;
  const std::string route = "route 10.0.0.0/24 next-hop 192.0.2.1";
  EXPECT_EQ(e.encode(route), "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF003002000000154001010040020040030" "4C00002014005040000006" "4180A0000\n");
  e.options.header = false;
  EXPECT_EQ(e.encode(route), "00000015" "40010100" "400200" "400304C0000201" "40050400000064" "180A0000\n");
  e.session = obliging_session(base::Asn{65001}, base::Asn{65002}, false);
  EXPECT_EQ(e.encode(route), "00000014" "40010100" "4002060201" "0000FDE9" "400304C0000201" "180A0000\n") << "external";
  e.session = obliging_session(base::Asn{65533}, base::Asn{65533}, true);
  EXPECT_EQ(e.encode(route + " path-information 0.0.0.7"), "00000015" "40010100" "400200" "400304C0000201" "40050400000064" "00000007" "180A0000\n");
}

// The policy itself is an attribute, and a withdraw carries it as well.
TEST(RouteEncoder, AnSrPolicyIsItsNlriAndItsTunnel) {
  Encoding e;
  e.options.header = false;
  const std::string policy = "ipv4 sr-policy distinguisher 0 color 100 endpoint 10.0.0.1 next-hop 192.0.2.1 preference 100";
  EXPECT_EQ(e.encode("announce " + policy), "00000036" "40010100" "400200" "40050400000064" "C0170C000F00080C0600000000" "0064"
                                            "800E1600014904C0000201006000000000" "000000640A000001\n");
  EXPECT_EQ(e.encode("withdraw " + policy), "00000030" "800F10000149600000000000000064" "0A000001" "40010100" "400200" "40050400000064"
                                            "C0170C000F00080C060000000000" "64\n");
  EXPECT_EQ(e.encode("withdraw ipv6 sr-policy distinguisher 0 color 100 endpoint 2001:db8::1"),
            "0000002D" "800F1C000249C0000000000000006420010DB8000000000000000000000001" "40010100" "400200" "40050400000064\n");
}

TEST(RouteEncoder, WhatTheSessionCannotSayIsRefused) {
  Encoding e;
  e.session.extended_next_hops.clear();
  EXPECT_THAT(e.encode("route 10.0.0.0/24 next-hop 2001:db8::1"), HasSubstr("ipv4 unicast cannot be sent with this next hop"));
  e.session.family_set = {};
  EXPECT_THAT(e.encode("route 10.0.0.0/24 next-hop 192.0.2.1"), HasSubstr("not among the families"));
  e.session = obliging_session(base::Asn{1}, base::Asn{1}, false);
  e.session.message_size = 40;
  EXPECT_THAT(e.encode("route 10.0.0.0/24 next-hop 192.0.2.1"), HasSubstr("do not fit"));
}

}  // namespace
}  // namespace tandem::api
