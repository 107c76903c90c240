#include "common/base/bytes.hpp"

#include <cstring>

namespace tandem::base {

void append_hex(std::string& out, Bytes bytes, HexCase letters) {
  const char* digits = letters == HexCase::lower ? "0123456789abcdef" : "0123456789ABCDEF";
  const std::size_t start = out.size();
  out.resize(start + 2 * bytes.size());
  char* cursor = out.data() + start;
  for (const std::uint8_t octet : bytes) {
    *cursor++ = digits[octet >> 4];
    *cursor++ = digits[octet & 15];
  }
}

std::string to_hex(Bytes bytes, HexCase letters) {
  std::string out;
  append_hex(out, bytes, letters);
  return out;
}

namespace {
int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}
}  // namespace

std::optional<Buffer> from_hex(std::string_view digits) {
  if (digits.size() % 2 != 0) return std::nullopt;
  Buffer out;
  out.reserve(digits.size() / 2);
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = digit_value(digits[i]);
    const int low = digit_value(digits[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
  return out;
}

namespace {
std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}
std::uint64_t load(const std::uint8_t* at, std::size_t count) {
  std::uint64_t value = 0;
  if (count != 0) std::memcpy(&value, at, count);  // an empty span may have no address
  return value;
}
}  // namespace

std::uint64_t hash_bytes(Bytes bytes, std::uint64_t seed) noexcept {
  constexpr std::uint64_t k_first = 0xa0761d6478bd642fULL;
  constexpr std::uint64_t k_second = 0xe7037ed1a0b428dbULL;
  const std::uint8_t* at = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t state = seed ^ k_first;
  while (left > 16) {
    state = fold(load(at, 8) ^ k_second, load(at + 8, 8) ^ state);
    at += 16;
    left -= 16;
  }
  const std::uint64_t low = left >= 8 ? load(at, 8) : load(at, left);
  const std::uint64_t high = left > 8 ? load(at + 8, left - 8) : 0;
  return fold(k_second ^ bytes.size(), fold(low ^ k_second, high ^ state));
}

}  // namespace tandem::base
