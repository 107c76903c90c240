// tandem server: the options of ExaBGP's server, and --engine.
#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <optional>

#include "common/log/spdlog_sink.hpp"
#include "tandem/daemon.hpp"
#include "tandem/engines/engines.hpp"
#include "tandem/environment.hpp"
#include "tandem/options.hpp"
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
  Places places;
  std::vector<std::string> decode;
  std::string helper;
  bool validate = false;
  bool test = false;
  bool settings_ini = false;
  bool settings_variables = false;
  bool changed_ini = false;
  bool changed_variables = false;
  unsigned reload_after_s = 0;
  std::string record;
  std::uint64_t record_size = 0;
  unsigned record_keep = 0;
  std::string trace;
  std::uint64_t trace_size = 0;
  bool check_state = false;
  bool log_is_open = false;
  Resumption resumption;
  std::vector<std::string> configurations;
};

void declare(Options& app, Flags& flags) {
  app.add_option("CONF", flags.configurations, "configuration files; - is standard input");
  std::string engine_list;
  for (const EngineRow& row : engines()) engine_list += fmt::format("{}{} ({})", engine_list.empty() ? "" : ", ", row.name, row.idiom);
  app.add_option("--engine", flags.engine, "the reactor: " + engine_list)
      .one_of(engine_names());
  app.add_flag("-v,--verbose", flags.verbose, "log everything, at level debug, in the long form");
  app.add_flag("-d,--debug", flags.debug, "the same as -v");
  app.add_option("--record", flags.record, "record all that happens to this file, for 'tandem replay'").type_name("FILE");
  app.add_option("--record-size", flags.record_size, "the recording ends when the file has this size (k, m, g: powers of 1024)")
      .size().type_name("SIZE");
  app.add_option("--record-keep", flags.record_keep, "a file that has --record-size is followed by another one, FILE.1, FILE.2 ...; the last N of them stay")
      .range(1, 1000).type_name("N");
  app.add_option("--trace", flags.trace, "write a timeline of the loop to this file, for Perfetto (Chrome trace events)").type_name("FILE");
  app.add_option("--trace-size", flags.trace_size, "the timeline ends when the file has this size (k, m, g: powers of 1024)")
      .size().type_name("SIZE");
  app.add_option("-s,--signal", flags.reload_after_s, "reload the configuration once, after this many seconds").type_name("N");
  app.add_flag("-1,--once", flags.once, "connect once to each neighbor, then end (tcp.attempts=1)");
  app.add_flag("-P,--passive", flags.passive, "wait for all neighbors to connect (bgp.passive)");
  app.add_flag("-p,--pdb", flags.break_on_error, "accepted for compatibility, no effect");
  app.add_flag("-m,--memory", flags.memory, "accepted for compatibility, no effect");
  app.add_option("--profile", flags.profile, "accepted for compatibility, no effect").type_name("FILE");
  declare_places(app, flags.places);
  // Said by a tandem to the one that is to go on.
  app.add_flag("--check-state", flags.check_state).hidden();
  app.add_flag("--log-is-open", flags.log_is_open).hidden();
  app.add_option("--resume-state", flags.resumption.state).hidden();
  app.add_option("--paused", flags.resumption.paused).hidden();
  app.add_option("--taken-at", flags.resumption.taken).hidden();
  app.add_option("--log-descriptor", flags.resumption.log).hidden();
  app.add_option("--or-else", flags.resumption.before).hidden();
  app.add_option("--refused", flags.resumption.refusal).hidden();
  app.add_flag("--validate", flags.validate, "as 'tandem validate CONF...'");
  app.add_flag("-t,--test", flags.test, "as 'tandem validate -nr CONF...'");
  app.add_option("-x,--decode", flags.decode, "as 'tandem decode -c CONF HEX'").type_name("HEX").one_word();
  app.add_flag("--fi,--full-ini", flags.settings_ini, "as 'tandem env'");
  app.add_flag("--fe,--full-env", flags.settings_variables, "as 'tandem env -e'");
  app.add_flag("--di,--diff-ini", flags.changed_ini, "as 'tandem env -d'");
  app.add_flag("--de,--diff-env", flags.changed_variables, "as 'tandem env -de'");
  app.add_option("--run", flags.helper, "run 'tandem healthcheck' or 'tandem cli' with the words that follow").type_name("HELPER");
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
  if (!flags.decode.empty()) {
    invocation.arguments = flags.decode;
    for (const std::string& name : flags.configurations) invocation.arguments.insert(invocation.arguments.begin(), {"-c", name});
    return run_decode(invocation);
  }
  if (!flags.validate && !flags.test) return std::nullopt;
  invocation.arguments = flags.configurations;
  if (flags.test) invocation.arguments.insert(invocation.arguments.begin(), "-nr");
  return run_validate(invocation);
}

// --run HELPER ...: all that follows is the helper's.
std::optional<int> run_helper(const Invocation& given) {
  const auto option = std::find(given.arguments.begin(), given.arguments.end(), "--run");
  if (option == given.arguments.end() || option + 1 == given.arguments.end()) return std::nullopt;
  const std::string& name = *(option + 1);
  constexpr std::string_view k_helpers[] = {"cli", "healthcheck"};
  if (std::find(std::begin(k_helpers), std::end(k_helpers), name) == std::end(k_helpers)) {
    fmt::print(stderr, "{}: --run {}: the helpers are {}\n", given.name, name, fmt::join(k_helpers, " and "));
    return k_exit_usage;
  }
  Invocation helper = given;
  helper.name = fmt::format("{} {}", given.as.name, name);
  helper.arguments.assign(option + 2, given.arguments.end());
  return find_subcommand(name)->run(helper);
}

// -s N is main's --signal; 4.2's -s asks for a report of memory and takes no number.
void drop_memory_report(std::vector<std::string>& arguments) {
  const auto number = [](const std::string& word) { return !word.empty() && word.find_first_not_of("0123456789") == std::string::npos; };
  for (auto word = arguments.begin(); word != arguments.end();) {
    const bool report = *word == "-s" && (word + 1 == arguments.end() || !number(*(word + 1)));
    word = report ? arguments.erase(word) : word + 1;
  }
}

}  // namespace

int run_server(const Invocation& given) {
  if (const auto helper = run_helper(given)) return *helper;
  Invocation invocation = given;
  drop_memory_report(invocation.arguments);
  Options app("Runs the speaker. Several files make several speakers, one process each (or, with debug.rotate, one that takes the next file at each reload).");
  Flags flags;
  declare(app, flags);
  int status = 0;
  if (!app.parse(invocation, status)) return status;
  if (flags.check_state) return check_state(flags.log_is_open);
  if (flags.resumption.state >= 0) return resume_daemon(flags.resumption);
  move_to(flags.places, invocation);
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
  if (const auto refusal = find_engine(options.engine)->refusal()) {
    complain(fmt::format("engine {} cannot begin: {}", options.engine, *refusal));
    return k_exit_failure;
  }
  options.reload_after_s = flags.reload_after_s;
  options.record = flags.record;
  options.record_size = flags.record_size;
  options.record_keep = flags.record_keep;
  options.trace = flags.trace;
  options.trace_size = flags.trace_size;
  if (options.record_keep > 0 && options.record_size == 0) {
    fmt::print(stderr, "{}: --record-keep needs --record-size\n", invocation.name);
    return k_exit_usage;
  }
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
  if (!options.record.empty() || !options.trace.empty()) {
    complain("several speakers cannot record to one file: give one configuration, or set debug.rotate");
    return k_exit_failure;
  }
  return run_daemons(options);
}

}  // namespace tandem::program
