// What the program takes from its surroundings: the environment, the file of settings, where it is installed.
#pragma once

#include <string>

#include "common/base/error.hpp"
#include "common/config/settings.hpp"
#include "common/log/spdlog_sink.hpp"
#include "tandem/subcommand.hpp"

namespace tandem::program {

// $EXABGP_ROOT, else the folder of the program without a trailing bin or sbin. "/" has no trailing slash added.
[[nodiscard]] std::string root_directory();
[[nodiscard]] std::string without_bin(const std::string& directory);

// Options of ExaBGP 4.2 that say where things are. From `move_to` on the environment says it, to us and to the programs.
struct Places {
  std::string env_file;
  std::string root;
  std::string folder;
  std::string root_or_folder;  // -f: --root since version 4, --folder before
};
void declare_places(Options& app, Places& places);
void move_to(const Places& places, Invocation& invocation);

// From the environment and --env-file, else $EXABGP_ENVFILE, else <root>/etc/exabgp/exabgp.env; a missing file is fine.
[[nodiscard]] base::Result<config::Settings> read_settings(const Invocation& invocation);

[[nodiscard]] log::Options log_options(const config::Settings& settings);

// The named pipes, without .in and .out; empty: there are none, or the settings want none.
[[nodiscard]] std::string control_pipes_for_daemon(const config::Settings& settings);
[[nodiscard]] base::Result<std::string> control_pipes_for_client(const config::Settings& settings, std::string_view speaker);
// Where the control socket is made; empty: the settings want none.
[[nodiscard]] std::string control_socket_for_daemon(const config::Settings& settings);
// Where it is found. On failure the error lists the folders that were searched.
[[nodiscard]] base::Result<std::string> control_socket_for_client(const config::Settings& settings, std::string_view speaker);

// A name that starts with etc/exabgp is looked up below $EXABGP_ETC, else below the root.
[[nodiscard]] std::string configuration_path(const std::string& name, const std::string& root);

// "tandem: REASON" on standard error, every line of it.
void complain(std::string_view reason);
// With the place, where the error has one.
void complain(const base::Error& error);

}  // namespace tandem::program
