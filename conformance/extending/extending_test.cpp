// An attribute and a kind of NLRI were added by the lines of docs/extending.md (CMakeLists.txt). Commands, octets, JSON and text have them.
#include <gtest/gtest.h>

#include "common/api/message_decoder.hpp"
#include "common/api/route_encoder.hpp"
#include "common/bgp/message/header.hpp"

namespace tandem::api {
namespace {

// The octets of a command.
base::Buffer encoded(std::string_view command, rib::AttributePool& pool) {
  rib::RouteParser parser(pool);
  const auto read = parse_route_command(command, parser);
  EXPECT_TRUE(read.has_value()) << command << ": " << (read ? "" : read.error().reason());
  if (!read) return {};
  const bgp::Negotiated session = obliging_session(base::Asn{65001}, base::Asn{65001}, false);
  EncodeOptions options;
  options.session = &session;
  const auto octets = encode_route(read->parsed.routes.at(0), read->use, options);
  EXPECT_TRUE(octets.has_value()) << command << ": " << (octets ? "" : octets.error().reason());
  return octets ? *octets : base::Buffer();
}

std::string shown(base::Bytes message, DecodedForm form, rib::AttributePool& pool) {
  DecodeOptions options;
  options.form = form;
  std::string out;
  const auto done = MessageDecoder({"test", 1, 1}, options, pool).decode(message, 0, out);
  EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().reason());
  return out;
}

TEST(Extending, AnAttributeIsWrittenSentAndShown) {
  rib::AttributePool pool;
  const base::Buffer message = encoded("announce route 10.0.0.0/24 next-hop 10.0.0.1 weather 7", pool);
  EXPECT_NE(base::to_hex(message).find("c0c80400000007"), std::string::npos) << base::to_hex(message);
  EXPECT_NE(shown(message, DecodedForm::json_v6, pool).find("\"weather\": 7"), std::string::npos) << shown(message, DecodedForm::json_v6, pool);
  EXPECT_EQ(shown(message, DecodedForm::commands, pool), "announce ipv4 unicast 10.0.0.0/24 next-hop 10.0.0.1 origin igp local-preference 100 weather 7\n");
}

TEST(Extending, AMalformedOneIsDiscardedAsItsRowSays) {
  rib::AttributePool pool;
  const auto message = base::from_hex("0000" "0018" "40010100" "400200" "4003040a000001" "40050400000064" "c0c800" "180a0000");
  EXPECT_EQ(shown(*message, DecodedForm::commands, pool), "announce ipv4 unicast 10.0.0.0/24 next-hop 10.0.0.1 origin igp local-preference 100\n");
}

TEST(Extending, AKindOfNlriIsWrittenSentAndShown) {
  rib::AttributePool pool;
  const std::string command = "announce ipv4 rtc abc next-hop 10.0.0.1 origin igp local-preference 100";
  const base::Buffer message = encoded(command, pool);
  EXPECT_NE(base::to_hex(message).find("000184040a0000010003616263"), std::string::npos) << base::to_hex(message);
  EXPECT_NE(shown(message, DecodedForm::json_v6, pool).find("{ \"label\": \"abc\" }"), std::string::npos) << shown(message, DecodedForm::json_v6, pool);
  EXPECT_EQ(shown(message, DecodedForm::commands, pool), command + "\n");
}

}  // namespace
}  // namespace tandem::api
