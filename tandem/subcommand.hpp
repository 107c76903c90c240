// The table of subcommands: one row each, one file each. A new one is a function `int run_NAME(const Invocation&)` and its row.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/settings.hpp"

namespace tandem::program {

inline constexpr int k_exit_ok = 0;
inline constexpr int k_exit_failure = 1;
inline constexpr int k_exit_usage = 2;

class Options;

// The name the program was started under. It changes words and exit codes, nothing else: not what is sent, and not the dialect.
struct StartedAs {
  std::string_view name = "tandem";
  std::string_view subcommand{};      // what it does without being told; empty: the first word says it
  std::string_view speaker = "tandem";  // how messages call the speaker
  bool exabgp = false;                // ExaBGP's exit codes
};

struct Invocation {
  std::string name;                    // "tandem server", for usage lines
  std::vector<std::string> arguments;  // behind the subcommand's name
  std::string env_file;                // --env-file, wherever it stood; empty: the usual places
  StartedAs as{};
  std::function<void(const Options&)> listener{};  // only told the options, nothing is to be run (facts.hpp)
};

struct Facts;

struct Subcommand {
  std::string_view name;
  std::string_view help;  // one line
  int (*run)(const Invocation& invocation);
  Facts (*facts)() = nullptr;  // its options and parts; null: nobody knows
};

// In the order of the help text.
[[nodiscard]] std::span<const Subcommand> subcommands();
[[nodiscard]] const Subcommand* find_subcommand(std::string_view name);

// For a subcommand whose first word is one of several: runs that part. `without` is the exit status when there is none.
[[nodiscard]] int run_part(std::span<const Subcommand> parts, const Invocation& invocation, int without);

// What `program` (argv[0]) stands for; as itself where it is no name that is known.
[[nodiscard]] StartedAs started_as(std::string_view program);
// A whole command line: started as `exabgp`, `exabgpcli`, `exabgp-cli`, `exabgp-healthcheck` the program takes their words.
[[nodiscard]] int start_as(std::string_view program, std::vector<std::string> arguments);
// One command line without argv[0]: takes --env-file out, finds the subcommand (server when the first word is none), runs it.
[[nodiscard]] int dispatch(std::vector<std::string> arguments, const StartedAs& as = {});
// The help of the whole program.
[[nodiscard]] std::string overview(std::string_view program);
// What every subcommand's --help ends with: the settings, or where they are listed.
[[nodiscard]] std::string settings_help();
[[nodiscard]] std::string settings_hint();

[[nodiscard]] std::string_view version();
// What it says to those who ask for ExaBGP's: `version` of the API, and the command line under its names.
[[nodiscard]] std::string told_version(const config::Settings& settings);

int run_server(const Invocation& invocation);
int run_compare(const Invocation& invocation);  // compare/compare.cpp
int run_replay(const Invocation& invocation);  // replay/replay.cpp
int run_validate(const Invocation& invocation);
int run_configuration(const Invocation& invocation);
[[nodiscard]] Facts configuration_facts();
int run_schema(const Invocation& invocation);
int run_migrate(const Invocation& invocation);
int run_decode(const Invocation& invocation);
int run_encode(const Invocation& invocation);
int run_reload(const Invocation& invocation);
int run_run(const Invocation& invocation);
int run_cli(const Invocation& invocation);
int run_healthcheck(const Invocation& invocation);  // healthcheck/healthcheck.cpp
[[nodiscard]] Facts healthcheck_facts();
int run_shell(const Invocation& invocation);
[[nodiscard]] Facts shell_facts();
int run_env(const Invocation& invocation);
int run_version(const Invocation& invocation);

}  // namespace tandem::program
