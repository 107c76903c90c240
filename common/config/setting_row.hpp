// One row of the settings table: how its text is read into Settings and printed from it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/config/settings.hpp"

namespace tandem::config {

struct SettingRow {
  std::string_view name;      // "tcp.port"
  std::string_view type;
  std::string_view fallback;  // default, as `tandem env` prints it
  std::string_view right;     // what a value must be, for errors
  std::string_view meaning;
  // False when the text is not a value of this setting. Null: read nothing, keep the text in Settings::ignored.
  bool (*read)(Settings& settings, std::string_view text);
  std::string (*print)(const Settings& settings);  // null: from Settings::ignored
  bool own = false;     // tandem's: printed under [tandem.x]; the others are ExaBGP's, under [exabgp.x]
  bool hidden = false;  // left out of `env`
};

[[nodiscard]] std::span<const SettingRow> setting_rows();

// true for 1 yes on enable true in any case; everything else is false (spec config.md 7).
[[nodiscard]] bool read_setting_bool(std::string_view text);

}  // namespace tandem::config
