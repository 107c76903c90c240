// AS_PATH between its two widths (RFC 6793): what canonical form and encoding need beyond the row. Private to the room.
#pragma once

#include <optional>

#include "common/bgp/attribute/attributes.hpp"

namespace tandem::bgp {

enum class SegmentType : std::uint8_t { set = 1, sequence = 2, confederation_sequence = 3, confederation_set = 4 };

struct AsSegment {
  SegmentType type{};
  std::size_t count = 0;
  base::Bytes octets;  // count AS numbers

  [[nodiscard]] bool confederation() const {
    return type == SegmentType::confederation_sequence || type == SegmentType::confederation_set;
  }
};

// Takes the first segment of `path`; nullopt when it is malformed (RFC 7606 section 7.2).
[[nodiscard]] std::optional<AsSegment> next_segment(base::Bytes& path, std::size_t as_size);
// As received: nobody outside may be in a confederation with us.
[[nodiscard]] bool well_formed_as_path(base::Bytes value, const AttributeContext& context);
[[nodiscard]] bool well_formed_path(base::Bytes path, std::size_t as_size);

// Appends a path of four-octet numbers: `path` has two-octet ones and `as4_path`, when given, repairs those that did not fit.
void widen_path(base::Bytes path, std::optional<base::Bytes> as4_path, base::Buffer& out);
// Appends a path of two-octet numbers with AS_TRANS where one does not fit; true when there was such a one.
bool narrow_path(base::Bytes path, base::Buffer& out);
// The same path without confederation segments, which must not be in AS4_PATH.
void append_as4_path(base::Bytes path, base::Buffer& out);

}  // namespace tandem::bgp
