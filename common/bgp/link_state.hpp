// What NLRI and attribute of link state share (RFC 9552 section 5.1): TLVs whose type and length have two octets each.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/json_writer.hpp"

namespace tandem::bgp {

struct LinkStateTlv {
  std::uint16_t type = 0;
  base::Bytes value;
};

// The next one. nullopt at the end, and when it does not fit, which makes the reader fail.
[[nodiscard]] inline std::optional<LinkStateTlv> next_link_state_tlv(base::ByteReader& reader) {
  if (reader.empty()) return std::nullopt;
  LinkStateTlv tlv;
  tlv.type = reader.u16();
  tlv.value = reader.take(reader.u16());
  return reader.ok() ? std::optional(tlv) : std::nullopt;
}

// All of them, with those of a group together, groups in the order of their first one: JSON shows a group as one array.
[[nodiscard]] std::vector<LinkStateTlv> gather_link_state_tlvs(base::Bytes octets, std::uint16_t (*group_of)(std::uint16_t type));

// "0x0A0B": what is kept and not understood.
inline void raw_link_state_json(base::Bytes value, base::JsonWriter& out) { out.hex_string(value, base::HexCase::upper); }

}  // namespace tandem::bgp
