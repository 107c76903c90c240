#include "common/base/json_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "common/base/format.hpp"

namespace tandem::base {

namespace {

// Decodes one code point at `at`; advances past it. Returns false (and advances by one octet) when it is not UTF-8.
bool next_code_point(std::string_view text, std::size_t& at, std::uint32_t& point) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(at);
  std::size_t length = 0;
  if (first < 0x80) {
    point = first;
    ++at;
    return true;
  }
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2;
    point = first & 0x1FU;
  } else if ((first & 0xF0) == 0xE0) {
    length = 3;
    point = first & 0x0FU;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4;
    point = first & 0x07U;
  }
  if (length == 0 || text.size() - at < length) {
    ++at;
    return false;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) {
      ++at;
      return false;
    }
    point = point << 6 | (byte(at + i) & 0x3FU);
  }
  const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  if (overlong || surrogate || point > 0x10FFFF) {
    ++at;
    return false;
  }
  at += length;
  return true;
}

void append_unicode_escape(std::string& out, std::uint32_t point) {
  if (point >= 0x10000) {
    const std::uint32_t offset = point - 0x10000;
    base::append(out, "\\u{:04x}\\u{:04x}", 0xD800 + (offset >> 10), 0xDC00 + (offset & 0x3FF));
  } else {
    base::append(out, "\\u{:04x}", point);
  }
}

constexpr bool is_plain(char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; }

// What is written as it is, from `at` on. Names and addresses are nothing else, and every event has dozens: eight octets at a time.
std::size_t end_of_plain(std::string_view text, std::size_t at) {
  constexpr std::uint64_t k_ones = 0x0101'0101'0101'0101;
  constexpr std::uint64_t k_tops = 0x80 * k_ones;
  constexpr auto has_zero = [](std::uint64_t octets) { return (octets - k_ones) & ~octets; };  // in the top bit of some octet, if one is 0
  for (std::uint64_t octets = 0; text.size() - at >= sizeof octets; at += sizeof octets) {
    std::memcpy(&octets, text.data() + at, sizeof octets);
    const std::uint64_t special = (octets - 0x20 * k_ones) | octets | (octets + k_ones) | has_zero(octets ^ '"' * k_ones) | has_zero(octets ^ '\\' * k_ones);
    if ((special & k_tops) != 0) break;
  }
  while (at < text.size() && is_plain(text[at])) ++at;
  return at;
}

constexpr std::string_view k_comma = ", ";

char* put(std::string_view text, char* at) { return std::copy(text.begin(), text.end(), at); }

// Most of what is written is a short text in which nothing is special: with what stands around it, it is appended at once. False: it is not, and
// nothing was.
bool append_short(std::string& out, std::string_view before, std::string_view text, std::string_view behind) {
  constexpr std::size_t k_short = 64;
  constexpr std::size_t k_around = 8;
  if (text.size() > k_short || end_of_plain(text, 0) != text.size()) return false;
  char octets[k_short + k_around];
  char* at = put(before, octets);
  *at++ = '"';
  at = put(text, at);
  *at++ = '"';
  at = put(behind, at);
  out.append(octets, static_cast<std::size_t>(at - octets));
  return true;
}

}  // namespace

void append_json_string(std::string& out, std::string_view utf8) {
  out += '"';
  std::size_t at = 0;
  while (at < utf8.size()) {
    const std::size_t end = end_of_plain(utf8, at);
    out.append(utf8, at, end - at);
    at = end;
    if (at == utf8.size()) break;
    const char c = utf8[at];
    switch (c) {
      case '"': out += "\\\""; ++at; continue;
      case '\\': out += "\\\\"; ++at; continue;
      case '\n': out += "\\n"; ++at; continue;
      case '\r': out += "\\r"; ++at; continue;
      case '\t': out += "\\t"; ++at; continue;
      default: break;
    }
    std::uint32_t point = 0;
    append_unicode_escape(out, next_code_point(utf8, at, point) ? point : 0xFFFD);
  }
  out += '"';
}

void append_printable(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c >= 0x20 && c < 0x7F) {
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else {
      base::append(out, "\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
}

bool is_valid_utf8(std::string_view text) {
  std::size_t at = 0;
  std::uint32_t point = 0;
  while (at < text.size()) {
    if (!next_code_point(text, at, point)) return false;
  }
  return true;
}

void JsonWriter::separate() {
  if (need_comma_) out_ += k_comma;
  need_comma_ = true;
}

void JsonWriter::begin_object() {
  out_ += need_comma_ ? ", { " : "{ ";
  need_comma_ = false;
}
void JsonWriter::end_object() {
  out_ += " }";
  need_comma_ = true;
}
void JsonWriter::begin_array() {
  out_ += need_comma_ ? ", [ " : "[ ";
  need_comma_ = false;
}
void JsonWriter::end_array() {
  out_ += " ]";
  need_comma_ = true;
}
void JsonWriter::key(std::string_view name) {
  if (!append_short(out_, need_comma_ ? k_comma : "", name, ": ")) {
    separate();
    append_json_string(out_, name);
    out_ += ": ";
  }
  need_comma_ = false;
}
void JsonWriter::string(std::string_view utf8) {
  if (!append_short(out_, need_comma_ ? k_comma : "", utf8, "")) {
    separate();
    append_json_string(out_, utf8);
  }
  need_comma_ = true;
}
void JsonWriter::number(std::int64_t value) {
  separate();
  const fmt::format_int digits(value);
  out_.append(digits.data(), digits.size());
}
void JsonWriter::number(std::uint64_t value) {
  separate();
  const fmt::format_int digits(value);
  out_.append(digits.data(), digits.size());
}
void JsonWriter::number(double value, int decimals) {
  separate();
  base::append(out_, "{:.{}f}", value, decimals);
}
void JsonWriter::number(double value) {
  if (!std::isfinite(value)) return null();
  separate();
  const std::size_t start = out_.size();
  base::append(out_, "{}", value);
  if (out_.find_first_of(".e", start) == std::string::npos) out_ += ".0";
}
void JsonWriter::boolean(bool value) {
  separate();
  out_ += value ? "true" : "false";
}
void JsonWriter::null() {
  separate();
  out_ += "null";
}
void JsonWriter::hex_string(Bytes bytes, HexCase letters) {
  separate();
  out_ += "\"0x";
  append_hex(out_, bytes, letters);
  out_ += '"';
}
void JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
}
void JsonWriter::raw_members(std::string_view members) {
  if (members.empty()) return;
  separate();
  out_ += members;
}

}  // namespace tandem::base
