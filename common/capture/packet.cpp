#include "common/capture/packet.hpp"

#include <pcap/dlt.h>

#include <algorithm>
#include <array>

namespace tandem::capture {

namespace {

// EtherTypes.
constexpr std::uint16_t k_ipv4 = 0x0800;
constexpr std::uint16_t k_ipv6 = 0x86DD;
constexpr std::uint16_t k_vlan = 0x8100;
constexpr std::uint16_t k_provider_vlan = 0x88A8;
constexpr std::uint16_t k_old_provider_vlan = 0x9100;

constexpr std::uint8_t k_tcp = 6;

// A packet behind the header of its link.
struct Network {
  std::uint16_t ether_type = 0;
  base::Bytes packet;
};

// Behind an EtherType: tags in any number, then the packet.
[[nodiscard]] Network behind_tags(std::uint16_t type, base::ByteReader& reader) {
  while (reader.ok() && (type == k_vlan || type == k_provider_vlan || type == k_old_provider_vlan)) {
    reader.skip(2);
    type = reader.u16();
  }
  return {type, reader.ok() ? reader.rest() : base::Bytes()};
}

[[nodiscard]] Network of_version(base::Bytes packet) {
  const unsigned version = packet.empty() ? 0 : packet[0] >> 4;
  if (version == 4) return {k_ipv4, packet};
  if (version == 6) return {k_ipv6, packet};
  return {};
}

Network ethernet(base::Bytes packet) {
  constexpr std::size_t k_addresses_size = 12;
  base::ByteReader reader(packet);
  reader.skip(k_addresses_size);
  const std::uint16_t type = reader.u16();
  return behind_tags(type, reader);
}
Network cooked(base::Bytes packet) {
  constexpr std::size_t k_before_type = 14;
  base::ByteReader reader(packet);
  reader.skip(k_before_type);
  const std::uint16_t type = reader.u16();
  return behind_tags(type, reader);
}
Network cooked_2(base::Bytes packet) {
  constexpr std::size_t k_behind_type = 18;
  base::ByteReader reader(packet);
  const std::uint16_t type = reader.u16();
  reader.skip(k_behind_type);
  return behind_tags(type, reader);
}
Network raw(base::Bytes packet) { return of_version(packet); }
// The family in front has the octet order of whoever captured, and a number that each system chose: the packet tells its version.
Network loopback(base::Bytes packet) {
  base::ByteReader reader(packet);
  reader.skip(4);
  return of_version(reader.rest());
}
Network ppp(base::Bytes packet) {
  base::ByteReader reader(packet);
  if (packet.size() >= 2 && packet[0] == 0xFF && packet[1] == 0x03) reader.skip(2);
  reader.skip(2);
  return of_version(reader.rest());
}

struct Link {
  int type;
  Network (*unwrap)(base::Bytes packet);
};
constexpr Link k_links[] = {
    {DLT_EN10MB, ethernet}, {DLT_LINUX_SLL, cooked}, {DLT_LINUX_SLL2, cooked_2}, {DLT_RAW, raw},  {DLT_IPV4, raw},
    {DLT_IPV6, raw},        {DLT_NULL, loopback},    {DLT_LOOP, loopback},       {DLT_PPP, ppp},
};
[[nodiscard]] const Link* find_link(int type) {
  const auto* found = std::find_if(std::begin(k_links), std::end(k_links), [type](const Link& link) { return link.type == type; });
  return found == std::end(k_links) ? nullptr : found;
}

// What IP carries, without what was padded behind it.
struct Transport {
  base::IpAddress source;
  base::IpAddress target;
  std::uint8_t protocol = 0;
  base::Bytes octets;
};

[[nodiscard]] std::optional<Transport> read_ipv4(base::Bytes packet) {
  constexpr std::uint16_t k_more_fragments = 0x2000;
  constexpr std::uint16_t k_fragment_offset = 0x1FFF;
  base::ByteReader reader(packet);
  const std::size_t header_size = (reader.u8() & 0x0FU) * 4U;
  reader.skip(1);
  const std::size_t size = reader.u16();
  reader.skip(2);
  const std::uint16_t fragment = reader.u16();
  reader.skip(1);
  Transport out;
  out.protocol = reader.u8();
  reader.skip(2);
  out.source = base::IpAddress::from_bytes(reader.take(4));
  out.target = base::IpAddress::from_bytes(reader.take(4));
  if (!reader.ok() || header_size < reader.position() || header_size > packet.size()) return std::nullopt;
  if ((fragment & (k_more_fragments | k_fragment_offset)) != 0) return std::nullopt;
  // A length of 0 is what large segments have that were cut up behind the place of capture.
  if (size >= header_size && size < packet.size()) packet = packet.first(size);
  out.octets = packet.subspan(header_size);
  return out;
}

[[nodiscard]] std::optional<Transport> read_ipv6(base::Bytes packet) {
  constexpr std::size_t k_header_size = 40;
  constexpr std::array<std::uint8_t, 4> k_extensions = {0, 43, 60, 135};  // RFC 8200 section 4: those that have a length of eights
  base::ByteReader reader(packet);
  reader.skip(4);
  const std::size_t size = reader.u16();
  Transport out;
  out.protocol = reader.u8();
  reader.skip(1);
  out.source = base::IpAddress::from_bytes(reader.take(16));
  out.target = base::IpAddress::from_bytes(reader.take(16));
  if (!reader.ok()) return std::nullopt;
  if (size != 0 && k_header_size + size < packet.size()) packet = packet.first(k_header_size + size);
  base::ByteReader rest(packet.subspan(k_header_size));
  while (std::find(k_extensions.begin(), k_extensions.end(), out.protocol) != k_extensions.end()) {
    out.protocol = rest.u8();
    const std::size_t eights = rest.u8();
    rest.skip(6 + 8 * eights);
    if (!rest.ok()) return std::nullopt;
  }
  out.octets = rest.rest();
  return out;
}

[[nodiscard]] std::optional<Segment> read_tcp(const Transport& transport) {
  constexpr std::uint8_t k_fin = 0x01;
  constexpr std::uint8_t k_syn = 0x02;
  constexpr std::uint8_t k_rst = 0x04;
  base::ByteReader reader(transport.octets);
  Segment segment;
  segment.source = {transport.source, reader.u16()};
  segment.target = {transport.target, reader.u16()};
  segment.sequence = reader.u32();
  reader.skip(4);
  const std::size_t header_size = (reader.u8() >> 4) * 4U;
  const std::uint8_t flags = reader.u8();
  constexpr std::size_t k_least = 20;
  if (!reader.ok() || header_size < k_least || header_size > transport.octets.size()) return std::nullopt;
  segment.fin = (flags & k_fin) != 0;
  segment.syn = (flags & k_syn) != 0;
  segment.rst = (flags & k_rst) != 0;
  segment.payload = transport.octets.subspan(header_size);
  return segment;
}

}  // namespace

bool is_known_link(int link_type) { return find_link(link_type) != nullptr; }

std::optional<Segment> read_packet(int link_type, base::Bytes packet) {
  const Link* link = find_link(link_type);
  if (link == nullptr) return std::nullopt;
  const Network network = link->unwrap(packet);
  std::optional<Transport> transport;
  if (network.ether_type == k_ipv4) transport = read_ipv4(network.packet);
  if (network.ether_type == k_ipv6) transport = read_ipv6(network.packet);
  if (!transport || transport->protocol != k_tcp) return std::nullopt;
  return read_tcp(*transport);
}

}  // namespace tandem::capture
