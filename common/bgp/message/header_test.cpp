#include "common/bgp/message/header.hpp"

#include <gtest/gtest.h>

#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using testing::hex;
using testing::octets;

const std::string k_marker = "ffffffffffffffffffffffffffffffff";

base::Error header_error(std::string_view after_marker, HeaderRules rules = {}) {
  const auto message = next_message(octets(k_marker + std::string(after_marker)), rules);
  EXPECT_FALSE(message.has_value()) << after_marker;
  return message ? base::Error("none") : message.error();
}

TEST(MessageHeader, AMessageIsTakenOnceItIsComplete) {
  base::Buffer stream;
  append_keepalive(stream);
  EXPECT_EQ(hex(stream), k_marker + "001304");
  append_keepalive(stream);
  for (std::size_t size = 0; size < k_header_size; ++size) {
    const auto message = next_message(base::Bytes(stream).first(size), {});
    ASSERT_TRUE(message.has_value());
    EXPECT_FALSE(message->has_value());
  }
  const auto message = next_message(stream, {});
  ASSERT_TRUE(message.has_value() && message->has_value());
  EXPECT_EQ((*message)->type, 4);
  EXPECT_EQ((*message)->whole.size(), k_header_size);
  EXPECT_TRUE((*message)->body().empty());
}

TEST(MessageHeader, AWrongMarkerIsNotSynchronized) {
  const auto message = next_message(octets("fffffffffffffffffffffffffffffffe001304"), {});
  ASSERT_FALSE(message.has_value());
  const auto error = message.error();
  EXPECT_EQ(error.notification()->code, 1);
  EXPECT_EQ(error.notification()->subcode, 1);
  EXPECT_TRUE(error.notification()->data.empty());
}

TEST(MessageHeader, WrongLengthsAreAnsweredWithTheLength) {
  // shorter than a header, longer than allowed, and wrong for OPEN, UPDATE, KEEPALIVE; found before the body is there
  for (const char* bad : {"001204", "000001", "100102", "001c01", "001602", "001404", "ffff02"}) {
    const base::Error error = header_error(bad);
    ASSERT_NE(error.notification(), nullptr) << bad;
    EXPECT_EQ(error.notification()->code, 1);
    EXPECT_EQ(error.notification()->subcode, 2);
    EXPECT_EQ(hex(error.notification()->data), std::string(bad).substr(0, 4));
  }
  EXPECT_EQ(header_error("001404").reason(), "KEEPALIVE has an invalid message length of 20");
}

TEST(MessageHeader, ALengthThatHasNoRoomForATypeIsFoundBeforeTheType) {
  for (const char* bad : {"0000", "0010", "0011", "0012", "001203"}) {
    const base::Error error = header_error(bad);
    ASSERT_NE(error.notification(), nullptr) << bad;
    EXPECT_EQ(error.notification()->subcode, 2);
    EXPECT_EQ(hex(error.notification()->data), std::string(bad).substr(0, 4));
  }
  const auto waits = next_message(octets("ffffffffffffffffffffffffffffffff0013"), {});
  EXPECT_TRUE(waits.has_value() && !*waits);
}

TEST(MessageHeader, AMalformedNotificationIsNotAnsweredByOne) {
  EXPECT_EQ(header_error("001403").notification(), nullptr);
  EXPECT_EQ(header_error("100103").notification(), nullptr);
}

TEST(MessageHeader, AnUnknownTypeIsAnsweredAsItAlwaysWas) {
  const base::Error error = header_error("0013ff");
  EXPECT_EQ(error.notification()->code, 1);
  EXPECT_EQ(error.notification()->subcode, 0);
  EXPECT_EQ(base::as_text(error.notification()->data), "can not decode update message of type \"255\"");
  EXPECT_EQ(base::as_text(header_error("0013fc").notification()->data), "can not decode update message of type \"252\"");
}

TEST(MessageHeader, StrictRulesAnswerAnUnknownTypeWithTheType) {
  const base::Error error = header_error("0013ff", {.maximum = k_message_size, .strict = true});
  EXPECT_EQ(error.notification()->code, 1);
  EXPECT_EQ(error.notification()->subcode, 3);
  EXPECT_EQ(hex(error.notification()->data), "ff");
}

TEST(MessageHeader, AWrongRouteRefreshIsAnsweredWithTheWholeMessageHoweverItArrives) {
  const base::Buffer whole = octets(k_marker + "0018 05 0001000155");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto partial = next_message(base::Bytes(whole).first(size), {});
    ASSERT_TRUE(partial.has_value()) << size;
    EXPECT_FALSE(partial->has_value());
  }
  const auto message = next_message(whole, {});
  ASSERT_FALSE(message.has_value());
  const auto error = message.error();
  EXPECT_EQ(error.notification()->code, 7);
  EXPECT_EQ(error.notification()->subcode, 1);
  EXPECT_EQ(error.notification()->data, whole);
}

TEST(MessageHeader, TheAnswerToAHugeRouteRefreshStillFitsAMessage) {
  base::Buffer whole = octets(k_marker + "1000 05");
  whole.resize(4096);
  const auto message = next_message(whole, {});
  ASSERT_FALSE(message.has_value());
  EXPECT_EQ(message.error().notification()->data.size(), 4096U - 21U);
}

// RFC 5291 section 5.
TEST(MessageHeader, OthersMayHaveAgreedOnFiltersInARouteRefresh) {
  const base::Buffer whole = octets(k_marker + "0020 05 00010001 01 40 0006 80 00000005");
  const auto message = next_message(whole, k_rules_of_others);
  ASSERT_TRUE(message.has_value() && message->has_value());
  EXPECT_EQ((*message)->whole.size(), whole.size());
  EXPECT_FALSE(next_message(whole, {}).has_value()) << "we have not";
  EXPECT_FALSE(next_message(octets(k_marker + "0016 05 000100"), k_rules_of_others).has_value());
}

TEST(MessageHeader, OnlyOpenAndKeepaliveStayAtFourKilobytesWithExtendedMessages) {
  const HeaderRules rules{.maximum = k_extended_message_size, .strict = false};
  const auto update = next_message(octets(k_marker + "ffff02"), rules);
  ASSERT_TRUE(update.has_value());
  EXPECT_FALSE(update->has_value());
  EXPECT_EQ(header_error("100101", rules).notification()->subcode, 2);
  EXPECT_EQ(header_error("001404", rules).notification()->subcode, 2);
}

TEST(MessageHeader, NamesTypesAsEventsDo) {
  EXPECT_EQ(packet_name(1), "open");
  EXPECT_EQ(packet_name(5), "route-refresh");
  EXPECT_EQ(packet_name(6), "operational");
  EXPECT_EQ(packet_name(0), "unknown");
  EXPECT_EQ(packet_name(252), "unknown");
  EXPECT_EQ(packet_name(5, Dialect::release_4_2), "route refresh");
  EXPECT_EQ(packet_name(2, Dialect::release_4_2), "update");
  EXPECT_EQ(upper_name(5), "ROUTE_REFRESH");
}

}  // namespace
}  // namespace tandem::bgp
