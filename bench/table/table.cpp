#include "bench/table/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "bench/table/goals.hpp"
#include "bench/table/loop.hpp"

namespace tandem::bench {

namespace {

constexpr std::string_view k_begin = "<!-- table";
constexpr std::string_view k_end = "<!-- end of the table -->";

std::string cell(const std::vector<double>& values, int digits) {
  if (values.empty()) return "-";
  const double median = values[values.size() / 2];
  if (values.size() < 2) return fmt::format("{:.{}f}", median, digits);
  return fmt::format("{:.{}f} ({:.{}f} to {:.{}f})", median, digits, values.front(), digits, values.back(), digits);
}

std::string number(std::size_t value) {
  std::string out = std::to_string(value);
  for (std::size_t at = out.size(); at > 3; at -= 3) out.insert(at - 3, ",");
  return out;
}

std::string head_of(std::string_view first, const TableOptions& options, std::string_view last) {
  std::string head(first);
  std::string line;
  for (const SubjectRow* row : options.subjects) head += fmt::format(" {} |", row->title);
  head += last;
  for (std::size_t i = 0; i < static_cast<std::size_t>(std::count(head.begin(), head.end(), '|')) - 1; ++i) line += "|---";
  return fmt::format("{}\n{}|\n", head, line);
}

// "0.25", or where one of the engines has another one: "0.45 (sync), 0.25".
std::string goal_text(std::string_view figure) {
  std::string out;
  for (const GoalRow& goal : goals()) {
    if (goal.figure != figure) continue;
    out += fmt::format("{}{}{}", out.empty() ? "" : ", ", to_string(goal), goal.engine.empty() ? "" : fmt::format(" ({})", goal.engine));
  }
  return out;
}

class Row {
 public:
  Row(const TableOptions& options, const Results& results, const Scenario& scenario, const FigureRow& figure)
      : options_(options), results_(results), scenario_(scenario), figure_(figure), sizes_(options.size != 0 ? std::vector{options.size} : options.quick ? scenario.quick : scenario.sizes) {}

  std::string text() {
    std::string out = fmt::format("| {} ({} {}): {}{}{} | {} |", scenario_.title, number(sizes_.back()), scenario_.grows, figure_.title, figure_.unit.empty() ? "" : ", ",
                                  figure_.unit, goal_text(figure_.id));
    for (const SubjectRow* subject : options_.subjects) out += cell_of(*subject);
    std::string why;
    for (const std::string_view reason : reasons_) why += fmt::format("{}{}", why.empty() ? "" : "; ", reason);
    return fmt::format("{} {} |\n", out, why);
  }

 private:
  std::string cell_of(const SubjectRow& subject) {
    const auto size = std::find_if(sizes_.rbegin(), sizes_.rend(), [&](std::size_t each) { return takes_part(subject, scenario_, each); });
    if (size == sizes_.rend()) return " - |";
    const auto values = results_.at({subject.name, std::string(figure_.id), *size});
    if (values.empty()) return " - |";
    const std::string smaller = *size == sizes_.back() ? "" : fmt::format(" at {}", number(*size));
    return fmt::format(" {}{}{} |", cell(values, figure_.digits), smaller, missed(subject, values[values.size() / 2], *size) ? " **missed**" : "");
  }

  // Goals are those of the largest size, and of tandem.
  bool missed(const SubjectRow& subject, double median, std::size_t size) {
    if (options_.quick || options_.size != 0 || !subject.ours()) return false;
    bool any = false;
    for (const GoalRow* goal : goals_of(figure_.id, subject.name)) {
      if (!is_missed(*goal, median, results_.median({"bird", std::string(figure_.id), size}))) continue;
      any = true;
      const std::string_view reason = reason_of(*goal);
      if (std::find(reasons_.begin(), reasons_.end(), reason) == reasons_.end()) reasons_.push_back(reason);
    }
    return any;
  }

  const TableOptions& options_;
  const Results& results_;
  const Scenario& scenario_;
  const FigureRow& figure_;
  const std::vector<std::size_t> sizes_;
  std::vector<std::string_view> reasons_;
};

bool wanted(const TableOptions& options, const Scenario& scenario) { return options.chosen.empty() || options.chosen.contains(std::string(scenario.id)); }

}  // namespace

bool takes_part(const SubjectRow& row, const Scenario& scenario, std::size_t size) {
  const std::size_t routes_max = row.routes_up_to(scenario.work);
  return row.can(scenario.work) && scenario.routes <= routes_max && size <= (scenario.grows == "routes" || scenario.grows == "commands" ? routes_max : row.sessions_max);
}

std::string table(const TableOptions& options, const Results& results) {
  std::string out = head_of("| work | goal |", options, " why a goal is missed |");
  for (const auto& scenario : scenarios()) {
    if (!wanted(options, scenario)) continue;
    for (const auto& figure : scenario.figures) out += Row(options, results, scenario, figure).text();
  }
  return out;
}

std::string loop_table(const TableOptions& options, const Results& results) {
  std::string out = head_of("| work | what the loop did |", options, "");
  for (const auto& scenario : scenarios()) {
    if (!wanted(options, scenario) || !scenario.observed) continue;
    const std::size_t size = options.size != 0 ? options.size : loop_size(scenario, options.quick);
    for (const auto& figure : loop_figures()) {
      std::string cells;
      for (const SubjectRow* subject : options.subjects) {
        cells += fmt::format(" {} |", cell(results.at({subject->name, fmt::format("{}.{}", scenario.id, figure.id), size}), figure.digits));
      }
      out += fmt::format("| {} ({} {}) | {}{}{} |{}\n", scenario.id, number(size), scenario.grows, figure.title, figure.unit.empty() ? "" : ", ", figure.unit, cells);
    }
  }
  return out;
}

bool put_into(const std::string& document, const std::string& text) {
  std::ostringstream all;
  all << std::ifstream(document).rdbuf();
  const std::string before = all.str();
  const std::size_t begin = before.find(k_begin);
  const std::size_t begun = begin == std::string::npos ? begin : before.find('\n', begin);
  const std::size_t end = begun == std::string::npos ? begun : before.find(k_end, begun);
  if (end == std::string::npos) return false;
  std::ofstream(document) << before.substr(0, begun + 1) << "\n" << text << "\n" << before.substr(end);
  return true;
}

}  // namespace tandem::bench
