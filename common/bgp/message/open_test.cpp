#include "common/bgp/message/open.hpp"

#include <gtest/gtest.h>

#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using testing::hex;
using testing::octets;

Open default_open() {
  Open open;
  open.as_field = 65533;
  open.hold_time_s = 180;
  open.router_id = base::RouterId{0x0a000002};
  open.capabilities.announce(CapabilityCode::multiprotocol);
  open.capabilities.multiprotocol = {k_ipv4_unicast};
  open.capabilities.announce(CapabilityCode::asn4);
  open.capabilities.asn4 = base::Asn{65533};
  open.capabilities.announce(CapabilityCode::extended_message);
  return open;
}

std::string body_hex(const Open& open) {
  base::Buffer out;
  encode_open(open, out);
  return hex(base::Bytes(out).subspan(19));
}

base::NotificationCause open_error(std::string_view hex_body) {
  const auto open = decode_open(octets(hex_body));
  EXPECT_FALSE(open.has_value()) << hex_body;
  if (open) return {};
  EXPECT_NE(open.error().notification(), nullptr);
  return *open.error().notification();
}

TEST(Open, ADefaultNeighborsOpenIsByteExact) {
  Open open = default_open();
  open.router_id = base::RouterId{0x0a000000 | 0x02};
  open.capabilities.multiprotocol = {k_ipv4_unicast, k_ipv6_unicast};
  EXPECT_EQ(body_hex(open), "04fffd00b40a0000021c02060104000100010206010400020001020641040000fffd02020600");
}

TEST(Open, HostnameIsByteExact) {
  Open open = default_open();
  open.capabilities.announce(CapabilityCode::hostname);
  open.capabilities.hostname = Hostname{"my-host-name", "my-domain-name.com"};
  EXPECT_EQ(body_hex(open),
            "04fffd00b40a000002380206010400010001020641040000fffd02020600022249200c6d792d686f73742d6e616d65126d792d646f6d61696e2d6e"
            "616d652e636f6d");
}

TEST(Open, ReadsWhatItWrites) {
  base::Buffer out;
  encode_open(default_open(), out);
  const auto open = decode_open(base::Bytes(out).subspan(19));
  ASSERT_TRUE(open.has_value());
  EXPECT_EQ(open->version, 4);
  EXPECT_EQ(open->hold_time_s, 180);
  EXPECT_EQ(base::to_string(open->router_id), "10.0.0.2");
  EXPECT_EQ(open->capabilities.multiprotocol, std::vector{k_ipv4_unicast});
  EXPECT_EQ(open->capabilities.order, (std::vector<std::uint8_t>{1, 65, 6}));
}

TEST(Open, MoreThan254OctetsOfParametersTakeTheExtendedForm) {
  Open open = default_open();
  open.capabilities.multiprotocol.clear();
  for (const auto& traits : family_table()) open.capabilities.multiprotocol.push_back(traits.family);
  open.capabilities.announce(CapabilityCode::software_version);
  open.capabilities.software_version = std::string(100, 'v');
  const std::string body = body_hex(open);
  EXPECT_EQ(body.substr(18, 4), "ffff");
  EXPECT_EQ(body.substr(26, 18), "020006010400010001");
  const auto read = decode_open(octets(body));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->capabilities.multiprotocol.size(), 23U);
  EXPECT_EQ(*read->capabilities.software_version, std::string(61, 'v') + "...");
}

// RFC 9072 section 2: the length in front of the type 255 is ignored.
TEST(Open, TheExtendedFormIsKnownByItsTypeAlone) {
  for (const char* length : {"00", "01", "02", "09", "fe", "ff"}) {
    const auto open = decode_open(octets(std::string("04fffd00b40a000002") + length + "ff 0005 02 0002 0600"));
    ASSERT_TRUE(open.has_value()) << length;
    EXPECT_TRUE(open->capabilities.has(CapabilityCode::extended_message)) << length;
  }
  EXPECT_TRUE(decode_open(octets("04fffd00b40a00000200")).has_value()) << "nothing behind the length: no parameters";
  EXPECT_EQ(open_error("04fffd00b40a00000200 ff").subcode, 0) << "cut short";
  const auto cause = open_error("04fffd00b40a00000200 ff 0006 03 0003 aabbcc");
  EXPECT_EQ(cause.subcode, 4);
  EXPECT_EQ(hex(cause.data), "030003aabbcc");
}

TEST(Open, TheRealAsStandsInTheCapabilityWhenTheFieldIsAsTrans) {
  Open open = default_open();
  EXPECT_EQ(open.asn(), base::Asn{65533});
  open.as_field = 23456;
  open.capabilities.asn4 = base::Asn{70000};
  EXPECT_EQ(open.asn(), base::Asn{70000});
  open.capabilities.asn4.reset();
  EXPECT_EQ(open.asn(), base::k_as_trans);
}

TEST(Open, NoParametersAndOctetsBehindThemAreFine) {
  EXPECT_TRUE(decode_open(octets("04fffd00b40a00000200")).has_value());
  const auto open = decode_open(octets("04fffd00b40a00000204 02020600 aabb"));
  ASSERT_TRUE(open.has_value());
  EXPECT_TRUE(open->capabilities.has(CapabilityCode::extended_message));
}

TEST(Open, AnotherVersionIsAnsweredWithOurs) {
  const auto cause = open_error("03fffd00b40a00000200");
  EXPECT_EQ(cause.code, 2);
  EXPECT_EQ(cause.subcode, 1);
  EXPECT_EQ(hex(cause.data), "0004");
}

TEST(Open, AnUnknownParameterComesBackAsData) {
  const auto cause = open_error("04fffd00b40a00000205 0303aabbcc");
  EXPECT_EQ(cause.code, 2);
  EXPECT_EQ(cause.subcode, 4);
  EXPECT_EQ(hex(cause.data), "0303aabbcc");
}

TEST(Open, TheAuthenticationParameterHasACodeOfItsOwn) {
  const auto cause = open_error("04fffd00b40a00000203 010100");
  EXPECT_EQ(cause.subcode, 5);
  EXPECT_EQ(base::as_text(cause.data), "Authentication Notification (Deprecated)");
}

TEST(Open, TruncationIsUnspecificWithText) {
  for (const char* bad : {"04fffd00b40a000002ff", "04fffd00b40a00000206 0206010400", "04fffd00b40a00000201 02",
                          "04fffd00b40a00000204 02020605", "04fffd00b40a000002ff ff", "04fffd00b40a000002ff ff0004 02000102"}) {
    const auto cause = open_error(bad);
    EXPECT_EQ(cause.code, 2) << bad;
    EXPECT_EQ(cause.subcode, 0) << bad;
    EXPECT_FALSE(cause.data.empty());
  }
  EXPECT_EQ(base::as_text(open_error("04fffd00b40a00000206 0206010400").data), "OPEN parameters truncated: need 6 bytes, got 5");
}

TEST(Open, ABodyWithoutTheFixedPartIsABadLength) {
  const auto cause = open_error("04fffd00b40a000002");
  EXPECT_EQ(cause.code, 1);
  EXPECT_EQ(cause.subcode, 2);
  EXPECT_EQ(hex(cause.data), "001c");
}

}  // namespace
}  // namespace tandem::bgp
