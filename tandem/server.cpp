// tandem server: the options of ExaBGP's server, and --engine.
#include <fmt/format.h>
#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>

#include "common/log/spdlog_sink.hpp"
#include "tandem/daemon.hpp"
#include "tandem/engines.hpp"
#include "tandem/environment.hpp"
#include "tandem/subcommand.hpp"

namespace tandem::program {

namespace {

struct Flags {
  bool verbose = false;
  bool debug = false;
  bool break_on_error = false;  // ExaBGP's debugger; nothing to do here
  bool passive = false;
  bool once = false;
  bool memory = false;
  std::string profile;
  std::string engine;
  std::string env_file;
  std::string root;
  std::string folder;
  bool validate = false;
  bool test = false;
  bool settings_ini = false;
  bool settings_variables = false;
  bool changed_ini = false;
  bool changed_variables = false;
  unsigned reload_after_s = 0;
  std::vector<std::string> configurations;
};

void declare(CLI::App& app, Flags& flags) {
  app.add_option("CONF", flags.configurations, "configuration files; - is standard input");
  app.add_option("--engine", flags.engine, "the reactor: sync (poll and generators) or async (Asio and coroutines)")
      ->check(CLI::IsMember(engine_names()));
  app.add_flag("-v,--verbose", flags.verbose, "log everything, at level debug, in the long form");
  app.add_flag("-d,--debug", flags.debug, "the same as -v");
  app.add_option("-s,--signal", flags.reload_after_s, "reload the configuration once, after this many seconds")->type_name("N");
  app.add_flag("-1,--once", flags.once, "connect once to each neighbor, then end (tcp.attempts=1)");
  app.add_flag("-P,--passive", flags.passive, "wait for all neighbors to connect (bgp.passive)");
  app.add_flag("-p,--pdb", flags.break_on_error, "accepted for compatibility, no effect");
  app.add_flag("-m,--memory", flags.memory, "accepted for compatibility, no effect");
  app.add_option("--profile", flags.profile, "accepted for compatibility, no effect")->type_name("FILE");
  app.add_option("-e,--env", flags.env_file, "the same as --env-file")->type_name("FILE");
  app.add_option("--root", flags.root, "where etc and run are ($EXABGP_ROOT)")->type_name("FOLDER");
  app.add_option("-f,--folder", flags.folder, "what etc/exabgp stands for ($EXABGP_ETC), and where exabgp.env is")->type_name("FOLDER");
  app.add_flag("--validate", flags.validate, "as 'tandem validate CONF...'");
  app.add_flag("-t,--test", flags.test, "as 'tandem validate -nr CONF...'");
  app.add_flag("--fi,--full-ini", flags.settings_ini, "as 'tandem env'");
  app.add_flag("--fe,--full-env", flags.settings_variables, "as 'tandem env -e'");
  app.add_flag("--di,--diff-ini", flags.changed_ini, "as 'tandem env -d'");
  app.add_flag("--de,--diff-env", flags.changed_variables, "as 'tandem env -de'");
  app.footer(settings_help() +
             "\nExit status: 0 after SIGTERM, SIGHUP, SIGINT, a shutdown by command, or when tcp.attempts are used up; 1 on failure; 2 on wrong options.\n");
}

// What 4.2 did with options of the one program it was, subcommands do.
std::optional<int> run_other(const Flags& flags, Invocation invocation) {
  std::string options;
  if (flags.settings_ini || flags.settings_variables || flags.changed_ini || flags.changed_variables) {
    if (flags.changed_ini || flags.changed_variables) options += 'd';
    if (flags.settings_variables || flags.changed_variables) options += 'e';
    invocation.arguments.clear();
    if (!options.empty()) invocation.arguments.push_back('-' + options);
    return run_env(invocation);
  }
  if (!flags.validate && !flags.test) return std::nullopt;
  invocation.arguments = flags.configurations;
  if (flags.test) invocation.arguments.insert(invocation.arguments.begin(), "-nr");
  return run_validate(invocation);
}

// From here on the environment says where things are, to us and to the programs.
void move_folders(const Flags& flags, Invocation& invocation) {
  if (!flags.root.empty()) ::setenv("EXABGP_ROOT", std::filesystem::absolute(flags.root).c_str(), 1);
  if (!flags.folder.empty()) {
    const std::string folder = std::filesystem::absolute(flags.folder).string();
    ::setenv("EXABGP_ETC", folder.c_str(), 1);
    if (invocation.env_file.empty() && ::getenv("EXABGP_ENVFILE") == nullptr) invocation.env_file = folder + "/exabgp.env";
  }
  if (!flags.env_file.empty()) invocation.env_file = flags.env_file;
}

}  // namespace

int run_server(const Invocation& given) {
  Invocation invocation = given;
  CLI::App app("Runs the speaker. Several files make several speakers, one process each (or, with debug.rotate, one that takes the next file at each reload).");
  Flags flags;
  declare(app, flags);
  int status = 0;
  if (!parse_options(app, invocation, status)) return status;
  move_folders(flags, invocation);
  if (const auto other = run_other(flags, invocation)) return *other;
  if (flags.configurations.empty()) {
    fmt::print(stderr, "{}: CONF is required\n'{} --help' explains the options.\n", invocation.name, invocation.name);
    return k_exit_usage;
  }
  auto settings = read_settings(invocation);
  if (!settings) {
    complain(settings.error());
    return k_exit_failure;
  }
  DaemonOptions options;
  options.settings = std::move(settings.value());
  if (flags.verbose || flags.debug) {
    options.settings.log_all = true;
    options.settings.log_level = base::LogLevel::debug;
    options.settings.log_short = false;
  }
  if (flags.passive) options.settings.bgp_passive = true;
  if (flags.once) options.settings.tcp_attempts = 1;
  options.engine = flags.engine.empty() ? options.settings.reactor_engine : flags.engine;
  options.reload_after_s = flags.reload_after_s;
  const std::string root = root_directory();
  for (const std::string& name : flags.configurations) {
    if (name == "-" && flags.configurations.size() > 1) {
      complain("- (standard input) must be the only configuration");
      return k_exit_failure;
    }
    options.configurations.push_back(configuration_path(name, root));
  }
  if (options.configurations.size() == 1 || options.settings.debug_rotate) return run_daemon(std::move(options));
  if (options.settings.log_enable && log::parse_destination(options.settings.log_destination, "").kind == log::Destination::file) {
    complain("several speakers cannot log to one file: give one configuration, or set debug.rotate, or log elsewhere");
    return k_exit_failure;
  }
  return run_daemons(options);
}

}  // namespace tandem::program
