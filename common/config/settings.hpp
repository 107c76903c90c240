// Settings (spec config.md 7): one table of names, types, defaults and meanings; values from the operating system's environment
// and an INI file, both handed in as text so that this stays pure. Names are looked up as tandem.x.y, tandem_x_y, exabgp.x.y,
// exabgp_x_y, then [exabgp.x] / [tandem.x] y of the file, then the default.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.hpp"
#include "common/base/log.hpp"

namespace tandem::config {

struct Settings {
  // daemon
  std::string pid_file;
  std::string user = "nobody";
  bool daemonize = false;
  bool drop_privileges = true;
  unsigned umask = 0137;
  // log
  bool log_enable = true;
  base::LogLevel log_level = base::LogLevel::info;
  std::string log_destination = "stdout";
  bool log_all = false;
  bool log_short = true;
  bool log_category[base::k_log_categories] = {true, true, true, true, true, true, false, false, false, false, false, false};
  // tcp
  std::uint32_t tcp_attempts = 0;  // 0: unlimited. tcp.once and tcp.connections end up here (spec session.md 1.2)
  std::uint32_t tcp_delay_min = 0;
  std::vector<std::string> tcp_bind;
  std::uint16_t tcp_port = 179;         // of tcp.bind, and of connections unless the neighbor says otherwise
  // bgp
  bool bgp_passive = false;
  std::uint32_t bgp_open_wait_s = 60;
  // api
  unsigned api_version = 6;
  bool api_ack = true;
  std::uint32_t api_chunk = 1;
  bool api_compact = false;
  bool api_respawn = true;
  bool api_terminate = false;
  bool api_cli = true;
  std::string api_socket_name = "exabgp";
  std::string api_socket_path;          // api.socketpath: the whole path, wins over the name
  std::string api_pipe_name = "exabgp";
  // debug
  bool debug_rotate = false;
  // tandem's own
  std::string reactor_engine;           // "sync", "async"; reactor.engine, else exabgp.reactor.asyncio; never empty
  bool compat_strict = false;           // compat.strict (spec session.md 7.3)
  std::string compat_dialect = "main";  // compat.dialect: main, 2025-11
  std::string version;                  // setting `version`: what the speaker says it is; empty: the program's own
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
[[nodiscard]] base::Result<Settings> load_settings(const Environment& environment, std::string_view ini, std::string_view ini_name);

// One line a setting, "[exabgp.tcp]" sections (or variables), as `tandem env` prints it.
enum class SettingsForm : std::uint8_t { ini, variables };
[[nodiscard]] std::string print_settings(const Settings& settings, SettingsForm form, bool only_changed);

}  // namespace tandem::config
