// One row of the settings table: how its text is read into Settings and printed from it.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tandem::config {

struct Settings;

struct SettingRow {
  std::string_view name;      // "tcp.port"
  std::string_view type;
  std::string_view fallback;  // default of those without a member, as `tandem env` prints it
  std::string (*right)();     // what a value must be, for errors
  std::string_view meaning;
  // False when the text is not a value of this setting.
  bool (*read)(Settings& settings, std::string_view text);
  std::string (*print)(const Settings& settings);  // null: the text is kept in Settings::ignored
  bool own = false;     // tandem's: printed under [tandem.x]; the others are ExaBGP's, under [exabgp.x]
  bool hidden = false;  // left out of `env`
};

[[nodiscard]] std::span<const SettingRow> setting_rows();

}  // namespace tandem::config
