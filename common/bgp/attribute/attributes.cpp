#include "common/bgp/attribute/attributes.hpp"

#include "common/base/assert.hpp"

namespace tandem::bgp {

namespace {
constexpr std::size_t k_short_head = 3;
constexpr std::size_t k_long_head = 4;
}  // namespace

std::optional<AttributeView> next_attribute(base::Bytes block) {
  if (block.size() < k_short_head) return std::nullopt;
  AttributeView attribute;
  attribute.flags = block[0];
  attribute.code = block[1];
  std::size_t head = k_short_head;
  std::size_t length = block[2];
  if ((attribute.flags & k_flag_extended_length) != 0) {
    if (block.size() < k_long_head) return std::nullopt;
    head = k_long_head;
    length = length << 8 | block[3];
  }
  if (block.size() - head < length) return std::nullopt;
  attribute.value = block.subspan(head, length);
  attribute.whole = block.first(head + length);
  return attribute;
}

void append_attribute(base::Buffer& out, std::uint8_t flags, std::uint8_t code, base::Bytes value) {
  TANDEM_ASSERT(value.size() <= k_attribute_value_size_max);
  if (value.size() > 0xFF) flags |= k_flag_extended_length;
  base::ByteWriter writer(out);
  writer.u8(flags);
  writer.u8(code);
  if ((flags & k_flag_extended_length) != 0) writer.u16(static_cast<std::uint16_t>(value.size()));
  else writer.u8(static_cast<std::uint8_t>(value.size()));
  writer.bytes(value);
}

}  // namespace tandem::bgp
