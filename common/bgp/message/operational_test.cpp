#include "common/bgp/message/operational.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/bgp/message/header.hpp"
#include "common/bgp/testing.hpp"
#include "common/bgp/value_reader.hpp"

namespace tandem::bgp {
namespace {

using ::testing::HasSubstr;
using testing::hex;
using testing::octets;

std::string refusal(std::string_view body) {
  const auto decoded = decode_operational(octets(body));
  if (decoded) return "none";
  EXPECT_EQ(decoded.error().notification()->code, 5);
  EXPECT_EQ(decoded.error().notification()->subcode, 0);
  return decoded.error().reason();
}
std::string read_and_written(std::string_view words) {
  const auto tokens = split_words(words);
  const auto message = parse_operational(tokens);
  if (!message) return message.error().reason();
  std::string out;
  operational_text(*message, out);
  return out;
}

TEST(Operational, ComesOutAsItWentIn) {
  struct Sample {
    const char* body;
    const char* name;
    const char* words;
  };
  const Sample k_samples[] = {
      {"0001 0008 0001 01 68656c6c6f", "ADM", "adm afi ipv4 safi unicast advisory \"hello\""},
      {"0002 0003 0002 01", "ASM", "asm afi ipv6 safi unicast advisory \"\""},
      {"0003 000b 0001 01 0a000001 00000005", "RPCQ", "rpcq afi ipv4 safi unicast router-id 10.0.0.1 sequence 5"},
      {"0004 000f 0001 01 0a000001 00000005 00000064", "RPCP", "rpcp afi ipv4 safi unicast router-id 10.0.0.1 sequence 5 counter 100"},
      {"0006 000f 0001 80 0a000001 00000000 ffffffff", "APCP", "apcp afi ipv4 safi mpls-vpn router-id 10.0.0.1 sequence 0 counter 4294967295"},
      {"0007 000b 0001 01 00000000 00000001", "LPCQ", "lpcq afi ipv4 safi unicast sequence 1"},
      {"0009 0003 000101", "unknown", ""},
      {"ffff 0006 00000001 0002", "unknown", ""},
  };
  for (const Sample& sample : k_samples) {
    const auto message = decode_operational(octets(sample.body));
    ASSERT_TRUE(message.has_value()) << sample.body;
    EXPECT_EQ(operational_name(*message), sample.name);
    base::Buffer encoded;
    encode_operational(*message, encoded);
    EXPECT_EQ(hex(base::Bytes(encoded).subspan(k_header_size)), hex(octets(sample.body)));
    EXPECT_EQ(encoded[k_header_size - 1], 6);
    std::string text;
    operational_text(*message, text);
    EXPECT_EQ(text, sample.words);
    if (!text.empty()) {
      EXPECT_EQ(read_and_written(text), text);
    }
  }
}

TEST(Operational, WhatIsTooShortIsAnErrorThatSaysWhatIsMissing) {
  EXPECT_THAT(refusal("000100"), HasSubstr("needs 4 bytes"));
  EXPECT_THAT(refusal("0001 0004 0001 01"), HasSubstr("announces 4 bytes and has 3"));
  EXPECT_EQ(refusal("0001 0002 0001"), "operational message 1 needs 7 bytes to hold an afi, a safi and its advisory, got 6");
  EXPECT_THAT(refusal("0003 000a 0001 01 0a000001 000000"), HasSubstr("needs 15 bytes"));
  EXPECT_THAT(refusal("0004 000b 0001 01 0a000001 00000005"), HasSubstr("needs 19 bytes"));
  EXPECT_EQ(refusal("0009 0000"), "none");
}

TEST(Operational, ALongAdvisoryIsCutBetweenCharacters) {
  Operational message{Operational::Form::advisory, Operational::k_adm, k_ipv4_unicast, {}, {}, 0, 0, {}};
  message.advisory = "x";
  for (int i = 0; i < 1100; ++i) message.advisory += "\xC3\xA4";
  base::Buffer encoded;
  encode_operational(message, encoded);
  const auto again = decode_operational(base::Bytes(encoded).subspan(k_header_size));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->advisory.size(), 2048U);
  EXPECT_THAT(again->advisory, ::testing::EndsWith("\xC3\xA4..."));
}

TEST(Operational, WordsStandInAFixedOrder) {
  EXPECT_EQ(read_and_written("ASM afi ipv4 safi unicast advisory \"two words\""), "asm afi ipv4 safi unicast advisory \"two words\"");
  EXPECT_THAT(read_and_written("xyz afi ipv4"), HasSubstr("adm, asm, rpcq"));
  EXPECT_THAT(read_and_written("asm safi unicast"), HasSubstr("'afi' expected after asm, found 'safi'"));
  EXPECT_THAT(read_and_written("asm afi ipv4 safi evpn advisory x"), HasSubstr("unknown family 'ipv4 evpn'"));
  EXPECT_THAT(read_and_written("asm afi ipv4 safi unicast advisory x y"), HasSubstr("'y' is too much"));
  EXPECT_THAT(read_and_written("rpcq afi ipv4 safi unicast"), HasSubstr("'sequence' expected"));
  EXPECT_THAT(read_and_written("rpcp afi ipv4 safi unicast sequence 1 counter 4294967296"), HasSubstr("from 0 to 4294967295"));
}

}  // namespace
}  // namespace tandem::bgp
