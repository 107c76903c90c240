#include "common/bgp/message/open.hpp"

#include <fmt/format.h>

#include "common/bgp/capability/codec.hpp"
#include "common/bgp/message/header.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_fixed_size = 10;
constexpr std::uint8_t k_version = 4;
constexpr std::uint8_t k_authentication = 1;  // RFC 4271 appendix: deprecated
constexpr std::uint8_t k_capability = 2;      // RFC 5492
constexpr std::uint8_t k_extended = 255;      // RFC 9072

[[nodiscard]] base::Error truncated(std::string_view what, std::size_t needed, std::size_t there) {
  return base::Error::notification_with_text(
      2, 0, fmt::format("OPEN {} truncated: need {} bytes, got {}", what, needed, there));
}

[[nodiscard]] base::Result<void> decode_capabilities(base::Bytes parameter, Capabilities& capabilities) {
  base::ByteReader reader(parameter);
  while (!reader.empty()) {
    if (reader.left() < 2) return truncated("capability", 2, reader.left());
    const std::uint8_t code = reader.u8();
    const std::size_t length = reader.u8();
    if (reader.left() < length) return truncated("capability", length, reader.left());
    if (auto decoded = decode_capability(code, reader.take(length), capabilities); !decoded) return decoded;
  }
  return {};
}

[[nodiscard]] base::Result<void> decode_parameters(base::Bytes parameters, bool extended, Capabilities& capabilities) {
  base::ByteReader reader(parameters);
  const std::size_t head = extended ? 3 : 2;
  while (!reader.empty()) {
    const base::Bytes rest = reader.rest();
    if (rest.size() < head) return truncated("parameters", head, rest.size());
    const std::uint8_t type = reader.u8();
    const std::size_t length = extended ? reader.u16() : reader.u8();
    if (reader.left() < length) return truncated("parameters", length, reader.left());
    const base::Bytes value = reader.take(length);
    if (type == k_capability) {
      if (auto decoded = decode_capabilities(value, capabilities); !decoded) return decoded;
    } else if (type == k_authentication) {
      return base::Error::notification_with_text(2, 5, "Authentication Notification (Deprecated)");
    } else {
      const base::Bytes whole = rest.first(head + length);
      return base::Error::notification(2, 4, fmt::format("Unknow OPEN parameter 0x{:x}", type),
                                       base::Buffer(whole.begin(), whole.end()));
    }
  }
  return {};
}

}  // namespace

base::Asn Open::asn() const {
  const base::Asn field{as_field};
  return field == base::k_as_trans && capabilities.asn4 ? *capabilities.asn4 : field;
}

base::Result<Open> decode_open(base::Bytes body) {
  if (body.size() < k_fixed_size) {
    const std::size_t length = body.size() + k_header_size;
    return base::Error::notification(1, 2, fmt::format("OPEN has an invalid message length of {}", length),
                                     {static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length)});
  }
  base::ByteReader reader(body);
  Open open;
  open.version = reader.u8();
  if (open.version != k_version) {
    return base::Error::notification(2, 1, fmt::format("unsupported version: {}", open.version), {0, k_version});
  }
  open.as_field = reader.u16();
  open.hold_time_s = reader.u16();
  open.router_id = base::RouterId{reader.u32()};
  std::size_t size = reader.u8();
  // RFC 9072 section 2: known by the type alone. The length in front of it should be 255, and is ignored.
  const bool extended = !reader.empty() && reader.rest()[0] == k_extended;
  if (extended) {
    if (reader.left() < 3) return truncated("parameters", 3, reader.left());
    reader.skip(1);
    size = reader.u16();
  }
  if (reader.left() < size) return truncated("parameters", size, reader.left());
  if (auto decoded = decode_parameters(reader.take(size), extended, open.capabilities); !decoded) return decoded.error();
  return open;
}

void encode_open(const Open& open, base::Buffer& out) {
  std::vector<base::Buffer> capabilities;
  encode_capabilities(open.capabilities, capabilities);
  std::size_t plain_size = 0;
  for (const auto& capability : capabilities) plain_size += 2 + capability.size();
  const bool extended = plain_size >= k_extended;

  const std::size_t start = begin_message(out, MessageType::open);
  base::ByteWriter writer(out);
  writer.u8(open.version);
  writer.u16(open.as_field);
  writer.u16(open.hold_time_s);
  writer.u32(base::value(open.router_id));
  if (extended) {
    writer.u16(0xFFFF);
    writer.u16(static_cast<std::uint16_t>(plain_size + capabilities.size()));  // one octet more a parameter
  } else {
    writer.u8(static_cast<std::uint8_t>(plain_size));
  }
  for (const auto& capability : capabilities) {
    writer.u8(k_capability);
    if (extended) writer.u16(static_cast<std::uint16_t>(capability.size()));
    else writer.u8(static_cast<std::uint8_t>(capability.size()));
    writer.bytes(capability);
  }
  finish_message(out, start);
}

}  // namespace tandem::bgp
