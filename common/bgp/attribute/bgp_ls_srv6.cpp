// Of segment routing over IPv6 (RFC 9514).
#include <fmt/format.h>

#include "common/base/ip.hpp"
#include "common/bgp/attribute/bgp_ls.hpp"

namespace tandem::bgp {

namespace {

using namespace link_state;

constexpr std::size_t k_sid_size = 16;
constexpr std::size_t k_end_x_head_size = 6;  // behavior, flags, algorithm, weight, reserved
constexpr std::size_t k_system_id_size = 6;
constexpr std::size_t k_router_id_size = 4;
constexpr std::size_t k_locator_size = 8;

constexpr std::string_view k_end_x_flags[] = {"B", "S", "P"};
constexpr std::string_view k_locator_flags[] = {"D"};

// Section 3.1: the second highest bit says that OAM is supported.
void capabilities_json(base::Bytes value, base::JsonWriter& out) {
  out.begin_object();
  out.key("flags");
  out.begin_object();
  out.member("O", value[0] >> 6 & 1U);
  out.end_object();
  out.end_object();
}

// Sections 4.1 and 4.2: on a LAN the neighbor stands in front of the SID.
template <std::size_t NeighborSize>
bool is_end_x(base::Bytes value) {
  constexpr std::size_t k_size = k_end_x_head_size + NeighborSize + k_sid_size;
  return value.size() >= k_size && are_sub_tlvs(value.subspan(k_size));
}

template <std::size_t NeighborSize>
void end_x_json(base::Bytes value, base::JsonWriter& out) {
  base::ByteReader reader(value);
  const unsigned behavior = reader.u16();
  const unsigned flags = reader.u8();
  const unsigned algorithm = reader.u8();
  const unsigned weight = reader.u8();
  reader.skip(1);
  const base::Bytes neighbor = reader.take(NeighborSize);
  const base::Bytes sid = reader.take(k_sid_size);
  out.begin_object();
  out.key("flags");
  flags_json(k_end_x_flags, flags, out);
  if (NeighborSize == k_system_id_size) out.member("neighbor-id", base::to_hex(neighbor));
  if (NeighborSize == k_router_id_size) out.member("neighbor-id", base::IpAddress::from_bytes(neighbor).text());
  out.member("behavior", behavior);
  out.member("algorithm", algorithm);
  out.member("weight", weight);
  out.member("sid", base::IpAddress::from_bytes(sid).text());
  sub_tlv_members(reader.rest(), out);
  out.end_object();
}

template <std::size_t NeighborSize>
std::string end_x_shape() {
  const std::string_view neighbor = NeighborSize == 0 ? "" : NeighborSize == k_system_id_size ? "neighbor-id: octets, " : "neighbor-id: ipv4, ";
  return fmt::format("{{ flags: {}, {}behavior: u16, algorithm: u8, weight: u8, sid: ip, {} }}", flags_shape(k_end_x_flags), neighbor, sub_tlv_shape());
}

bool is_locator(base::Bytes value) { return value.size() >= k_locator_size && are_sub_tlvs(value.subspan(k_locator_size)); }

void locator_json(base::Bytes value, base::JsonWriter& out) {
  out.begin_object();
  out.key("flags");
  flags_json(k_locator_flags, value[0], out);
  out.member("algorithm", value[1]);
  out.member("metric", number_of(value.subspan(4, 4)));
  sub_tlv_members(value.subspan(k_locator_size), out);
  out.end_object();
}

std::string locator_shape() {
  return fmt::format("{{ flags: {}, algorithm: u8, metric: u32, {} }}", flags_shape(k_locator_flags), sub_tlv_shape());
}

// No flag is defined yet: programs are told of none.
void behavior_json(base::Bytes value, base::JsonWriter& out) {
  out.begin_object();
  out.member("endpoint-behavior", number_of(value.first(2)));
  out.key("flags");
  out.begin_array();
  out.end_array();
  out.member("algorithm", value[3]);
  out.end_object();
}

constexpr LinkStateAttributeRow k_rows[] = {
    {1038, "srv6-capabilities", Times::once, size_is<4>, capabilities_json, "{ flags: { O: bit } }"},
    {1106, "srv6-endx", Times::many, is_end_x<0>, end_x_json<0>, end_x_shape<0>},
    {1107, "srv6-lan-endx-isis", Times::many, is_end_x<k_system_id_size>, end_x_json<k_system_id_size>, end_x_shape<k_system_id_size>},
    {1108, "srv6-lan-endx-ospf", Times::many, is_end_x<k_router_id_size>, end_x_json<k_router_id_size>, end_x_shape<k_router_id_size>},
    {1162, "srv6-locators", Times::many, is_locator, locator_json, locator_shape},
    {1250, "srv6-endpoint-behavior", Times::once, at_least<4>, behavior_json, "{ endpoint-behavior: u16, flags: [string], algorithm: u8 }"},
    {k_sid_structure, "srv6-sid-structure", Times::once, at_least<k_sid_structure_size>, sid_structure_json, k_sid_structure_shape},
};

}  // namespace

std::span<const LinkStateAttributeRow> link_state_srv6_rows() { return k_rows; }

}  // namespace tandem::bgp
