#include "common/bgp/capability/registry.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tandem::bgp {

namespace {

const std::vector<CapabilityRow>& table() {
  static const std::vector<CapabilityRow> rows{
      k_multiprotocol_row,  k_asn4_row,           k_extended_next_hop_row, k_add_path_row,
      k_paths_limit_row,    k_graceful_restart_row, k_long_lived_graceful_restart_row, k_route_refresh_row, k_enhanced_route_refresh_row,
      k_operational_row,    k_extended_message_row, k_hostname_row,        k_software_version_row,
      k_link_local_next_hop_row, k_role_row, k_multisession_row, k_route_refresh_cisco_row, k_multisession_cisco_row};
  return rows;
}

}  // namespace

std::span<const CapabilityRow> capability_rows() { return table(); }

const CapabilityRow* capability_row(std::uint8_t code) {
  for (const auto& row : table()) {
    if (static_cast<std::uint8_t>(row.code) == code) return &row;
  }
  return nullptr;
}

base::Error bad_capability_length(std::string_view name, std::size_t length) {
  return base::Error::notification_with_text(2, 0, fmt::format("Bad length for OPEN {} ({} octets)", name, length));
}

base::Result<void> keep_unknown(CapabilityCode capability, base::Bytes value, Capabilities& capabilities) {
  const auto code = static_cast<std::uint8_t>(capability);
  auto& unknown = capabilities.unknown;
  std::erase_if(unknown, [&](const UnknownCapability& entry) { return entry.code == code; });
  unknown.push_back({code, base::Buffer(value.begin(), value.end())});
  return {};
}

void encode_entries(std::size_t count, std::size_t entry_size, std::vector<base::Buffer>& values,
                    const std::function<void(std::size_t, base::ByteWriter&)>& write) {
  const std::size_t per_value = k_capability_value_size / entry_size;
  std::size_t next = 0;
  do {
    base::Buffer value;
    base::ByteWriter writer(value);
    for (const std::size_t end = std::min(count, next + per_value); next < end; ++next) write(next, writer);
    values.push_back(std::move(value));
  } while (next < count);
}

Family read_family(base::ByteReader& reader, bool reserved_octet) {
  Family family;
  family.afi = Afi{reader.u16()};
  if (reserved_octet) reader.skip(1);
  family.safi = Safi{reader.u8()};
  return family;
}

void write_family(base::ByteWriter& writer, Family family, bool reserved_octet) {
  writer.u16(static_cast<std::uint16_t>(family.afi));
  if (reserved_octet) writer.u8(0);
  writer.u8(static_cast<std::uint8_t>(family.safi));
}

}  // namespace tandem::bgp
