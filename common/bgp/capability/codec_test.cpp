#include "common/bgp/capability/codec.hpp"

#include <gtest/gtest.h>

#include "common/bgp/message/open.hpp"
#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using testing::hex;
using testing::octets;

// TLVs one behind the other.
Capabilities decode(std::string_view tlvs) {
  const base::Buffer in = octets(tlvs);
  Capabilities capabilities;
  base::ByteReader reader(in);
  while (!reader.empty() && reader.ok()) {
    const std::uint8_t code = reader.u8();
    const std::size_t length = reader.u8();
    EXPECT_TRUE(decode_capability(code, reader.take(length), capabilities).has_value()) << tlvs;
  }
  EXPECT_TRUE(reader.ok());
  return capabilities;
}

std::string json(const Capabilities& capabilities, bool sent = false, Dialect dialect = Dialect::main) {
  std::string out;
  base::JsonWriter writer(out);
  capabilities_json(capabilities, sent, dialect, writer);
  return testing::squeeze(out);
}

std::string json(std::string_view tlvs) { return json(decode(tlvs)); }
std::string text(std::string_view tlvs) { return capabilities_text(decode(tlvs)); }

std::string encode(const Capabilities& capabilities) {
  std::vector<base::Buffer> tlvs;
  encode_capabilities(capabilities, tlvs);
  std::string out;
  for (const auto& tlv : tlvs) out += (out.empty() ? "" : " ") + hex(tlv);
  return out;
}

// RFC 9234 section 4.1, RFC 9494 section 3. What has another form is kept as octets.
TEST(Capabilities, RolesAndLongLivedGracefulRestart) {
  EXPECT_EQ(json("090100"), R"("9":{"name":"role","role":"provider"})");
  EXPECT_EQ(json("090103 090103"), R"("9":{"name":"role","role":"customer"})");
  EXPECT_EQ(text("090102 090107"), "[role(rs-client,unassigned-7)]");
  EXPECT_EQ(json("09020001"), R"("9":{"name":"unknown","iana":"unknown","value":9,"raw":"0001"})");
  EXPECT_TRUE(decode("0900").roles.empty());
  EXPECT_EQ(json("470e 000101 80 000e10 000201 00 ffffff"),
            R"("71":{"name":"long-lived-graceful-restart","families":{"ipv4/unicast":{"time":3600,"flags":["forwarding"]},"ipv6/unicast":{"time":16777215,"flags":[]}}})");
  EXPECT_EQ(text("4707 000101 80 000e10"), "[long-lived graceful restart ipv4/unicast=0x80 time 3600]");
  EXPECT_EQ(encode(decode("4707 000101 80 000e10 090104")), "470700010180000e10 090104");
  EXPECT_FALSE(decode("470400010180").long_lived_graceful_restart);
}

TEST(Capabilities, AReceivedOneIsKeyedByItsCode) {
  EXPECT_EQ(json("010400010001 010400020001 010400010001"),
            R"("1":{"name":"multiprotocol","families":["ipv4/unicast","ipv6/unicast"]})");
  EXPECT_EQ(json("0200"), R"("2":{"name":"route-refresh","variant":"RFC"})");
  EXPECT_EQ(json("8000 0200"), R"("128":{"name":"route-refresh","variant":"Cisco"},"2":{"name":"route-refresh","variant":"RFC"})");
  EXPECT_EQ(json("4600"), R"("70":{"name":"enhanced-route-refresh"})");
  EXPECT_EQ(json("41040000fffd"), R"("65":{"name":"asn4","asn4":65533})");
  EXPECT_EQ(json("410200c8"), R"("65":{"name":"asn4","asn4":200})");
  EXPECT_EQ(json("0600"), R"("6":{"name":"extended-message","size":65535})");
  EXPECT_EQ(json("0506000100010002"), R"("5":{"name":"nexthop","conversion":["ipv4/unicast/ipv6"]})");
  EXPECT_EQ(json("440100 440101"), R"("68":{"name":"multisession","variant":"RFC","capabilities":[]})");
  EXPECT_EQ(json("830100"), R"("131":{"name":"multisession","variant":"Cisco","capabilities":[]})");
  EXPECT_EQ(json("4d00"), R"("77":{"name":"link-local-nexthop"})");
  EXPECT_EQ(json("b900"), R"("185":{"name":"operational"})");
}

TEST(Capabilities, GracefulRestartKeepsItsTwoWordsSwapped) {
  EXPECT_EQ(json("400a80780001018000020100"),
            R"("64":{"name":"graceful restart","time":120,"address-family-flags":{"ipv4/unicast":["restart"],"ipv6/unicast":[]},)"
            R"("restart-flags":["forwarding"]})");
  EXPECT_EQ(text("4006807800010180"), "[graceful restart flags 0x8 time 120 ipv4/unicast=0x80]");
}

TEST(Capabilities, AddPathAndPathsLimitMergeByFamily) {
  EXPECT_EQ(json("450400010101 450800010103 00020107"), R"x("69":{"name":"addpath","ipv4/unicast":"send/receive","ipv6/unicast":"invalid (7)"})x");
  EXPECT_EQ(json("4c0f0001010005 0001010009 0002010000"), R"("76":{"name":"paths-limit","ipv4/unicast":5})");
  EXPECT_EQ(text("450400010103 4c050001010005"), "[addpath(send/receive ipv4 unicast), pathslimit(ipv4 unicast 5)]");
}

TEST(Capabilities, NamesAndVersionsHaveNoNameMember) {
  EXPECT_EQ(json("490b056d79686f7304646f6d61"), R"("73":{"host-name":"myhos","domain-name":"doma"})");
  EXPECT_EQ(json("4b0403616263"), R"("75":{"software":"abc"})");
  EXPECT_EQ(text("4b0403414243 490b056d79686f7304646f6d61"), "[hostname(myhos doma), software(abc)]");
}

TEST(Capabilities, NamesAndVersionsThatAreNotUtf8AreTakenAndShownEscaped) {
  EXPECT_EQ(json("4906 0272ff 02c328"), R"x("73":{"host-name":"r\\xff","domain-name":"\\xc3("})x");
  EXPECT_EQ(json("4b03 02e9e8"), R"("75":{"software":"\\xe9\\xe8"})");
  EXPECT_EQ(json("4905 03c3a962 00"), R"x("73":{"host-name":"\u00e9b","domain-name":""})x");
}

TEST(Capabilities, UnknownOnesAreShownRawAndTheLastCounts) {
  EXPECT_EQ(json("4701aa 470400010180"), R"("71":{"name":"unknown","iana":"unassigned","value":71,"raw":"00010180"})");
  EXPECT_EQ(json("420400112233"), R"("66":{"name":"unknown","iana":"unknown","value":66,"raw":"00112233"})");
  EXPECT_EQ(json("c800"), R"("200":{"name":"unknown","iana":"reserved","value":200,"raw":""})");
  EXPECT_EQ(text("470400010180 0300 c800"),
            "[unknown outbound-route-filtering, unassigned unknown capability 0x47, reserved unknown capability 0xc8]");
}

TEST(Capabilities, TextIsSortedByCode) {
  EXPECT_EQ(text("0600 41040000fde9 4600 0200 b900 010400010001 010400010085 010400020001"),
            "[multiprotocol(ipv4 unicast,ipv4 flow,ipv6 unicast), route refresh, extended message(65535), asn4(65001), "
            "enhanced route refresh, operational]");
  EXPECT_EQ(text("440100"), "[multisession (rfc) ]");
  EXPECT_EQ(text("0506000100010002"), "[nexthop(ipv4 unicast ipv6)]");
  EXPECT_EQ(text(""), "[]");
}

TEST(Capabilities, WrongLengthsAreUnspecificOpenErrors) {
  for (const auto& [code, value] : {std::pair{1, "000100"}, {65, "00"}, {64, "80"}, {64, "8078000101"}, {69, "0001"}, {76, "00010100"},
                                    {5, "0001"}, {73, "05"}, {73, ""}, {73, "0161"}, {75, ""}, {75, "0241"}}) {
    Capabilities capabilities;
    const auto decoded = decode_capability(static_cast<std::uint8_t>(code), octets(value), capabilities);
    ASSERT_FALSE(decoded.has_value()) << code << " " << value;
    EXPECT_EQ(decoded.error().notification()->code, 2);
    EXPECT_EQ(decoded.error().notification()->subcode, 0);
    EXPECT_FALSE(decoded.error().notification()->data.empty());
  }
}

Capabilities everything() {
  Capabilities all;
  // announced in an order of nobody's choosing: what is sent has an order of its own
  for (const std::uint8_t code : {68, 77, 75, 73, 6, 185, 70, 2, 64, 76, 69, 5, 65, 1}) all.announce(CapabilityCode{code});
  all.multiprotocol = {k_ipv4_unicast, k_ipv6_unicast};
  all.asn4 = base::Asn{65533};
  all.extended_next_hop = {{k_ipv4_unicast, Afi::ipv6}};
  all.add_path = {{k_ipv4_unicast, 3}, {k_ipv6_unicast, 3}};
  all.paths_limit = {{k_ipv4_unicast, 5}};
  all.graceful_restart = GracefulRestart{8, 120, {{k_ipv4_unicast, 0x80}, {k_ipv6_unicast, 0x80}}};
  all.hostname = Hostname{"h", "d"};
  all.software_version = "v";
  all.multisession_ids = {1};
  return all;
}

TEST(Capabilities, AreSentInAFixedOrder) {
  EXPECT_EQ(encode(everything()),
            "010400010001 010400020001 41040000fffd 0506000100010002 45080001010300020103 4c050001010005 400a80780001018000020180 "
            "0200 4600 b900 0600 490401680164 4b020176 4d00 440100 440101");
}

TEST(Capabilities, ASentOneIsKeyedByItsName) {
  const std::string out = json(everything(), true);
  for (const char* key : {"multiprotocol", "asn4", "nexthop", "add-path", "paths-limit", "graceful-restart", "route-refresh",
                          "enhanced-route-refresh", "operational", "extended-message", "hostname", "software-version",
                          "link-local-nexthop", "multi-session"}) {
    EXPECT_NE(out.find("\"" + std::string(key) + "\":{"), std::string::npos) << key;
  }
  EXPECT_NE(out.find(R"("multi-session":{"name":"multisession","variant":"RFC","capabilities":["multiprotocol"]})"), std::string::npos);
  EXPECT_NE(json(everything(), true, Dialect::release_4_2).find(R"("exabgp-experimental-operational":{"name":"operational"})"), std::string::npos);
  EXPECT_NE(json(everything(), false, Dialect::release_4_2).find(R"("185":{"name":"operational"})"), std::string::npos);
}

TEST(Capabilities, OnlyAnnouncedOnesAreSent) {
  Capabilities capabilities = everything();
  capabilities.order = {6};
  EXPECT_EQ(encode(capabilities), "0600");
  capabilities.order = {5};
  capabilities.extended_next_hop.clear();
  EXPECT_EQ(encode(capabilities), "0500");
  capabilities.order = {73, 76};
  capabilities.hostname = Hostname{"", "d"};
  capabilities.paths_limit.clear();
  EXPECT_EQ(encode(capabilities), "");
}

TEST(Capabilities, NamesAreCutAt64Octets) {
  Capabilities capabilities;
  capabilities.announce(CapabilityCode::hostname);
  capabilities.hostname = Hostname{std::string(63, 'a') + "\xc3\xa9", std::string(80, 'b')};
  const std::string out = encode(capabilities);
  EXPECT_EQ(out.substr(0, 6), "49813f");
  EXPECT_EQ(out.size(), 2U * (2 + 1 + 63 + 1 + 64));
}

TEST(Capabilities, MoreEntriesThanOneTlvHoldsTakeSeveral) {
  Capabilities capabilities;
  capabilities.announce(CapabilityCode::add_path);
  for (std::uint16_t i = 0; i < 100; ++i) capabilities.add_path.push_back({{Afi{i}, Safi::unicast}, 1});
  std::vector<base::Buffer> tlvs;
  encode_capabilities(capabilities, tlvs);
  ASSERT_EQ(tlvs.size(), 2U);
  EXPECT_EQ(tlvs[0].size(), 2U + 63 * 4);
  EXPECT_EQ(tlvs[1].size(), 2U + 37 * 4);
}

}  // namespace
}  // namespace tandem::bgp
