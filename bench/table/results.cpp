#include "bench/table/results.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "bench/table/goals.hpp"
#include "bench/table/loop.hpp"
#include "tandem/engines/engines.hpp"

namespace tandem::bench {

namespace {

namespace json = boost::json;

// How long the same small work takes now: a machine that others use is slower, and then so is everything.
double machine_speed() {
  constexpr int k_steps = 5'000'000;
  const auto begin = Clock::now();
  volatile std::uint64_t value = 1;
  for (int i = 0; i < k_steps; ++i) value = value * 6364136223846793005U + 1442695040888963407U;
  return k_steps / Seconds(Clock::now() - begin).count() / 1e9;  // thousand millions of steps a second
}

json::object description(const FigureRow& figure) {
  json::array wanted;
  for (const GoalRow& goal : goals()) {
    if (goal.figure != figure.id) continue;
    wanted.push_back(json::object{{"engine", goal.engine}, {"value", goal.value}, {"of_bird", goal.of_bird}, {"text", to_string(goal)}, {"missed", reason_of(goal)}});
  }
  return {{"id", figure.id}, {"title", figure.title}, {"unit", figure.unit}, {"goals", wanted}, {"digits", figure.digits}};
}

std::string this_machine() {
  utsname system{};
  ::uname(&system);
  return fmt::format("{} {} {}, {} processors", system.sysname, system.release, system.machine, sysconf(_SC_NPROCESSORS_ONLN));
}

}  // namespace

Results::Results(std::string path) : path_(std::move(path)), machine_(this_machine()) {
  if (path_.empty()) return;
  std::ifstream file(path_);
  for (std::string line; std::getline(file, line);) {
    boost::system::error_code wrong;
    const auto value = json::parse(line, wrong);
    if (wrong || !value.is_object()) continue;  // a line that was cut
    const json::object& object = value.as_object();
    if (object.contains("figures")) remember(object);
    else if (object.contains("machine")) machine_ = std::string(object.at("machine").as_string());  // what describe() has written
  }
}

bool Results::has(std::string_view scenario, const std::string& subject, std::size_t size, std::size_t repetition) const {
  return done_.contains({std::string(scenario), subject, size, repetition});
}

void Results::add(std::string_view scenario, const std::string& subject, std::size_t size, std::size_t repetition, double seconds, const std::optional<Figures>& figures) {
  json::object values;
  if (figures) {
    for (const auto& [id, value] : *figures) values[id] = value;
  }
  const json::object line{{"scenario", scenario}, {"subject", subject},         {"size", size},     {"repetition", repetition},
                          {"seconds", seconds},   {"machine", machine_speed()}, {"figures", values}};
  remember(line);
  if (!path_.empty()) std::ofstream(path_, std::ios::app) << json::serialize(line) << "\n";
}

void Results::describe() const {
  if (path_.empty() || std::filesystem::exists(path_)) return;
  json::array all;
  for (const auto& scenario : scenarios()) {
    json::array figures;
    for (const auto& figure : scenario.figures) figures.push_back(description(figure));
    all.push_back(json::object{{"id", scenario.id}, {"title", scenario.title}, {"grows", scenario.grows}, {"figures", figures}});
  }
  json::array loop;
  for (const auto& figure : loop_figures()) loop.push_back(description(figure));
  std::ofstream(path_) << json::serialize(json::object{{"machine", machine_}, {"engines", json::value_from(program::engine_names())}, {"scenarios", all}, {"loop", loop}}) << "\n";
}

std::vector<double> Results::at(const Point& point) const {
  const auto found = values_.find(point);
  if (found == values_.end()) return {};
  auto sorted = found->second;
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

std::optional<double> Results::median(const Point& point) const {
  const auto values = at(point);
  if (values.empty()) return std::nullopt;
  return values[values.size() / 2];
}

std::string Results::about() const {
  if (speeds_.empty()) return machine_;
  auto sorted = speeds_;
  std::sort(sorted.begin(), sorted.end());
  return fmt::format("{}; {} measurements; steps of the reference work, thousand millions a second: {:.2f} ({:.2f} to {:.2f}). A cell is the median, with the lowest and the highest of its repetitions.",
                     machine_, speeds_.size(), sorted[sorted.size() / 2], sorted.front(), sorted.back());
}

void Results::remember(const json::object& line) {
  const auto subject = std::string(line.at("subject").as_string());
  const auto size = line.at("size").to_number<std::size_t>();
  done_.insert({std::string(line.at("scenario").as_string()), subject, size, line.at("repetition").to_number<std::size_t>()});
  speeds_.push_back(line.at("machine").to_number<double>());
  for (const auto& [id, value] : line.at("figures").as_object()) values_[{subject, std::string(id), size}].push_back(value.to_number<double>());
}

}  // namespace tandem::bench
