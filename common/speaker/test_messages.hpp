// Messages as tests of this room write and read them.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "common/base/ip.hpp"
#include "common/bgp/message/header.hpp"
#include "common/bgp/message/notification.hpp"
#include "common/bgp/message/open.hpp"
#include "common/bgp/message/route_refresh.hpp"
#include "common/bgp/message/update.hpp"

namespace tandem::speaker::test {

using Lines = std::vector<std::string>;

inline base::IpAddress address(std::string_view text) { return base::IpAddress::parse(text).value(); }

// What the peer says in its OPEN.
struct PeerOpen {
  std::uint32_t as = 65000;
  std::uint16_t hold_time_s = 180;
  std::uint32_t router_id = 0x0A000003;
  std::vector<bgp::Family> families{bgp::k_ipv4_unicast};
  bool refresh = false;
  bool enhanced_refresh = false;
  bool graceful_restart = false;
  bool restart_notification = false;  // its N bit (RFC 8538)
  bool link_local_next_hop = false;
  bool extended_message = false;

  [[nodiscard]] base::Buffer bytes() const {
    bgp::Open open;
    open.as_field = as > 0xFFFF ? std::uint16_t{23456} : static_cast<std::uint16_t>(as);
    open.hold_time_s = hold_time_s;
    open.router_id = base::RouterId{router_id};
    bgp::Capabilities& all = open.capabilities;
    if (!families.empty()) {
      all.announce(bgp::CapabilityCode::multiprotocol);
      all.multiprotocol = families;
    }
    all.announce(bgp::CapabilityCode::asn4);
    all.asn4 = base::Asn{as};
    if (graceful_restart) {
      all.announce(bgp::CapabilityCode::graceful_restart);
      all.graceful_restart = bgp::GracefulRestart{};
      all.graceful_restart->flags = bgp::GracefulRestart::k_restart;
      if (restart_notification) all.graceful_restart->flags |= bgp::GracefulRestart::k_notification;
      all.graceful_restart->time_s = 120;
    }
    if (refresh) all.announce(bgp::CapabilityCode::route_refresh);
    if (extended_message) all.announce(bgp::CapabilityCode::extended_message);
    if (link_local_next_hop) all.announce(bgp::CapabilityCode::link_local_next_hop);
    if (enhanced_refresh) all.announce(bgp::CapabilityCode::enhanced_route_refresh);
    base::Buffer out;
    bgp::encode_open(open, out);
    return out;
  }
};

inline base::Buffer keepalive() {
  base::Buffer out;
  bgp::append_keepalive(out);
  return out;
}
inline base::Buffer notification(std::uint8_t code, std::uint8_t subcode) {
  base::Buffer out;
  bgp::encode_notification(code, subcode, {}, out);
  return out;
}
inline base::Buffer refresh(bgp::Family family, bgp::RefreshSubtype subtype = bgp::RefreshSubtype::query) {
  base::Buffer out;
  bgp::encode_route_refresh({family, subtype}, out);
  return out;
}
inline base::Buffer end_of_rib(bgp::Family family = bgp::k_ipv4_unicast) {
  base::Buffer out;
  bgp::encode_end_of_rib(family, out);
  return out;
}
// An UPDATE of the peer, AS 65000, with prefixes of 24 bits: "10.1.1.0 10.1.2.0".
inline base::Buffer announcement(std::string_view prefixes) {
  base::Buffer out;
  const std::size_t start = bgp::begin_message(out, bgp::MessageType::update);
  base::ByteWriter writer(out);
  for (const unsigned octet : {0x00, 0x00, 0x00, 0x14, 0x40, 0x01, 0x01, 0x00, 0x40, 0x02, 0x06, 0x02, 0x01, 0x00, 0x00, 0xFD, 0xE8, 0x40, 0x03,
                               0x04, 0x0A, 0x00, 0x00, 0x03}) {
    writer.u8(static_cast<std::uint8_t>(octet));
  }
  for (std::size_t at = 0; at < prefixes.size();) {
    const std::size_t end = std::min(prefixes.find(' ', at), prefixes.size());
    writer.u8(24);
    writer.bytes(address(prefixes.substr(at, end - at)).bytes().first(3));
    at = end + 1;
  }
  bgp::finish_message(out, start);
  return out;
}
inline base::Buffer operator+(base::Buffer a, const base::Buffer& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// "OPEN", "KEEPALIVE", "NOTIFICATION 6/7", "EOR", "+10.1.0.0/16" and "-10.1.0.0/16" of an UPDATE, "REFRESH 1/1 0".
inline Lines describe(base::Bytes stream) {
  Lines lines;
  while (stream.size() >= bgp::k_header_size) {
    const std::size_t length = static_cast<std::size_t>(stream[16]) << 8U | stream[17];
    const base::Bytes body = stream.subspan(bgp::k_header_size, length - bgp::k_header_size);
    const auto prefix = [](base::Bytes& octets) {
      const std::size_t bits = octets[0];
      std::uint32_t value = 0;
      for (std::size_t i = 0; i < (bits + 7) / 8; ++i) value |= static_cast<std::uint32_t>(octets[1 + i]) << (24 - 8 * i);
      octets = octets.subspan(1 + (bits + 7) / 8);
      return fmt::format("{}/{}", base::IpAddress::v4(value).text(), bits);
    };
    switch (stream[18]) {
      case 1: lines.emplace_back("OPEN"); break;
      case 3: lines.push_back(fmt::format("NOTIFICATION {}/{}", body[0], body[1])); break;
      case 4: lines.emplace_back("KEEPALIVE"); break;
      case 5: lines.push_back(fmt::format("REFRESH {}/{} {}", body[1], body[3], body[2])); break;
      default: {
        const std::size_t gone = static_cast<std::size_t>(body[0]) << 8U | body[1];
        const std::size_t attributes = static_cast<std::size_t>(body[2 + gone]) << 8U | body[3 + gone];
        base::Bytes withdrawn = body.subspan(2, gone);
        base::Bytes announced = body.subspan(4 + gone + attributes);
        if (body.size() == 4 || (withdrawn.empty() && announced.empty() && attributes < 12)) lines.emplace_back("EOR");
        while (!withdrawn.empty()) lines.push_back("-" + prefix(withdrawn));
        while (!announced.empty()) lines.push_back("+" + prefix(announced));
      }
    }
    stream = stream.subspan(length);
  }
  return lines;
}

}  // namespace tandem::speaker::test
