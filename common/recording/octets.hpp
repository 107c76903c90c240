// Numbers of any length, texts and addresses, as records and what is inside of them write them: numbers seven bits an octet, the low ones
// first; texts with their length in front. Reading never goes past the end, and fails for good (base::ByteReader).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/bytes.hpp"
#include "common/base/ip.hpp"

namespace tandem::recording {

inline constexpr std::size_t k_number_max = 10;  // octets of the largest
// To where there is room for the largest. Returns where the next one stands.
[[nodiscard]] inline std::uint8_t* put_number(std::uint8_t* at, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) *at++ = static_cast<std::uint8_t>(value | 0x80);
  *at++ = static_cast<std::uint8_t>(value);
  return at;
}
// Small ones are short, whatever their sign.
[[nodiscard]] inline std::uint8_t* put_signed(std::uint8_t* at, std::int64_t value) {
  return put_number(at, (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
}
void put_number(base::Buffer& out, std::uint64_t value);
void put_signed(base::Buffer& out, std::int64_t value);
void put_octets(base::Buffer& out, base::Bytes octets);
inline void put_text(base::Buffer& out, std::string_view text) { put_octets(out, base::as_bytes(text)); }
void put_endpoint(base::Buffer& out, const base::Endpoint& endpoint);

class FieldReader {
 public:
  explicit FieldReader(base::Bytes octets) : in_(octets) {}
  [[nodiscard]] bool ok() const { return ok_ && in_.ok(); }
  [[nodiscard]] bool done() const { return ok() && in_.empty(); }  // all of it was read
  [[nodiscard]] std::size_t position() const { return in_.position(); }

  std::uint8_t octet() { return in_.u8(); }
  bool flag() { return in_.u8() != 0; }
  std::uint64_t number();
  std::int64_t signed_number();
  base::Bytes octets();
  std::string text() { return std::string(base::as_text(octets())); }
  base::IpAddress address();
  base::Endpoint endpoint();

 private:
  base::ByteReader in_;
  bool ok_ = true;
};

}  // namespace tandem::recording
