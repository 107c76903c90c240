#include "tandem/migration.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <thread>

#include "common/api/trial.hpp"
#include "common/base/json_writer.hpp"
#include "tandem/compare/compare.hpp"
#include "tandem/engines/engines.hpp"
#include "tandem/environment.hpp"

namespace tandem::program {

namespace {

constexpr std::chrono::milliseconds k_look{250};  // how it stands with the shadow

// A string of a JSON object of ours, by its key; empty where there is none. Enough for names and paths.
std::string text_of(const std::string& json, std::string_view key) {
  const std::string begin = fmt::format("\"{}\": \"", key);
  std::size_t at = json.find(begin);
  if (at == std::string::npos) return {};
  std::string text;
  for (at += begin.size(); at < json.size() && json[at] != '"'; ++at) {
    if (json[at] == '\\' && at + 1 < json.size()) ++at;
    text += json[at];
  }
  return text;
}

enum class Result : unsigned char { passed, failed, skipped, declined };
std::string_view to_string(Result result) {
  constexpr std::string_view k_words[] = {"passed", "failed", "skipped", "declined"};
  return k_words[static_cast<std::size_t>(result)];
}

class Walk;

struct Step {
  std::string_view name;
  std::string_view title;     // what is done
  std::string_view question;  // asked before
  bool (*take)(Walk& walk);   // false: it speaks against going on
};

struct Taken {
  std::string_view name;
  Result result = Result::passed;
  double seconds = 0;
  std::string text;     // what was shown
  std::string details;  // JSON of the daemon; empty: none
};

class Walk {
 public:
  Walk(const MigrationOptions& options, const config::Settings& settings, const StartedAs& as) : options_(options), settings_(settings), as_(as) {}

  int run();
  // --- for the steps
  bool compare();
  bool shadow();
  bool try_out();
  bool switch_engine();

 private:
  [[nodiscard]] bool connect();
  [[nodiscard]] bool choose();
  [[nodiscard]] bool asked_for(const Step& step) const;
  [[nodiscard]] bool confirmed(const Step& step);
  Result take(const Step& step);
  void say(std::string_view text);
  [[nodiscard]] std::string ask(const std::string& command, bool& done);
  int finish(bool reached);
  [[nodiscard]] std::string json(bool reached) const;

  const MigrationOptions& options_;
  const config::Settings& settings_;
  StartedAs as_;
  std::optional<Conversation> daemon_;
  std::string from_;
  std::string to_;
  std::string daemon_facts_;  // JSON
  std::vector<Taken> taken_;
  std::string report_;
  Taken* now_ = nullptr;
};

// The path.
constexpr Step k_steps[] = {
    {"compare", "the configuration through all engines, without the network", "Compare the engines on the configuration of the daemon?",
     [](Walk& walk) { return walk.compare(); }},
    {"shadow", "the other engine runs beside the one that leads, and nobody hears it", "Run it beside the one that leads, on what the daemon gets now?",
     [](Walk& walk) { return walk.shadow(); }},
    {"trial", "the other engine leads for a while, and is rolled back by itself", "Let it lead for a while?", [](Walk& walk) { return walk.try_out(); }},
    {"switch", "the other engine stays", "Switch to it?", [](Walk& walk) { return walk.switch_engine(); }},
};

// --- the daemon ------------------------------------------------------------------------------------------------------------------

bool Walk::connect() {
  auto connection = connect_to_speaker(settings_, options_.transport, as_);
  if (!connection) {
    complain(connection.error().reason);
    return false;
  }
  if (connection->shared) {
    complain("a trial is watched over the control socket: the named pipes cannot be used");
    return false;
  }
  daemon_.emplace(std::move(*connection), as_);
  daemon_->introduce(true);
  return true;
}

std::string Walk::ask(const std::string& command, bool& done) {
  std::string answer;
  done = daemon_->ask(command, answer) == Client::Reply::done;
  return answer;
}

bool Walk::choose() {
  bool done = false;
  const std::string engine = ask("daemon engine json", done);
  daemon_facts_ = ask("daemon status json", done);
  from_ = text_of(engine, "engine");
  if (!done || from_.empty()) {
    complain("the daemon does not say which engine runs: " + engine);
    return false;
  }
  const std::vector<std::string> engines = engine_names();
  to_ = !options_.to.empty() ? options_.to : *std::find_if(engines.begin(), engines.end(), [this](const std::string& name) { return name != from_; });
  if (to_ != from_) return true;
  complain(fmt::format("engine {} runs already", to_));
  return false;
}

// --- the steps -------------------------------------------------------------------------------------------------------------------

bool Walk::compare() {
  CompareOptions compare;
  compare.no_count = true;
  compare.configuration = options_.configuration;
  if (compare.configuration.empty()) {
    bool done = false;
    const std::string check = ask("daemon reload check json", done);
    compare.configuration = text_of(check, "file");
    if (!done || compare.configuration.empty()) {
      say(fmt::format("the daemon could not read its configuration again: {}\n", check));
      return false;
    }
    if (std::error_code none; !std::filesystem::exists(compare.configuration, none)) {
      say(fmt::format("the daemon reads {}, which cannot be found from here: go to the folder that it was started in, or name the file with --configuration\n",
                      compare.configuration));
      return false;
    }
  }
  say(fmt::format("comparing {}\n", compare.configuration));
  const auto comparison = compare_engines(compare, settings_);
  say(comparison ? comparison->text : comparison.error().reason() + "\n");
  return comparison && comparison->identical;
}

// The daemon begins and ends it; whatever becomes of it is not felt by whoever leads.
bool Walk::shadow() {
  const auto seconds = api::read_figure(api::Unit::seconds, options_.shadow_time);
  if (!seconds || *seconds <= 0) {
    say(fmt::format("for '{}': a time is expected, like 60s or 5m\n", options_.shadow_time));
    return false;
  }
  bool done = false;
  if (const std::string answer = ask("daemon engine shadow " + to_, done); !done) {
    say(answer);
    return false;
  }
  const auto due = std::chrono::steady_clock::now() + std::chrono::duration<double>(*seconds);
  const auto status = [this](std::string_view form) {
    bool answered = false;
    return ask(fmt::format("daemon engine shadow status{}", form), answered);
  };
  const auto is = [&](std::string_view key) { return status(" json").find(fmt::format("\"{}\": true", key)) != std::string::npos; };
  while (std::chrono::steady_clock::now() < due && is("shadow")) std::this_thread::sleep_for(k_look);
  const std::string stands = status("");
  const bool lasted = is("shadow");
  if (lasted) static_cast<void>(ask("daemon engine shadow stop", done));
  while (is("finishing")) std::this_thread::sleep_for(k_look);
  now_->details = status(" json");
  if (lasted) say(stands);  // both side by side, while both were there
  say(status(""));
  const std::string verdict = text_of(now_->details, "verdict");
  return lasted && done && (verdict == "identical" || verdict == "equivalent");
}

bool Walk::try_out() {
  std::string command = fmt::format("daemon engine trial {} for {}", to_, options_.time);
  for (const std::string& condition : options_.unless) command += " unless " + condition;
  say(fmt::format("{} then back\n", command));
  std::string answer;
  const Client::Reply reply = daemon_->ask(command + " then back", [&](std::string_view text) {
    say(text);
    answer += text;
  });
  bool done = false;
  if (answer.find("trial of ") != std::string::npos) now_->details = ask("daemon engine trial status json", done);
  return reply == Client::Reply::done && text_of(now_->details, "result") == "returned";
}

bool Walk::switch_engine() {
  bool done = false;
  const std::string answer = ask("daemon engine " + to_, done);
  say(answer);
  bool shown = false;
  now_->details = ask("daemon engine json", shown);
  if (done) say(fmt::format("engine {} runs. The way back: tandem run engine {}\n", text_of(now_->details, "engine"), from_));
  return done && text_of(now_->details, "engine") == to_;
}

// --- the walk --------------------------------------------------------------------------------------------------------------------

void Walk::say(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
  report_ += text;
  if (now_ != nullptr) now_->text += text;
}

bool Walk::asked_for(const Step& step) const {
  return std::find(options_.skip.begin(), options_.skip.end(), step.name) == options_.skip.end();
}

bool Walk::confirmed(const Step& step) {
  if (options_.yes) return true;
  fmt::print("{} [y/N] ", step.question);
  std::fflush(stdout);
  std::string line;
  if (!std::getline(std::cin, line)) return false;
  return line == "y" || line == "Y" || line == "yes";
}

Result Walk::take(const Step& step) {
  Taken& taken = taken_.emplace_back();
  taken.name = step.name;
  if (!asked_for(step)) return taken.result = Result::skipped;
  say(fmt::format("\n== {}: {}\n", step.name, step.title));
  if (!confirmed(step)) return taken.result = Result::declined;
  now_ = &taken;
  const auto begin = std::chrono::steady_clock::now();
  taken.result = step.take(*this) ? Result::passed : Result::failed;
  taken.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  now_ = nullptr;
  return taken.result;
}

int Walk::run() {
  if (!connect() || !choose()) return k_exit_failure;
  taken_.reserve(std::size(k_steps));
  say(fmt::format("from engine {} to engine {}\n", from_, to_));
  bool reached = true;
  for (const Step& step : k_steps) {
    const Result result = take(step);
    if (result == Result::passed || result == Result::skipped) continue;
    reached = false;
    break;
  }
  return finish(reached);
}

int Walk::finish(bool reached) {
  const Taken& last = taken_.back();
  std::string verdict = "every step passed";
  if (!reached) verdict = fmt::format("{} at {}: engine {} goes on", to_string(last.result), last.name, from_);
  else if (last.result == Result::skipped) verdict = fmt::format("every step that was asked for passed: engine {} goes on", from_);
  say(fmt::format("\nverdict: {}\n", verdict));
  bool written = true;
  for (const auto& [ending, text] : {std::pair<std::string, std::string>{".txt", report_}, {".json", json(reached)}}) {
    std::ofstream file(options_.report + ending);
    file << text;
    file.close();
    if (file) continue;
    complain(fmt::format("the report {} cannot be written", options_.report + ending));
    written = false;
  }
  if (written) fmt::print("report: {0}.txt, {0}.json\n", options_.report);
  return reached && written ? k_exit_ok : k_exit_failure;
}

std::string Walk::json(bool reached) const {
  std::string out;
  base::JsonWriter json(out);
  json.begin_object();
  json.member("tandem", version());
  json.key("time");
  json.number(static_cast<std::int64_t>(std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count()));
  json.member("from", from_);
  json.member("to", to_);
  json.member("passed", reached);
  const auto whole = [&json](std::string_view value) {
    while (!value.empty() && value.back() == '\n') value.remove_suffix(1);
    if (value.starts_with('{')) json.raw(value);
    else json.null();
  };
  json.key("daemon");
  whole(daemon_facts_);
  json.key("steps");
  json.begin_array();
  for (const Taken& step : taken_) {
    json.begin_object();
    json.member("step", step.name);
    json.member("result", to_string(step.result));
    json.key("seconds");
    json.number(step.seconds, 3);
    json.member("text", step.text);
    json.key("details");
    whole(step.details);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  out += '\n';
  return out;
}

}  // namespace

std::vector<std::string> migration_steps() {
  std::vector<std::string> names;
  for (const Step& step : k_steps) names.emplace_back(step.name);
  return names;
}

const std::vector<std::string>& usual_conditions() {
  static const std::vector<std::string> k_conditions = {"sessions lost", "lag 500ms", "hold margin below 20%"};
  return k_conditions;
}

int walk_to_engine(const MigrationOptions& options, const config::Settings& settings, const StartedAs& as) {
  if (!options.yes && ::isatty(STDIN_FILENO) == 0) {
    complain("each step asks a question: a terminal is needed, or --yes");
    return k_exit_usage;
  }
  return Walk(options, settings, as).run();
}

}  // namespace tandem::program
