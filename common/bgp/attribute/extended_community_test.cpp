#include <fmt/format.h>
#include <gtest/gtest.h>

#include "common/bgp/attribute/attribute_samples.hpp"
#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using testing::block;
using testing::hex;
using testing::json_of;
using testing::octets;
using testing::refusal;
using testing::text_of;

// The string in JSON.
std::string printed(std::string_view community) {
  const std::string json = json_of(octets("c01008" + std::string(community)));
  const std::string_view name = R"("string":")";
  const std::size_t start = json.find(name) + name.size();
  return json.substr(start, json.find('"', start) - start);
}

std::string written(std::string_view community) {
  const std::string text = text_of(octets("c01008" + std::string(community)));
  const std::string_view name = " extended-community ";
  return text.substr(std::min(text.size(), name.size()));
}

std::string parsed(std::string_view token) { return hex(block("extended-community " + std::string(token))).substr(6); }

// In main's octets, and in those of dialect 4.2.
TEST(ExtendedCommunity, AFourOctetAsIsWrittenAsTheDialectHasIt) {
  const std::string_view k_cases[][3] = {
      {"target:70000:100", "0102000111700064", "0202000111700064"}, {"target:70000L:100", "0102000111700064", "0202000111700064"},
      {"target:5L:100", "0102000000050064", "0202000000050064"},    {"target4:5:100", "0102000000050064", "0202000000050064"},
      {"origin:70000:5", "0103000111700005", "0203000111700005"},   {"70000:100", "0102000111700064", "0202000111700064"},
      {"target:65000:100", "0002fde800000064", "0002fde800000064"}, {"target:1.2.3.4:100", "0102010203040064", "0102010203040064"},
      {"0x0102000111700064", "0102000111700064", "0102000111700064"}, {"target-as4:70000:100", "0202000111700064", "0202000111700064"},
  };
  for (const auto& [token, main, release_4_2] : k_cases) {
    EXPECT_EQ(parsed(token), main) << token;
    AttributeBuilder builder(Dialect::release_4_2);
    const base::Token word{token, 0, 0, false};
    ASSERT_TRUE(builder.parse("extended-community", {&word, 1})) << token;
    EXPECT_EQ(hex(builder.canonical()).substr(6), release_4_2) << token;
  }
}

TEST(ExtendedCommunity, EachKindPrintsInItsForm) {
  for (const auto& [community, text] : testing::extended_community_samples()) EXPECT_EQ(printed(community), text) << community;
}

TEST(ExtendedCommunity, TextIsReadBackToTheSameOctetsWhateverTheyAre) {
  std::vector<std::string> communities;
  for (unsigned type = 0; type < 256; ++type) {
    for (unsigned subtype = 0; subtype < 0x20; ++subtype) {
      for (const std::string_view value : {"000000000000", "fde800000064", "000100010001", "0a0000010001", "0000461c4000", "00007fc00000", "000000000003"}) {
        communities.push_back(fmt::format("{:02x}{:02x}{}", type, subtype, value));
      }
    }
  }
  for (const std::string& community : communities) {
    const std::string text = written(community);
    EXPECT_EQ(hex(block("extended-community " + text)), "c01008" + community) << text;
  }
}

TEST(ExtendedCommunity, TextHasTheWordsOfJsonWhereTheseAreReadBack) {
  for (const auto& [community, text] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"0002fde800000064", "target:65000:100"},
           {"0102010203040064", "target:1.2.3.4:100"},
           {"0202000111700064", "target-as4:70000:100"},
           {"0203000111700005", "origin-as4:70000:5"},
           {"0213000111700064", "rtrecord:70000:100"},
           {"030c00000000000f", "encap:encap:UNKNOWN-15"},
           {"0600010000000007", "mac-mobility:7:sticky"},
           {"07020000fde94005", "interface-set:input:65001:5"},
           {"47020000fde9c005", "0x47020000FDE9C005"},
           {"0800000000000001", "copy-to-nexthop"},
           {"010c010203040001", "copy-to-nexthop-ietf 1.2.3.4 (with copy)"},
           {"80060000461c4000", "rate-limit:10000"},
           {"8006fde8461c4000", "0x8006FDE8461C4000"},  // of an AS
           {"80060000461c4200", "0x80060000461C4200"},  // 10000.5
           {"8007000000000003", "action sample-terminal"},
           {"8007000000000000", "action "},
           {"820800011170007b", "redirect:70000:123"},
           {"800900000000003f", "mark 63"},
           {"800c0000447a0000", "rate-limit:1000:packets"},
       }) {
    EXPECT_EQ(written(community), text) << community;
  }
  EXPECT_EQ(text_of(octets("c01018" "8007000000000000" "8009000000000005" "800c0000447a0000")),
            " extended-community [ action  mark 5 rate-limit:1000:packets ]");
  EXPECT_EQ(hex(block("extended-community [ action  mark 5 action sample ]")), "c01018" "8007000000000000" "8007000000000002" "8009000000000005");
}

TEST(ExtendedCommunity, JsonHasTheOctetsAsOneNumber) {
  EXPECT_EQ(json_of(octets("c01010" "0002fde900000001" "0103010203040005")),
            R"("extended-community":[{"value":842127122628609,"string":"target:65001:1"},{"value":72903127120216069,"string":"origin:1.2.3.4:5"}])");
  EXPECT_EQ(json_of(octets("c01008" "0000000000000000")), R"("extended-community":[{"value":0,"string":"0x0000000000000000"}])");
  EXPECT_EQ(json_of(octets("c01008" "ffffffffffffffff")),
            R"("extended-community":[{"value":18446744073709551615,"string":"0xFFFFFFFFFFFFFFFF"}])");
}

TEST(ExtendedCommunity, AnInterfaceSetSaysWhetherItIsTransitive) {
  EXPECT_NE(json_of(octets("c01008" "07020000fde94005")).find(R"("transitive":true)"), std::string::npos);
  EXPECT_NE(json_of(octets("c01008" "47020000fde94005")).find(R"("transitive":false)"), std::string::npos);
}

TEST(ExtendedCommunity, TextIsSorted) {
  EXPECT_EQ(text_of(octets("c01010" "0002000200000002" "0002000100000001")), " extended-community [ target:1:1 target:2:2 ]");
}

TEST(ExtendedCommunity, Ipv6OnesHaveValuesBeyond64Bits) {
  const std::string community = "000c20010db80000000000000000000000010000";
  EXPECT_EQ(json_of(octets("c01914" + community)),
            R"("extended-community-ipv6":[{"value":270396894049897293703898678829571923249266688,"string":"redirect-to-nexthop-ietf 2001:db8::1"}])");
  EXPECT_EQ(text_of(octets("c01914" "000220010db80000000000000000000000010064")),
            " extended-community-ipv6 0x000220010DB80000000000000000000000010064");
}

TEST(ExtendedCommunity, Ipv6OnesAreReadAndPrinted) {
  for (const auto& [token, community] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"redirect-to-nexthop-ietf 2001:db8::1", "000c20010db80000000000000000000000010000"},
           {"copy-to-nexthop-ietf 2001:db8::1 (with copy)", "000c20010db80000000000000000000000010001"},
           {"redirect:2001:db8::1:100", "000d20010db80000000000000000000000010064"},
           {"0x000220010DB80000000000000000000000010064", "000220010db80000000000000000000000010064"},
           {"0x400C20010DB80000000000000000000000010000", "400c20010db80000000000000000000000010000"},
       }) {
    EXPECT_EQ(hex(block("extended-community-ipv6 " + std::string(token))), "c01914" + std::string(community)) << token;
    EXPECT_EQ(text_of(octets("c01914" + std::string(community))), " extended-community-ipv6 " + std::string(token));
  }
  EXPECT_EQ(hex(block("extended-community-ipv6 [ target:2001:db8::1:100 origin:::1:5 ]")),
            "c01928" "000220010db80000000000000000000000010064" "0003000000000000000000000000000000010005");
  for (const char* bad : {"target:1.2.3.4:100", "target:2001:db8::1:65536", "target", "0x0002", "redirect-to-nexthop-ietf 1.2.3.4",
                          "redirect-to-nexthop-ietf", "color:2001::1:5", ""}) {
    EXPECT_NE(refusal("extended-community-ipv6 " + std::string(bad)), "") << bad;
  }
}

TEST(ExtendedCommunity, EachTokenMakesItsOctets) {
  for (const auto& [token, community] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"target:65000:100", "0002fde800000064"},
           {"65000:100", "0002fde800000064"},
           {"72:0.0.0.1", "0002004800000001"},
           {"target:1.2.3.4:100", "0102010203040064"},
           {"1.2.3.4:100", "0102010203040064"},
           {"target:10283:4.249.92.120", "0002282b04f95c78"},
           {"target:70000:100", "0102000111700064"},
           {"target:70000L:100", "0102000111700064"},
           {"target:5L:100", "0102000000050064"},
           {"target4:5:100", "0102000000050064"},
           {"origin:65000:1.2.3.4", "0003fde801020304"},
           {"origin:65000:100", "0003fde800000064"},
           {"origin:2345:6.7.8.9", "0003092906070809"},
           {"origin:1.2.3.4:5", "0103010203040005"},
           {"origin:70000:5", "0103000111700005"},
           {"origin4:70000:5", "0103000111700005"},
           {"target-as4:70000:100", "0202000111700064"},
           {"target-as4:5:100", "0202000000050064"},
           {"origin-as4:70000:5", "0203000111700005"},
           {"rtrecord:65000:100", "0013fde800000064"},
           {"rtrecord:1.2.3.4:255", "01130102030400ff"},
           {"rtrecord:70000:100", "0213000111700064"},
           {"redirect:65000:123", "8008fde80000007b"},
           {"redirect:70000:123", "820800011170007b"},
           {"encap:VXLAN", "030c000000000008"},
           {"encap:15", "030c00000000000f"},
           {"mac-mobility:7", "0600000000000007"},
           {"consistentHashSortOrder:5", "0314000000050000"},
           {"interface-set:non-transitive:output:65001:5", "47020000fde98005"},
           {"rate-limit:9600", "8006000046160000"},
           {"rate-limit:1000:packets", "800c0000447a0000"},
           {"bandwidth:65000:1.5", "4004fde83fc00000"},
           {"copy-to-nexthop", "0800000000000001"},
           {"l2info:19:0:1500:111", "800a130005dc006f"},
           {"bandwidth:65000:1000000", "4004fde849742400"},
           {"mup:10:10", "0c00000a0000000a"},
           {"redirect-to-nexthop", "0800000000000000"},
           {"0x0002FDE800000064", "0002fde800000064"},
       }) {
    EXPECT_EQ(parsed(token), community) << token;
  }
}

TEST(ExtendedCommunity, RefusesUnknownKindsWrongCountsAndOverflow) {
  for (const char* bad : {"foo:1:2", "target", "target:1", "target:1:2:3", "target:1:4294967296", "target:70000:65536", "target:1.2.3.4:65536",
                          "target:4294967296:1", "target:-1:1", "target:0x1:1", "redirect:65536:65536", "redirect:1.2.3.4:5", "bandwidth:65000:inf", "bandwidth:65000:nan", "bandwidth:65000:-1", "bandwidth:65000:1e40",
                          "rate-limit:-1", "rate-limit:1:bits", "encap:GENEVE2", "mac-mobility:1:2", "interface-set:input:1:16384", "interface-set:in:1:1",
                          "mark", "mark 256", "redirect-to-nexthop-ietf", "redirect-to-nexthop-ietf 2001::1", "target-as4:1.2.3.4:65536", "l2info:256:0:0:0",
                          "l2info:1:2:3", "bandwidth:65536:1", "bandwidth:1:x", "mup:65536:1", "redirect-to-nexthop:1", "color:1", "0x0002FDE8000000", "0x0002FDE80000006400", "0x0002FDE80000006g", "1", ":", ""}) {
    EXPECT_NE(refusal("extended-community " + std::string(bad)), "") << bad;
  }
  EXPECT_NE(refusal("extended-community [ 1:1 , 2:2 ]"), "");
}

}  // namespace
}  // namespace tandem::bgp
