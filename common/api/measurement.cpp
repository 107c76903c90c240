#include "common/api/measurement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <type_traits>

#include "common/base/format.hpp"

namespace tandem::api {

namespace {

using Value = std::optional<double>;

template <auto Member>
Value plain(const Measurement& of) {
  return static_cast<double>(of.*Member);
}
template <auto Member>
Value rate(const Measurement& of) {
  if (of.seconds <= 0) return std::nullopt;
  return static_cast<double>(of.*Member) / of.seconds;
}
Value processor(const Measurement& of) { return of.processor(); }
Value hold_margin(const Measurement& of) { return of.hold_margin; }

constexpr Figure k_figures[] = {
    {"seconds", "measured for", Unit::seconds, plain<&Measurement::seconds>},
    {"lag_50", "loop lag, 50 %", Unit::seconds, plain<&Measurement::lag_50>},
    {"lag_90", "loop lag, 90 %", Unit::seconds, plain<&Measurement::lag_90>},
    {"lag_99", "loop lag, 99 %", Unit::seconds, plain<&Measurement::lag_99>},
    {"lag_longest", "loop lag, longest", Unit::seconds, plain<&Measurement::lag_longest>},
    {"turn_longest", "longest turn", Unit::seconds, plain<&Measurement::turn_longest>},
    {"rounds", "rounds", Unit::per_second, rate<&Measurement::rounds>},
    {"wake_ups", "wake-ups", Unit::per_second, rate<&Measurement::wake_ups>},
    {"processor", "processor", Unit::share, processor},
    {"memory", "memory", Unit::octets, plain<&Measurement::memory>},
    {"hold_margin", "hold timer margin", Unit::share, hold_margin},
    {"queue", "program queues", Unit::octets, plain<&Measurement::queue>},
    {"queue_growth", "growth of them", Unit::octets, plain<&Measurement::queue_growth>},
    {"sessions_lost", "sessions lost", Unit::count, plain<&Measurement::sessions_lost>},
};

// The fields as numbers: NaN is what is not there.
struct NumbersOut {
  std::vector<double> numbers;
  template <typename Self>
  NumbersOut& object(const Self&, std::string_view) {
    return *this;
  }
  template <typename T>
  NumbersOut& operator()(std::string_view, const T& value) {
    if constexpr (std::is_arithmetic_v<T>) numbers.push_back(static_cast<double>(value));
    else if constexpr (std::is_same_v<T, Value>) numbers.push_back(value.value_or(std::nan("")));
    return *this;
  }
};

struct NumbersIn {
  const std::vector<double>& numbers;
  std::size_t at = 0;
  template <typename Self>
  NumbersIn& object(Self&, std::string_view) {
    return *this;
  }
  template <typename T>
  NumbersIn& operator()(std::string_view, T& value) {
    if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, Value>) {
      if (at == numbers.size()) return *this;
      const double number = numbers[at++];
      if constexpr (std::is_same_v<T, Value>) value = std::isnan(number) ? Value() : Value(number);
      else value = whole_or_real<T>(number);
    }
    return *this;
  }
  // They come from another process: none is out of range.
  template <typename T>
  static T whole_or_real(double number) {
    if constexpr (std::is_floating_point_v<T>) return number;
    constexpr double k_most = 9e18;
    if (!(number > (std::is_signed_v<T> ? -k_most : 0.0))) return 0;
    return static_cast<T>(std::min(number, k_most));
  }
};

std::string octets_text(double octets) {
  constexpr std::string_view k_units[] = {"B", "KiB", "MiB", "GiB"};
  std::size_t unit = 0;
  while (std::abs(octets) >= 1024 && unit + 1 < std::size(k_units)) {
    octets /= 1024;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", octets, unit == 0 ? 0 : 1, k_units[unit]);
}

std::string seconds_text(double seconds) {
  if (seconds == 0) return "0 s";
  if (seconds < 0.001) return fmt::format("{:.0f} us", seconds * 1e6);
  if (seconds < 1) return fmt::format("{:.1f} ms", seconds * 1e3);
  return fmt::format("{:.1f} s", seconds);
}

}  // namespace

std::string figure_text(Unit unit, std::optional<double> value) {
  if (!value) return "none";
  switch (unit) {
    case Unit::seconds: return seconds_text(*value);
    case Unit::octets: return octets_text(*value);
    case Unit::share: return fmt::format("{:.1f} %", *value * 100);
    case Unit::per_second: return fmt::format("{:.1f} /s", *value);
    case Unit::count: return fmt::format("{:.0f}", *value);
    case Unit::factor: return fmt::format("{:.2f}", *value);
  }
  return {};
}

std::span<const Figure> figures() { return k_figures; }

void measurement_json(const Measurement& measurement, base::JsonWriter& json) {
  json.begin_object();
  for (const Figure& figure : k_figures) {
    json.key(figure.key);
    if (const Value value = figure.value(measurement)) json.number(*value);
    else json.null();
  }
  json.key("lost");
  json.begin_array();
  for (const LostSession& session : measurement.lost) {
    json.begin_object();
    json.member("neighbor", session.neighbor);
    json.member("reason", session.reason);
    json.key("time");
    json.number(session.time, 3);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

std::vector<double> Measurement::numbers() const {
  NumbersOut out;
  fields(out, *this);
  return std::move(out.numbers);
}

Measurement Measurement::of(const std::vector<double>& numbers) {
  Measurement measurement;
  NumbersIn in{numbers};
  fields(in, measurement);
  return measurement;
}

void measurements_beside(const Headed& left, const Headed& right, std::string& out) {
  base::append(out, "  {:<18} {:>12} {:>12}\n", "", left.head, right.head);
  for (const Figure& figure : k_figures) {
    base::append(out, "  {:<18} {:>12} {:>12}\n", figure.label, figure_text(figure.unit, figure.value(left.measurement)),
                   figure_text(figure.unit, figure.value(right.measurement)));
  }
  for (const LostSession& session : right.measurement.lost) base::append(out, "  lost: {}: {}\n", session.neighbor, session.reason);
}

}  // namespace tandem::api
