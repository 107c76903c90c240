// tandem-bench: drives the daemons from outside, with a generator and a sink of its own, and prints what the work costs each of them.
//
//   tandem_bench table ...     every row at its largest size, repeated while there is time
//   tandem_bench sweep ...     every row over all of its sizes
//   tandem_bench peers ...     every row beside every other daemon there is, each up to the size that fits it
//   tandem_bench loop ...      what the engines' loops do meanwhile: wake-ups, system calls, the longest turn
//   tandem_bench print ...     the table of what was measured before
//   tandem_bench program ...   what it is when a daemon starts it (bench/table/probe.hpp)
//
// Every measurement is a line of JSON in the file of --results at once; those that are there already are not made again, so that a run that was
// interrupted goes on where it was.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <limits>

#include "bench/table/loop.hpp"
#include "bench/table/probe.hpp"
#include "bench/table/table.hpp"
#include "bench/table/timeline.hpp"
#include "tandem/engines/engines.hpp"

namespace tandem::bench {

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> all = [] {
    std::vector<Scenario> out;
    for (const auto& part : {route_scenarios(), wait_scenarios(), control_scenarios(), session_scenarios(), program_scenarios(), recording_scenarios()}) out.insert(out.end(), part.begin(), part.end());
    return out;
  }();
  return all;
}

namespace {

constexpr double k_for_ever = std::numeric_limits<double>::infinity();

struct Mode {
  std::string_view name;
  std::string_view what;
  bool measures = true;
  bool every_size = false;
  bool every_daemon = false;
  bool observed = false;
  bool timelines = false;          // of one short scenario are recorded beside the results, for the report
  double minutes = k_for_ever;     // after which nothing is repeated that would not be over by then
};
constexpr Mode k_modes[] = {
    {.name = "table", .what = "every row at its largest size", .timelines = true, .minutes = 17},
    {.name = "sweep", .what = "every row over all of its sizes", .every_size = true, .timelines = true},
    {.name = "peers", .what = "every row beside every other daemon that is installed", .every_daemon = true},
    {.name = "loop", .what = "what the engines' loops do meanwhile", .observed = true},
    {.name = "print", .what = "the table of what stands in the file of --results", .measures = false},
};

struct Options {
  const Mode* mode = nullptr;
  TableOptions table;
  std::size_t repetitions = 3;
  double minutes = 0;
  std::string results;       // empty: nowhere
  std::string into;          // a document that has the table
  std::string timelines;     // a folder for those of an observed run
  std::string program;       // tandem
  std::string self;
};

std::set<std::string> words_of(const std::string& list) {
  std::set<std::string> out;
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t end = std::min(list.find(',', at), list.size());
    out.insert(list.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

[[noreturn]] void usage(const std::string& wrong) {
  if (!wrong.empty()) fmt::print(stderr, "tandem_bench: {}\n", wrong);
  fmt::print(stderr, "usage: tandem_bench MODE [--quick] [--subjects LIST] [--scenarios LIST] [--repetitions N] [--minutes N] [--size N] [--results FILE] [--into DOCUMENT] [--timelines FOLDER]\nmodes:\n");
  for (const auto& mode : k_modes) fmt::print(stderr, "  {:<12}{}\n", mode.name, mode.what);
  fmt::print(stderr, "subjects:\n");
  for (const auto& row : all_subjects()) fmt::print(stderr, "  {:<16}{}\n", row.name, row.title);
  fmt::print(stderr, "scenarios:\n");
  for (const auto& scenario : scenarios()) fmt::print(stderr, "  {:<12}{}\n", scenario.id, scenario.title);
  std::exit(2);
}

std::set<std::string> usual_subjects(const Mode& mode) {
  std::set<std::string> names;
  for (const std::string& engine : program::engine_names()) names.insert(engine);
  if (!mode.observed) names.insert("bird");
  if (!mode.every_daemon) return names;
  for (const auto& row : all_subjects()) {
    if (!row.watched()) names.insert(row.name);
  }
  return names;
}

// Those that can be measured here, in the order of their table.
std::vector<const SubjectRow*> find_subjects(std::set<std::string> names, bool measures) {
  std::vector<const SubjectRow*> found;
  for (const auto& row : all_subjects()) {
    if (names.erase(row.name) == 0) continue;
    const program::EngineRow* const engine = program::find_engine(row.name);
    const auto refusal = engine != nullptr ? engine->refusal() : std::nullopt;
    if (!measures || (!refusal && (row.ours() || std::filesystem::exists(row.file)))) found.push_back(&row);
    else if (refusal) fmt::print(stderr, "{} is left out: {}\n", row.title, *refusal);
    else fmt::print(stderr, "{} is not installed (Debian: {}): it is left out\n", row.title, row.package);
  }
  if (!names.empty()) usage(*names.begin() + " is no subject");
  return found;
}

Options parse(int argc, char** argv) {
  Options options;
  const std::string_view word = argc > 1 ? argv[1] : "";
  for (const auto& mode : k_modes) {
    if (mode.name == word) options.mode = &mode;
  }
  if (options.mode == nullptr) usage(word.empty() ? "" : std::string(word) + " is no mode");
  options.self = std::filesystem::canonical("/proc/self/exe");
  options.program = std::filesystem::path(options.self).parent_path() / "tandem";
  options.minutes = options.mode->minutes;
  if (options.mode->observed) options.repetitions = 1;
  auto subjects = usual_subjects(*options.mode);
  for (int i = 2; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--quick") {
      options.table.quick = true;
      options.repetitions = 1;
      continue;
    }
    if (i + 1 == argc) usage(name + ": a value is missing, or there is no such option");
    const std::string value = argv[++i];
    if (name == "--subjects") subjects = words_of(value);
    else if (name == "--scenarios") options.table.chosen = words_of(value);
    else if (name == "--repetitions") options.repetitions = std::max<std::size_t>(std::strtoul(value.c_str(), nullptr, 10), 1);
    else if (name == "--size") options.table.size = std::strtoul(value.c_str(), nullptr, 10);
    else if (name == "--minutes") options.minutes = std::strtod(value.c_str(), nullptr);
    else if (name == "--results") options.results = value;
    else if (name == "--into") options.into = value;
    else if (name == "--timelines") options.timelines = value;
    else if (name == "--program") options.program = value;
    else usage(name + ": there is no such option");
  }
  options.table.subjects = find_subjects(std::move(subjects), options.mode->measures);
  for (const auto& id : options.table.chosen) {
    if (std::none_of(scenarios().begin(), scenarios().end(), [&](const Scenario& scenario) { return scenario.id == id; })) usage(id + " is no scenario");
  }
  if (!options.mode->measures && (options.results.empty() || !std::filesystem::exists(options.results))) usage("print: --results FILE says what was measured");
  return options;
}

// One row at one size: the subjects take turns, so that a machine that others use hurts all alike.
struct Group {
  const Scenario* scenario;
  std::size_t size;
  double seconds = 0;   // that it took last
};

class Run {
 public:
  Run(const Options& options, Results& results) : options_(options), results_(results), end_(Seconds(Clock::now().time_since_epoch()).count() + options.minutes * 60) {
    for (const auto& scenario : scenarios()) {
      if (!options.table.chosen.empty() && !options.table.chosen.contains(std::string(scenario.id))) continue;
      if (options.mode->observed && !scenario.observed) continue;
      for (const std::size_t size : sizes_of(scenario)) groups_.push_back({&scenario, size});
    }
  }
  // Every row once, then every row again ...: what there is no time for is what would have been repeated. False: something was not finished.
  bool all() {
    for (std::size_t repetition = 0; repetition < options_.repetitions; ++repetition) {
      for (std::size_t i = 0; i < groups_.size(); ++i) {
        Group& group = groups_[i];
        if (repetition > 0 && now() + group.seconds > end_) continue;
        const double begin = now();
        for (const SubjectRow* row : options_.table.subjects) play(group, *row, repetition, i);
        group.seconds = std::max(group.seconds, now() - begin);
      }
    }
    return complete_;
  }

 private:
  static double now() { return Seconds(Clock::now().time_since_epoch()).count(); }
  std::vector<std::size_t> sizes_of(const Scenario& scenario) const {
    if (options_.table.size != 0) return {options_.table.size};
    if (options_.mode->observed) return {loop_size(scenario, options_.table.quick)};
    if (options_.table.quick) return scenario.quick;
    if (options_.mode->every_size) return scenario.sizes;
    if (!options_.mode->every_daemon) return {scenario.sizes.back()};
    // Of those that do not get to the largest size, the largest that they get to.
    std::set<std::size_t> sizes;
    for (const SubjectRow* row : options_.table.subjects) sizes.insert(largest_of(*row, scenario));
    sizes.erase(0);
    return {sizes.begin(), sizes.end()};
  }
  static std::size_t largest_of(const SubjectRow& row, const Scenario& scenario) {
    const auto size = std::find_if(scenario.sizes.rbegin(), scenario.sizes.rend(), [&](std::size_t each) { return takes_part(row, scenario, each); });
    return size == scenario.sizes.rend() ? 0 : *size;
  }

  void play(const Group& group, const SubjectRow& row, std::size_t repetition, std::size_t done) {
    const Scenario& scenario = *group.scenario;
    const std::string& subject = row.name;
    const std::string id = std::string(scenario.id) + (options_.mode->observed ? ".loop" : "");
    if (!takes_part(row, scenario, group.size) || results_.has(id, subject, group.size, repetition)) return;
    fmt::print(stderr, "[{} of {} rows, {:.0f} s] {} of {} {}: {} ({} of {})\n", done, groups_.size(), now() - began_, scenario.id, group.size, scenario.grows, subject, repetition + 1,
               options_.repetitions);
    Observation observation;
    Stand stand{subject, options_.program, options_.self};
    stand.quick = options_.table.quick;
    if (options_.mode->observed) stand.observation = &observation;
    if (!options_.timelines.empty()) stand.timeline = fmt::format("{}/{}.{}.json", options_.timelines, scenario.id, subject);
    const double begin = now();
    auto figures = scenario.play(stand, group.size);
    if (!figures) {
      fmt::print(stderr, "  not finished\n");
      complete_ = complete_ && !row.ours();
    } else if (options_.mode->observed) {
      if (counter() == Counter::strace && row.ours()) {
        Observation counted;
        stand.observation = &counted;
        stand.counted = true;
        stand.timeline.clear();
        static_cast<void>(scenario.play(stand, group.size));
        observation.calls = counted.calls;
        observation.wait_calls = counted.wait_calls;
      }
      figures->clear();
      for (const auto& [figure, value] : figures_of(observation)) (*figures)[fmt::format("{}.{}", scenario.id, figure)] = value;
    }
    results_.add(id, subject, group.size, repetition, now() - begin, figures);
  }

  const Options& options_;
  Results& results_;
  double began_ = now();
  double end_;
  std::vector<Group> groups_;
  bool complete_ = true;
};

// Where the report looks for them: a file an engine, in a folder beside the results.
bool record_timelines(const Options& options) {
  const std::string folder = options.results + ".timelines";
  std::filesystem::create_directories(folder);
  bool complete = true;
  for (const SubjectRow* row : options.table.subjects) {
    const std::string path = fmt::format("{}/{}.json", folder, row->name);
    if (program::find_engine(row->name) == nullptr || std::filesystem::exists(path)) continue;
    fmt::print(stderr, "timeline: {}\n", row->name);
    Stand stand{row->name, options.program, options.self};
    complete = record_timeline(stand, program::next_engine(row->name), path) && complete;
  }
  return complete;
}

int run(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "program") return be_a_program(argc - 2, argv + 2);
  const Options options = parse(argc, argv);
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  Results results(options.results);
  bool complete = true;
  if (options.mode->measures) {
    results.describe();
    complete = Run(options, results).all();
    if (options.mode->timelines && !options.results.empty()) complete = record_timelines(options) && complete;
  }
  const std::string text = options.mode->observed ? loop_table(options.table, results) : table(options.table, results);
  fmt::print("{}", text);
  if (!options.into.empty() && !put_into(options.into, results.about() + "\n\n" + text)) {
    fmt::print(stderr, "tandem_bench: {}: there is no place for a table in it\n", options.into);
    return 1;
  }
  return complete ? 0 : 1;
}

}  // namespace
}  // namespace tandem::bench

int main(int argc, char** argv) { return tandem::bench::run(argc, argv); }
