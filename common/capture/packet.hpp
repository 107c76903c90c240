// The TCP segment in a captured packet, whatever it is wrapped in: Ethernet with VLAN tags, Linux' cooked form, a tunnel interface,
// loopback of BSD, IPv4 or IPv6.
#pragma once

#include <cstdint>
#include <optional>

#include "common/base/bytes.hpp"
#include "common/base/ip.hpp"

namespace tandem::capture {

struct Segment {
  base::Endpoint source;
  base::Endpoint target;
  std::uint32_t sequence = 0;
  bool syn = false;
  bool fin = false;
  bool rst = false;
  base::Bytes payload;  // as far as it was captured
};

// Whether packets of a link of this type (DLT_..., pcap(3)) can be read.
[[nodiscard]] bool is_known_link(int link_type);

// nullopt: it is no TCP over IP, a fragment, or cut before its TCP header ends.
[[nodiscard]] std::optional<Segment> read_packet(int link_type, base::Bytes packet);

}  // namespace tandem::capture
