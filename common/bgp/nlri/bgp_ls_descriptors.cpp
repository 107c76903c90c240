#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "common/base/ip.hpp"
#include "common/bgp/nlri/bgp_ls.hpp"

namespace tandem::bgp {

namespace {

// RFC 9552 table 2, RFC 9086 section 4.1; the last one is what freeRtr uses.
enum class Protocol : std::uint8_t { isis_1 = 1, isis_2, ospf_2, direct, configured, ospf_3, bgp, freertr = 227 };

[[nodiscard]] bool is_known_protocol(std::uint8_t protocol) {
  return (protocol >= static_cast<std::uint8_t>(Protocol::isis_1) && protocol <= static_cast<std::uint8_t>(Protocol::bgp)) ||
         Protocol{protocol} == Protocol::freertr;
}

// IANA "BGP-LS NLRI and Attribute TLVs".
enum Descriptor : std::uint16_t {
  k_local_node = 256, k_remote_node = 257, k_link_identifiers = 258, k_v4_interface = 259, k_v4_neighbor = 260, k_v6_interface = 261,
  k_v6_neighbor = 262, k_multi_topology = 263, k_ospf_route_type = 264, k_reachability = 265, k_srv6_sid = 518
};

constexpr std::size_t k_system_id_size = 6;   // IS-IS
constexpr std::size_t k_link_identifiers_size = 8;

[[nodiscard]] bool is_address_size(std::size_t size) { return size == 4 || size == 16; }

// Groups of hexadecimal digits alone, where inet_ntop(3) ends in a dotted quad.
[[nodiscard]] std::string address_text(base::Bytes octets) {
  std::string text = base::IpAddress::from_bytes(octets).text();
  if (octets.size() != 16 || text.find('.') == std::string::npos) return text;
  text.resize(text.rfind(':') + 1);
  return text + fmt::format("{:x}:{:x}", octets[12] * 256U + octets[13], octets[14] * 256U + octets[15]);
}

// --- what is inside a node descriptor

struct NodePart {
  std::uint16_t type;
  bool (*good)(base::Bytes value, Protocol protocol);
  void (*json)(base::Bytes value, Protocol protocol, base::JsonWriter& out);
  std::string_view shape;  // of the object it makes
  void (*json_4_2)(base::Bytes value, Protocol protocol, base::JsonWriter& out) = nullptr;  // where dialect 4.2 says it in another way
};

bool is_number(base::Bytes value, Protocol) { return value.size() == 4; }
bool is_address(base::Bytes value, Protocol) { return is_address_size(value.size()); }

// RFC 9552 section 5.2.1.4. Who tells of a direct or configured link may be a router of either kind.
bool is_router_id(base::Bytes value, Protocol protocol) {
  const bool isis = value.size() == k_system_id_size || value.size() == k_system_id_size + 1;
  const bool ospf = value.size() == 4 || value.size() == 8;
  switch (protocol) {
    case Protocol::isis_1:
    case Protocol::isis_2: return isis;
    case Protocol::ospf_2:
    case Protocol::ospf_3: return ospf;
    default: return isis || ospf;
  }
}

void as_json(base::Bytes value, Protocol, base::JsonWriter& out) { out.member("autonomous-system", base::ByteReader(value).u32()); }
void identifier_json(base::Bytes value, Protocol, base::JsonWriter& out) {
  out.member("bgp-ls-identifier", fmt::to_string(base::ByteReader(value).u32()));
}
void area_json(base::Bytes value, Protocol, base::JsonWriter& out) { out.member("ospf-area-id", address_text(value)); }
void router_id_json(base::Bytes value, Protocol, base::JsonWriter& out) {
  if (value.size() == k_system_id_size || value.size() == k_system_id_size + 1) {
    out.member("router-id", base::to_hex(value));
    if (value.size() > k_system_id_size && value.back() != 0) out.member("psn", fmt::to_string(value.back()));
    return;
  }
  out.member("router-id", address_text(value.first(4)));
  if (value.size() == 8) out.member("designated-router-id", address_text(value.last(4)));
}
// The octet of a pseudonode is not part of the identifier, and is told whatever it is.
void router_id_json_4_2(base::Bytes value, Protocol protocol, base::JsonWriter& out) {
  if (value.size() != k_system_id_size + 1) return router_id_json(value, protocol, out);
  out.member("psn", fmt::to_string(value.back()));
  out.member("router-id", base::to_hex(value.first(k_system_id_size)));
}
void bgp_router_id_json(base::Bytes value, Protocol, base::JsonWriter& out) { out.member("bgp-router-id", address_text(value)); }
void member_as_json(base::Bytes value, Protocol, base::JsonWriter& out) {
  out.member("confederation-member", base::ByteReader(value).u32());
}

constexpr NodePart k_node_parts[] = {
    {512, is_number, as_json, "{ autonomous-system: u32 }"},
    {513, is_number, identifier_json, "{ bgp-ls-identifier: digits }"},
    {514, is_address, area_json, "{ ospf-area-id: ip }"},
    {515, is_router_id, router_id_json, "{ router-id: octets, psn?: digits } | { router-id: ip, designated-router-id?: ip }",
     router_id_json_4_2},
    {516, is_number, bgp_router_id_json, "{ bgp-router-id: ip }"},
    {517, is_number, member_as_json, "{ confederation-member: u32 }"},
};
constexpr const char* k_node_shape_4_2 =
    "{ autonomous-system?: u32, bgp-ls-identifier?: digits, ospf-area-id?: ip, router-id?: ip | octets, psn?: digits, designated-router-id?: ip, "
    "bgp-router-id?: ip, confederation-member?: u32, `generic-tlv-[0-9]+`: [hex] }";
[[nodiscard]] const NodePart* find_part(std::uint16_t type) {
  const auto* found = std::find_if(std::begin(k_node_parts), std::end(k_node_parts), [type](const NodePart& part) { return part.type == type; });
  return found == std::end(k_node_parts) ? nullptr : found;
}

[[nodiscard]] bool is_node(base::Bytes value, const LinkStateObject& object) {
  base::ByteReader reader(value);
  while (const auto tlv = next_link_state_tlv(reader)) {
    const NodePart* part = find_part(tlv->type);
    if (part != nullptr && !part->good(tlv->value, Protocol{object.protocol})) return false;
  }
  return reader.ok();
}

[[nodiscard]] std::string generic_name(std::uint16_t type) { return fmt::format("generic-tlv-{}", type); }

// Each part is an object of its own; in dialect 4.2 they are members of one, where each type counts once.
void node_json(base::Bytes value, Protocol protocol, Dialect dialect, base::JsonWriter& out) {
  const bool apart = dialect != Dialect::release_4_2;
  std::set<std::uint16_t> said;
  base::ByteReader reader(value);
  while (const auto tlv = next_link_state_tlv(reader)) {
    const NodePart* part = find_part(tlv->type);
    if (!apart && !said.insert(tlv->type).second) continue;
    if (apart) out.begin_object();
    if (part != nullptr) {
      (apart || part->json_4_2 == nullptr ? part->json : part->json_4_2)(tlv->value, protocol, out);
    } else {
      out.key(generic_name(tlv->type));
      out.begin_array();
      raw_link_state_json(tlv->value, out);
      out.end_array();
    }
    if (apart) out.end_object();
  }
}

// --- the descriptors of each kind

[[nodiscard]] std::size_t address_size(LinkStateKind kind) { return kind == LinkStateKind::prefix_v4 ? 4 : 16; }

bool is_descriptor_address(base::Bytes value, const LinkStateObject&) { return is_address_size(value.size()); }
bool is_link_identifiers(base::Bytes value, const LinkStateObject&) { return value.size() >= k_link_identifiers_size; }
bool is_multi_topology(base::Bytes value, const LinkStateObject&) { return value.size() >= 2; }
bool is_route_type(base::Bytes value, const LinkStateObject&) { return value.size() == 1; }
bool is_sid(base::Bytes value, const LinkStateObject&) { return value.size() == 16; }
// Fewer octets than the length asks for are zeros that were left out, as some routers do.
bool is_reachability(base::Bytes value, const LinkStateObject& object) {
  const std::size_t size = address_size(object.kind);
  return !value.empty() && value[0] <= 8 * size && value.size() <= 1 + size;
}

struct DescriptorRow {
  std::uint16_t type;
  bool (*good)(base::Bytes value, const LinkStateObject& object);
};
constexpr DescriptorRow k_node[] = {{k_local_node, is_node}};
constexpr DescriptorRow k_link[] = {{k_local_node, is_node}, {k_remote_node, is_node}, {k_link_identifiers, is_link_identifiers},
                                    {k_v4_interface, is_descriptor_address}, {k_v4_neighbor, is_descriptor_address},
                                    {k_v6_interface, is_descriptor_address}, {k_v6_neighbor, is_descriptor_address},
                                    {k_multi_topology, is_multi_topology}};
constexpr DescriptorRow k_prefix[] = {{k_local_node, is_node}, {k_multi_topology, is_multi_topology}, {k_ospf_route_type, is_route_type},
                                      {k_reachability, is_reachability}};
constexpr DescriptorRow k_sid[] = {{k_local_node, is_node}, {k_multi_topology, is_multi_topology}, {k_srv6_sid, is_sid}};

struct KindRow {
  LinkStateKind kind;
  std::string_view name;  // in JSON
  std::span<const DescriptorRow> descriptors;
  std::uint16_t required;  // 0: none
  std::string_view shape;  // of its members; NODES stands for those of a node descriptor
  std::string_view shape_4_2;
};
constexpr std::string_view k_node_shape = "node-descriptors: NODES, nexthop?4: ip, `generic-tlv-[0-9]+`: [hex]";
constexpr std::string_view k_link_shape =
    "local-node-descriptors: NODES, remote-node-descriptors: NODES, interface-addresses: [ip], neighbor-addresses: [ip], "
    "multi-topology-ids: [u16], link-identifiers: [{ link-local-id: u32, link-remote-id: u32 }], `generic-tlv-[0-9]+`: [hex]";
constexpr std::string_view k_prefix_shape =
    "node-descriptors: NODES, ip-reachability-tlv: prefix, ip-reach-prefix: prefix, ospf-route-type?: u8, nexthop?4: ip, "
    "`generic-tlv-[0-9]+`: [hex]";
constexpr std::string_view k_sid_shape =
    "node-descriptors: NODES, srv6-sid-descriptors: { multi-topology-ids: [digits], srv6-sid?: ip, `generic-tlv-[0-9]+`: [hex] }";
constexpr std::string_view k_link_shape_4_2 =
    "local-node-descriptors: NODES, remote-node-descriptors: NODES, interface-address: { interface-address?: ip }, "
    "neighbor-address: { neighbor-address?: ip }, `generic-tlv-[0-9]+`: [hex]";
constexpr std::string_view k_prefix_shape_4_2 =
    "node-descriptors: NODES, ip-reachability-tlv: ip, ip-reach-prefix: prefix, ospf-route-type?: u8, nexthop?4: ip, `generic-tlv-[0-9]+`: [hex]";
constexpr KindRow k_kinds[] = {
    {LinkStateKind::node, "bgpls-node", k_node, k_local_node, k_node_shape, k_node_shape},
    {LinkStateKind::link, "bgpls-link", k_link, 0, k_link_shape, k_link_shape_4_2},
    {LinkStateKind::prefix_v4, "bgpls-prefix-v4", k_prefix, k_reachability, k_prefix_shape, k_prefix_shape_4_2},
    {LinkStateKind::prefix_v6, "bgpls-prefix-v6", k_prefix, k_reachability, k_prefix_shape, k_prefix_shape_4_2},
    {LinkStateKind::srv6_sid, "bgpls-srv6sid", k_sid, k_local_node, k_sid_shape, k_sid_shape},
};
[[nodiscard]] const KindRow* find_kind(std::uint16_t type) {
  const auto* found = std::find_if(std::begin(k_kinds), std::end(k_kinds), [type](const KindRow& row) { return row.kind == LinkStateKind{type}; });
  return found == std::end(k_kinds) ? nullptr : found;
}
[[nodiscard]] const DescriptorRow* find_descriptor(const KindRow& kind, std::uint16_t type) {
  const auto found = std::find_if(kind.descriptors.begin(), kind.descriptors.end(), [type](const DescriptorRow& row) { return row.type == type; });
  return found == kind.descriptors.end() ? nullptr : &*found;
}

// --- JSON

// Calls visit(value) for each descriptor of one of two types.
template <typename Visitor>
void for_each(const LinkStateObject& object, std::uint16_t type, std::uint16_t or_type, Visitor&& visit) {
  base::ByteReader reader(object.descriptors);
  while (const auto tlv = next_link_state_tlv(reader)) {
    if (tlv->type == type || tlv->type == or_type) visit(tlv->value);
  }
}
[[nodiscard]] std::optional<base::Bytes> find_value(const LinkStateObject& object, std::uint16_t type) {
  std::optional<base::Bytes> found;
  for_each(object, type, type, [&found](base::Bytes value) { found = found.value_or(value); });
  return found;
}

void nodes_json(std::string_view name, const LinkStateObject& object, std::uint16_t type, Dialect dialect, base::JsonWriter& out) {
  out.key(name);
  if (dialect == Dialect::release_4_2) {
    out.begin_object();
    if (const auto node = find_value(object, type)) node_json(*node, Protocol{object.protocol}, dialect, out);
    out.end_object();
    return;
  }
  out.begin_array();
  for_each(object, type, type, [&](base::Bytes value) { node_json(value, Protocol{object.protocol}, dialect, out); });
  out.end_array();
}

void addresses_json(std::string_view name, const LinkStateObject& object, std::uint16_t v4, std::uint16_t v6, base::JsonWriter& out) {
  out.key(name);
  out.begin_array();
  for_each(object, v4, v6, [&](base::Bytes value) { out.string(address_text(value)); });
  out.end_array();
}

// RFC 9552 section 5.2.2.1: four reserved bits in front of each.
[[nodiscard]] unsigned topology_of(base::Bytes value) { return base::ByteReader(value).u16() & 0x0FFFU; }

// Dialect 4.2 has room for one.
void address_json_4_2(std::string_view name, const LinkStateObject& object, std::uint16_t v4, std::uint16_t v6, base::JsonWriter& out) {
  out.key(name);
  out.begin_object();
  auto found = find_value(object, v4);
  if (!found) found = find_value(object, v6);
  if (found) out.member(name, base::IpAddress::from_bytes(*found).text());
  out.end_object();
}

void link_json(const LinkStateObject& object, Dialect dialect, base::JsonWriter& out) {
  nodes_json("local-node-descriptors", object, k_local_node, dialect, out);
  nodes_json("remote-node-descriptors", object, k_remote_node, dialect, out);
  if (dialect == Dialect::release_4_2) {
    address_json_4_2("interface-address", object, k_v4_interface, k_v6_interface, out);
    address_json_4_2("neighbor-address", object, k_v4_neighbor, k_v6_neighbor, out);
    return;
  }
  addresses_json("interface-addresses", object, k_v4_interface, k_v6_interface, out);
  addresses_json("neighbor-addresses", object, k_v4_neighbor, k_v6_neighbor, out);
  out.key("multi-topology-ids");
  out.begin_array();
  for_each(object, k_multi_topology, k_multi_topology, [&](base::Bytes value) { out.number(topology_of(value)); });
  out.end_array();
  std::optional<base::Bytes> identifiers;
  for_each(object, k_link_identifiers, k_link_identifiers, [&](base::Bytes value) { identifiers = value; });
  out.key("link-identifiers");
  out.begin_array();
  if (identifiers) {
    base::ByteReader reader(*identifiers);
    out.begin_object();
    out.member("link-local-id", reader.u32());
    out.member("link-remote-id", reader.u32());
    out.end_object();
  }
  out.end_array();
}

void prefix_json(const LinkStateObject& object, Dialect dialect, base::JsonWriter& out) {
  nodes_json("node-descriptors", object, k_local_node, dialect, out);
  const base::Bytes reachable = *find_value(object, k_reachability);
  std::array<std::uint8_t, 16> address{};
  std::copy(reachable.begin() + 1, reachable.end(), address.begin());
  const std::string bare = address_text(base::Bytes(address).first(address_size(object.kind)));
  const std::string prefix = fmt::format("{}/{}", bare, reachable[0]);
  out.member("ip-reachability-tlv", dialect == Dialect::release_4_2 ? bare : prefix);
  out.member("ip-reach-prefix", prefix);
  if (const auto type = find_value(object, k_ospf_route_type)) out.member("ospf-route-type", (*type)[0]);
}

// The others of this kind: every type once, with all its values.
void generic_members(const LinkStateObject& object, base::JsonWriter& out) {
  const KindRow& kind = *find_kind(static_cast<std::uint16_t>(object.kind));
  std::optional<std::uint16_t> open;
  for (const LinkStateTlv& tlv : gather_link_state_tlvs(object.descriptors, [](std::uint16_t type) { return type; })) {
    if (find_descriptor(kind, tlv.type) != nullptr) continue;
    if (open != tlv.type) {
      if (open) out.end_array();
      out.key(generic_name(tlv.type));
      out.begin_array();
      open = tlv.type;
    }
    raw_link_state_json(tlv.value, out);
  }
  if (open) out.end_array();
}

void sid_json(const LinkStateObject& object, Dialect dialect, base::JsonWriter& out) {
  nodes_json("node-descriptors", object, k_local_node, dialect, out);
  out.key("srv6-sid-descriptors");
  out.begin_object();
  out.key("multi-topology-ids");
  out.begin_array();
  for_each(object, k_multi_topology, k_multi_topology, [&](base::Bytes value) { out.string(fmt::to_string(topology_of(value))); });
  out.end_array();
  if (const auto sid = find_value(object, k_srv6_sid)) out.member("srv6-sid", address_text(*sid));
  generic_members(object, out);
  out.end_object();
}

}  // namespace

LinkStateForm read_link_state(std::uint16_t type, base::Bytes body, LinkStateObject& out) {
  const KindRow* kind = find_kind(type);
  if (kind == nullptr) return LinkStateForm::opaque;
  base::ByteReader reader(body);
  out.kind = kind->kind;
  out.protocol = reader.u8();
  out.identifier = reader.u64();
  if (!reader.ok()) return LinkStateForm::malformed;
  out.descriptors = reader.rest();
  const bool known_protocol = is_known_protocol(out.protocol);
  bool complete = kind->required == 0;
  while (const auto tlv = next_link_state_tlv(reader)) {
    const DescriptorRow* row = find_descriptor(*kind, tlv->type);
    if (row != nullptr && known_protocol && !row->good(tlv->value, out)) return LinkStateForm::malformed;
    complete = complete || tlv->type == kind->required;
  }
  if (!reader.ok()) return LinkStateForm::malformed;
  return complete && known_protocol ? LinkStateForm::known : LinkStateForm::opaque;
}

void link_state_members(const LinkStateObject& object, Dialect dialect, base::JsonWriter& out) {
  out.member("ls-nlri-type", find_kind(static_cast<std::uint16_t>(object.kind))->name);
  out.member("l3-routing-topology", object.identifier);
  out.member("protocol-id", object.protocol);
  switch (object.kind) {
    case LinkStateKind::node: nodes_json("node-descriptors", object, k_local_node, dialect, out); break;
    case LinkStateKind::link: link_json(object, dialect, out); break;
    case LinkStateKind::prefix_v4:
    case LinkStateKind::prefix_v6: prefix_json(object, dialect, out); break;
    case LinkStateKind::srv6_sid: return sid_json(object, dialect, out);
  }
  generic_members(object, out);
}

std::string link_state_shape(Dialect dialect, std::string_view more) {
  const bool apart = dialect != Dialect::release_4_2;
  std::string nodes = apart ? "[{ `generic-tlv-[0-9]+`: [hex] }" : k_node_shape_4_2;
  for (const NodePart& part : k_node_parts) nodes += apart ? fmt::format(" | {}", part.shape) : "";
  if (apart) nodes += ']';
  std::string out;
  for (const KindRow& kind : k_kinds) {
    std::string members(apart ? kind.shape : kind.shape_4_2);
    constexpr std::string_view k_nodes = "NODES";
    for (std::size_t at = members.find(k_nodes); at != std::string::npos; at = members.find(k_nodes)) members.replace(at, k_nodes.size(), nodes);
    out += fmt::format("{}{{ ls-nlri-type: \"{}\", l3-routing-topology: u64, protocol-id: u8, {}, {} }}", out.empty() ? "" : " | ", kind.name, members, more);
  }
  return out;
}

}  // namespace tandem::bgp
