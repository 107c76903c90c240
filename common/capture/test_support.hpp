// Captures made octet by octet: messages, segments, packets.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "common/base/bytes.hpp"
#include "common/bgp/message/header.hpp"

namespace tandem::capture::test {

inline base::Buffer octets(std::string_view hex) {
  std::string digits;
  for (const char c : hex) {
    if (c != ' ') digits += c;
  }
  const auto out = base::from_hex(digits);
  EXPECT_TRUE(out.has_value()) << hex;
  return out.value_or(base::Buffer());
}

inline base::Buffer operator+(base::Buffer a, base::Bytes b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

inline base::Buffer message(bgp::MessageType type, base::Bytes body = {}) {
  base::Buffer out;
  const std::size_t start = bgp::begin_message(out, type);
  out = std::move(out) + body;
  bgp::finish_message(out, start);
  return out;
}

// An UPDATE that announces `nlri` with the AS_PATH value `path`.
inline base::Buffer update(std::string_view path, std::string_view nlri) {
  const base::Buffer path_value = octets(path);
  base::Buffer attributes = octets("40010100" "400304C0000201" "4002");
  attributes.push_back(static_cast<std::uint8_t>(path_value.size()));
  attributes = std::move(attributes) + path_value;
  base::Buffer body{0, 0, 0, static_cast<std::uint8_t>(attributes.size())};
  return message(bgp::MessageType::update, std::move(body) + attributes + octets(nlri));
}

// An OPEN of a peer with these capabilities (code, length, value).
inline base::Buffer open(std::string_view asn, std::string_view capabilities) {
  const base::Buffer inner = octets(capabilities);
  base::Buffer body = octets("04" + std::string(asn) + "00B4" "0A000001");
  if (inner.empty()) return message(bgp::MessageType::open, std::move(body) + octets("00"));
  body.push_back(static_cast<std::uint8_t>(inner.size() + 2));
  body.push_back(2);
  body.push_back(static_cast<std::uint8_t>(inner.size()));
  return message(bgp::MessageType::open, std::move(body) + inner);
}

struct Tcp {
  std::uint16_t source = 179;
  std::uint16_t target = 40000;
  std::uint32_t sequence = 0;
  std::uint8_t flags = 0x10;
};
inline base::Buffer tcp(const Tcp& head, base::Bytes payload) {
  base::Buffer out;
  base::ByteWriter writer(out);
  writer.u16(head.source);
  writer.u16(head.target);
  writer.u32(head.sequence);
  writer.u32(0);
  writer.u8(0x50);
  writer.u8(head.flags);
  writer.fill(6, 0);
  writer.bytes(payload);
  return out;
}
inline base::Buffer ipv4(base::Bytes segment, std::string_view source = "0A000001", std::string_view target = "0A000002") {
  base::Buffer out = octets("4500 0000 0000 0000 4006 0000") + octets(source) + octets(target) + segment;
  base::ByteWriter(out).patch_u16(2, static_cast<std::uint16_t>(out.size()));
  return out;
}
inline base::Buffer ethernet(base::Bytes packet, std::string_view type = "0800") {
  return octets("020000000001 020000000002" + std::string(type)) + packet;
}

}  // namespace tandem::capture::test
