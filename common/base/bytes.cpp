#include "common/base/bytes.hpp"

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

}  // namespace tandem::base
