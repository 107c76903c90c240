// What the words of a route make of its attributes, octet by octet: in each form of a route that has them, and read back from the text
// that is printed for them.
#include <gtest/gtest.h>

#include "common/api/route_encoder.hpp"

namespace tandem::api {
namespace {

struct Sample {
  std::string_view words;
  std::string_view attribute;  // with its header
};
constexpr Sample k_attributes[] = {
    {"origin igp", "400101 00"},
    {"origin EGP", "400101 01"},
    {"as-path [ 1 2 ] ( 3 4 )", "400214 0202000000010000000201020000000300000004"},
    {"as-path [ 1.4464 ]", "400206 020100011170"},
    {"as-path []", "400200"},
    {"as-path 5", "400206 020100000005"},
    {"as-path [ 1, 2 ]", "40020A 02020000000100000002"},
    {"med 100", "800404 00000064"},
    {"local-preference 100", "400504 00000064"},
    {"atomic-aggregate", "400600"},
    {"aggregator 65000:1.2.3.4", "C00708 0000FDE801020304"},
    {"aggregator ( 65000:1.2.3.4 )", "C00708 0000FDE801020304"},
    {"aggregator (65000:1.2.3.4)", "C00708 0000FDE801020304"},
    {"aggregator 0.65000:1.2.3.4", "C00708 0000FDE801020304"},
    {"community [3:4 1:2 1:2]", "C0080C 000100020001000200030004"},
    {"community [ no-export no_export no-advertise no_advertise no-export-subconfed no-peer nopeer blackhole BLACKHOLE 0x10 16 ]", "C0082C 0000001000000010FFFF029AFFFF029AFFFFFF01FFFFFF01FFFFFF02FFFFFF02FFFFFF03FFFFFF04FFFFFF04"},
    {"originator-id 10.0.0.5", "800904 0A000005"},
    {"cluster-list [ 10.0.0.6 10.0.0.7 ]", "800A08 0A0000060A000007"},
    {"cluster-list 10.0.0.6", "800A04 0A000006"},
    {"aigp 100", "801A0B 01000B0000000000000064"},
    {"aigp 0x64", "801A0B 01000B0000000000000064"},
    {"large-community [ 10:11:12 1:2:3 ]", "C02018 0000000100000002000000030000000A0000000B0000000C"},
    {"large-community 0x1", "C0200C 000000000000000000000001"},
    {"large-community 4294967296", "C0200C 000000000000000100000000"},
    {"attribute [ 0x99 0xe0 0x00000064 ]", "E09904 00000064"},
    {"attribute [ 0x99 0x70 0x01 ]", "7099 0001 01"},
    {"attribute [ 0x99 0xe0 0x ]", "E09900"},
    {"extended-community target:65000:100", "C01008 0002FDE800000064"},
    {"extended-community 65000:100", "C01008 0002FDE800000064"},
    {"extended-community target:1.2.3.4:100", "C01008 0102010203040064"},
    {"extended-community target:70000:100", "C01008 0102000111700064"},
    {"extended-community target:70000L:100", "C01008 0102000111700064"},
    {"extended-community origin:65000:1.2.3.4", "C01008 0003FDE801020304"},
    {"extended-community origin:65000:100", "C01008 0003FDE800000064"},
    {"extended-community origin:1.2.3.4:5", "C01008 0103010203040005"},
    {"extended-community origin:70000:5", "C01008 0103000111700005"},
    {"extended-community redirect-to-nexthop", "C01008 0800000000000000"},
    {"extended-community mup:10:10", "C01008 0C00000A0000000A"},
    {"extended-community redirect:65000:123", "C01008 8008FDE80000007B"},
    {"extended-community l2info:19:0:1500:111", "C01008 800A130005DC006F"},
    {"extended-community bandwidth:65000:1000000", "C01008 4004FDE849742400"},
    {"extended-community target4:5:6", "C01008 0102000000050006"},
    {"extended-community origin4:5:6", "C01008 0103000000050006"},
    {"extended-community 0x820800011170007b", "C01008 820800011170007B"},
    {"extended-community target:10283:4.249.92.120", "C01008 0002282B04F95C78"},
    {"extended-community origin:2345:6.7.8.9", "C01008 0003092906070809"},
    {"bgp-prefix-sid [ 777 ]", "C0280A 01000700000000000309"},
    {"bgp-prefix-sid [ 300, [ ( 800000,4096 ) ( 1000000,5000 ) ] ]", "C0281B 0100070000000000012C03000E00000C35000010000F4240001388"},
    {"bgp-prefix-sid-srv6 ( l3-service 2001:db8:1:1:: )", "C0281C 050019000100150020010DB800010001000000000000000000FFFF00"},
    {"bgp-prefix-sid-srv6 ( l2-service 2001:db8:1:1:: 0x48 [64,24,16,0,0,0] )", "C02825 0600220001001E0020010DB800010001000000000000000000004800010006401810000000"},
};

// Behind the endpoint and the next hop of a policy.
constexpr Sample k_policies[] = {
    {"preference 100 binding-sid mpls 24000 segment-list weight 1 segment type-a mpls 16001",
     "C01728 000F00240C060000000000640D06100005DC01008000110009060000000000010106000003E81100"},
    {"segment-list weight 1 segment type-a mpls 16001 segment type-a mpls 16002",
     "C01720 000F001C8000190009060000000000010106000003E810000106000003E82100"},
    {"segment-list weight 1 segment type-b srv6 fc00::1 endpoint-behavior 65 32 0 16 0",
     "C0172C 000F00288000250009060000000000010D1A1000FC0000000000000000000000000000010041000020001000"},
    {"segment-list weight 3 segment type-c ipv4 10.0.0.1 algorithm 128 sid 16003",
     "C0171C 000F0018800015000906000000000003030A40800A00000103E83100"},
    {"segment-list weight 1 segment type-d ipv6 2001:db8::1 algorithm 1 sid 16004",
     "C01728 000F00248000210009060000000000010416400120010DB800000000000000000000000103E84000"},
    {"segment-list weight 1 segment type-e local-if-id 5 ipv4 10.0.0.1 sid 16005",
     "C01720 000F001C800019000906000000000001050E0000000000050A00000103E85000"},
    {"segment-list weight 1 segment type-f local 10.0.0.1 remote 10.0.0.2 sid 16006",
     "C01720 000F001C800019000906000000000001060E00000A0000010A00000203E86000"},
    {"segment-list weight 1 segment type-g local-if-id 1 local-ipv6 fe80::1 remote-if-id 2 remote-ipv6 fe80::2 sid 16007",
     "C01740 000F003C800039000906000000000001072E000000000001FE80000000000000000000000000000100000002FE80000000000000000000000000000203E87000"},
    {"segment-list weight 1 segment type-h local fe80::1 remote fe80::2 sid 16008",
     "C01738 000F003480003100090600000000000108260000FE800000000000000000000000000001FE80000000000000000000000000000203E88000"},
    {"segment-list weight 1 segment type-i ipv6 2001:db8::1 algorithm 0 sid fc00::1 endpoint-behavior 0x41 32 0 16 0",
     "C0173C 000F00388000350009060000000000010E2A100020010DB8000000000000000000000001FC0000000000000000000000000000010041000020001000"},
    {"segment-list weight 1 segment type-j local-if-id 1 local-ipv6 fe80::1 remote-if-id 2 remote-ipv6 fe80::2 algorithm 1 sid fc00::2",
     "C0174C 000F00488000450009060000000000010F3A400100000001FE80000000000000000000000000000100000002FE800000000000000000000000000002FC000000000000000000000000000002"},
    {"segment-list weight 1 segment type-k local fe80::1 remote fe80::2 algorithm 0 sid fc00::3 endpoint-behavior 65 32 0 16 0",
     "C0174C 000F0048800045000906000000000001103A1000FE800000000000000000000000000001FE800000000000000000000000000002FC0000000000000000000000000000030041000020001000"},
    {"policy-name my-policy",
     "C01711 000F000D82000A006D792D706F6C696379"},
    {"candidate-path-name primary",
     "C0170F 000F000B810008007072696D617279"},
    {"preference 100",
     "C0170C 000F00080C06000000000064"},
};

// Actions of a flow rule.
constexpr Sample k_actions[] = {
    {"accept", ""},
    {"discard", "C01008 8006000000000000"},
    {"rate-limit 9600", "C01008 8006000046160000"},
    {"rate-limit 1000 packets", "C01008 800C0000447A0000"},
    {"rate-limit 10000 bytes", "C01008 80060000461C4000"},
    {"redirect 65000:123", "C01008 8008FDE80000007B"},
    {"redirect 70000:123", "C01008 820800011170007B"},
    {"redirect 1.2.3.4", "C01008 0800000000000000"},
    {"redirect 2001:db8::1", "C01008 0800000000000000"},
    {"redirect-to-nexthop", "C01008 0800000000000000"},
    {"redirect-to-nexthop-ietf 1.2.3.4", "C01008 010C010203040000"},
    {"redirect-to-nexthop-ietf 2001:db8::1", "C01914 000C20010DB80000000000000000000000010000"},
    {"copy 1.2.3.4", "C01008 0800000000000001"},
    {"mark 63", "C01008 800900000000003F"},
    {"action sample", "C01008 8007000000000002"},
    {"action terminal", "C01008 8007000000000001"},
    {"action sample-terminal", "C01008 8007000000000003"},
    {"interface-set transitive:input:65000:5", "C01008 07020000FDE84005"},
    {"interface-set [ non-transitive:output:65000:5 input-output:1:2 ]", "C01010 070200000001C00247020000FDE88005"},
};

std::string without_blanks(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ') out += c;
  }
  return out;
}

class WrittenAttributes : public ::testing::Test {
 protected:
  // The attributes of the only route of a command, in hexadecimal; else why there is none.
  std::string encode(std::string_view command) {
    const auto read = parse_route_command(command, parser_);
    if (!read) return read.error().reason();
    if (read->parsed.routes.size() != 1) return "not one route";
    const auto body = encode_route(read->parsed.routes[0], read->use, {&session_, {}, false, false});
    return body ? base::to_hex(*body, base::HexCase::upper) : body.error().reason();
  }
  // The canonical attributes, which have no defaults.
  base::Buffer canonical(std::string_view command) {
    const auto read = parse_route_command(command, parser_);
    if (!read) return {};
    const base::Bytes all = read->parsed.routes.at(0).attributes->canonical();
    return {all.begin(), all.end()};
  }

  rib::AttributePool pool_;
  rib::RouteParser parser_{pool_};
  bgp::Negotiated session_ = obliging_session(base::Asn{65533}, base::Asn{65533}, false);
};

TEST_F(WrittenAttributes, AreTheSameOctetsInEveryForm) {
  for (const char* form : {"announce route 10.0.0.0/24 next-hop 1.2.3.4 ", "announce ipv4 unicast 10.0.0.0/24 next-hop 1.2.3.4 ",
                           "announce ipv6 unicast 2001:db8::/32 next-hop 2001::1 ", "announce ipv4 nlri-mpls 10.0.0.0/24 label 100 next-hop 1.2.3.4 ",
                           "announce route 10.0.0.0/24 rd 1:1 label 100 next-hop 1.2.3.4 ", "announce vpls rd 1:1 endpoint 1 base 1 offset 1 size 1 next-hop 1.2.3.4 ",
                           "announce ipv4 mcast-vpn source-ad source 10.0.0.1 group 239.0.0.1 rd 1:1 next-hop 1.2.3.4 "}) {
    for (const Sample& sample : k_attributes) {
      const std::string octets = encode(std::string(form) + std::string(sample.words));
      EXPECT_NE(octets.find(without_blanks(sample.attribute)), std::string::npos) << form << sample.words << "\n" << octets;
    }
  }
}

TEST_F(WrittenAttributes, OfASegmentRoutingPolicyAreItsTunnel) {
  for (const Sample& sample : k_policies) {
    const std::string octets = encode("announce ipv4 sr-policy distinguisher 0 color 100 endpoint 10.0.0.1 next-hop 192.0.2.1 " + std::string(sample.words));
    EXPECT_NE(octets.find(without_blanks(sample.attribute)), std::string::npos) << sample.words << "\n" << octets;
  }
}

TEST_F(WrittenAttributes, OfAFlowRuleAreItsActions) {
  for (const char* form : {"announce ipv4 flow source 10.0.0.0/8 ", "announce ipv6 flow source 2001:db8::/32 ", "announce flow route source 10.0.0.0/8 "}) {
    for (const Sample& sample : k_actions) {
      const std::string octets = encode(std::string(form) + std::string(sample.words));
      EXPECT_NE(octets.find(without_blanks(sample.attribute)), std::string::npos) << form << sample.words << "\n" << octets;
    }
  }
  EXPECT_EQ(encode("announce ipv4 flow source 10.0.0.0/8 accept"), encode("announce ipv4 flow source 10.0.0.0/8")) << "to accept is to do nothing";
}

TEST_F(WrittenAttributes, AreReadBackFromTheirText) {
  const std::string route = "route 10.0.0.0/24 next-hop 1.2.3.4";
  for (const Sample& sample : k_attributes) {
    const base::Buffer first = canonical(route + ' ' + std::string(sample.words));
    ASSERT_FALSE(first.empty()) << sample.words;
    std::string text = route;
    bgp::attributes_text(first, text);
    if (text == route) continue;  // an empty path is not printed
    EXPECT_EQ(canonical(text), first) << text;
  }
}

}  // namespace
}  // namespace tandem::api
