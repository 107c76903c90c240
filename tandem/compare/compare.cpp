// tandem compare: the user's configuration through all engines against an embedded peer, one table, one verdict.
#include "tandem/compare/compare.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <optional>

#include "common/base/format.hpp"
#include "tandem/compare/run.hpp"
#include "tandem/engines/engines.hpp"
#include "tandem/environment.hpp"
#include "tandem/options.hpp"
#include "tandem/subcommand.hpp"

namespace tandem::program {

namespace {

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

// Each engine once with the clock, and once more with its system calls counted. Prepared all together: see compare::Run.
struct Pair {
  compare::Run timed;
  std::optional<compare::Run> counted;
};

base::Result<std::vector<Pair>> prepare(const CompareOptions& flags, const config::Settings& settings, const Progress& progress) {
  std::vector<Pair> runs;
  for (const std::string& engine : engines_that_run()) {
    compare::RunOptions options;
    options.engine = engine;
    options.configuration = flags.configuration;
    options.settings = settings;
    options.log_file = flags.log_file;
    if (!flags.no_switch) options.other_engine = next_engine(engine);
    const auto say = [&progress, engine](std::string_view sentence) { progress(fmt::format("[{}] {}", engine, sentence)); };
    auto timed = compare::Run::prepare(options, say);
    if (!timed) return timed.error();
    runs.push_back({std::move(*timed), std::nullopt});
    if (flags.no_count) continue;
    options.other_engine.clear();
    options.count_system_calls = true;
    auto counted = compare::Run::prepare(options, [](std::string_view) {});
    if (counted) runs.back().counted = std::move(*counted);
  }
  return runs;
}

// Each of them beside the first.
compare::Judgement worst_of(const std::vector<compare::EngineReport>& reports) {
  compare::Judgement worst;
  for (std::size_t i = 1; i < reports.size(); ++i) {
    compare::Judgement judgement = compare::judge(reports[0], reports[i]);
    if (judgement.verdict > worst.verdict) worst = std::move(judgement);
  }
  return worst;
}

Comparison judge(const std::vector<compare::EngineReport>& reports, bool switched) {
  Comparison comparison{false, compare::table(reports) + "\n"};
  for (const EngineRow& row : engines()) {
    if (const auto refusal = row.refusal()) base::append(comparison.text, "{} is not compared: {}\n", row.name, *refusal);
  }
  bool complete = true;
  for (const compare::EngineReport& report : reports) {
    if (report.failure.empty()) continue;
    base::append(comparison.text, "{}: {}\n", report.engine, report.failure);
    complete = false;
  }
  const compare::Judgement judgement = worst_of(reports);
  const bool different = judgement.verdict == replay::Verdict::different;
  if (different) base::append(comparison.text, "verdict: the transcripts differ. First difference:\n{}", judgement.difference);
  if (different || !complete) return comparison;
  std::size_t messages = 0;
  for (const auto& session : reports[0].sessions) messages += session.messages.size();
  base::append(comparison.text, "verdict: {}. {} session{}, {} messages with each engine{}.\n", replay::to_string(judgement.verdict), reports[0].sessions.size(),
                 reports[0].sessions.size() == 1 ? "" : "s", messages,
                 switched ? fmt::format(", {} live switches in each run", reports[0].switches) : "");
  if (!judgement.difference.empty()) base::append(comparison.text, "The same states, merged in another way. First octets that differ:\n{}", judgement.difference);
  comparison.identical = true;  // or equivalent: the text says which
  return comparison;
}

}  // namespace

base::Result<Comparison> compare_engines(const CompareOptions& options, const config::Settings& settings) {
  const Progress progress;
  auto runs = prepare(options, settings, progress);
  if (!runs) {
    progress.clear();
    return runs.error();
  }
  std::vector<compare::EngineReport> reports;
  for (Pair& pair : *runs) {
    reports.push_back(pair.timed.go());
    compare::EngineReport& report = reports.back();
    if (!report.failure.empty() || !pair.counted) continue;
    progress(fmt::format("[{}] counting system calls", report.engine));
    report.figures.system_calls = pair.counted->go().figures.system_calls;
  }
  progress.clear();
  return judge(reports, !options.no_switch);
}

int run_compare(const Invocation& invocation) {
  Options app(
      "Runs a configuration through all engines against an embedded BGP peer, with a route refresh and a live switch of engines\n"
      "while routes flow both ways, and compares what the peer received, octet by octet. The addresses of the neighbors do not\n"
      "matter: every connection is made to the peer.");
  CompareOptions flags;
  app.add_option("CONF", flags.configuration, "the configuration file").required();
  app.add_flag("--no-switch", flags.no_switch, "do not change engines while running");
  app.add_flag("--no-count", flags.no_count, "do not count system calls (saves a short run each)");
  app.add_option("--log", flags.log_file, "append the daemons' logs to this file").type_name("FILE");
  app.footer(settings_hint() + "\nExit status: 0 when the transcripts are identical or equivalent, 1 when they are not or a run failed, 2 on wrong options.\n");
  int status = 0;
  if (!app.parse(invocation, status)) return status;
  const auto settings = read_settings(invocation);
  if (!settings) {
    complain(settings.error());
    return k_exit_failure;
  }
  const auto comparison = compare_engines(flags, *settings);
  if (!comparison) {
    complain(comparison.error());
    return k_exit_failure;
  }
  fmt::print("{}", comparison->text);
  return comparison->identical ? k_exit_ok : k_exit_failure;
}

}  // namespace tandem::program
