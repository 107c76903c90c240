#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "common/bgp/nlri/flow.hpp"
#include "common/bgp/nlri/nlri_samples.hpp"
#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using ::testing::HasSubstr;
using testing::hex;
using testing::octets;
using testing::read_nlri_text;
using testing::squeeze;

constexpr Family k_v4{Afi::ipv4, Safi::flow};
constexpr Family k_v6{Afi::ipv6, Safi::flow};
constexpr Family k_v4_vpn{Afi::ipv4, Safi::flow_vpn};
constexpr Family k_v6_vpn{Afi::ipv6, Safi::flow_vpn};

struct Decoded {
  base::Result<NlriStep> step = NlriStep{};
  NlriKey key;
};
Decoded decode(Family family, std::string_view hex) {
  const FamilyIndex index = *family_index(family);
  Decoded out;
  out.step = nlri_codec(index)->decode({index, NlriUse::announce, false}, octets(hex), out.key);
  return out;
}
bool skipped(Family family, std::string_view hex) {
  const auto in = octets(hex);
  const FamilyIndex index = *family_index(family);
  const auto count = nlri_codec(index)->check({index, NlriUse::announce, false}, in);
  const Decoded decoded = decode(family, hex);
  EXPECT_EQ(decoded.step ? decoded.step->octets : 0, in.size()) << hex;
  EXPECT_EQ(count ? count->skipped : 0, decoded.step && decoded.step->skipped ? 1U : 0U) << hex;
  return decoded.step && decoded.step->skipped;
}
std::string text_of(const NlriKey& key) {
  std::string out;
  nlri_codec(key.family())->text(key, out);
  return out;
}
std::string json_of(const NlriKey& key) {
  std::string out;
  base::JsonWriter writer(out);
  nlri_codec(key.family())->json(key, {}, writer);
  return squeeze(out);
}
std::string text_of(Family family, std::string_view hex) {
  const Decoded decoded = decode(family, hex);
  return decoded.step && !decoded.step->skipped ? text_of(decoded.key) : "skipped";
}
std::string written(Family family, std::string_view text) {
  const auto key = read_nlri_text(*family_index(family), NlriUse::announce, text);
  return key ? hex(key->identity()) : key.error().reason();
}
std::string refusal(Family family, std::string_view text) {
  const auto key = read_nlri_text(*family_index(family), NlriUse::announce, text);
  return key ? "none" : key.error().reason();
}

TEST(FlowCodec, ARuleThatIsNotUnderstoodIsLeftOutAndTheSessionStays) {
  EXPECT_TRUE(skipped(k_v4, "03 0D8106")) << "type 13";
  EXPECT_TRUE(skipped(k_v4, "03 008106")) << "type 0";
  EXPECT_TRUE(skipped(k_v4, "03 0E8106")) << "type 14";
  EXPECT_TRUE(skipped(k_v4, "03 030106")) << "no end";
  EXPECT_TRUE(skipped(k_v4, "03 059150")) << "a short value";
  EXPECT_TRUE(skipped(k_v4, "02 0581")) << "no value";
  EXPECT_TRUE(skipped(k_v4, "01 05")) << "no operator";
  EXPECT_TRUE(skipped(k_v4, "07 01210A00000000")) << "33 bits";
  EXPECT_TRUE(skipped(k_v4, "04 01180A00")) << "a short prefix";
  EXPECT_TRUE(skipped(k_v4, "01 01")) << "no prefix";
  EXPECT_TRUE(skipped(k_v6, "02 0140")) << "no offset";
  EXPECT_TRUE(skipped(k_v6, "03 018100")) << "129 bits";
  EXPECT_TRUE(skipped(k_v6, "05 01101020 01")) << "nothing behind the offset (RFC 8956 section 3.1)";
  EXPECT_TRUE(skipped(k_v6, "05 01102020 01")) << "an offset behind the length";
  EXPECT_TRUE(skipped(k_v4_vpn, "03 058150")) << "no room for a route distinguisher";
  EXPECT_FALSE(skipped(k_v4_vpn, "08 0000FDE800000001")) << "a distinguisher and no component";
}

TEST(FlowCodec, ALengthThatDoesNotFitEndsTheSession) {
  const auto reason = [](std::string_view in) {
    const Decoded decoded = decode(k_v4, in);
    if (decoded.step) return std::string("none");
    EXPECT_EQ(decoded.step.error().notification()->code, 3);
    EXPECT_EQ(decoded.step.error().notification()->subcode, 10);
    return decoded.step.error().reason();
  };
  EXPECT_EQ(reason("05 01180A"), "Flow NLRI truncated: need 5 bytes, got 3");
  EXPECT_EQ(reason("F100 0118"), "Flow NLRI truncated: need 256 bytes, got 2");
  EXPECT_THAT(reason("F1"), HasSubstr("cut short"));
  EXPECT_THAT(reason(""), HasSubstr("cut short"));
}

// A rule of `count` sources of five octets each.
std::string many_sources(std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += "02200A00" + hex(base::Buffer{static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)});
  return out;
}

TEST(FlowCodec, LengthsFrom240OnTakeTwoOctets) {
  for (const auto& [count, header] : std::vector<std::pair<std::size_t, std::string>>{{39, "ea"}, {40, "f0f0"}, {43, "f102"}, {682, "fffc"}}) {
    const std::string wire = header + many_sources(count);
    const Decoded decoded = decode(k_v4, wire);
    ASSERT_TRUE(decoded.step && !decoded.step->skipped) << count;
    EXPECT_EQ(hex(decoded.key.identity()), hex(octets(wire))) << count;
    EXPECT_EQ(written(k_v4, text_of(decoded.key)), hex(octets(wire))) << count;
  }
}

TEST(FlowCodec, ALongFormOfAShortLengthIsTheSameRule) {
  const Decoded long_form = decode(k_v4, "F003 058150");
  ASSERT_TRUE(long_form.step.has_value());
  EXPECT_EQ(long_form.step->octets, 5U);
  EXPECT_EQ(long_form.key, decode(k_v4, "03 058150").key);
}

TEST(FlowCodec, ARuleThatIsTooLongIsRefusedWhenItIsWritten) {
  std::string text = "flow source [";
  for (std::size_t i = 0; i < 683; ++i) text += " 10.0.0.1/32";
  EXPECT_THAT(refusal(k_v4, text + " ]"), HasSubstr("4098 octets, more than the 4094"));
}

TEST(FlowCodec, OrderAndWidthsAreIdentityAndHostBitsAreNot) {
  EXPECT_NE(decode(k_v4, "03 058150").key, decode(k_v4, "04 05910050").key);
  EXPECT_NE(decode(k_v4, "06 048150 058150").key, decode(k_v4, "06 058150 048150").key);
  EXPECT_EQ(decode(k_v4, "04 01090AFF").key, decode(k_v4, "04 01090A80").key);
  EXPECT_EQ(text_of(k_v4, "04 01090AFF"), "flow destination-ipv4 10.128.0.0/9");
  EXPECT_EQ(text_of(k_v6, "07 01190020010DFF"), "flow destination-ipv6 2001:d80::/25/0");
}

TEST(FlowCodec, TypesInAnyOrderAreTakenAndToldInOrder) {
  EXPECT_EQ(text_of(k_v4, "09 058150 01080A 058151"), "flow destination-ipv4 10.0.0.0/8 destination-port [ =80 =81 ]");
}

TEST(FlowCodec, PatternsWithAnOffsetAreReadInBothForms) {
  // ::1/128/120: all octets, as ExaBGP writes them; or one, as RFC 8956 has it.
  EXPECT_EQ(text_of(k_v6, "16 028078 00000000000000000000000000000001 038111"), "flow source-ipv6 ::1/128/120 next-header =udp");
  EXPECT_EQ(text_of(k_v6, "07 028078 01 038111"), "flow source-ipv6 ::1/128/120 next-header =udp");
  // RFC 8956 section 3.8.2: 64 to 104 bits of ::1234:5678:9a00:0.
  EXPECT_EQ(text_of(k_v6, "08 016840 123456789A"), "flow destination-ipv6 ::1234:5678:9a00:0/104/64");
  EXPECT_EQ(written(k_v6, "source ::1/128/120 next-header udp"), "16028078" "00000000000000000000000000000001" "038111");
}

TEST(FlowCodec, WhatCannotBeReadBackIsToldToProgramsAsEver) {
  const auto both = [](std::string_view in) {
    const NlriKey key = decode(k_v4, in).key;
    std::string json = json_of(key);
    const std::string_view name = R"("string":"flow)";
    json = json.substr(json.find(name) + name.size());
    return json.substr(0, json.find('"')) + " |" + text_of(key).substr(4);
  };
  EXPECT_EQ(both("03 098000"), " tcp-flags  | tcp-flags 0");
  EXPECT_EQ(both("03 098100"), " tcp-flags = | tcp-flags =0");
  EXPECT_EQ(both("04 09900201"), " tcp-flags fin+unknown tcp flag type 513 | tcp-flags fin+0x200");
  EXPECT_EQ(both("03 0C8011"), " fragment dont-fragment+unknown fragment type 17 | fragment dont-fragment+0x10");
  EXPECT_EQ(both("03 048950"), " port 0980 | port =80");
  EXPECT_EQ(both("03 04C150"), " port &=80 | port =80");
  EXPECT_EQ(both("05 04 0700 C050"), " port [ true&false80 ] | port [ true&false ]");
  EXPECT_EQ(written(k_v4, "port [ true&false ]"), "050407" "00c000");
}

TEST(FlowGrammar, EveryOperatorHasItsBits) {
  for (const auto& [text, wire] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"port 80", "03048150"}, {"port =80", "03048150"}, {"port >80", "03048250"}, {"port >=80", "03048350"}, {"port <80", "03048450"},
           {"port <=80", "03048550"}, {"port !=80", "03048650"}, {"port true", "03048700"}, {"port false", "03048000"}, {"port true80", "03048750"},
           {"tcp-flags syn", "03098002"}, {"tcp-flags =syn", "03098102"}, {"tcp-flags !syn", "03098202"}, {"tcp-flags !=syn", "03098302"},
           {"port 0x50", "03048150"}, {"port 256", "0404910100"}, {"port >1024&<2048", "07" "04120400" "d40800"},
           {"protocol [ tcp UDP 1 ]", "0703010601118101"}, {"tcp-flags [SYN RST&FIN&!=push]", "0909000200044001c308"},
           {"tcp-flags 0x20+0x8", "03098028"}, {"tcp-flags urgent+ns", "0409900120"}, {"fragment [ dont_fragment ]", "030c8001"}, {"fragment [ not-a-fragment first-fragment ]", "050c02028004"},
           {"icmp-type echo_request icmp-code host-unreachable", "0607" "8108" "088101"}, {"dscp 63", "030b813f"},
           {"packet-length <=1500", "040a9505dc"}, {"port [ http-alt domain ]", "0604111f908135"},
           {"port 80 port 81", "0504015081" "51"},
       }) {
    EXPECT_EQ(written(k_v4, text), wire) << text;
  }
  EXPECT_EQ(written(k_v6, "flow-label 1048575"), "060da1000fffff");
  EXPECT_EQ(written(k_v6, "flow-label [ 1 65535 65536 ]"), "0b" "0d0101" "11ffff" "a100010000");
  EXPECT_EQ(written(k_v6, "traffic-class 255 next-header ipip"), "06" "03815e" "0b81ff");
}

TEST(FlowGrammar, ComponentsAscendWhateverTheyAreWrittenIn) {
  EXPECT_EQ(written(k_v4, "port 80 source 10.0.0.0/8 protocol tcp destination 1.2.3.0/24"), "0e" "0118010203" "02080a" "038106" "048150");
}

TEST(FlowGrammar, ADistinguisherMakesAVpnRule) {
  EXPECT_EQ(written(k_v4, "port 80 rd 65000:1"), "0b0000fde800000001048150");
  EXPECT_EQ(read_nlri_text(*family_index(k_v6), NlriUse::announce, "source ::/0 route-distinguisher 1:1")->family(), *family_index(k_v6_vpn));
  EXPECT_THAT(refusal(k_v4_vpn, "port 80"), HasSubstr("a route distinguisher is missing"));
}

TEST(FlowGrammar, RefusesWhatMeansNothing) {
  EXPECT_THAT(refusal(k_v4, "port 65536"), HasSubstr("port: '65536' is not valid, a port from 0 to 65535"));
  EXPECT_THAT(refusal(k_v4, "source foo"), HasSubstr("source: 'foo' is not valid, a prefix"));
  for (const char* bad : {"source 10.0.0.0", "source 10.0.0.0/33", "source 10.0.0.0/8/4", "source 2001::/129", "source ::/16/16", "source ::/16/20",
                          "source ::/16/", "source [ ]", "source", "port", "port [ ]", "port [ 80", "port 80&&", "port &", "port [ 80& ]", "port &80", "port !80",
                          "port =", "port 80&&81", "port ==80", "port nosuchservice", "protocol 256", "dscp 64", "icmp-code 256", "tcp-flags syn+",
                          "tcp-flags +syn", "tcp-flags >syn", "tcp-flags 65536", "fragment syn", "source 10.0.0.0/8 destination 2001::/16",
                          "source-ipv6 10.0.0.0/8", "destination-ipv4 2001::/16", "flow-label 1", "next-header tcp", "traffic-class 1"}) {
    EXPECT_NE(refusal(k_v4, bad), "none") << bad;
  }
  for (const char* bad : {"source 10.0.0.0/8", "protocol tcp", "dscp 1", "traffic-class 256", "flow-label 1048576"}) {
    EXPECT_NE(refusal(k_v6, bad), "none") << bad;
  }
  EXPECT_EQ(refusal(k_v6, "source ::/16/8"), "none");
  EXPECT_EQ(refusal(k_v4, "port 80&"), "none") << "ignored, but in a list";
}

TEST(FlowGrammar, TheOctetsOfTheNlriSayAllOfTheRule) {
  EXPECT_EQ(refusal(k_v4, "0x060B81FF038106"), "none");
  EXPECT_THAT(refusal(k_v4, "0x060B81FF038106 port 80"), HasSubstr("say all of the rule"));
  EXPECT_THAT(refusal(k_v4, "0x060B81FF038106 rd 1:1"), HasSubstr("say all of the rule"));
  EXPECT_THAT(refusal(k_v4, "0x06030B"), HasSubstr("truncated"));
  EXPECT_THAT(refusal(k_v4, "0x020D81"), HasSubstr("no NLRI that is understood"));
}

// Without a family in front the rule decides, and the words of both IP versions go.
TEST(FlowGrammar, PrefixesSayTheIpVersionWhereNothingElseDoes) {
  const auto family = [](std::string_view text) {
    const NlriGrammar& grammar = *nlri_grammar(*family_index(k_v4));
    const auto words = testing::tokenize(text);
    AttributeBuilder attributes;
    NextHop next_hop;
    RouteParts parts{attributes, next_hop};
    NlriDraft draft;
    draft.family = {Afi::undefined, Safi::flow};
    for (base::Tokens left = words; !left.empty();) {
      const auto row = std::find_if(grammar.keywords.begin(), grammar.keywords.end(), [&](const NlriKeyword& keyword) { return keyword.name == left[0].text; });
      ValueReader reader(row->name, left.subspan(1));
      if (!row->take(reader, draft, parts)) return std::string("refused");
      left = left.subspan(1 + reader.taken());
    }
    const auto key = grammar.make(draft);
    return key ? to_string(family_at(key->family())) : key.error().reason();
  };
  EXPECT_EQ(family("port 80"), "ipv4 flow");
  EXPECT_EQ(family("source 2001::/16 protocol tcp dscp 5"), "ipv6 flow");
  EXPECT_EQ(family("source 10.0.0.0/8 next-header tcp"), "ipv4 flow");
  EXPECT_EQ(family("flow-label 5"), "ipv6 flow");
  EXPECT_EQ(family("flow-label 5 rd 1:1"), "ipv6 flow-vpn");
  EXPECT_EQ(family("flow-label 5 source 10.0.0.0/8"), "'flow-label' is not valid in ipv4 flow rules");
}

struct Actions {
  std::string attributes;
  std::string next_hop;
};
// What the actions of a rule make.
Actions actions(std::string_view text) {
  const NlriGrammar& grammar = *nlri_grammar(*family_index(k_v4));
  auto words = testing::tokenize(text);
  for (base::Token& word : words) {
    if (word.text.size() > 2 && word.text.front() == '\'') word = {word.text.substr(1, word.text.size() - 2), 1, 1, true};
  }
  AttributeBuilder builder;
  NextHop next_hop;
  RouteParts parts{builder, next_hop};
  NlriDraft draft;
  for (base::Tokens left = words; !left.empty();) {
    const auto row = std::find_if(grammar.keywords.begin(), grammar.keywords.end(), [&](const NlriKeyword& keyword) { return keyword.name == left[0].text; });
    if (row == grammar.keywords.end()) return {"unknown " + std::string(left[0].text), {}};
    ValueReader reader(row->name, left.subspan(1));
    if (auto taken = row->take(reader, draft, parts); !taken) return {taken.error().reason(), {}};
    left = left.subspan(1 + reader.taken());
  }
  return {hex(builder.canonical()), next_hop.known() ? next_hop.address.text() : ""};
}

TEST(FlowActions, AreExtendedCommunitiesAndTheNextHop) {
  for (const auto& [text, wire, next_hop] : std::vector<std::tuple<std::string_view, std::string_view, std::string_view>>{
           {"accept", "", ""},
           {"discard", "c01008" "8006000000000000", ""},
           {"rate-limit 9600", "c01008" "8006000046160000", ""},
           {"rate-limit 9600 bytes", "c01008" "8006000046160000", ""},
           {"rate-limit 1000 packets", "c01008" "800c0000447a0000", ""},
           {"rate-limit 65535", "c01008" "80060000477fff00", ""},
           {"rate-limit 18446744073709551615", "c01008" "800600005368d4a5", ""},
           {"redirect 65500:12345", "c01008" "8008ffdc00003039", ""},
           {"redirect 70000:123", "c01008" "820800011170007b", ""},
           {"redirect 1.2.3.4", "c01008" "0800000000000000", "1.2.3.4"},
           {"redirect 2001:db8::1", "c01008" "0800000000000000", "2001:db8::1"},
           {"redirect-to-nexthop", "c01008" "0800000000000000", ""},
           {"redirect-to-nexthop-ietf 1.2.3.4", "c01008" "010c010203040000", ""},
           {"redirect-to-nexthop-ietf 2001:db8::1", "c01914" "000c20010db80000000000000000000000010000", ""},
           {"copy 1.2.3.4", "c01008" "0800000000000001", "1.2.3.4"},
           {"mark 10", "c01008" "800900000000000a", ""},
           {"action sample", "c01008" "8007000000000002", ""},
           {"action terminal", "c01008" "8007000000000001", ""},
           {"action sample-terminal", "c01008" "8007000000000003", ""},
           {"interface-set input:65001:5", "c01008" "07020000fde94005", ""},
           {"interface-set [ non-transitive:input-output:65001:16383 transitive:output:1:0 ]", "c01010" "0702000000018000" "47020000fde9ffff", ""},
           {"discard mark 1", "c01010" "8006000000000000" "8009000000000001", ""},
       }) {
    const Actions made = actions(text);
    EXPECT_EQ(made.attributes, wire) << text;
    EXPECT_EQ(made.next_hop, next_hop) << text;
  }
}

TEST(FlowActions, RedirectToAnIpv6TargetIsWrittenInQuotes) {
  base::Token word{"[2001:db8::1]:100", 1, 1, true};
  AttributeBuilder builder;
  NextHop next_hop;
  RouteParts parts{builder, next_hop};
  NlriDraft draft;
  const NlriGrammar& grammar = *nlri_grammar(*family_index(k_v6));
  const auto row = std::find_if(grammar.keywords.begin(), grammar.keywords.end(), [](const NlriKeyword& keyword) { return keyword.name == "redirect"; });
  ValueReader reader("redirect", {&word, 1});
  ASSERT_TRUE(row->take(reader, draft, parts));
  EXPECT_EQ(hex(builder.canonical()), "c01914" "000d20010db80000000000000000000000010064");
  word.text = "[ 2001:db8::1 ]:101";
  ValueReader spaced("redirect", {&word, 1});
  ASSERT_TRUE(row->take(spaced, draft, parts));
  EXPECT_EQ(hex(builder.canonical()), "c01928" "000d20010db80000000000000000000000010064" "000d20010db80000000000000000000000010065");
  word.text = "[2001:db8::1]";
  ValueReader again("redirect", {&word, 1});
  ASSERT_TRUE(row->take(again, draft, parts));
  EXPECT_EQ(next_hop.address.text(), "2001:db8::1");
}

TEST(FlowActions, RatesThatAreProbablyMistakesAreWarnings) {
  const auto row = [] {
    const auto keywords = nlri_grammar(*family_index(k_v4))->keywords;
    return *std::find_if(keywords.begin(), keywords.end(), [](const NlriKeyword& keyword) { return keyword.name == "rate-limit"; });
  }();
  const auto warnings = [&row](std::string_view text) {
    const auto words = testing::tokenize(text);
    AttributeBuilder builder;
    NextHop next_hop;
    std::vector<std::string> out;
    RouteParts parts{builder, next_hop, &out};
    NlriDraft draft;
    ValueReader reader("rate-limit", words);
    EXPECT_TRUE(row.take(reader, draft, parts)) << text;
    return out;
  };
  EXPECT_THAT(warnings("0"), ::testing::IsEmpty());
  EXPECT_THAT(warnings("9600"), ::testing::IsEmpty());
  EXPECT_THAT(warnings("5 packets"), ::testing::IsEmpty());
  EXPECT_THAT(warnings("9599"), ::testing::ElementsAre(HasSubstr("below 9600")));
  EXPECT_THAT(warnings("1000000000001 bytes"), ::testing::ElementsAre(HasSubstr("more than 1000000000000")));
}

TEST(FlowActions, RefuseWhatCannotBeSaid) {
  EXPECT_THAT(actions("redirect 1.2.3.4:5678").attributes, HasSubstr("asn:number, an IP address, or \"[ipv6]:number\""));
  EXPECT_THAT(actions("redirect 70000:65536").attributes, HasSubstr("up to 65535 behind a four-octet AS"));
  for (const char* bad : {"redirect", "redirect foo", "redirect 1:", "redirect :1", "rate-limit", "rate-limit -1", "rate-limit x", "mark 64", "mark",
                          "action", "action nothing", "copy", "copy x", "redirect-to-nexthop-ietf", "interface-set in:1:1", "interface-set input:1:16384",
                          "interface-set input:1"}) {
    const std::string made = actions(bad).attributes;
    EXPECT_FALSE(base::from_hex(made).has_value()) << bad << ": " << made;
  }
}

}  // namespace
}  // namespace tandem::bgp
