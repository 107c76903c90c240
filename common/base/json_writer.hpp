// Writes JSON straight into a string, in one pass and without a tree: events are on the hot path (docs/architecture.md).
// Output is pure ASCII: everything else is escaped as \uXXXX. The writer puts the commas; the caller
// keeps braces balanced.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/bytes.hpp"

namespace tandem::base {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) noexcept : out_(out) {}

  void begin_object();
  void end_object();
  void begin_array();
  void end_array();
  void key(std::string_view name);  // escaped like any string

  void string(std::string_view utf8);  // invalid UTF-8 becomes U+FFFD
  void number(std::int64_t value);
  void number(std::uint64_t value);
  void number(int value) { number(static_cast<std::int64_t>(value)); }
  void number(unsigned value) { number(static_cast<std::uint64_t>(value)); }
  void number(double value, int decimals);
  void number(double value);  // as few digits as read back the same; null for infinities and what is no number
  void boolean(bool value);
  void null();
  void hex_string(Bytes bytes, HexCase letters);  // "0x..."
  void raw(std::string_view json);                // one complete value that is JSON already
  void raw_members(std::string_view members);     // "k": v, "k": v without braces; nothing when empty

  template <typename Value>
  void member(std::string_view name, const Value& value) {
    key(name);
    if constexpr (std::is_same_v<Value, bool>) {
      boolean(value);
    } else if constexpr (std::is_integral_v<Value>) {
      if constexpr (std::is_signed_v<Value>) number(static_cast<std::int64_t>(value));
      else number(static_cast<std::uint64_t>(value));
    } else {
      string(value);
    }
  }

 private:
  void separate();
  std::string& out_;
  bool need_comma_ = false;
};

// The same escaping without a writer: appends "text" with its quotes.
void append_json_string(std::string& out, std::string_view utf8);

// Text from a peer for one line of the text encoder: control characters and everything above 0x7E become \n, \x1b ...
void append_printable(std::string& out, std::string_view text);

// True for well-formed UTF-8 (no surrogates, no overlong forms).
[[nodiscard]] bool is_valid_utf8(std::string_view text);

}  // namespace tandem::base
