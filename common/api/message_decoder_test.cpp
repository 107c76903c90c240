// Octets without a session made into lines: they are read as what they say, and nothing is assumed.
#include "common/api/message_decoder.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "common/api/route_encoder.hpp"
#include "common/base/random.hpp"

namespace tandem::api {
namespace {

namespace json = boost::json;

std::string size16(std::size_t size) { return fmt::format("{:04X}", size); }

std::string message(int type, const std::string& body) {
  return "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF" + size16(bgp::k_header_size + body.size() / 2) + fmt::format("{:02X}", type) + body;
}
std::string update_body(const std::string& attributes, const std::string& announced) { return "0000" + size16(attributes.size() / 2) + attributes + announced; }

const std::string k_origin = "40010100";
const std::string k_next_hop = "40030465016501";
const std::string k_plain = update_body(k_origin + "400200" + k_next_hop + "80040400000064", "2001010101");

struct Decoding {
  DecodeOptions options;
  rib::AttributePool pool;
  std::string out;

  Decoding() {
    options.neighbor.local = options.neighbor.peer = *base::IpAddress::parse("127.0.0.1");
    options.neighbor.local_as = options.neighbor.peer_as = base::Asn{65533};
  }
  base::Result<void> decode(std::string_view hex) {
    out.clear();
    const auto octets = base::from_hex(hex);
    MessageDecoder decoder({"rtr1", 1, 1}, options, pool);
    return decoder.decode(*octets, 1, out);
  }
  // The lines, parsed.
  std::vector<json::value> lines() const {
    std::vector<json::value> values;
    for (std::size_t at = 0; at < out.size();) {
      const std::size_t end = out.find('\n', at);
      values.push_back(json::parse(std::string_view(out).substr(at, end - at)));
      at = end + 1;
    }
    return values;
  }
  json::object update() const { return lines().at(0).at("neighbor").at("message").at("update").as_object(); }
};

TEST(MessageDecoder, MessageBecomesAnEventOfNoSession) {
  Decoding d;
  ASSERT_TRUE(d.decode(message(2, k_plain)));
  const json::value line = d.lines().at(0);
  EXPECT_EQ(line.at("type"), "update");
  EXPECT_EQ(line.at("neighbor").at("direction"), "in");
  EXPECT_FALSE(line.at("neighbor").as_object().contains("negotiated"));
  EXPECT_EQ(d.update()["attribute"], json::parse(R"({"origin": "igp", "med": 100})"));
  EXPECT_EQ(d.update()["announce"], json::parse(R"({"ipv4 unicast": {"101.1.101.1": [{"nlri": "1.1.1.1/32"}]}})"));
}

TEST(MessageDecoder, OctetsWithoutMarkerAreTheBodyOfAnUpdate) {
  Decoding d;
  ASSERT_TRUE(d.decode(message(2, k_plain)));
  const std::string whole = d.out;
  ASSERT_TRUE(d.decode(k_plain));
  EXPECT_EQ(d.out, whole);
  ASSERT_TRUE(d.decode("0004180A00000000")) << "a body of less than a header";
  EXPECT_EQ(d.update()["withdraw"], json::parse(R"({"ipv4 unicast": [{"nlri": "10.0.0.0/24"}]})"));
}

TEST(MessageDecoder, SeveralMessagesAreSeveralLines) {
  Decoding d;
  ASSERT_TRUE(d.decode(message(4, "") + message(2, k_plain) + message(5, "00010001") + message(3, "0602")));
  std::vector<std::string> types;
  for (const json::value& line : d.lines()) types.emplace_back(line.at("type").as_string());
  EXPECT_EQ(types, (std::vector<std::string>{"keepalive", "update", "refresh", "notification"}));
}

TEST(MessageDecoder, WhatStandsInFrontOfAMistakeIsKept) {
  Decoding d;
  const auto unknown = d.decode(message(4, "") + message(9, ""));
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().reason().find("type \"9\""), std::string::npos);
  EXPECT_EQ(d.lines().size(), 1U);
  const auto cut = d.decode(message(4, "") + message(2, k_plain).substr(0, 60));
  ASSERT_FALSE(cut);
  EXPECT_NE(cut.error().reason().find("not complete"), std::string::npos);
  EXPECT_EQ(d.lines().size(), 1U);
}

TEST(MessageDecoder, AnotherMessageThanAskedForIsRefused) {
  Decoding d;
  d.options.kind = OctetsKind::open;
  const auto update = d.decode(message(2, k_plain));
  ASSERT_FALSE(update);
  EXPECT_EQ(update.error().reason(), "the message is of type UPDATE");
  const std::string body = "04FDE900B401020304" "00";
  ASSERT_TRUE(d.decode(message(1, body)));
  const std::string whole = d.out;
  ASSERT_TRUE(d.decode(body)) << "the body alone";
  EXPECT_EQ(d.out, whole);
}

TEST(MessageDecoder, AsNumbersHaveTheWidthThatFits) {
  Decoding d;
  const auto path = [&](const std::string& attributes) {
    EXPECT_TRUE(d.decode(update_body(k_origin + attributes + k_next_hop, "2001010101")));
    return d.update()["attribute"].as_object()["as-path"].at("0").at("value");
  };
  EXPECT_EQ(path("40020A" "0202" "00010001" "0000FDEA"), json::parse("[65537, 65002]"));
  EXPECT_EQ(path("400206" "0202" "FDE9" "FDEA"), json::parse("[65001, 65002]"));
  // AS4_PATH stands beside the narrow AS_PATH only (RFC 6793 section 4.2.2).
  EXPECT_EQ(path("400206" "0202" "5BA0" "FDEA" "C0110A" "0202" "00010001" "0000FDEA"), json::parse("[65537, 65002]"));
  // AGGREGATOR has six octets with narrow AS numbers, eight with wide ones (RFC 6793 section 4.2.3).
  EXPECT_EQ(path("400206" "0202" "FDE9" "FDEA" "C00706" "FDE9" "01020304"), json::parse("[65001, 65002]"));
}

TEST(MessageDecoder, AnAsPathThatFitsOneWidthAloneDecides) {
  Decoding d;
  // AS4_PATH of a four-octet speaker is ignored (RFC 6793 section 4.1), it does not make the AS_PATH narrow.
  ASSERT_TRUE(d.decode(update_body(k_origin + "400206" "0201" "00010001" + k_next_hop + "C01106" "0201" "00010002", "2001010101")));
  EXPECT_EQ(d.update()["attribute"].as_object()["as-path"].at("0").at("value"), json::parse("[65537]"));
  // An empty one fits both.
  ASSERT_TRUE(d.decode(update_body(k_origin + "400200" + k_next_hop + "C00706" "FDE9" "01020304", "2001010101")));
  EXPECT_EQ(d.update()["attribute"].at("aggregator"), "65001:1.2.3.4");
  ASSERT_TRUE(d.decode(update_body(k_origin + "400200" + k_next_hop + "C00708" "00010001" "01020304", "2001010101")));
  EXPECT_EQ(d.update()["attribute"].at("aggregator"), "65537:1.2.3.4");
}

// Well-formed messages of routers that decoders have stumbled over.
TEST(MessageDecoder, EveryFamilyIsReadWithoutKnowingTheSession) {
  Decoding d;
  const std::string v6_hop = "10" "20010DB8000000000000000000000001";
  const std::string v4_hop = "04" "C0000201";
  struct Row {
    std::string family;
    std::string next_hop;
    std::string nlri;
    std::string_view shown;
  };
  const Row rows[] = {
      {"001946", v6_hop, "0311" "0000FDE800000001" "00000000" "20C0000201", R"("l2vpn evpn": { "2001:db8::1": )"},
      {"001946", v4_hop, "0311" "0000FDE800000001" "00000000" "20C0000201", R"("l2vpn evpn": { "192.0.2.1": )"},
      {"001941", v4_hop, "000C" "0000FDE800000001" "C0000201", R"("l2vpn vpls": { "192.0.2.1": )"},
      {"000155", v4_hop, "01000318" "0000006400000064" "20C0A80001" "00003039" "09" "200A000001" "00", R"("endpoint_ip": "10.0.0.1")"},
      {"000184", v4_hop, "200000FDE9", R"("ipv4 rtc": { "192.0.2.1": )"},
      {"000285", "00", "07" "014020" "00000001", R"("ipv6 flow": { "no-nexthop": )"},
      {"000185", "00", "05" "01180A0000", R"("ipv4 flow": { "no-nexthop": )"},
      {"400447", v4_hop, "0001001D" "070000000000000000" "01000010" "02000004" "0000FDE9" "02040004" "0A000001", R"("bgp-router-id": "10.0.0.1")"},
  };
  for (const Row& row : rows) {
    const std::string reach = row.family + row.next_hop + "00" + row.nlri;
    const std::string attributes = k_origin + "400200" + "40050400000064" + "800E" + fmt::format("{:02X}", reach.size() / 2) + reach;
    const auto decoded = d.decode(update_body(attributes, ""));
    EXPECT_TRUE(decoded) << row.nlri << ": " << (decoded ? "" : decoded.error().reason());
    EXPECT_NE(d.out.find(row.shown), std::string::npos) << d.out;
  }
}

TEST(MessageDecoder, LessThanAHeaderIsNoMessage) {
  Decoding d;
  const std::string marker(32, 'F');
  for (const char* rest : {"", "00", "0013", "001002", "001104", "001204"}) {
    const auto decoded = d.decode(marker + rest);
    EXPECT_FALSE(decoded) << rest;
    EXPECT_EQ(d.out, "");
  }
}

TEST(MessageDecoder, AMessageIsReadAsItsSourceSays) {
  Decoding d;
  MessageDecoder decoder({"rtr1", 1, 1}, d.options, d.pool);
  const auto read = [&](const MessageSource& source, const std::string& body) {
    d.out.clear();
    decoder.set_source(source);
    EXPECT_TRUE(decoder.decode(*base::from_hex(message(2, body)), 1, d.out));
    return d.lines().at(0);
  };
  MessageSource source;
  source.neighbor.peer = *base::IpAddress::parse("192.0.2.1");
  source.neighbor.peer_as = base::Asn{65001};
  source.asn4 = false;
  source.add_path.insert(*bgp::family_index(bgp::k_ipv4_unicast));
  const json::value line = read(source, update_body(k_origin + "400200" + k_next_hop, "00000001" "2001010101"));
  EXPECT_EQ(line.at("neighbor").at("address").at("peer"), "192.0.2.1");
  EXPECT_EQ(line.at("neighbor").at("asn").at("peer"), 65001);
  EXPECT_EQ(d.update()["announce"].at("ipv4 unicast").at("101.1.101.1"), json::parse(R"([{"nlri": "1.1.1.1/32", "path-information": "0.0.0.1"}])"));
  read({}, k_plain);
  EXPECT_EQ(d.update()["announce"].at("ipv4 unicast").at("101.1.101.1"), json::parse(R"([{"nlri": "1.1.1.1/32"}])"));
}

TEST(MessageDecoder, ASessionThatComesUpIsAnEvent) {
  Decoding d;
  for (const DecodedForm form : {DecodedForm::json_v6, DecodedForm::commands}) {
    d.options.form = form;
    MessageDecoder({"rtr1", 1, 1}, d.options, d.pool).append_state(true, 1, d.out);
    ASSERT_EQ(d.lines().size(), 1U) << "no command says it";
  }
  EXPECT_EQ(d.lines().at(0).at("neighbor").at("state"), "up");
}

TEST(MessageDecoder, NextHopsAreReadByTheirLength) {
  Decoding d;
  const std::string reach = "800E1A" "000101" "10" "20010DB8000000000000000000000001" "00" "20" "01010101";
  ASSERT_TRUE(d.decode(update_body(k_origin + "400200" + reach, "")));
  EXPECT_EQ(d.update()["announce"], json::parse(R"({"ipv4 unicast": {"2001:db8::1": [{"nlri": "1.1.1.1/32"}]}})"));
  const std::string v4 = "800E0E" "000201" "04" "C0000201" "00" "20" "20010DB8";
  ASSERT_TRUE(d.decode(update_body(k_origin + "400200" + v4, "")));
  EXPECT_EQ(d.update()["announce"], json::parse(R"({"ipv6 unicast": {"192.0.2.1": [{"nlri": "2001:db8::/32"}]}})"));
}

TEST(MessageDecoder, PathIdentifiersAreReadWhenAskedFor) {
  Decoding d;
  const std::string body = update_body(k_origin + "400200" + k_next_hop, "00000001" "2001010101");
  d.options.path_identifiers = true;
  ASSERT_TRUE(d.decode(body));
  EXPECT_EQ(d.update()["announce"].at("ipv4 unicast").at("101.1.101.1"),
            json::parse(R"([{"nlri": "1.1.1.1/32", "path-information": "0.0.0.1"}])"));
}

TEST(MessageDecoder, OfASessionOnlyWhatWasAgreedOnIsRead) {
  Decoding d;
  const std::string body = update_body(k_origin + "400206" "0202" "FDE9" "FDEA" + k_next_hop, "2001010101");
  d.options.session.emplace();
  d.options.session->families = {bgp::k_ipv4_unicast};
  d.options.session->family_set.insert(*bgp::family_index(bgp::k_ipv4_unicast));
  d.options.session->asn4 = true;
  ASSERT_TRUE(d.decode(body));
  EXPECT_EQ(d.update()["attribute"].at("error"), "treat-as-withdraw due to as-path");
  d.options.session->asn4 = false;
  ASSERT_TRUE(d.decode(body));
  EXPECT_TRUE(d.update().contains("announce"));
  d.options.session->family_set = {};
  const auto foreign = d.decode(body);
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().reason(), "what it says about ipv4 unicast is left out: it is no family of this session");
  EXPECT_FALSE(d.update().contains("announce"));
}

TEST(MessageDecoder, AFamilyThatIsNotKnownIsNamed) {
  Decoding d;
  const auto unknown = d.decode(update_body(k_origin + "400200" "800F04" "00636318", ""));
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().reason().find("0x63"), std::string::npos) << unknown.error().reason();
  EXPECT_EQ(d.update()["attribute"], json::parse(R"({"origin": "igp"})"));
}

TEST(MessageDecoder, CommandsSayTheSame) {
  Decoding d;
  d.options.form = DecodedForm::commands;
  ASSERT_TRUE(d.decode("0004" "180A0000" + size16(14) + k_origin + "400200" + k_next_hop + "2001010101" "180A0001"));
  EXPECT_EQ(d.out,
            "announce ipv4 unicast 1.1.1.1/32 next-hop 101.1.101.1 origin igp\n"
            "announce ipv4 unicast 10.0.1.0/24 next-hop 101.1.101.1 origin igp\n"
            "withdraw ipv4 unicast 10.0.0.0/24\n");
  ASSERT_TRUE(d.decode("00000000"));
  EXPECT_EQ(d.out, "announce eor ipv4 unicast\n");
}

TEST(MessageDecoder, AnUpdateWithoutNlriIsACommandThatMakesItAgain) {
  Decoding d;
  d.options.form = DecodedForm::commands;
  const std::string body = update_body(k_origin + "400200" + k_next_hop + "80040400000005" + "40050400000064", "");
  ASSERT_TRUE(d.decode(body));
  EXPECT_EQ(d.out, "announce attributes next-hop 101.1.101.1 origin igp med 5 local-preference 100\n");
  rib::RouteParser parser(d.pool);
  const auto read = parse_route_command(d.out.substr(0, d.out.size() - 1), parser);
  ASSERT_TRUE(read.has_value()) << read.error().reason();
  EncodeOptions options;
  const bgp::Negotiated session = obliging_session(base::Asn{65533}, base::Asn{65533}, false);
  options.session = &session;
  options.header = false;
  EXPECT_EQ(base::to_hex(*encode_route(read->parsed.routes.at(0), read->use, options), base::HexCase::upper), body);
}

// Withdraws of most families carry attributes; those of unicast and multicast, and beside an announcement, have none of their own.
TEST(MessageDecoder, CommandsOfAWithdrawSayTheAttributesBesideIt) {
  const std::string mpls_vpn = "0000" "002A" "800F12" "000180" "70" "000641" "0000FDE800000001" "0A0000" "40010100" "400200" "40030401020304" "40050400000064";
  const std::string flow = "0000" "0025" "800F09" "000185" "05" "0118010203" "40010100" "400200" "40050400000064" "C01008" "8006000000000000";
  const std::pair<std::string, std::string> k_cases[] = {
      {mpls_vpn, "withdraw ipv4 mpls-vpn 10.0.0.0/24 label 100 (1601) rd 65000:1 next-hop 1.2.3.4 origin igp local-preference 100\n"},
      {flow, "withdraw ipv4 flow destination-ipv4 1.2.3.0/24 origin igp local-preference 100 extended-community rate-limit:0\n"}};
  EncodeOptions options;
  const bgp::Negotiated session = obliging_session(base::Asn{65533}, base::Asn{65533}, false);
  options.session = &session;
  options.header = false;
  for (const auto& [body, command] : k_cases) {
    Decoding d;
    d.options.form = DecodedForm::commands;
    ASSERT_TRUE(d.decode(body));
    EXPECT_EQ(d.out, command);
    rib::RouteParser parser(d.pool);
    const auto read = parse_route_command(command.substr(0, command.size() - 1), parser);
    ASSERT_TRUE(read.has_value()) << command << ": " << read.error().reason();
    const auto octets = encode_route(read->parsed.routes.at(0), read->use, options);
    ASSERT_TRUE(octets.has_value()) << octets.error().reason();
    EXPECT_EQ(base::to_hex(*octets, base::HexCase::upper), body);
  }
  Decoding d;
  d.options.form = DecodedForm::commands;
  ASSERT_TRUE(d.decode("0000" "0019" "800F08" "000201" "2020010DB8" "40010100" "400200" "80040400000005"));
  EXPECT_EQ(d.out, "withdraw ipv6 unicast 2001:db8::/32\n");
}

TEST(MessageDecoder, TextIsThatOfEvents) {
  Decoding d;
  d.options.form = DecodedForm::text;
  ASSERT_TRUE(d.decode(k_plain));
  EXPECT_NE(d.out.find("neighbor 127.0.0.1 in update announced 1.1.1.1/32 next-hop 101.1.101.1 origin igp med 100\n"), std::string::npos) << d.out;
}

TEST(MessageDecoder, NlriOfAFamilyAreALineEach) {
  Decoding d;
  d.options.kind = OctetsKind::nlri;
  d.options.family = bgp::k_ipv6_unicast;
  ASSERT_TRUE(d.decode("2020010DB8" "00"));
  EXPECT_EQ(d.lines(), (std::vector<json::value>{json::parse(R"({"nlri": "2001:db8::/32"})"), json::parse(R"({"nlri": "::/0"})")}));
  EXPECT_FALSE(d.decode("81"));
  EXPECT_EQ(d.out, "");
  d.options.form = DecodedForm::text;
  ASSERT_TRUE(d.decode("2020010DB8" "00"));
  EXPECT_EQ(d.out, "2001:db8::/32\n::/0\n");
}

// Whatever is shown to it, every line is one JSON object.
TEST(MessageDecoder, AnyOctetsGiveWellFormedLinesOrAReason) {
  Decoding d;
  base::Random random(7);
  const base::Buffer sample = *base::from_hex(message(2, k_plain) + message(1, "04FDE900B40102030400"));
  std::size_t good = 0;
  for (int round = 0; round < 20000; ++round) {
    base::Buffer octets = sample;
    for (int changes = 0; changes < 3; ++changes) octets[random.below(octets.size())] = static_cast<std::uint8_t>(random.below(256));
    d.out.clear();
    MessageDecoder decoder({"rtr1", 1, 1}, d.options, d.pool);
    const auto decoded = decoder.decode(octets, 1, d.out);
    good += d.lines().size();
    EXPECT_TRUE(decoded || !decoded.error().reason().empty());
  }
  EXPECT_GT(good, 1000U);
}

}  // namespace
}  // namespace tandem::api
