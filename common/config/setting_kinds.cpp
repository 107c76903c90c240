#include "common/config/setting_kinds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "common/base/asn.hpp"
#include "common/base/ip.hpp"
#include "common/config/kinds.hpp"

namespace tandem::config {

namespace {

struct LevelName {
  std::string_view name;
  base::LogLevel level;
};
// The first name of a level is the one that is printed.
constexpr LevelName k_levels[] = {
    {"CRITICAL", base::LogLevel::critical}, {"FATAL", base::LogLevel::critical}, {"ERROR", base::LogLevel::error},
    {"WARNING", base::LogLevel::warning},   {"INFO", base::LogLevel::info},      {"DEBUG", base::LogLevel::debug},
    {"NOTSET", base::LogLevel::debug},
};

struct DialectName {
  std::string_view name;
  bgp::Dialect dialect;
};
constexpr DialectName k_dialects[] = {
    {"main", bgp::Dialect::main}, {"2025-11", bgp::Dialect::release_2025_11}, {"4.2", bgp::Dialect::release_4_2}};

}  // namespace

bool read_setting_bool(std::string_view text) {
  const std::string folded = lower_case(text);
  constexpr std::string_view k_true[] = {"1", "yes", "on", "enable", "true"};
  return std::find(std::begin(k_true), std::end(k_true), folded) != std::end(k_true);
}

std::optional<std::uint64_t> read_setting_number(std::string_view text, std::uint64_t minimum, std::uint64_t maximum) {
  const auto number = base::parse_decimal(text, maximum);
  if (!number || *number < minimum) return std::nullopt;
  return *number;
}

std::string TextSetting::print(const std::string& value) { return fmt::format("'{}'", value); }

std::optional<unsigned> ApiVersionSetting::read(std::string_view text) {
  if (text != "4" && text != "6") return std::nullopt;
  return text == "4" ? 4 : 6;
}

std::optional<unsigned> MaskSetting::read(std::string_view text) {
  if (text.starts_with("0o")) text.remove_prefix(2);
  unsigned mask = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), mask, 8);
  if (problem != std::errc() || end != text.data() + text.size() || mask > 0777) return std::nullopt;
  return mask;
}

std::string MaskSetting::print(unsigned value) { return fmt::format("'0o{:o}'", value); }

std::optional<base::LogLevel> LevelSetting::read(std::string_view text) {
  for (const LevelName& level : k_levels) {
    if (lower_case(level.name) == lower_case(text)) return level.level;
  }
  return std::nullopt;
}

std::string LevelSetting::print(base::LogLevel value) {
  const auto* found = std::find_if(std::begin(k_levels), std::end(k_levels), [&](const LevelName& l) { return l.level == value; });
  return found == std::end(k_levels) ? "INFO" : std::string(found->name);
}

std::optional<AddressesSetting::Type> AddressesSetting::read(std::string_view text) {
  Type addresses;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    if (!base::IpAddress::parse(word)) return std::nullopt;
    addresses.emplace_back(word);
  }
  return addresses;
}

std::string AddressesSetting::print(const Type& value) { return fmt::format("'{}'", fmt::join(value, " ")); }

std::optional<std::string> QuietSetting::read(std::string_view text) {
  if (text != "known" && text != "timed") return std::nullopt;
  return std::string(text);
}

std::optional<bgp::Dialect> DialectSetting::read(std::string_view text) {
  for (const DialectName& dialect : k_dialects) {
    if (text == dialect.name) return dialect.dialect;
  }
  return std::nullopt;
}

std::string DialectSetting::print(bgp::Dialect value) {
  for (const DialectName& dialect : k_dialects) {
    if (value == dialect.dialect) return TextSetting::print(std::string(dialect.name));
  }
  return {};
}

}  // namespace tandem::config
