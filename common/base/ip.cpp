#include "common/base/ip.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "common/base/asn.hpp"
#include "common/base/assert.hpp"

namespace tandem::base {

IpAddress IpAddress::v4(std::uint32_t host_order) {
  IpAddress address;
  address.size_ = 4;
  for (int i = 0; i < 4; ++i) {
    address.octets_[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(host_order >> (24 - 8 * i));
  }
  return address;
}

IpAddress IpAddress::from_bytes(Bytes octets) {
  IpAddress address;
  if (octets.size() != 4 && octets.size() != 16) return address;
  address.size_ = static_cast<std::uint8_t>(octets.size());
  std::copy(octets.begin(), octets.end(), address.octets_.begin());
  return address;
}

namespace {

// Four numbers up to 255 without leading zeros, as inet_pton reads them, which needs a copy of the text: this is on the path of every
// route that a program announces.
[[nodiscard]] std::optional<std::uint32_t> parse_quad(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  std::uint32_t address = 0;
  for (int place = 0;; ++at) {
    if (at == end) return std::nullopt;
    std::uint32_t number = static_cast<std::uint8_t>(*at++) - std::uint32_t{'0'};
    if (number > 9) return std::nullopt;
    for (; at != end && *at != '.'; ++at) {
      const std::uint32_t digit = static_cast<std::uint8_t>(*at) - std::uint32_t{'0'};
      if (digit > 9 || number == 0) return std::nullopt;
      number = number * 10 + digit;
      if (number > 255) return std::nullopt;
    }
    address = address << 8 | number;
    if (++place == 4) return at == end ? std::optional(address) : std::nullopt;
    if (at == end) return std::nullopt;
  }
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (const auto quad = parse_quad(text)) return v4(*quad);
  char copy[INET6_ADDRSTRLEN + 1];
  if (text.find(':') == std::string_view::npos || text.size() >= sizeof copy) return std::nullopt;
  std::memcpy(copy, text.data(), text.size());
  copy[text.size()] = '\0';
  if (std::memchr(copy, '\0', text.size()) != nullptr) return std::nullopt;
  std::array<std::uint8_t, 16> octets{};
  if (inet_pton(AF_INET6, copy, octets.data()) != 1) return std::nullopt;
  return from_bytes(octets);
}

bool IpAddress::is_link_local() const noexcept { return is_v6() && octets_[0] == 0xFE && (octets_[1] & 0xC0) == 0x80; }

bool IpAddress::is_unspecified() const noexcept {
  return std::all_of(octets_.begin(), octets_.end(), [](std::uint8_t octet) { return octet == 0; });
}

std::uint32_t IpAddress::v4_value() const noexcept {
  TANDEM_ASSERT(is_v4());
  return ByteReader(bytes()).u32();
}

void IpAddress::append_text(std::string& out) const {
  if (is_v4()) {
    // Written by hand: this is on the path of every route that is shown to a program.
    char text[INET_ADDRSTRLEN];
    char* end = text;
    for (std::size_t i = 0; i < 4; ++i) {
      if (i != 0) *end++ = '.';
      const unsigned octet = octets_[i];
      if (octet >= 100) *end++ = static_cast<char>('0' + octet / 100);
      if (octet >= 10) *end++ = static_cast<char>('0' + octet / 10 % 10);
      *end++ = static_cast<char>('0' + octet % 10);
    }
    out.append(text, end);
  } else if (is_v6()) {
    char text[INET6_ADDRSTRLEN];
    out += inet_ntop(AF_INET6, octets_.data(), text, sizeof text);
  }
}

std::string IpAddress::text() const {
  std::string out;
  append_text(out);
  return out;
}

std::string Endpoint::text() const {
  return address.is_v6() ? fmt::format("[{}]:{}", address.text(), port) : fmt::format("{}:{}", address.text(), port);
}

Result<Prefix> Prefix::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return Error(fmt::format("'{}' is not an IP prefix (address/length expected)", text));
  Prefix prefix{*address, static_cast<std::uint8_t>(address->bits())};
  if (slash != std::string_view::npos) {
    const auto length = parse_decimal(text.substr(slash + 1), address->bits());
    if (!length) {
      return Error(fmt::format("invalid netmask '{}' in '{}' (0 to {} expected)", text.substr(slash + 1), text, address->bits()));
    }
    prefix.length = static_cast<std::uint8_t>(*length);
  }
  const Bytes octets = prefix.address.bytes();
  const std::size_t whole = prefix.length / 8U;
  const auto is_set = [](std::uint8_t octet) { return octet != 0; };
  if (whole < octets.size() && ((octets[whole] & 0xFF >> prefix.length % 8U) != 0 || std::any_of(octets.begin() + static_cast<std::ptrdiff_t>(whole) + 1, octets.end(), is_set))) {
    return Error(fmt::format("'{}' is not a valid network: the host bits must be zero for the given prefix length", text));
  }
  return prefix;
}

bool Prefix::contains(const IpAddress& other) const noexcept {
  if (other.bits() != address.bits()) return false;
  const Bytes mine = address.bytes();
  const Bytes theirs = other.bytes();
  const std::size_t whole = length / 8U;
  if (!std::equal(mine.begin(), mine.begin() + static_cast<std::ptrdiff_t>(whole), theirs.begin())) return false;
  const unsigned rest = length % 8U;
  return rest == 0 || (mine[whole] ^ theirs[whole]) >> (8 - rest) == 0;
}

std::string Prefix::text() const { return fmt::format("{}/{}", address.text(), length); }

}  // namespace tandem::base
