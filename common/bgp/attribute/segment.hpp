// The segments of a segment list (RFC 9830 section 2.4.4.2 and RFC 9831, types A to K), and what they share with the other parts of
// an SR policy: label stack entries and the behavior of an SRv6 endpoint. Private to the room.
#pragma once

#include <optional>

#include "common/base/bytes.hpp"
#include "common/base/json_writer.hpp"
#include "common/bgp/value_reader.hpp"

namespace tandem::bgp {

inline constexpr std::size_t k_label_entry_size = 4;
inline constexpr std::size_t k_srv6_sid_size = 16;
inline constexpr std::size_t k_endpoint_behavior_size = 8;

// A label stack entry (RFC 3032 section 2.1) as the words "16001 [tc N] [s 0|1] [ttl N]" and the members "tc", "s", "ttl".
struct LabelEntry {
  std::uint32_t label = 0;
  std::uint8_t traffic_class = 0;
  std::optional<bool> bottom;  // not said: its place decides
  std::uint8_t ttl = 0;

  [[nodiscard]] static LabelEntry from(std::uint32_t octets);
  [[nodiscard]] std::uint32_t octets(bool bottom_by_place) const;
  // Says of the bottom of stack what is not as its place has it.
  void text(bool bottom_by_place, std::string& out) const;
};
base::Result<LabelEntry> read_label_entry(ValueReader& reader);

// "endpoint-behavior CODE LB LN FUN ARG": the code, and the lengths of the parts of its SID.
[[nodiscard]] bool next_is_endpoint_behavior(const ValueReader& reader);
base::Result<void> read_endpoint_behavior(ValueReader& reader, base::ByteWriter& writer);
void endpoint_behavior_json(base::Bytes octets, base::JsonWriter& out);  // members without braces
inline constexpr std::string_view k_endpoint_behavior_shape = "behavior: u16, lb-length: u8, ln-length: u8, fun-length: u8, arg-length: u8";
void endpoint_behavior_text(base::Bytes octets, std::string& out);

// "flags 0x10" behind a value, where it is not what the value means by itself.
base::Result<std::uint8_t> read_flags(ValueReader& reader, std::uint8_t usual);
void flags_text(std::uint8_t flags, std::uint8_t usual, std::string& out);

// What a segment list holds: the weight and the segments. Lists are walked by these.
[[nodiscard]] bool is_good_segment_list(base::Bytes value);
void segment_list_json(base::Bytes value, base::JsonWriter& out);
[[nodiscard]] std::string segment_list_shape();
void segment_list_text(base::Bytes value, std::string& out);  // "weight 1 segment type-a mpls 16001 ..."
base::Result<void> read_segment_list(ValueReader& reader, base::ByteWriter& writer);

}  // namespace tandem::bgp
