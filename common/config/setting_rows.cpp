// The table of settings, made from settings.inc.
#include "common/config/setting_row.hpp"

#include <charconv>

#include "common/config/kinds.hpp"
#include "common/config/settings.hpp"

namespace tandem::config {

namespace {

enum class Shown : std::uint8_t { usual, own, hidden, own_hidden };

// Kinds of settings whose text is kept: what a text must be, not what it means.
struct IgnoredBool {
  static constexpr std::string_view k_type = BoolSetting::k_type;
  static std::string right() { return BoolSetting::right(); }
  static bool accepts(std::string_view) { return true; }
};
struct IgnoredText {
  static constexpr std::string_view k_type = TextSetting::k_type;
  static std::string right() { return TextSetting::right(); }
  static bool accepts(std::string_view) { return true; }
};
struct IgnoredEncoder {
  static constexpr std::string_view k_type = "word";
  static std::string right() { return "text or json"; }
  static bool accepts(std::string_view text) {
    const std::string folded = lower_case(text);
    return folded == "text" || folded == "json";
  }
};
struct IgnoredSeconds {
  static constexpr std::string_view k_type = "float";
  static std::string right() { return "a number of seconds"; }
  static bool accepts(std::string_view text) {
    double seconds = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    return problem == std::errc() && end == text.data() + text.size() && seconds >= 0;
  }
};

template <typename Kind, auto Member>
constexpr SettingRow row(std::string_view name, Shown shown, std::string_view meaning) {
  const auto read = [](Settings& settings, std::string_view text) {
    auto value = Kind::read(text);
    if (value) settings.*Member = std::move(*value);
    return value.has_value();
  };
  const auto print = [](const Settings& settings) { return Kind::print(settings.*Member); };
  return {name,  Kind::k_type, "", Kind::right, meaning, read, print, shown == Shown::own || shown == Shown::own_hidden,
          shown == Shown::hidden || shown == Shown::own_hidden};
}

template <base::LogCategory category>
constexpr SettingRow log_row(std::string_view name, std::string_view meaning) {
  constexpr auto k_index = static_cast<std::size_t>(category);
  const auto read = [](Settings& settings, std::string_view text) {
    settings.log_category[k_index] = read_setting_bool(text);
    return true;
  };
  const auto print = [](const Settings& settings) { return BoolSetting::print(settings.log_category[k_index]); };
  return {name, BoolSetting::k_type, "", BoolSetting::right, meaning, read, print, false, false};
}

template <typename Kind>
constexpr SettingRow ignored_row(std::string_view name, std::string_view fallback, Shown shown, std::string_view meaning) {
  const auto accepts = [](Settings&, std::string_view text) { return Kind::accepts(text); };
  return {name, Kind::k_type, fallback, Kind::right, meaning, accepts, nullptr, false, shown == Shown::hidden};
}

constexpr SettingRow k_rows[] = {
#define TANDEM_SETTING(member, name, Kind, fallback, shown, meaning) row<Kind, &Settings::member>(name, Shown::shown, meaning),
#define TANDEM_LOG_SETTING(category, fallback, meaning) log_row<base::LogCategory::category>("log." #category, meaning),
#define TANDEM_IGNORED_SETTING(name, Kind, fallback, shown, meaning) ignored_row<Kind>(name, fallback, Shown::shown, meaning),
#include "common/config/settings.inc"
};

}  // namespace

std::span<const SettingRow> setting_rows() { return k_rows; }

}  // namespace tandem::config
