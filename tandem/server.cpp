// tandem server: the options of ExaBGP's server, and --engine (spec config.md 8).
#include <fmt/format.h>

#include <CLI/CLI.hpp>

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
  unsigned reload_after_s = 0;
  std::vector<std::string> configurations;
};

void declare(CLI::App& app, Flags& flags) {
  app.add_option("CONF", flags.configurations, "configuration files; - is standard input")->required();
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
  app.footer(settings_help() +
             "\nExit status: 0 after SIGTERM, SIGHUP, SIGINT, a shutdown by command, or when tcp.attempts are used up; 1 on failure; 2 on wrong options.\n");
}

}  // namespace

int run_server(const Invocation& invocation) {
  CLI::App app("Runs the speaker. Several files make several speakers, one process each (or, with debug.rotate, one that takes the next file at each reload).");
  Flags flags;
  declare(app, flags);
  int status = 0;
  if (!parse_options(app, invocation, status)) return status;
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
