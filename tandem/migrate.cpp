// tandem migrate: a walk from one engine to the other on a running daemon (migration.hpp); files of older versions of ExaBGP in the words
// of later ones, and programs that were written for them.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "common/api/migrate_command.hpp"
#include "common/config/migrate.hpp"
#include "common/config/parser.hpp"
#include "common/process/posix_host.hpp"
#include "common/speaker/host_probe.hpp"
#include "tandem/bridge.hpp"
#include "tandem/engines/engines.hpp"
#include "tandem/environment.hpp"
#include "tandem/migration.hpp"
#include "tandem/offline.hpp"
#include "tandem/options.hpp"
#include "tandem/subcommand.hpp"

namespace tandem::program {

namespace {

struct Flags {
  std::string from;
  std::string to;
  std::string file;
  std::string output;
  bool in_place = false;
  bool dry_run = false;
  bool verbose = false;
  bool warnings = false;
  std::vector<std::string> line;
};

// Of the events that a version writes.
std::string_view event_version(std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> k_versions[] = {{"4", "4.0.1"}, {"5", "5.0.0"}, {"main", "6.0.0"}};
  const auto* found = std::find_if(std::begin(k_versions), std::end(k_versions), [name](const auto& row) { return row.first == name; });
  return found->second;
}

// A converted file that still is not right is written all the same: what is left is for its user.
void tell_what_is_left(const std::string& text, const std::string& name, const std::string& directory) {
  const process::PosixHost host;
  rib::AttributePool pool;
  const auto parsed = config::parse({name, directory, text}, {.any_next_hop = true}, speaker::HostProbe(host), pool);
  if (!parsed) fmt::print(stderr, "what was written is not valid yet:\n{}\n", config::render(parsed.error()));
}

bool versions_are_in_order(const Flags& flags) {
  if (*config::parse_dialect(flags.from) < *config::parse_dialect(flags.to)) return true;
  complain(base::Error(fmt::format("{} is not older than {}", flags.from, flags.to)));
  return false;
}

int migrate_configuration(const Flags& flags) {
  const process::PosixHost host;
  const auto file = host.read_file(flags.file);
  if (!file) {
    complain(file.error());
    return k_exit_failure;
  }
  const config::Migration migration = config::migrate(file->text, *config::parse_dialect(flags.from), *config::parse_dialect(flags.to));
  if (flags.verbose || flags.dry_run) {
    for (const std::string& change : migration.changes) fmt::print(stderr, "{}: {}\n", flags.file, change);
  }
  if (flags.to == "main" && file->text.find("[exabgp.") == std::string::npos) {
    tell_what_is_left(migration.text, flags.output.empty() ? flags.file : flags.output, file->directory);
  }
  if (flags.dry_run) return k_exit_ok;
  const std::string& output = flags.in_place ? flags.file : flags.output;
  if (!output.empty()) return write_file(output, migration.text) ? k_exit_ok : k_exit_failure;
  fmt::print("{}", migration.text);
  return k_exit_ok;
}

// Commands of version 6 came with main; what is not one may be an event that was kept.
base::Result<std::string> migrate_line(const Flags& flags, std::string_view line) {
  using Line = base::Result<std::string>;
  if (line.starts_with('{')) return Line(boost::system::in_place_value, api::event_of_version(line, event_version(flags.to)));
  return flags.to == "main" ? api::command_of_version_6(line) : Line(boost::system::in_place_value, line);
}

int migrate_lines(const Flags& flags) {
  bool good = true;
  const auto convert = [&](const std::string& line) {
    const auto now = migrate_line(flags, line);
    if (!now) {
      complain(base::Error(fmt::format("{}: {}", line, now.error().reason())));
      good = false;
      return;
    }
    if (flags.verbose && *now != line) fmt::print(stderr, "'{}' became '{}'\n", line, *now);
    fmt::print("{}\n", *now);
    std::fflush(stdout);
  };
  if (!flags.line.empty()) {
    convert(fmt::format("{}", fmt::join(flags.line, " ")));
  } else {
    for (std::string line; std::getline(std::cin, line);) convert(line);
  }
  return good ? k_exit_ok : k_exit_failure;
}

// Between the speaker and a program of an older version: its commands in the words of the speaker, events in those of the program. A
// command that cannot be understood goes on as it is: the speaker answers it.
int migrate_program(const Flags& flags, const std::vector<std::string>& program) {
  const auto command = [&flags](std::string_view line) {
    auto now = migrate_line(flags, line);
    if (flags.verbose) fmt::print(stderr, "command '{}' {}\n", line, now ? fmt::format("became '{}'", *now) : std::string(now.error().reason()));
    return now ? std::move(*now) : std::string(line);
  };
  const auto event = [&flags](std::string_view line) { return api::event_of_version(line, event_version(flags.from)); };
  const auto code = run_between(program, event, command);
  if (code) return *code;
  complain(code.error());
  return k_exit_failure;
}

// -e CMD...: all that follows is the program's.
std::vector<std::string> take_program(std::vector<std::string>& arguments) {
  const auto option = std::find_if(arguments.begin(), arguments.end(), [](const std::string& word) { return word == "-e" || word == "--exec"; });
  if (option == arguments.end() || arguments.front() != "api") return {};
  std::vector<std::string> program(option + 1, arguments.end());
  if (!program.empty()) arguments.erase(option, arguments.end());
  return program;
}

void declare_walk(Options& app, MigrationOptions& walk) {
  app.add_option("--to", walk.to, "the engine wanted; none: the first of them that does not run").one_of(engine_names()).type_name("ENGINE");
  app.add_flag("--yes", walk.yes, "yes to every question: for scripts");
  app.add_option("--shadow", walk.shadow_time, "how long the other engine runs beside the one that leads (default: 30s)").type_name("TIME");
  app.add_option("--time", walk.time, "how long the other engine leads on trial (default: 60s)").type_name("TIME");
  app.add_option("--unless", walk.unless, fmt::format("a condition under which it is rolled back, several times (default: {})", fmt::join(usual_conditions(), ", ")))
      .type_name("CONDITION")
      .take_all();
  app.add_option("--skip", walk.skip, "leave a step out, several times").one_of(migration_steps()).type_name("STEP").take_all();
  app.add_option("--configuration", walk.configuration, "the configuration to compare with (default: the one that the daemon reads)").type_name("CONF");
  app.add_option("--report", walk.report, "write NAME.txt and NAME.json (default: tandem-migrate)").type_name("NAME");
  app.add_option("--socketpath", walk.transport.socket_path, "the control socket (default: setting api.socketpath, else searched)").type_name("PATH");
}

}  // namespace

int run_migrate(const Invocation& given) {
  Invocation invocation = given;
  const std::vector<std::string> program = take_program(invocation.arguments);
  Options app(
      "Alone: from the engine that runs in a daemon to the other one, step by step: compare, shadow, trial, switch. Each step asks first,\n"
      "and can be taken back. With a part: a configuration (or a file of settings), or commands, of an older version of ExaBGP in the words of a later one.");
  Flags flags;
  MigrationOptions walk;
  declare_walk(app, walk);
  Options& conf = app.add_part("conf", "a configuration");
  conf.add_option("FILE", flags.file, "the file to read").required();
  conf.add_option("-f,--from", flags.from, "its version").required().one_of({"3.4", "4", "5"});
  conf.add_option("-t,--to", flags.to, "the version wanted; tandem reads 'main'").required().one_of({"4", "5", "main"});
  conf.add_option("-o,--output", flags.output, "write to this file");
  conf.add_flag("-i,--inplace", flags.in_place, "write to the file itself").excludes("--output");
  conf.add_flag("-n,--dry-run", flags.dry_run, "only say what would change");
  conf.add_flag("-v,--verbose", flags.verbose, "say what has changed");
  conf.add_flag("-w,--wrap-api", flags.warnings, "accepted for compatibility: programs always move into api { }");
  Options& api = app.add_part("api", "a command, those of standard input, or a program and the speaker as they talk");
  std::string executed;
  api.add_option("LINE", flags.line, "the command (or an event); none: lines of standard input");
  api.add_option("-f,--from", flags.from, "its version").required().one_of({"4", "5"});
  api.add_option("-t,--to", flags.to, "the version wanted").required().one_of({"5", "main"});
  api.add_flag("-v,--verbose", flags.verbose, "say what has changed");
  api.add_option("-e,--exec", executed, "run this program, written for the older version, between the speaker and itself").type_name("CMD...");
  app.footer(settings_hint() + "\nExit status: 0 when every step passed, 1 when one did not or was declined, 2 on wrong options.\n");
  int status = 0;
  if (!app.parse(invocation, status)) return status;
  const auto settings = read_settings(invocation);
  if (!settings) {
    complain(settings.error());
    return k_exit_failure;
  }
  if (!conf.chosen() && !api.chosen()) {
    if (walk.unless.empty()) walk.unless = usual_conditions();
    return walk_to_engine(walk, *settings, invocation.as);
  }
  if (!versions_are_in_order(flags)) return k_exit_failure;
  if (conf.chosen()) return migrate_configuration(flags);
  return program.empty() ? migrate_lines(flags) : migrate_program(flags, program);
}

}  // namespace tandem::program
