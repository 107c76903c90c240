#include "common/capture/packet.hpp"

#include <gtest/gtest.h>
#include <pcap/dlt.h>

#include "common/base/changed_octets.hpp"
#include "common/capture/test_support.hpp"

namespace tandem::capture {
namespace {

using test::octets;
using test::operator+;

const base::Buffer k_packet = test::ipv4(test::tcp({179, 40000, 7, 0x12}, octets("AABB")));
const base::Buffer k_v6_head = octets("60000000 0000 06 40 20010DB8000000000000000000000001 20010DB8000000000000000000000002");

// "10.0.0.1:179 10.0.0.2:40000 7 aabb"
std::string shown(int link, base::Bytes packet) {
  const auto segment = read_packet(link, packet);
  if (!segment) return "none";
  return segment->source.text() + " " + segment->target.text() + " " + std::to_string(segment->sequence) + " " + base::to_hex(segment->payload);
}
const std::string k_shown = "10.0.0.1:179 10.0.0.2:40000 7 aabb";

TEST(Packet, IsFoundBehindEveryLink) {
  EXPECT_EQ(shown(DLT_EN10MB, test::ethernet(k_packet)), k_shown);
  EXPECT_EQ(shown(DLT_EN10MB, test::ethernet(k_packet, "8100 0005 0800")), k_shown) << "a VLAN";
  EXPECT_EQ(shown(DLT_EN10MB, test::ethernet(k_packet, "88A8 0005 8100 0006 0800")), k_shown) << "a VLAN of a provider";
  EXPECT_EQ(shown(DLT_LINUX_SLL, octets("0000 0001 0006 0200000000010000 0800") + k_packet), k_shown);
  EXPECT_EQ(shown(DLT_LINUX_SLL, octets("0000 0001 0006 0200000000010000 8100 0005 0800") + k_packet), k_shown);
  EXPECT_EQ(shown(DLT_LINUX_SLL2, octets("0800 0000 00000001 0001 00 06 0200000000010000") + k_packet), k_shown);
  EXPECT_EQ(shown(DLT_RAW, k_packet), k_shown);
  EXPECT_EQ(shown(DLT_IPV4, k_packet), k_shown);
  EXPECT_EQ(shown(DLT_NULL, octets("02000000") + k_packet), k_shown);
  EXPECT_EQ(shown(DLT_LOOP, octets("00000002") + k_packet), k_shown);
  EXPECT_EQ(shown(DLT_PPP, octets("FF03 0021") + k_packet), k_shown);
  EXPECT_FALSE(is_known_link(DLT_IEEE802_11));
}

TEST(Packet, OfIpv6IsFoundBehindExtensionHeaders) {
  const base::Buffer segment = test::tcp({179, 40000, 7, 0x10}, octets("AABB"));
  const std::string expected = "[2001:db8::1]:179 [2001:db8::2]:40000 7 aabb";
  EXPECT_EQ(shown(DLT_IPV6, k_v6_head + segment), expected);
  base::Buffer extended = k_v6_head + octets("06 00 000000000000") + segment;
  extended[6] = 0;  // hop-by-hop options
  EXPECT_EQ(shown(DLT_RAW, extended), expected);
  base::Buffer fragment = k_v6_head + octets("06 00 000100000000") + segment;
  fragment[6] = 44;
  EXPECT_EQ(shown(DLT_RAW, fragment), "none");
}

TEST(Packet, WhatIsPaddedBehindItDoesNotCount) {
  EXPECT_EQ(shown(DLT_EN10MB, test::ethernet(k_packet) + octets("000000")), k_shown);
  base::Buffer offloaded = k_packet;
  offloaded[2] = offloaded[3] = 0;  // its length was not known yet
  EXPECT_EQ(shown(DLT_RAW, offloaded), k_shown);
}

TEST(Packet, OthersAreNone) {
  base::Buffer udp = k_packet;
  udp[9] = 17;
  EXPECT_EQ(shown(DLT_RAW, udp), "none");
  base::Buffer fragment = k_packet;
  fragment[6] = 0x20;
  EXPECT_EQ(shown(DLT_RAW, fragment), "none");
  EXPECT_EQ(shown(DLT_EN10MB, test::ethernet(k_packet, "0806")), "none") << "ARP";
  EXPECT_EQ(shown(DLT_IEEE802_11, k_packet), "none");
}

TEST(Packet, CutShortAnywhereOrWithAnyOctetChangedIsSafe) {
  const base::Buffer frame = test::ethernet(k_packet, "8100 0005 0800");
  for (std::size_t size = 0; size < frame.size(); ++size) {
    const base::Buffer cut(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(size));
    const auto segment = read_packet(DLT_EN10MB, cut);
    EXPECT_EQ(segment.has_value(), size >= frame.size() - 2) << "the payload alone may be cut: " << size;
  }
  base::testing::change_each_octet(frame, 0, base::testing::Change::every_value, [&frame](const base::Buffer& changed) {
    const auto segment = read_packet(DLT_EN10MB, changed);
    EXPECT_LE(segment ? segment->payload.size() : 0, frame.size());
  });
}

}  // namespace
}  // namespace tandem::capture
