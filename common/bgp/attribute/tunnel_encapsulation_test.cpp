#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/bgp/attribute/attribute_samples.hpp"
#include "common/bgp/nlri/codec.hpp"
#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using ::testing::HasSubstr;
using testing::hex;
using testing::json_of;
using testing::octets;
using testing::squeeze;
using testing::text_of;

// What the words behind an SR policy make, as the grammar of routes reads them.
base::Result<base::Buffer> read_words(std::string_view words) {
  const NlriGrammar& grammar = *nlri_grammar(*family_index({Afi::ipv4, Safi::sr_policy}));
  const auto tokens = split_words(words);
  NlriDraft draft;
  AttributeBuilder builder;
  NextHop next_hop;
  RouteParts parts{builder, next_hop};
  for (base::Tokens rest = tokens; !rest.empty();) {
    const auto row = std::find_if(grammar.keywords.begin(), grammar.keywords.end(), [&](const NlriKeyword& each) { return each.name == rest[0].text; });
    if (row == grammar.keywords.end()) return base::Error("no keyword: " + std::string(rest[0].text));
    ValueReader reader(row->name, rest.subspan(1));
    if (auto taken = row->take(reader, draft, parts); !taken) return taken.error();
    rest = rest.subspan(1 + reader.taken());
  }
  return base::Buffer(builder.canonical().begin(), builder.canonical().end());
}
std::string refusal(std::string_view words) {
  const auto read = read_words(words);
  return read ? "none" : read.error().reason();
}
base::Buffer read_attribute(std::string_view text) {
  const auto tokens = split_words(text);
  AttributeBuilder builder;
  const auto taken = builder.parse(tokens.at(0).text, base::Tokens(tokens).subspan(1));
  EXPECT_TRUE(taken.has_value()) << text << ": " << (taken ? "" : taken.error().reason());
  return {builder.canonical().begin(), builder.canonical().end()};
}
// Header and, of one tunnel, its type and length; the sub-TLVs in hexadecimal with blanks.
base::Buffer policy(std::string_view tlvs) {
  const base::Buffer inner = octets(tlvs);
  base::Buffer value;
  base::ByteWriter writer(value);
  writer.u16(15);
  writer.u16(static_cast<std::uint16_t>(inner.size()));
  writer.bytes(inner);
  base::Buffer out;
  append_attribute(out, 0xC0, 23, value);
  return out;
}
std::string policy_json(std::string_view members) { return squeeze("\"tunnel-encap\": {\"sr-policy\": {" + std::string(members) + "}}"); }

// Behind the NLRI of an SR policy the words stand by themselves; in an attribute, between these.
constexpr std::string_view k_head = "tunnel-encap [ sr-policy ";
constexpr std::string_view k_end = " ]";

TEST(SrPolicyAttribute, ItsWordsStandBehindTheRouteToo) {
  std::size_t count = 0;
  for (const testing::AttributeSample& sample : testing::attribute_samples()) {
    if (!sample.written.starts_with(k_head)) continue;
    const std::string_view words = sample.written.substr(k_head.size(), sample.written.size() - k_head.size() - k_end.size());
    const auto read = read_words(words);
    ASSERT_TRUE(read.has_value()) << words << ": " << (read ? "" : read.error().reason());
    EXPECT_EQ(hex(*read), hex(octets(sample.octets))) << words;
    ++count;
  }
  EXPECT_GT(count, 15U);
}

TEST(SrPolicyAttribute, TextHasWordsForAllOfThem) {
  for (const testing::AttributeSample& sample : testing::attribute_samples()) {
    if (!sample.written.starts_with(k_head)) continue;
    const std::string text = text_of(octets(sample.octets));
    EXPECT_THAT(text, HasSubstr(" tunnel-encap [ sr-policy ")) << sample.written;
    EXPECT_THAT(text, ::testing::Not(HasSubstr("0x00000"))) << sample.written;
    EXPECT_THAT(text, ::testing::Not(HasSubstr("sub-tlv"))) << sample.written;
  }
  EXPECT_EQ(text_of(policy("0c06000000000064 0d06100005dc0100 800011 00 0906000000000001 0106000003e81100")),
            " tunnel-encap [ sr-policy preference 100 binding-sid mpls 24000 segment-list weight 1 segment type-a mpls 16001 ]");
}

// What is not known, or has no words, is shown as octets and comes back.
TEST(SrPolicyAttribute, WhatHasNoWordsIsKeptAsOctets) {
  struct Case {
    const char* tlvs;
    const char* json;
    const char* text;
  };
  const Case k_cases[] = {
      {"6302abcd", R"("unknown-subtlv-99": "0xABCD")", "sub-tlv-99 0xabcd"},
      {"820003 00 fffe", R"("policy-name": "\ufffd\ufffd")", "sub-tlv-130 0x00fffe"},
      {"820004 00 615b62", R"("policy-name": "a[b")", "sub-tlv-130 0x00615b62"},
      {"80000b 00 0906000000000001 6300", R"("segment-lists": [{"weight": 1, "segments": []}])", "sub-tlv-128 0x0009060000000000016300"},
      {"800009 00 0106000003e81100", R"("segment-lists": [{"weight": 1, "segments": [{"type": "A", "label": 16001, "tc": 0, "s": true, "ttl": 0}]}])",
       "sub-tlv-128 0x000106000003e81100"},
      {"0c06000000000064 0c06000000000065", R"("preference": 100)", "preference 100 preference 101"},
  };
  for (const Case& sample : k_cases) {
    const base::Buffer attribute = policy(sample.tlvs);
    EXPECT_EQ(json_of(attribute), policy_json(sample.json)) << sample.tlvs;
    EXPECT_EQ(text_of(attribute), fmt::format(" tunnel-encap [ sr-policy {} ]", sample.text)) << sample.tlvs;
    EXPECT_EQ(hex(read_attribute(text_of(attribute))), hex(attribute)) << sample.tlvs;
  }
}

TEST(TunnelEncapsulation, OtherTunnelsAreOctetsAndOfATypeTheFirstIsShown) {
  const base::Buffer attribute = octets("c01718 0008 0006 0c0400000064 000f 0002 6300 0008 0000 000f 0000");
  EXPECT_EQ(json_of(attribute), squeeze(R"("tunnel-encap": {"tunnel-type-8": "0x0C0400000064", "sr-policy": {"unknown-subtlv-99": "0x"}})"));
  EXPECT_EQ(text_of(attribute), " tunnel-encap [ tunnel-type-8 0x0c0400000064 sr-policy sub-tlv-99 0x tunnel-type-8 0x sr-policy ]");
  EXPECT_EQ(hex(read_attribute(text_of(attribute))), hex(attribute));
}

// RFC 9830 section 5, RFC 9012 section 13: no part of the policy can be used.
TEST(TunnelEncapsulation, WhatIsCutOrOfAnotherSizeIsMalformed) {
  const AttributeTraits& row = *attribute_traits(static_cast<std::uint8_t>(AttributeCode::tunnel_encapsulation));
  EXPECT_EQ(row.when_malformed, ErrorAction::treat_as_withdraw);
  for (const char* bad : {"000f", "000f0003 0c06", "000f0003 0c0600", "000f0007 0c050000000064", "000f0006 0d0400000000", "000f0003 0e0100",
                          "000f0003 0f010a", "000f0004 14020000", "000f0003 800000", "000f0003 820000", "000f0006 800003 00 0906",
                          "000f0009 800006 00 0903000000", "000f000b 800008 00 0105 000003e811", "000f000b 800008 00 0305 0000 0a0000"}) {
    EXPECT_FALSE(row.well_formed(octets(bad), {})) << bad;
  }
  EXPECT_TRUE(row.well_formed(octets("0008 0002 0c06"), {})) << "a tunnel that is not known is not looked into";
}

TEST(SrPolicyGrammar, WhatCannotBeIsRefusedWithItsPlace) {
  EXPECT_THAT(refusal("preference 4294967296"), HasSubstr("preference: '4294967296' is not valid, a number from 0 to 4294967295"));
  EXPECT_THAT(refusal("priority 256"), HasSubstr("from 0 to 255"));
  EXPECT_THAT(refusal("binding-sid 24000"), HasSubstr("mpls LABEL, srv6 IPV6, or null"));
  EXPECT_THAT(refusal("binding-sid mpls 1048576"), HasSubstr("from 0 to 1048575"));
  EXPECT_THAT(refusal("srv6-binding-sid 10.0.0.1"), HasSubstr("an IPv6 address"));
  EXPECT_THAT(refusal("srv6-binding-sid fc00::1 endpoint-behavior 65 32 0 256 0"), HasSubstr("the lengths LB LN FUN ARG"));
  EXPECT_THAT(refusal("policy-name"), HasSubstr("a name"));
  EXPECT_THAT(refusal("segment-list segment type-a mpls 1"), HasSubstr("'weight' expected after segment-list, found 'segment'"));
  EXPECT_THAT(refusal("segment-list weight 1 segment type-l mpls 1"), HasSubstr("a type of segment from type-a to type-k"));
  EXPECT_THAT(refusal("segment-list weight 1 segment type-a 16001"), HasSubstr("'mpls' expected after type-a, found '16001'"));
  for (const char* label : {"type-a mpls", "type-c ipv4 10.0.0.1 algorithm 0 sid", "type-d ipv6 ::1 algorithm 0 sid", "type-e local-if-id 1 ipv4 10.0.0.1 sid",
                            "type-f local 10.0.0.1 remote 10.0.0.2 sid", "type-h local ::1 remote ::2 sid",
                            "type-g local-if-id 1 local-ipv6 ::1 remote-if-id 2 remote-ipv6 ::2 sid"}) {
    EXPECT_THAT(refusal(fmt::format("segment-list weight 1 segment {} 1048576", label)), HasSubstr("'1048576' is not valid")) << label;
  }
  EXPECT_THAT(refusal("segment-list weight 1 segment type-i ipv6 ::1 algorithm 0 endpoint-behavior 65 32 0 16 0"), HasSubstr("there is none"));
  EXPECT_THAT(refusal("segment-list weight 1 segment type-c ipv4 10.0.0.1 algorithm 256"), HasSubstr("from 0 to 255"));
  EXPECT_THAT(refusal("segment-list weight 1 segment type-f local ::1"), HasSubstr("an IPv4 address"));
}

// 255 octets of a sub-TLV with a short length, 65535 of an attribute.
TEST(SrPolicyGrammar, WhatDoesNotFitIsRefused) {
  EXPECT_THAT(refusal("policy-name " + std::string(65535, 'x')), HasSubstr("more octets than its length can say"));
  AttributeBuilder builder;
  const std::string text = "[ sr-policy sub-tlv-99 0x" + std::string(512, '0') + " ]";
  const auto tokens = split_words(text);
  const auto taken = builder.parse("tunnel-encap", tokens);
  ASSERT_FALSE(taken.has_value());
  EXPECT_THAT(taken.error().reason(), HasSubstr("more octets than its length can say"));
}

}  // namespace
}  // namespace tandem::bgp
