// What was measured, and the file that it stands in: a line of JSON for each measurement, so that a run that was interrupted goes on.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "bench/table/scenario.hpp"

namespace tandem::bench {

struct Point {
  std::string subject;
  std::string figure;
  std::size_t size = 0;
  auto operator<=>(const Point&) const = default;
};

class Results {
 public:
  explicit Results(std::string path);  // empty: nowhere
  [[nodiscard]] bool has(std::string_view scenario, const std::string& subject, std::size_t size, std::size_t repetition) const;
  // `seconds`: that the measurement took. No figures: it was not finished.
  void add(std::string_view scenario, const std::string& subject, std::size_t size, std::size_t repetition, double seconds, const std::optional<Figures>& figures);
  // The first line of a new file: what the report has to say about the others.
  void describe() const;
  [[nodiscard]] std::vector<double> at(const Point& point) const;  // in order
  [[nodiscard]] std::optional<double> median(const Point& point) const;
  // Where it was measured and how fast the machine was meanwhile.
  [[nodiscard]] std::string about() const;

 private:
  void remember(const boost::json::object& line);
  std::string path_;
  std::string machine_;
  std::set<std::tuple<std::string, std::string, std::size_t, std::size_t>> done_;
  std::map<Point, std::vector<double>> values_;
  std::vector<double> speeds_;
};

}  // namespace tandem::bench
