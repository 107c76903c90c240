// tandem-bench: drives the daemons from outside, with a generator and a sink of its own, and prints what the work costs each of them.
//
//   tandem_bench table [--quick] [--subjects LIST] [--scenarios LIST] [--repetitions N] [--results FILE]
//   tandem_bench peers [...]       the same work of both engines and every other daemon there is, each up to the size that fits it
//   tandem_bench program ...       what it is when a daemon starts it (bench/table/probe.hpp)
//
// Every measurement is a line of JSON in FILE at once; those that are there already are not made again, so that a run that was
// interrupted goes on where it was.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "bench/table/probe.hpp"
#include "bench/table/scenario.hpp"
#include "tandem/engines/engines.hpp"

namespace tandem::bench {

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> all = [] {
    std::vector<Scenario> out;
    for (const auto& part : {route_scenarios(), wait_scenarios(), session_scenarios(), program_scenarios()}) out.insert(out.end(), part.begin(), part.end());
    return out;
  }();
  return all;
}

namespace {

struct Options {
  bool quick = false;
  std::vector<const SubjectRow*> subjects;  // in the order of their table
  std::set<std::string> chosen;      // scenarios; empty: all
  std::size_t repetitions = 3;
  std::string results;               // empty: nowhere
  std::string program;               // tandem
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
  fmt::print(stderr, "usage: tandem_bench table|peers [--quick] [--subjects LIST] [--scenarios LIST] [--repetitions N] [--results FILE]\nsubjects:\n");
  for (const auto& row : all_subjects()) fmt::print(stderr, "  {:<12}{}\n", row.name, row.title);
  fmt::print(stderr, "scenarios:\n");
  for (const auto& scenario : scenarios()) fmt::print(stderr, "  {:<12}{}\n", scenario.id, scenario.title);
  std::exit(2);
}

Options parse(int argc, char** argv) {
  Options options;
  options.self = std::filesystem::canonical("/proc/self/exe");
  options.program = std::filesystem::path(options.self).parent_path() / "tandem";
  std::set<std::string> subjects{"bird"};
  for (const std::string& engine : program::engine_names()) subjects.insert(engine);
  if (std::string_view(argv[1]) == "peers") {
    for (const auto& row : all_subjects()) {
      if (!row.recorded()) subjects.insert(std::string(row.name));
    }
  }
  for (int i = 2; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--quick") {
      options.quick = true;
      options.repetitions = 1;
      continue;
    }
    if (i + 1 == argc) usage(name + ": a value is missing, or there is no such option");
    const std::string value = argv[++i];
    if (name == "--subjects") subjects = words_of(value);
    else if (name == "--scenarios") options.chosen = words_of(value);
    else if (name == "--repetitions") options.repetitions = std::max<std::size_t>(std::strtoul(value.c_str(), nullptr, 10), 1);
    else if (name == "--results") options.results = value;
    else if (name == "--program") options.program = value;
    else usage(name + ": there is no such option");
  }
  for (const auto& row : all_subjects()) {
    if (subjects.erase(std::string(row.name)) == 0) continue;
    const program::EngineRow* const engine = program::find_engine(row.name);
    const auto refusal = engine != nullptr ? engine->refusal() : std::nullopt;
    if (refusal) fmt::print(stderr, "{} is left out: {}\n", row.title, *refusal);
    else if (row.ours() || std::filesystem::exists(row.file)) options.subjects.push_back(&row);
    else fmt::print(stderr, "{} is not installed (Debian: {}): it is left out\n", row.title, row.package);
  }
  if (!subjects.empty()) usage(*subjects.begin() + " is no subject");
  for (const auto& id : options.chosen) {
    if (std::none_of(scenarios().begin(), scenarios().end(), [&](const Scenario& scenario) { return scenario.id == id; })) usage(id + " is no scenario");
  }
  return options;
}

// How long the same small work takes now: a machine that others use is slower, and then so is everything.
double machine_speed() {
  const auto begin = Clock::now();
  volatile std::uint64_t value = 1;
  for (int i = 0; i < 20'000'000; ++i) value = value * 6364136223846793005U + 1442695040888963407U;
  return 0.02 / Seconds(Clock::now() - begin).count();  // thousand millions of steps a second
}

struct Point {
  std::string subject;
  std::string figure;
  std::size_t size = 0;
  auto operator<=>(const Point&) const = default;
};

// What was measured: of each point, a value a repetition.
class Results {
 public:
  explicit Results(std::string path) : path_(std::move(path)) {
    if (path_.empty()) return;
    std::ifstream file(path_);
    for (std::string line; std::getline(file, line);) {
      boost::system::error_code wrong;
      const auto value = boost::json::parse(line, wrong);
      if (wrong || !value.is_object() || !value.as_object().contains("figures")) continue;  // what describe() has written, or a line that was cut
      remember(value.as_object());
    }
  }
  [[nodiscard]] bool has(const Scenario& scenario, const std::string& subject, std::size_t size, std::size_t repetition) const {
    return done_.contains({std::string(scenario.id), subject, size, repetition});
  }
  void add(const Scenario& scenario, const std::string& subject, std::size_t size, std::size_t repetition, const std::optional<Figures>& figures) {
    boost::json::object values;
    if (figures) {
      for (const auto& [id, value] : *figures) values[id] = value;
    }
    const boost::json::object line{{"scenario", scenario.id}, {"subject", subject}, {"size", size}, {"repetition", repetition}, {"machine", machine_speed()}, {"figures", values}};
    remember(line);
    if (!path_.empty()) std::ofstream(path_, std::ios::app) << boost::json::serialize(line) << "\n";
  }
  // The first line of a new file: what the report has to say about the others.
  void describe() const {
    if (path_.empty() || std::filesystem::exists(path_)) return;
    utsname system{};
    ::uname(&system);
    boost::json::array all;
    for (const auto& scenario : scenarios()) {
      boost::json::array figures;
      for (const auto& figure : scenario.figures) {
        figures.push_back(boost::json::object{{"id", figure.id}, {"title", figure.title}, {"unit", figure.unit}, {"goal", figure.goal}, {"digits", figure.digits}});
      }
      all.push_back(boost::json::object{{"id", scenario.id}, {"title", scenario.title}, {"grows", scenario.grows}, {"figures", figures}});
    }
    const std::string machine = fmt::format("{} {} {}, {} processors", system.sysname, system.release, system.machine, sysconf(_SC_NPROCESSORS_ONLN));
    std::ofstream(path_) << boost::json::serialize(boost::json::object{{"machine", machine}, {"engines", boost::json::value_from(program::engine_names())}, {"scenarios", all}}) << "\n";
  }
  [[nodiscard]] std::vector<double> at(const Point& point) const {
    const auto found = values_.find(point);
    if (found == values_.end()) return {};
    auto sorted = found->second;
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  }

 private:
  void remember(const boost::json::object& line) {
    const auto subject = std::string(line.at("subject").as_string());
    const auto size = line.at("size").to_number<std::size_t>();
    done_.insert({std::string(line.at("scenario").as_string()), subject, size, line.at("repetition").to_number<std::size_t>()});
    for (const auto& [id, value] : line.at("figures").as_object()) values_[{subject, std::string(id), size}].push_back(value.to_number<double>());
  }
  std::string path_;
  std::set<std::tuple<std::string, std::string, std::size_t, std::size_t>> done_;
  std::map<Point, std::vector<double>> values_;
};

bool takes_part(const SubjectRow& row, const Scenario& scenario, std::size_t size) {
  const std::size_t routes_max = row.routes_up_to(scenario.work);
  return row.can(scenario.work) && scenario.routes <= routes_max && size <= (scenario.grows == "sessions" ? row.sessions_max : routes_max);
}

void play(const Options& options, const Scenario& scenario, Results& results, bool& complete) {
  for (const std::size_t size : options.quick ? scenario.quick : scenario.sizes) {
    for (std::size_t repetition = 0; repetition < options.repetitions; ++repetition) {
      // The subjects take turns, so that a machine that others use hurts all alike.
      for (const SubjectRow* row : options.subjects) {
        const std::string subject(row->name);
        if (!takes_part(*row, scenario, size) || results.has(scenario, subject, size, repetition)) continue;
        fmt::print(stderr, "{} of {} {}: {} ({} of {})\n", scenario.id, size, scenario.grows, subject, repetition + 1, options.repetitions);
        const auto figures = scenario.play({subject, options.program, options.self}, size);
        if (!figures) {
          fmt::print(stderr, "  not finished\n");
          complete = complete && !row->ours();
        }
        results.add(scenario, subject, size, repetition, figures);
      }
    }
  }
}

std::string cell(const std::vector<double>& values, int digits) {
  if (values.empty()) return "-";
  const double median = values[values.size() / 2];
  if (values.size() < 3) return fmt::format("{:.{}f}", median, digits);
  return fmt::format("{:.{}f} ({:.{}f} to {:.{}f})", median, digits, values.front(), digits, values.back(), digits);
}

// The largest size of each scenario, as a table of Markdown; of a daemon that does not take part in it the largest that it does, with the size.
void print_table(const Options& options, const Results& results) {
  std::string head = "| work | goal |";
  std::string line = "|---|---|";
  for (const SubjectRow* row : options.subjects) {
    head += fmt::format(" {} |", row->title);
    line += "---|";
  }
  fmt::print("{}\n{}\n", head, line);
  for (const auto& scenario : scenarios()) {
    if (!options.chosen.empty() && !options.chosen.contains(std::string(scenario.id))) continue;
    const auto& sizes = options.quick ? scenario.quick : scenario.sizes;
    for (const auto& figure : scenario.figures) {
      std::string row = fmt::format("| {} ({} {}): {}{}{} | {} |", scenario.title, sizes.back(), scenario.grows, figure.title, figure.unit.empty() ? "" : ", ", figure.unit,
                                    figure.goal == 0 ? "" : fmt::format("{:g}", figure.goal));
      for (const SubjectRow* subject : options.subjects) {
        const auto size = std::find_if(sizes.rbegin(), sizes.rend(), [&](std::size_t each) { return takes_part(*subject, scenario, each); });
        const auto values = size == sizes.rend() ? std::vector<double>() : results.at({std::string(subject->name), std::string(figure.id), *size});
        const bool missed = !options.quick && !values.empty() && figure.goal != 0 && subject->ours() && values[values.size() / 2] > figure.goal;
        const std::string smaller = values.empty() || *size == sizes.back() ? "" : fmt::format(" at {}", *size);
        row += " " + cell(values, figure.digits) + smaller + (missed ? " missed |" : " |");
      }
      fmt::print("{}\n", row);
    }
  }
}

int run(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "program") return be_a_program(argc - 2, argv + 2);
  if (argc < 2 || (std::string_view(argv[1]) != "table" && std::string_view(argv[1]) != "peers")) usage("");
  const Options options = parse(argc, argv);
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  Results results(options.results);
  results.describe();
  bool complete = true;
  for (const auto& scenario : scenarios()) {
    if (options.chosen.empty() || options.chosen.contains(std::string(scenario.id))) play(options, scenario, results, complete);
  }
  print_table(options, results);
  return complete ? 0 : 1;
}

}  // namespace
}  // namespace tandem::bench

int main(int argc, char** argv) { return tandem::bench::run(argc, argv); }
