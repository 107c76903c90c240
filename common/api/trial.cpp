#include "common/api/trial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>

#include "common/base/format.hpp"

namespace tandem::api {

namespace {

using Value = std::optional<double>;

Value factor_of_processor(const Measurement& before, const Measurement& during) {
  if (during.seconds < k_trial_comparable_s) return std::nullopt;
  return during.processor() / std::max(before.processor(), k_trial_idle);
}

constexpr TrialCondition k_conditions[] = {
    {"lag", "lag", Unit::seconds, false, true, false, "a time like 100ms", [](const auto&, const auto& during) -> Value { return during.lag_longest; }},
    {"turn", "turn", Unit::seconds, false, true, false, "a time like 50ms", [](const auto&, const auto& during) -> Value { return during.turn_longest; }},
    {"sessions lost", "sessions_lost", Unit::count, false, false, false, "",
     [](const auto&, const auto& during) -> Value { return static_cast<double>(during.sessions_lost); }},
    {"hold margin below", "hold_margin", Unit::share, true, true, false, "a share like 0.3 or 30%",
     [](const auto&, const auto& during) -> Value { return during.hold_margin; }},
    {"queue growth", "queue_growth", Unit::octets, false, true, false, "octets, like 4096 or 1M",
     [](const auto&, const auto& during) -> Value { return static_cast<double>(during.queue_growth); }},
    {"cpu factor", "cpu_factor", Unit::factor, false, true, true, "a number like 2 or 1.5", factor_of_processor},
};

// --- what is asked for -----------------------------------------------------------------------------------------------------------

struct Suffix {
  std::string_view text;
  double factor;
};
constexpr Suffix k_times[] = {{"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}};
constexpr Suffix k_octets[] = {{"K", 1024}, {"M", 1024.0 * 1024}, {"G", 1024.0 * 1024 * 1024}, {"", 1}};
constexpr Suffix k_shares[] = {{"%", 0.01}, {"", 1}};
constexpr Suffix k_plain[] = {{"", 1}};

std::span<const Suffix> suffixes_of(Unit unit) {
  switch (unit) {
    case Unit::seconds: return k_times;
    case Unit::octets: return k_octets;
    case Unit::share: return k_shares;
    default: return k_plain;
  }
}

// "100ms"; "0x10", "1e9", "nan" and signs are none.
Value number_with(std::string_view text, std::span<const Suffix> suffixes) {
  const std::size_t length = std::min(text.find_first_not_of("0123456789."), text.size());
  if (length == 0 || length > 15) return std::nullopt;
  double number = 0;
  const auto read = std::from_chars(text.data(), text.data() + length, number, std::chars_format::fixed);
  if (read.ec != std::errc() || read.ptr != text.data() + length) return std::nullopt;
  const std::string_view rest = text.substr(length);
  const auto suffix = std::find_if(suffixes.begin(), suffixes.end(), [rest](const Suffix& known) { return known.text == rest; });
  if (suffix == suffixes.end()) return std::nullopt;
  return number * suffix->factor;
}

class Reader {
 public:
  Reader(base::Tokens words, std::span<const std::string> engines) : words_(words), engines_(engines) {}

  base::Result<TrialPlan> read() {
    if (auto engine = read_engine(); !engine) return engine.error();
    while (!words_.empty()) {
      const std::string_view word = take();
      base::Result<void> read = word == "for"      ? read_time()
                                : word == "unless" ? read_condition()
                                : word == "then"   ? read_end()
                                                   : base::Result<void>(base::Error(fmt::format("unknown word '{}' (expected: for, unless, then)", word)));
      if (!read) return read.error();
    }
    if (plan_.time == base::Duration::zero()) return base::Error("how long is missing: engine trial <name> for 60s");
    return plan_;
  }

 private:
  [[nodiscard]] std::string_view take() {
    const std::string_view word = words_.front().text;
    words_ = words_.subspan(1);
    return word;
  }
  [[nodiscard]] bool takes(std::string_view words) {
    base::Tokens left = words_;
    while (!words.empty()) {
      const std::size_t end = std::min(words.find(' '), words.size());
      if (left.empty() || left.front().text != words.substr(0, end)) return false;
      left = left.subspan(1);
      words.remove_prefix(std::min(end + 1, words.size()));
    }
    words_ = left;
    return true;
  }
  // One word, or a number and its unit with a space between them.
  Value take_value(Unit unit, std::string& said) {
    if (words_.empty()) return std::nullopt;
    said = take();
    if (Value value = number_with(said, suffixes_of(unit))) return value;
    if (words_.empty()) return std::nullopt;
    Value value = number_with(said + std::string(words_.front().text), suffixes_of(unit));
    if (value) words_ = words_.subspan(1);
    return value;
  }

  base::Result<void> read_engine() {
    if (words_.empty()) return base::Error(fmt::format("which engine is missing ({})", fmt::join(engines_, ", ")));
    plan_.engine = take();
    if (std::find(engines_.begin(), engines_.end(), plan_.engine) != engines_.end()) return {};
    return base::Error(fmt::format("unknown engine '{}' ({})", plan_.engine, fmt::join(engines_, ", ")));
  }

  base::Result<void> read_time() {
    if (plan_.time != base::Duration::zero()) return base::Error("'for' stands there twice");
    std::string said;
    const Value seconds = take_value(Unit::seconds, said);
    if (!seconds) return base::Error(fmt::format("for '{}': a time is expected, like 60s or 5m", said));
    const auto least = base::seconds(k_trial_least);
    const auto most = base::seconds(k_trial_most);
    if (*seconds < least || *seconds > most) return base::Error(fmt::format("for {}: a trial takes from 1 second to 24 hours", said));
    plan_.time = base::Duration(static_cast<std::int64_t>(std::llround(*seconds * 1e9)));
    return {};
  }

  base::Result<void> read_condition() {
    for (const TrialCondition& condition : k_conditions) {
      if (!takes(condition.words)) continue;
      const auto twice = [&](const TrialLimit& limit) { return limit.condition == &condition; };
      if (std::any_of(plan_.limits.begin(), plan_.limits.end(), twice)) return base::Error(fmt::format("'unless {}' stands there twice", condition.words));
      return read_limit(condition);
    }
    std::vector<std::string_view> known;
    for (const TrialCondition& condition : k_conditions) known.push_back(condition.words);
    return base::Error(fmt::format("unless '{}': a condition is expected, one of: {}", words_.empty() ? std::string_view() : words_.front().text,
                                   fmt::join(known, ", ")));
  }

  base::Result<void> read_limit(const TrialCondition& condition) {
    TrialLimit limit{&condition, 0};
    if (condition.has_limit) {
      std::string said;
      const Value value = take_value(condition.unit, said);
      const bool share = condition.unit == Unit::share;
      if (!value || (share && *value > 1) || (condition.unit != Unit::octets && *value <= 0)) {
        return base::Error(fmt::format("unless {} '{}': the limit is to be {}", condition.words, said, condition.expected));
      }
      limit.limit = *value;
    }
    plan_.limits.push_back(limit);
    return {};
  }

  base::Result<void> read_end() {
    const std::string_view word = words_.empty() ? std::string_view() : take();
    if (word != "keep" && word != "back") return base::Error(fmt::format("then '{}': expected is keep or back", word));
    plan_.keep = word == "keep";
    return {};
  }

  base::Tokens words_;
  std::span<const std::string> engines_;
  TrialPlan plan_;
};

}  // namespace

std::optional<double> read_figure(Unit unit, std::string_view text) { return number_with(text, suffixes_of(unit)); }

std::span<const TrialCondition> trial_conditions() { return k_conditions; }

base::Result<TrialPlan> parse_trial(base::Tokens words, std::span<const std::string> engines) { return Reader(words, engines).read(); }

bool TrialLimit::exceeded(const Measurement& before, const Measurement& during) const {
  const Value value = condition->measured(before, during);
  return value && (condition->below ? *value < limit : *value > limit);
}

const TrialCondition* TrialLimit::find_condition(std::string_view words) {
  const auto* found = std::find_if(std::begin(k_conditions), std::end(k_conditions), [words](const auto& one) { return one.words == words; });
  return found == std::end(k_conditions) ? nullptr : found;
}

std::string TrialLimit::text() const {
  return condition->has_limit ? fmt::format("{} {}", condition->words, figure_text(condition->unit, limit)) : std::string(condition->words);
}

// --- how it stands ---------------------------------------------------------------------------------------------------------------

std::string_view to_string(TrialStatus::State state) {
  constexpr std::string_view k_words[] = {"starting", "watching", "returning", "over"};
  return k_words[static_cast<std::size_t>(state)];
}

std::string_view to_string(TrialStatus::Result result) {
  constexpr std::string_view k_words[] = {"open", "kept", "returned", "rolled back", "stopped", "refused", "ended"};
  return k_words[static_cast<std::size_t>(result)];
}

std::string trial_headline(const TrialStatus& status) {
  const bool over = status.state == TrialStatus::State::over;
  std::string line = fmt::format("trial of {} instead of {}: {}, {:.1f} s of {:.0f} s", status.plan.engine, status.from,
                                 over ? to_string(status.result) : to_string(status.state), status.elapsed_s, base::seconds(status.plan.time));
  if (!over) line += status.plan.keep ? ", then keep" : ", then back";
  if (!status.reason.empty()) line += fmt::format(" ({})", status.reason);
  return line;
}

void trial_text(const TrialStatus& status, std::string& out) {
  base::append(out, "{}\n", trial_headline(status));
  measurements_beside({"before", status.before}, {"during", status.during}, out);
  base::append(out, "  the switch took {}\n", figure_text(Unit::seconds, status.pause_s));
  for (const TrialLimit& limit : status.plan.limits) {
    base::append(out, "  unless {}: {}\n", limit.text(),
                   figure_text(limit.condition->unit, limit.condition->measured(status.before, status.during)));
  }
}

void trial_json(const TrialStatus& status, base::JsonWriter& json) {
  json.begin_object();
  json.member("engine", status.plan.engine);
  json.member("from", status.from);
  json.member("state", to_string(status.state));
  json.member("result", to_string(status.result));
  json.member("reason", status.reason);
  json.key("since");
  json.number(status.since, 3);
  json.key("for");
  json.number(base::seconds(status.plan.time));
  json.key("elapsed");
  json.number(status.elapsed_s, 3);
  json.key("pause");
  json.number(status.pause_s);
  json.member("then", std::string_view(status.plan.keep ? "keep" : "back"));
  json.key("unless");
  json.begin_array();
  for (const TrialLimit& limit : status.plan.limits) {
    const Value measured = limit.condition->measured(status.before, status.during);
    json.begin_object();
    json.member("condition", limit.condition->key);
    json.key("limit");
    json.number(limit.limit);
    json.key("measured");
    if (measured) json.number(*measured);
    else json.null();
    json.member("met", limit.exceeded(status.before, status.during));
    json.end_object();
  }
  json.end_array();
  json.key("before");
  measurement_json(status.before, json);
  json.key("during");
  measurement_json(status.during, json);
  json.end_object();
}

}  // namespace tandem::api
