// tandem compare: the user's configuration through both engines against an embedded peer, one table, one verdict.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "common/config/parser.hpp"
#include "tandem/compare/run.hpp"
#include "tandem/engines.hpp"
#include "tandem/environment.hpp"
#include "tandem/subcommand.hpp"

namespace tandem::program {

namespace {

struct Flags {
  std::string configuration;
  bool no_switch = false;
  bool no_count = false;
  std::string log_file;
};

class Progress {
 public:
  void operator()(std::string_view sentence) const {
    std::fflush(stdout);
    if (terminal_) {
      fmt::print(stderr, "\r\033[K{}", sentence);
    } else {
      fmt::print(stderr, "{}\n", sentence);
    }
    std::fflush(stderr);
  }
  void clear() const {
    if (terminal_) fmt::print(stderr, "\r\033[K");
  }

 private:
  bool terminal_ = isatty(STDERR_FILENO) == 1;
};

}  // namespace

int run_compare(const Invocation& invocation) {
  CLI::App app(
      "Runs a configuration through both engines against an embedded BGP peer, with a route refresh and a live switch of engines\n"
      "while routes flow both ways, and compares what the peer received, octet by octet. The addresses of the neighbors do not\n"
      "matter: every connection is made to the peer. Exit status 0 only when the transcripts are identical.");
  Flags flags;
  app.add_option("CONF", flags.configuration, "the configuration file")->required();
  app.add_flag("--no-switch", flags.no_switch, "do not change engines while running");
  app.add_flag("--no-count", flags.no_count, "do not count system calls (saves two short runs)");
  app.add_option("--log", flags.log_file, "append the daemons' logs to this file");
  app.footer(settings_hint());
  int status = 0;
  if (!parse_options(app, invocation, status)) return status;
  const auto settings = read_settings(invocation);
  if (!settings) {
    complain(settings.error().reason());
    return k_exit_failure;
  }
  const std::vector<std::string> engines = engine_names();
  const Progress progress;
  std::vector<compare::EngineReport> reports;
  for (std::size_t i = 0; i < engines.size(); ++i) {
    compare::RunOptions options;
    options.engine = engines[i];
    options.configuration = flags.configuration;
    options.settings = *settings;
    options.log_file = flags.log_file;
    if (!flags.no_switch) options.other_engine = engines[1 - i];
    const auto say = [&](std::string_view sentence) { progress(fmt::format("[{}] {}", engines[i], sentence)); };
    auto report = compare::run(options, say);
    if (!report) {
      progress.clear();
      complain(report.error().context() != nullptr ? config::render(report.error()) : report.error().reason());
      return k_exit_failure;
    }
    if (!flags.no_count && report->failure.empty()) {
      options.other_engine.clear();
      options.count_system_calls = true;
      say("counting system calls");
      const auto counted = compare::run(options, say);
      if (counted) report->figures.system_calls = counted->figures.system_calls;
    }
    reports.push_back(std::move(*report));
  }
  progress.clear();

  fmt::print("{}\n", compare::table(reports[0], reports[1]));
  for (const compare::EngineReport& report : reports) {
    if (report.failure.empty()) continue;
    fmt::print("{}: {}\n", report.engine, report.failure);
    status = k_exit_failure;
  }
  const std::string difference = compare::first_difference(reports[0], reports[1]);
  if (!difference.empty()) {
    fmt::print("verdict: the transcripts differ. First difference:\n{}", difference);
    return k_exit_failure;
  }
  std::size_t messages = 0;
  for (const auto& session : reports[0].sessions) messages += session.messages.size();
  if (status == 0) {
    fmt::print("verdict: identical. {} session{}, {} messages with each engine{}.\n", reports[0].sessions.size(),
               reports[0].sessions.size() == 1 ? "" : "s", messages,
               flags.no_switch ? "" : fmt::format(", {} live switches in each run", reports[0].switches));
  }
  return status;
}

}  // namespace tandem::program
