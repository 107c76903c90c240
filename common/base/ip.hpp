// IP addresses, transport end points and prefixes as values. Text forms are those of inet_pton(3) and inet_ntop(3).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/bytes.hpp"
#include "common/base/error.hpp"

namespace tandem::base {

// An IPv4 or IPv6 address, or none (default constructed).
class IpAddress {
 public:
  IpAddress() = default;
  static IpAddress v4(std::uint32_t host_order);
  // 4 octets make an IPv4 address, 16 an IPv6 one; any other count gives none.
  static IpAddress from_bytes(Bytes octets);
  static std::optional<IpAddress> parse(std::string_view text);

  explicit operator bool() const noexcept { return size_ != 0; }
  [[nodiscard]] bool is_v4() const noexcept { return size_ == 4; }
  [[nodiscard]] bool is_v6() const noexcept { return size_ == 16; }
  [[nodiscard]] bool is_link_local() const noexcept;  // fe80::/10
  [[nodiscard]] bool is_unspecified() const noexcept;
  [[nodiscard]] Bytes bytes() const noexcept { return {octets_.data(), size_}; }
  [[nodiscard]] std::uint32_t v4_value() const noexcept;  // REQUIRES is_v4()
  [[nodiscard]] unsigned bits() const noexcept { return size_ * 8U; }
  [[nodiscard]] std::string text() const;  // "" when none
  void append_text(std::string& out) const;

  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  std::uint8_t size_ = 0;
  std::array<std::uint8_t, 16> octets_{};
};

// One end of a TCP connection.
struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;
  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
  [[nodiscard]] std::string text() const;  // "10.0.0.1:179", "[::1]:179"
};

// An address and a length in bits. Host bits are not cleared here; those of an NLRI are when it is read (RFC 4271 section 4.3).
struct Prefix {
  IpAddress address;
  std::uint8_t length = 0;

  // "address/length" or "address" (host length). Host bits must be zero. The error's reason says which rule was broken.
  [[nodiscard]] static Result<Prefix> parse(std::string_view text);
  [[nodiscard]] bool contains(const IpAddress& other) const noexcept;
  [[nodiscard]] std::string text() const;
  friend auto operator<=>(const Prefix&, const Prefix&) = default;
};

}  // namespace tandem::base
