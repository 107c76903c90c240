#include "common/bgp/message/notification.hpp"

#include <gtest/gtest.h>

#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using testing::hex;
using testing::octets;

std::string shown(std::uint8_t code, std::uint8_t subcode, std::string_view data_hex) {
  const base::Buffer data = octets(data_hex);
  return received_message({code, subcode, data});
}

TEST(Notification, IsReadAndWritten) {
  base::Buffer out;
  encode_notification(3, 1, octets("aabb"), out);
  EXPECT_EQ(hex(out), "ffffffffffffffffffffffffffffffff0017030301aabb");
  const Notification read = decode_notification(base::Bytes(out).subspan(19));
  EXPECT_EQ(read.code, 3);
  EXPECT_EQ(read.subcode, 1);
  EXPECT_EQ(hex(read.data), "aabb");
  EXPECT_EQ(decode_notification({}).code, 0);
}

TEST(Notification, CeaseCarriesItsTextAndShutdownALengthInFront) {
  base::Buffer out;
  const auto cause = make_cease(4);
  encode_notification(cause.code, cause.subcode, cause.data, out);
  EXPECT_EQ(hex(out), "ffffffffffffffffffffffffffffffff002a0306041441646d696e697374726174697665205265736574");
  EXPECT_EQ(base::as_text(make_cease(3).data), "Peer De-configured");
  EXPECT_EQ(make_cease(2).data[0], 23);
  EXPECT_EQ(base::as_text(make_cease(9).data), "Hard Reset");
  EXPECT_EQ(base::as_text(make_cease(200).data), "unknown notification type");
  EXPECT_EQ(base::as_text(make_cease(5, "no session configured for the peer").data), "no session configured for the peer");
}

TEST(Notification, LongTextIsCutOnACharacter) {
  const auto cause = make_cease(2, std::string(254, 'a') + "\xc3\xa9");
  EXPECT_EQ(cause.data[0], 254);
  EXPECT_EQ(cause.data.size(), 255U);
  EXPECT_EQ(make_cease(2, std::string(300, 'a')).data.size(), 256U);
}

TEST(Notification, ShutdownCommunicationIsInterpreted) {
  EXPECT_EQ(shown(6, 2, ""), "");
  EXPECT_EQ(shown(6, 2, "00"), "empty Shutdown Communication.");
  EXPECT_EQ(shown(6, 2, "0568656c6c6f"), "Shutdown Communication: \"hello\"");
  EXPECT_EQ(shown(6, 4, "05680d0a6c6f"), "Shutdown Communication: \"h  lo\"");
  EXPECT_EQ(shown(6, 2, "0568656c6c6faabb"), "Shutdown Communication: \"hello\", trailing data: 0xAABB");
  EXPECT_EQ(shown(6, 2, "0668656c6c6f"), "invalid Shutdown Communication (buffer underrun) length : 6 [0x68656C6C6F]");
  EXPECT_EQ(shown(6, 2, "02fffe"), "invalid Shutdown Communication (invalid UTF-8) length : 2 [0xFFFE]");
}

TEST(Notification, AShutdownCommunicationMayHave255Octets) {
  const std::string text(255, 'x');
  base::Buffer data{255};
  data.insert(data.end(), text.begin(), text.end());
  EXPECT_EQ(received_message({6, 2, data}), "Shutdown Communication: \"" + text + "\"");
}

TEST(Notification, AHardResetStandsAroundTheRealCauseAndIsShownWithIt) {
  const auto cause = make_hard_reset(make_cease(2, "bye"));
  EXPECT_EQ(cause.code, 6);
  EXPECT_EQ(cause.subcode, 9);
  EXPECT_EQ(base::to_hex(cause.data), "060203627965");
  EXPECT_EQ(shown(6, 9, "060203627965"), "Cease / Administrative Shutdown: Shutdown Communication: \"bye\"");
  EXPECT_EQ(shown(6, 9, "0400"), "Hold timer expired / Unspecific");
  EXPECT_EQ(shown(6, 9, "06"), "\x06");
  EXPECT_EQ(shown(6, 9, "060906090609"), "\x06\x09\x06\x09\x06\x09");  // one level only
}

TEST(Notification, OtherDataIsShownAsItCame) {
  EXPECT_EQ(shown(6, 3, "0568"), "\x05h");
  EXPECT_EQ(shown(3, 1, ""), "");
}

TEST(Notification, NamesCodes) {
  EXPECT_EQ(describe(6, 4), "Cease / Administrative Reset");
  EXPECT_EQ(describe(1, 0), "Message header error / Unspecific");
  EXPECT_EQ(describe(5, 3), "State machine error / Receive Unexpected Message in Established State");
  EXPECT_EQ(subcode_name(6, 10), "BFD Down");
  EXPECT_EQ(subcode_name(7, 1), "Invalid Message Length");
  EXPECT_EQ(subcode_name(7, 0), "unknow reason");
  EXPECT_EQ(describe(99, 99), "unknown error / unknow reason");
}

}  // namespace
}  // namespace tandem::bgp
