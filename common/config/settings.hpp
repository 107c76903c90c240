// Settings: one table of names, types, defaults and meanings; values from the operating system's environment
// and an INI file, both handed in as text so that this stays pure. Names are looked up as tandem.x.y, tandem_x_y, exabgp.x.y,
// exabgp_x_y, then [exabgp.x] / [tandem.x] y of the file, then the default.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.hpp"
#include "common/base/log.hpp"
#include "common/config/setting_kinds.hpp"

namespace tandem::config {

// A member for each row of settings.inc, which explains them. What needs more words: tcp.once and tcp.connections end up in tcp_attempts;
// reactor_engine, else exabgp.reactor.asyncio, is never empty once loaded; api_socket_path is the whole path and wins over the name.
struct Settings {
#define TANDEM_SETTING(member, name, Kind, fallback, shown, meaning) Kind::Type member = fallback;
#include "common/config/settings.inc"

  static constexpr std::array<bool, base::k_log_categories> k_log_defaults = [] {
    std::array<bool, base::k_log_categories> defaults{};
#define TANDEM_LOG_SETTING(category, fallback, meaning) defaults[static_cast<std::size_t>(base::LogCategory::category)] = fallback;
#include "common/config/settings.inc"
    return defaults;
  }();
  std::array<bool, base::k_log_categories> log_category = k_log_defaults;

  // Settings of ExaBGP that are accepted and mean nothing here, as given; those that are not set are missing.
  std::map<std::string, std::string, std::less<>> ignored;
};

struct SettingInfo {
  std::string name;      // "tcp.port"
  std::string type;      // "int", "bool", ...
  std::string fallback;  // default, as text
  std::string meaning;   // one line of help
};
[[nodiscard]] const std::vector<SettingInfo>& setting_table();

// Looks a variable of the environment up; nullopt when it is not set.
using Environment = std::function<std::optional<std::string>(std::string_view)>;

// `ini` is the text of the environment file, empty when there is none; `ini_name` appears in errors.
// Errors name the setting, the value and what would be right.
// `engines`: those that reactor.engine may name; none: it is not looked at.
[[nodiscard]] base::Result<Settings> load_settings(const Environment& environment, std::string_view ini, std::string_view ini_name,
                                                   const std::vector<std::string>& engines = {});

// One line a setting, "[exabgp.tcp]" sections (or variables), as `tandem env` prints it.
enum class SettingsForm : std::uint8_t { ini, variables };
[[nodiscard]] std::string print_settings(const Settings& settings, SettingsForm form, bool only_changed);

}  // namespace tandem::config
