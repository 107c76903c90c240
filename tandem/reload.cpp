// tandem reload: asks a running speaker to read its configuration again, or what that would do; or compares two files without one.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "common/api/reload_report.hpp"
#include "common/speaker/reload_check.hpp"
#include "tandem/conversation.hpp"
#include "tandem/environment.hpp"
#include "tandem/offline.hpp"
#include "tandem/options.hpp"
#include "tandem/subcommand.hpp"

namespace tandem::program {

namespace {

struct Flags {
  bool dry_run = false;
  bool json = false;
  std::string running;
  Transport transport;
  std::string configuration;
};

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

// As one word of a command; "" when no command can say it.
std::string quoted(const std::string& path) {
  if (path.find_first_of("[](),\t\r\n") != std::string::npos || path.find("  ") != std::string::npos) return {};
  for (const char quote : {'"', '\''}) {
    if (path.find(quote) == std::string::npos) return quote + path + quote;
  }
  return {};
}

int ask_speaker(const Invocation& invocation, const config::Settings& settings, const Flags& flags) {
  std::string command = flags.dry_run ? "daemon reload check" : "daemon reload";
  if (!flags.configuration.empty()) {
    const std::string path = std::filesystem::absolute(configuration_path(flags.configuration, root_directory())).string();
    const std::string word = quoted(path);
    if (word.empty()) {
      complain("the speaker cannot be told this path, as it has brackets, commas, quotes or several blanks: " + path);
      return k_exit_failure;
    }
    command += " " + word;
  }
  auto connection = connect_to_speaker(settings, flags.transport, invocation.as);
  if (!connection) {
    complain(connection.error().reason);
    return k_exit_failure;
  }
  Conversation speaker(std::move(*connection), invocation.as);
  speaker.introduce(!flags.json);
  return speaker.ask(command) == Client::Reply::done ? k_exit_ok : k_exit_failure;
}

int compare_files(const config::Settings& settings, const Flags& flags) {
  rib::AttributePool pool;
  const auto before = read_configuration(flags.running, settings.bgp_passive, pool);
  const auto after = read_configuration(flags.configuration, settings.bgp_passive, pool);
  if (!before || !after) {
    complain(before ? after.error() : before.error());
    return k_exit_failure;
  }
  const config::ProgramFlags events = config::program_flags(*before);
  std::vector<speaker::ProgramState> programs;
  for (const config::ProgramDefinition& definition : before->programs) {
    const auto told = events.find(definition.name);
    programs.push_back({&definition, told == events.end() ? config::EventFlags() : told->second});
  }
  api::ReloadCheck check;
  check.path = flags.configuration;
  check.neighbors = speaker::effects_on_neighbors(config::neighbors_of(*before), config::neighbors_of(*after));
  check.programs = speaker::effects_on_programs(programs, *after);
  api::ReloadText text;
  for (bool more = true; more;) {
    std::string piece;
    more = !text.step(check, 65536, piece);
    print(piece);
  }
  return k_exit_ok;
}

}  // namespace

int run_reload(const Invocation& invocation) {
  Options app("Makes a running speaker read its configuration again; with --dry-run: says what that would do to each neighbor and process, and why.");
  Flags flags;
  app.add_option("CONF", flags.configuration, "with --dry-run: this file instead of the one that the speaker runs with");
  app.add_flag("-n,--dry-run", flags.dry_run, "change nothing");
  app.add_option("--from", flags.running, "with --dry-run: compare with this file, without a speaker").type_name("CONF");
  app.add_flag("--json", flags.json, "the answer of the speaker as JSON");
  app.add_option("--socketpath", flags.transport.socket_path, "the control socket (default: setting api.socketpath, else searched)").type_name("PATH");
  app.footer(settings_hint() + "\nExit status: 0 when the reload was asked for, or is possible; 1 when the file is wrong or nothing runs.\n");
  int status = 0;
  if (!app.parse(invocation, status)) return status;
  if (!flags.dry_run && !(flags.configuration.empty() && flags.running.empty())) {
    fmt::print(stderr, "{}: a speaker reloads the file that it runs with; another one can be looked at with --dry-run\n", invocation.name);
    return k_exit_usage;
  }
  if (!flags.running.empty() && flags.configuration.empty()) {
    fmt::print(stderr, "{}: --from needs a file to compare with\n", invocation.name);
    return k_exit_usage;
  }
  const auto settings = read_settings(invocation);
  if (!settings) {
    complain(settings.error());
    return k_exit_failure;
  }
  if (!flags.running.empty()) return compare_files(*settings, flags);
  return ask_speaker(invocation, *settings, flags);
}

}  // namespace tandem::program
