#include "common/capture/hex_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/capture/test_support.hpp"

namespace tandem::capture {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Taken {
  explicit Taken(bool messages = true) : text(messages, [this](base::Bytes octets) { return take(octets); }, [this](std::string reason) { lines.push_back(reason); }) {}
  bool take(base::Bytes octets) {
    largest = std::max(largest, octets.size());
    octets_taken += octets.size();
    if (keep) lines.push_back(base::to_hex(octets));
    return good;
  }
  std::vector<std::string> lines;
  std::size_t largest = 0;
  std::size_t octets_taken = 0;
  bool keep = true;
  bool good = true;
  HexText text;
};

TEST(HexText, ALineIsAPieceHoweverItComes) {
  Taken taken;
  for (const char c : std::string("0xAB cd\n\nFF:01\r\n0X\n12")) taken.text.add(std::string_view(&c, 1));
  EXPECT_THAT(taken.lines, ElementsAre("abcd", "ff01"));
  taken.text.finish();
  EXPECT_THAT(taken.lines, ElementsAre("abcd", "ff01", "12"));
  taken.text.finish();
  EXPECT_EQ(taken.lines.size(), 3U);
}

TEST(HexText, WhatIsNoOctetIsRefusedOnceALine) {
  Taken taken;
  taken.text.add("ABx1 zz\n1\n00x1\nAB\n");
  EXPECT_THAT(taken.lines, ElementsAre("not hexadecimal octets", "not hexadecimal octets: there is half a one at the end", "not hexadecimal octets", "ab"));
}

TEST(HexText, MessagesAreTakenBeforeTheirLineEnds) {
  Taken taken;
  taken.keep = false;
  const base::Buffer keepalive = test::message(bgp::MessageType::keepalive);
  const std::string hex = base::to_hex(keepalive);
  constexpr std::size_t k_messages = 100'000;
  for (std::size_t i = 0; i < k_messages; ++i) taken.text.add(hex);
  taken.text.finish();
  EXPECT_EQ(taken.octets_taken, k_messages * keepalive.size());
  EXPECT_LE(taken.largest, 512U * 1024);
  EXPECT_THAT(taken.lines, IsEmpty());
}

TEST(HexText, BehindAMistakeTheRestOfTheLineIsLeftOut) {
  Taken taken;
  taken.keep = taken.good = false;
  const std::string hex = base::to_hex(test::message(bgp::MessageType::keepalive));
  for (std::size_t i = 0; i < 50'000; ++i) taken.text.add(hex);
  EXPECT_LE(taken.octets_taken, 512U * 1024);
  taken.good = true;
  taken.octets_taken = 0;
  taken.text.add("\n" + hex + "\n");
  EXPECT_EQ(taken.octets_taken, hex.size() / 2);
}

TEST(HexText, ALineOfAnythingElseHasABound) {
  Taken taken(false);
  taken.keep = false;
  const std::string zeros(1 << 20, '0');
  for (int i = 0; i < 40; ++i) taken.text.add(zeros);
  taken.text.finish();
  EXPECT_THAT(taken.lines, ElementsAre("there are too many octets in a line"));
  EXPECT_EQ(taken.octets_taken, 0U);
}

TEST(HexText, DigitsAreToldFromNames) {
  EXPECT_TRUE(is_hexadecimal("0xAB cd:01"));
  EXPECT_TRUE(is_hexadecimal("beef"));
  EXPECT_FALSE(is_hexadecimal("./beef"));
  EXPECT_FALSE(is_hexadecimal("updates.gz"));
  EXPECT_FALSE(is_hexadecimal("-"));
}

}  // namespace
}  // namespace tandem::capture
