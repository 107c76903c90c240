// Kinds of settings: how a text is read and printed, and what is right.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/log.hpp"
#include "common/bgp/dialect.hpp"

namespace tandem::config {

// true for 1 yes on enable true in any case; everything else is false, as in ExaBGP.
[[nodiscard]] bool read_setting_bool(std::string_view text);

struct BoolSetting {
  using Type = bool;
  static constexpr std::string_view k_type = "bool";
  static std::string right() { return "1, yes, on, enable or true; everything else is false"; }
  static std::optional<bool> read(std::string_view text) { return read_setting_bool(text); }
  static std::string print(bool value) { return value ? "true" : "false"; }
};

struct TextSetting {
  using Type = std::string;
  static constexpr std::string_view k_type = "string";  // printed in quotes
  static std::string right() { return "any text"; }
  static std::optional<std::string> read(std::string_view text) { return std::string(text); }
  static std::string print(const std::string& value);
};

[[nodiscard]] std::optional<std::uint64_t> read_setting_number(std::string_view text, std::uint64_t minimum, std::uint64_t maximum);

template <typename Number, Number minimum, Number maximum>
struct NumberSetting {
  using Type = Number;
  static constexpr std::string_view k_type = "int";
  static std::string right() { return std::to_string(minimum) + " to " + std::to_string(maximum); }
  static std::optional<Number> read(std::string_view text) {
    const auto number = read_setting_number(text, minimum, maximum);
    return number ? std::optional<Number>(static_cast<Number>(*number)) : std::nullopt;
  }
  static std::string print(Number value) { return std::to_string(value); }
};
using CountSetting = NumberSetting<std::uint32_t, 0, 0xFFFFFFFF>;
using PositiveSetting = NumberSetting<std::uint32_t, 1, 0xFFFFFFFF>;
using PortSetting = NumberSetting<std::uint16_t, 1, 65535>;

struct ApiVersionSetting {
  using Type = unsigned;
  static constexpr std::string_view k_type = "int";
  static std::string right() { return "4 or 6"; }
  static std::optional<unsigned> read(std::string_view text);
  static std::string print(unsigned value) { return std::to_string(value); }
};

struct MaskSetting {
  using Type = unsigned;
  static constexpr std::string_view k_type = "octal";
  static std::string right() { return "an octal number up to 0777"; }
  static std::optional<unsigned> read(std::string_view text);
  static std::string print(unsigned value);
};

struct LevelSetting {
  using Type = base::LogLevel;
  static constexpr std::string_view k_type = "word";  // one of a few, printed as it is
  static std::string right() { return "FATAL, CRITICAL, ERROR, WARNING, INFO, DEBUG or NOTSET"; }
  static std::optional<base::LogLevel> read(std::string_view text);
  static std::string print(base::LogLevel value);
};

struct AddressesSetting {
  using Type = std::vector<std::string>;
  static constexpr std::string_view k_type = "string";
  static std::string right() { return "IP addresses with spaces between"; }
  static std::optional<Type> read(std::string_view text);
  static std::string print(const Type& value);
};

struct QuietSetting : TextSetting {
  static std::string right() { return "known or timed"; }
  static std::optional<std::string> read(std::string_view text);
};

struct DialectSetting {
  using Type = bgp::Dialect;
  static constexpr std::string_view k_type = TextSetting::k_type;
  static std::string right() { return "main, 2025-11 or 4.2"; }
  static std::optional<bgp::Dialect> read(std::string_view text);
  static std::string print(bgp::Dialect value);
};

}  // namespace tandem::config
