// Of links (RFC 9552 section 5.3.2, RFC 9085 section 2.2, RFC 8571).
#include "common/base/ip.hpp"
#include "common/bgp/attribute/bgp_ls.hpp"

namespace tandem::bgp {

namespace {

using namespace link_state;

constexpr std::size_t k_name_size_max = 255;

constexpr std::string_view k_mpls_flags[] = {"LDP", "RSVP-TE"};
constexpr std::string_view k_adjacency_flags[] = {"F", "B", "V", "L", "S", "P"};
constexpr unsigned k_adjacency_label = 0x20;
constexpr unsigned k_adjacency_local = 0x10;
constexpr std::size_t k_adjacency_head_size = 4;

// RFC 5307 section 1.2: of these the lowest bit is the first one.
constexpr std::string_view k_protections[] = {"ExtraTrafic", "Unprotected", "Shared", "Dedicated 1:1", "Dedicated 1+1", "Enhanced"};

void protection_json(base::Bytes value, base::JsonWriter& out) {
  out.begin_object();
  unsigned bits = value[0];
  for (const std::string_view name : k_protections) {
    out.member(name, bits & 1U);
    bits >>= 1;
  }
  out.member("RSV", 0);
  out.end_object();
}

std::string protection_shape() { return flags_shape(k_protections); }

void identifiers_json(base::Bytes value, base::JsonWriter& out) {
  base::ByteReader reader(value);
  out.begin_object();
  out.member("local-id", reader.u32());
  out.member("remote-id", reader.u32());
  out.end_object();
}

// RFC 9552 section 5.3.2.4: a metric of one octet has six bits.
void igp_metric_json(base::Bytes value, base::JsonWriter& out) {
  constexpr std::uint64_t k_narrow_mask = 0x3F;
  out.number(value.size() == 1 ? value[0] & k_narrow_mask : number_of(value));
}

void adjacency_json(base::Bytes value, base::JsonWriter& out) {
  const unsigned flags = value[0];
  const SegmentIdentifiers sids((flags & k_adjacency_label) != 0, (flags & k_adjacency_local) != 0, value.subspan(k_adjacency_head_size));
  out.begin_object();
  out.key("flags");
  flags_json(k_adjacency_flags, flags, out);
  out.key("sids");
  sids_json(sids, out);
  out.member("weight", value[1]);
  out.key("undecoded-sids");
  undecoded_sids_json(sids, out);
  out.end_object();
}

std::string adjacency_shape() {
  return "{ flags: " + flags_shape(k_adjacency_flags) + ", sids: [u32], weight: u8, undecoded-sids: [hex] }";
}

// RFC 9085 section 2.2.2: the neighbor is an IS-IS system or an OSPF router, which only the length tells; one label or index follows.
constexpr std::size_t k_system_id_size = 6;
[[nodiscard]] std::size_t neighbor_size(std::size_t rest) {
  constexpr std::size_t k_router_id_size = 4;
  return rest == k_router_id_size + k_label_size || rest == k_router_id_size + k_index_size ? k_router_id_size : k_system_id_size;
}

void lan_adjacency_json(base::Bytes value, base::JsonWriter& out) {
  const base::Bytes rest = value.subspan(k_adjacency_head_size);
  const base::Bytes neighbor = rest.first(neighbor_size(rest.size()));
  const base::Bytes sid = rest.subspan(neighbor.size());
  const bool readable = sid.size() == k_label_size || sid.size() == k_index_size;
  out.begin_object();
  out.key("flags");
  flags_json(k_adjacency_flags, value[0], out);
  out.member("weight", value[1]);
  if (neighbor.size() == k_system_id_size) out.member("system-id", base::to_hex(neighbor));
  else out.member("neighbor-id", base::IpAddress::from_bytes(neighbor).text());
  if (readable) out.member("sid", number_of(sid));
  out.key("undecoded");
  out.begin_array();
  if (!readable && !sid.empty()) raw_link_state_json(sid, out);
  out.end_array();
  out.end_object();
}

std::string lan_adjacency_shape() {
  const std::string flags = flags_shape(k_adjacency_flags);
  return "{ flags: " + flags + ", weight: u8, system-id: octets, sid?: u32, undecoded: [hex] } | "
         "{ flags: " + flags + ", weight: u8, neighbor-id: ipv4, sid?: u32, undecoded: [hex] }";
}

// --- performance (RFC 8571): a bit that says that the value is out of bounds, seven reserved ones, 24 of the value

constexpr std::uint64_t k_measured_mask = 0xFFFFFF;
[[nodiscard]] std::uint64_t measured(base::Bytes value) { return number_of(value.first(4)) & k_measured_mask; }
[[nodiscard]] bool is_anomalous(base::Bytes value) { return (value[0] & 0x80) != 0; }

void delay_json(base::Bytes value, base::JsonWriter& out) {
  out.begin_object();
  out.member("delay-us", measured(value));
  out.member("anomalous", is_anomalous(value));
  out.end_object();
}
void delay_range_json(base::Bytes value, base::JsonWriter& out) {
  out.begin_object();
  out.member("min-delay-us", measured(value));
  out.member("max-delay-us", measured(value.subspan(4)));
  out.member("anomalous", is_anomalous(value));
  out.end_object();
}
void variation_json(base::Bytes value, base::JsonWriter& out) { out.number(measured(value)); }
void loss_json(base::Bytes value, base::JsonWriter& out) {
  constexpr double k_percent = 0.000003;
  out.begin_object();
  out.key("loss-percent");
  out.number(static_cast<double>(measured(value)) * k_percent);
  out.member("anomalous", is_anomalous(value));
  out.end_object();
}

constexpr LinkStateAttributeRow k_rows[] = {
    {258, "link-local-remote-identifiers", Times::once, size_is<8>, identifiers_json, "{ local-id: u32, remote-id: u32 }"},
    {1030, "remote-router-ids", Times::many, size_is<4, 16>, address_json, "ip"},
    {1031, "remote-router-ids", Times::many, size_is<4, 16>, address_json, "ip"},
    {1088, "admin-group-mask", Times::once, size_is<4>, number_json, "u32"},
    {1089, "maximum-link-bandwidth", Times::once, size_is<4>, float_json, "float"},
    {1090, "maximum-reservable-link-bandwidth", Times::once, size_is<4>, float_json, "float"},
    {1091, "unreserved-bandwidth", Times::once, size_is<32>, list_json<4, float_json>, "[float]"},
    {1092, "te-metric", Times::once, size_is<3, 4>, number_json, "u32"},
    {1093, "link-protection-flags", Times::once, size_is<2>, protection_json, protection_shape},
    {1094, "mpls-mask", Times::once, size_is<1>, flag_octet_json<k_mpls_flags>, flags_shape<k_mpls_flags>},
    {1095, "igp-metric", Times::once, size_is<1, 2, 3>, igp_metric_json, "u24"},
    {1096, "shared-risk-link-groups", Times::once, list_of<4>, list_json<4, number_json>, "[u32]"},
    {1097, "opaque-link", Times::once, any, octets_json, "octets"},
    {1098, "link-name", Times::once, at_most<k_name_size_max>, name_json, "string"},
    {1099, "sr-adjs", Times::many, at_least<k_adjacency_head_size>, adjacency_json, adjacency_shape},
    {1100, "sr-adj-lan", Times::many, at_least<k_adjacency_head_size + k_system_id_size>, lan_adjacency_json, lan_adjacency_shape},
    {1114, "unidirectional-link-delay", Times::once, size_is<4>, delay_json, "{ delay-us: u24, anomalous: boolean }"},
    {1115, "minmax-unidirectional-link-delay", Times::once, size_is<8>, delay_range_json, "{ min-delay-us: u24, max-delay-us: u24, anomalous: boolean }"},
    {1116, "unidirectional-delay-variation", Times::once, size_is<4>, variation_json, "u24"},
    {1117, "unidirectional-link-loss", Times::once, size_is<4>, loss_json, "{ loss-percent: float, anomalous: boolean }"},
    {1118, "unidirectional-residual-bandwidth", Times::once, size_is<4>, float_json, "float"},
    {1119, "unidirectional-available-bandwidth", Times::once, size_is<4>, float_json, "float"},
    {1120, "unidirectional-utilized-bandwidth", Times::once, size_is<4>, float_json, "float"},
};

}  // namespace

std::span<const LinkStateAttributeRow> link_state_link_rows() { return k_rows; }

}  // namespace tandem::bgp
