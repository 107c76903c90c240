// Extended next hop encoding (RFC 8950): which NLRI may travel with a next hop of another address family.
#include <algorithm>

#include "common/bgp/capability/registry.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_entry_size = 6;

base::Result<void> decode(base::Bytes value, Capabilities& capabilities) {
  if (value.size() % k_entry_size != 0) return bad_capability_length("nexthop", value.size());
  base::ByteReader reader(value);
  auto& entries = capabilities.extended_next_hop;
  while (!reader.empty()) {
    ExtendedNextHop entry;
    entry.family = read_family(reader, true);
    entry.next_hop_afi = Afi{reader.u16()};
    if (std::find(entries.begin(), entries.end(), entry) == entries.end()) entries.push_back(entry);
  }
  return {};
}

void encode(const Capabilities& capabilities, std::vector<base::Buffer>& values) {
  const auto& entries = capabilities.extended_next_hop;
  encode_entries(entries.size(), k_entry_size, values, [&](std::size_t i, base::ByteWriter& writer) {
    write_family(writer, entries[i].family, true);
    writer.u16(static_cast<std::uint16_t>(entries[i].next_hop_afi));
  });
}

void json(const Capabilities& capabilities, base::JsonWriter& out) {
  out.member("name", "nexthop");
  out.key("conversion");
  out.begin_array();
  for (const auto& entry : capabilities.extended_next_hop) {
    out.string(to_string(entry.family, '/') + '/' + to_string(entry.next_hop_afi));
  }
  out.end_array();
}

void text(const Capabilities& capabilities, std::string& out) {
  out += "nexthop(";
  const char* separator = "";
  for (const auto& entry : capabilities.extended_next_hop) {
    out += separator;
    out += to_string(entry.family) + ' ' + to_string(entry.next_hop_afi);
    separator = ",";
  }
  out += ')';
}

}  // namespace

const CapabilityRow k_extended_next_hop_row{CapabilityCode::extended_next_hop, "nexthop", decode, encode, json,
                                            "{ name: \"nexthop\", conversion: [string] }", text};

}  // namespace tandem::bgp
