// The table of capabilities: one row a code with its wire, JSON and text form; rows are implemented one file a kind.
// Private to the room: the others see codec.hpp.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "common/base/json_shape.hpp"
#include "common/base/json_writer.hpp"
#include "common/bgp/capability/capability.hpp"
#include "common/bgp/dialect.hpp"

namespace tandem::bgp {

struct CapabilityRow {
  CapabilityCode code;
  std::string_view key;  // of the member in the event of a sent OPEN
  base::Result<void> (*decode)(base::Bytes value, Capabilities& capabilities);
  // Appends the values to send, one entry a TLV; nothing when there is nothing to say.
  void (*encode)(const Capabilities& capabilities, std::vector<base::Buffer>& values);
  void (*json)(const Capabilities& capabilities, base::JsonWriter& out);  // members of the capability's object
  base::JsonShape shape;                                                 // of that object
  void (*text)(const Capabilities& capabilities, std::string& out);       // lower case
  std::string_view key_4_2 = {};                                         // of dialect 4.2, where it is another
  [[nodiscard]] std::string_view key_in(Dialect dialect) const { return dialect == Dialect::release_4_2 && !key_4_2.empty() ? key_4_2 : key; }
};

// In the order capabilities are sent in.
[[nodiscard]] std::span<const CapabilityRow> capability_rows();
[[nodiscard]] const CapabilityRow* capability_row(std::uint8_t code);

// The rows, in their files.
extern const CapabilityRow k_multiprotocol_row;
extern const CapabilityRow k_asn4_row;
extern const CapabilityRow k_extended_next_hop_row;
extern const CapabilityRow k_add_path_row;
extern const CapabilityRow k_paths_limit_row;
extern const CapabilityRow k_graceful_restart_row;
extern const CapabilityRow k_long_lived_graceful_restart_row;
extern const CapabilityRow k_role_row;
extern const CapabilityRow k_route_refresh_row;
extern const CapabilityRow k_route_refresh_cisco_row;
extern const CapabilityRow k_enhanced_route_refresh_row;
extern const CapabilityRow k_operational_row;
extern const CapabilityRow k_extended_message_row;
extern const CapabilityRow k_hostname_row;
extern const CapabilityRow k_software_version_row;
extern const CapabilityRow k_link_local_next_hop_row;
extern const CapabilityRow k_multisession_row;
extern const CapabilityRow k_multisession_cisco_row;

// Helpers of the rows.
inline constexpr std::size_t k_capability_value_size = 255;
[[nodiscard]] base::Error bad_capability_length(std::string_view name, std::size_t length);
// Of a known code, whose value has no form that is understood: kept, sent and shown as one that is not known.
base::Result<void> keep_unknown(CapabilityCode code, base::Bytes value, Capabilities& capabilities);
// Writes `count` entries of `entry_size` octets into as few TLVs as hold them (at least one); `write(i, writer)` writes one.
void encode_entries(std::size_t count, std::size_t entry_size, std::vector<base::Buffer>& values,
                    const std::function<void(std::size_t, base::ByteWriter&)>& write);
[[nodiscard]] Family read_family(base::ByteReader& reader, bool reserved_octet);  // u16 AFI, (u8 reserved,) u8 SAFI
void write_family(base::ByteWriter& writer, Family family, bool reserved_octet);

}  // namespace tandem::bgp
