#include "tandem/subcommand.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "common/api/wording.hpp"
#include "common/base/format.hpp"
#include "common/base/hash.hpp"
#include "common/config/diagnostics.hpp"
#include "common/config/settings.hpp"
#include "common/process/posix_host.hpp"
#include "tandem/environment.hpp"
#include "tandem/facts.hpp"
#include "tandem/options.hpp"
#include "tandem/options.hpp"

namespace tandem::program {

namespace {

constexpr std::array k_subcommands = {
    Subcommand{"server", "run the speaker on one or more configuration files", run_server, facts<run_server>},
    Subcommand{"compare", "run a configuration through all engines and compare what they do", run_compare, facts<run_compare>},
    Subcommand{"replay", "play a recording (server --record) again, and compare what comes of it", run_replay, facts<run_replay>},
    Subcommand{"validate", "check configuration files", run_validate, facts<run_validate>},
    Subcommand{"configuration", "a configuration as JSON (export), with comments (example), the language (keywords)", run_configuration, configuration_facts},
    Subcommand{"schema", "print the JSON Schema of exported configurations, or of events", run_schema, facts<run_schema>},
    Subcommand{"migrate", "from one engine to the other on a running speaker, step by step; configurations and commands of an older ExaBGP", run_migrate, facts<run_migrate>},
    Subcommand{"decode", "print what octets of BGP messages say", run_decode, facts<run_decode>},
    Subcommand{"encode", "print the octets of the UPDATE that announces a route", run_encode, facts<run_encode>},
    Subcommand{"reload", "make a running speaker read its configuration again, or say what that would do", run_reload, facts<run_reload>},
    Subcommand{"run", "send one command to a running speaker and print its answer", run_run, facts<run_run>},
    Subcommand{"cli", "the same; without a command a script of them, or a prompt", run_cli, facts<run_cli>},
    Subcommand{"healthcheck", "check a service and announce routes to it while it is healthy (an API program)", run_healthcheck, healthcheck_facts},
    Subcommand{"shell", "completion of command lines in bash, zsh and fish, the manual page", run_shell, shell_facts},
    Subcommand{"env", "print the settings", run_env, facts<run_env>},
    Subcommand{"version", "print the version", run_version, facts<run_version>},
};

// Words of a command line that begins with neither an option nor a file, but with something like a subcommand.
std::string_view misspelt_subcommand(const std::string& word) {
  if (word.empty() || word.front() == '-' || word.find_first_of("/.") != std::string::npos || ::access(word.c_str(), F_OK) == 0) return {};
  std::vector<std::string> names;
  for (const Subcommand& subcommand : subcommands()) names.emplace_back(subcommand.name);
  const std::string_view meant = config::nearest(word, names);
  const Subcommand* found = meant.empty() ? nullptr : find_subcommand(meant);
  return found == nullptr ? std::string_view() : found->name;
}

constexpr StartedAs k_names[] = {
    {"exabgp", "", "ExaBGP", true},
    {"exabgpcli", "cli", "ExaBGP", true},
    {"exabgp-cli", "cli", "ExaBGP", true},
    {"exabgp-healthcheck", "healthcheck", "ExaBGP", true},
};

bool is_help(std::string_view word) { return word == "-h" || word == "--help" || word == "help"; }

// --env-file may stand anywhere. False: it needs a path, which has been said.
bool take_env_file(std::vector<std::string>& arguments, Invocation& invocation) {
  for (std::size_t i = 0; i < arguments.size();) {
    const auto here = arguments.begin() + static_cast<std::ptrdiff_t>(i);
    constexpr std::string_view k_prefix = "--env-file=";
    if (here->starts_with(k_prefix)) {
      invocation.env_file = here->substr(k_prefix.size());
      arguments.erase(here);
    } else if (*here == "--env-file") {
      if (i + 1 == arguments.size()) {
        fmt::print(stderr, "{}: --env-file needs a path\n", invocation.as.name);
        return false;
      }
      invocation.env_file = arguments[i + 1];
      arguments.erase(here, here + 2);
    } else {
      ++i;
    }
  }
  return true;
}

}  // namespace

std::span<const Subcommand> subcommands() { return k_subcommands; }

const Subcommand* find_subcommand(std::string_view name) {
  for (const Subcommand& subcommand : subcommands()) {
    if (subcommand.name == name) return &subcommand;
  }
  return nullptr;
}

std::string settings_help() {
  std::string text =
      "Settings: environment variables tandem_SECTION_NAME (or tandem.SECTION.NAME, exabgp_SECTION_NAME, exabgp.SECTION.NAME),\n"
      "or [tandem.SECTION] NAME = VALUE in the file of --env-file:\n";
  for (const config::SettingInfo& info : config::setting_table()) {
    base::append(text, "  {:<24} {:<9} {} (default: {})\n", info.name, info.type, info.meaning,
                   info.fallback.empty() ? "none" : info.fallback);
  }
  return text;
}

std::string settings_hint() {
  return "Settings come from the environment (tandem_SECTION_NAME) and from the file of --env-file; 'tandem env' prints them,\n"
         "'tandem server --help' explains them.\n";
}

std::string overview(std::string_view program) {
  std::string text = fmt::format(
      "{0}: a BGP speaker with two reactors\n\nUsage:\n  {0} [server] [OPTIONS] CONF...\n  {0} SUBCOMMAND [OPTIONS] ...\n\nSubcommands:\n", program);
  for (const Subcommand& subcommand : subcommands()) {
    base::append(text, "  {:<14} {}\n", subcommand.name, subcommand.help);
  }
  text += "\nEvery subcommand explains itself with --help. --env-file PATH may stand anywhere.\n";
  return text;
}

int run_part(std::span<const Subcommand> parts, const Invocation& invocation, int without) {
  if (invocation.arguments.empty() || is_help(invocation.arguments[0])) {
    for (const Subcommand& part : parts) {
      fmt::print("{:<6} {} {:<10} {}\n", &part == parts.data() ? "Usage:" : "", invocation.name, part.name, part.help);
    }
    fmt::print("\n{}", settings_hint());
    return invocation.arguments.empty() ? without : k_exit_ok;
  }
  Invocation inner = invocation;
  inner.name = fmt::format("{} {}", invocation.name, inner.arguments[0]);
  const auto part = std::find_if(parts.begin(), parts.end(), [&](const Subcommand& known) { return known.name == inner.arguments[0]; });
  if (part == parts.end()) {
    std::vector<std::string_view> names;
    for (const Subcommand& known : parts) names.push_back(known.name);
    fmt::print(stderr, "{}: unknown, one of {} is expected\n", inner.name, fmt::join(names, ", "));
    return k_exit_usage;
  }
  inner.arguments.erase(inner.arguments.begin());
  return part->run(inner);
}

StartedAs started_as(std::string_view program) {
  const std::string_view name = program.substr(program.rfind('/') + 1);
  const auto* known = std::find_if(std::begin(k_names), std::end(k_names), [name](const StartedAs& as) { return as.name == name; });
  return known == std::end(k_names) ? StartedAs{} : *known;
}

int start_as(std::string_view program, std::vector<std::string> arguments) { return dispatch(std::move(arguments), started_as(program)); }

int dispatch(std::vector<std::string> arguments, const StartedAs& as) {
  base::set_hash_secret(process::PosixHost().entropy());
  Invocation invocation;
  invocation.as = as;
  if (!take_env_file(arguments, invocation)) return k_exit_usage;
  // `python3 -m exabgp healthcheck ...` with one word changed.
  if (arguments.size() > 2 && arguments[0] == "-m" && arguments[1] == "exabgp" && find_subcommand(arguments[2]) != nullptr) {
    arguments.erase(arguments.begin(), arguments.begin() + 2);
  }
  // A lone -v is ExaBGP 4.2's; with more behind it, it is main's --verbose.
  const bool version_wanted = !arguments.empty() && (arguments[0] == "--version" || (arguments[0] == "-v" && arguments.size() == 1));
  const Subcommand* subcommand = find_subcommand(as.subcommand);
  if (version_wanted) {
    subcommand = find_subcommand("version");
    arguments.clear();
  }
  if (subcommand != nullptr) {
    invocation.name = as.name;
    invocation.arguments = std::move(arguments);
    return subcommand->run(invocation);
  }
  if (arguments.empty()) {
    fmt::print("{}\n{}", overview(as.name), settings_help());
    return k_exit_failure;
  }
  if (is_help(arguments[0])) {
    fmt::print("{}", overview(as.name));
    return k_exit_ok;
  }
  subcommand = find_subcommand(arguments[0]);
  if (subcommand == nullptr) {  // ExaBGP's bare invocation
    if (const std::string_view meant = misspelt_subcommand(arguments[0]); !meant.empty()) {
      fmt::print(stderr, "{}: '{}' is neither a file nor a subcommand (did you mean '{}'?)\n", as.name, arguments[0], meant);
      return k_exit_usage;
    }
    invocation.name = fmt::format("{} server", as.name);
    invocation.arguments = std::move(arguments);
    return run_server(invocation);
  }
  invocation.name = fmt::format("{} {}", as.name, arguments[0]);
  invocation.arguments.assign(std::make_move_iterator(arguments.begin() + 1), std::make_move_iterator(arguments.end()));
  return subcommand->run(invocation);
}

std::string_view version() { return TANDEM_VERSION; }

std::string told_version(const config::Settings& settings) {
  if (!settings.version.empty()) return settings.version;
  const std::string_view of_dialect = api::wording(settings.compat_dialect).version;
  return std::string(of_dialect.empty() ? version() : of_dialect);
}

int run_version(const Invocation& invocation) {
  Options app("Prints the version.");
  app.footer(settings_hint());
  int status = 0;
  if (!app.parse(invocation, status)) return status;
  const auto settings = read_settings(invocation);
  if (!settings) {  // a wrong setting ends every subcommand
    complain(settings.error());
    return k_exit_failure;
  }
  if (!invocation.as.exabgp) {
    fmt::print("tandem {}\n", version());
    return k_exit_ok;
  }
  utsname system{};
  ::uname(&system);
  fmt::print("ExaBGP : {}\ntandem : {}\nUname  : {} {} {} {} {}\nRoot   : {}\n", told_version(*settings), version(), system.sysname, system.nodename, system.release,
             system.version, system.machine, root_directory());
  return k_exit_ok;
}

}  // namespace tandem::program
