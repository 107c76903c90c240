// Another engine beside the one that leads, on what that is given (docs/recording.md): its beginning, its end, and how it stands.
#include <fmt/format.h>

#include <algorithm>

#include "common/api/measurement.hpp"
#include "common/api/outcome_job.hpp"
#include "common/base/format.hpp"
#include "common/base/json_writer.hpp"

namespace tandem::api {

namespace {

constexpr Decided k_shadow{"engine shadow", "shadow_job", &Executor::shadow_outcome};
using ShadowJob = OutcomeJob<k_shadow>;

constexpr double k_nanoseconds = 1e9;

double seconds_of(base::WallTime time) { return base::seconds(time.time_since_epoch()); }

// It is there, or has not said its last word.
bool lives(const base::ShadowFacts& facts) { return facts.on || facts.finishing; }

std::string_view word_of(const base::ShadowFacts& facts) {
  if (facts.said.verdict.empty()) return "it has not said anything yet";
  return facts.said.verdict;
}

std::string headline(const base::ShadowFacts& facts) {
  const std::string who = fmt::format("shadow {} of {} since {}", facts.engine, facts.leader, base::iso_time(seconds_of(facts.since)));
  if (facts.on) return fmt::format("{}: {}\n", who, word_of(facts));
  if (facts.finishing) return fmt::format("{}, comes to its end: {}\n", who, word_of(facts));
  return fmt::format("{}, has ended ({}): {}\n", who, facts.ended, word_of(facts));
}

void as_text(const base::ShadowFacts& facts, const Measurement& leader, std::string& out) {
  if (facts.engine.empty()) {
    out += "there is no shadow\n";
    return;
  }
  out += headline(facts);
  const base::ShadowReport& said = facts.said;
  base::append(out, "compared: {} octets in {} messages of {} sessions, {} lines of programs and clients\n", said.octets, said.messages, said.sessions, said.lines);
  base::append(out, "behind: {:.1f} s, {} octets of records given, {} wait\n", static_cast<double>(said.behind_ns) / k_nanoseconds, facts.given, facts.waiting);
  if (!said.note.empty()) base::append(out, "note: {}\n", said.note);
  if (!said.line.empty()) base::append(out, "note: the first line of a program or client that is another one: {}", said.line);
  if (!said.difference.empty()) {
    const std::string when = said.differs_at == base::WallTime() ? std::string() : fmt::format(", of {}", base::iso_time(seconds_of(said.differs_at)));
    base::append(out, "first difference{}:\n{}", when, said.difference);
  }
  if (lives(facts) && !said.measured.empty()) measurements_beside({facts.leader, leader}, {facts.engine, Measurement::of(said.measured)}, out);
}

void as_json(const base::ShadowFacts& facts, const Measurement& leader, std::string& out) {
  base::JsonWriter json(out);
  json.begin_object();
  json.member("shadow", facts.on);
  const base::ShadowReport& said = facts.said;
  if (!facts.engine.empty()) {
    json.member("engine", facts.engine);
    json.member("leader", facts.leader);
    json.key("since");
    json.number(seconds_of(facts.since), 3);
    json.member("finishing", facts.finishing);
    if (!facts.ended.empty()) json.member("ended", facts.ended);
    json.member("given", facts.given);
    json.member("waiting", facts.waiting);
    json.key("verdict");
    if (said.verdict.empty()) json.null();
    else json.string(said.verdict);
    json.member("octets", said.octets);
    json.member("messages", said.messages);
    json.member("sessions", said.sessions);
    json.member("lines", said.lines);
    json.key("behind");
    json.number(static_cast<double>(said.behind_ns) / k_nanoseconds, 3);
    if (!said.note.empty()) json.member("note", said.note);
    if (!said.line.empty()) json.member("line", said.line);
  }
  if (!said.difference.empty()) {
    json.key("difference");
    json.begin_object();
    json.member("session", said.session);
    json.key("time");
    if (said.differs_at == base::WallTime()) json.null();
    else json.number(seconds_of(said.differs_at), 3);
    json.member("text", said.difference);
    json.end_object();
  }
  if (lives(facts) && !said.measured.empty()) {
    json.key("measured");
    json.begin_object();
    json.key("leader");
    measurement_json(leader, json);
    json.key("shadow");
    measurement_json(Measurement::of(said.measured), json);
    json.end_object();
  }
  json.end_object();
  out += '\n';
}

Outcome begin(Call& call, std::string_view name) {
  const std::vector<std::string> known = call.executor.engine().available;
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    return call.fail(fmt::format("unknown engine '{}' ({})", name, fmt::join(known, ", ")));
  }
  return ShadowJob::begin(call, call.executor.start_shadow(name));
}

Outcome show(Call& call) {
  (call.json ? as_json : as_text)(call.executor.shadow(), call.executor.measurement(), call.out);
  return Outcome::done;
}

// What follows in this round is for the shadow still.
Outcome stop(Call& call) {
  if (!lives(call.executor.shadow())) return call.fail("there is no shadow");
  call.executor.stop_shadow();
  return Outcome::done;
}

}  // namespace

std::unique_ptr<Job> load_shadow_job(state::Reader& reader) { return ShadowJob::load(reader); }

Outcome engine_shadow(Call& call) {
  if (call.args.empty()) return call.fail("which engine is missing: engine shadow <name>");
  const std::string_view word = call.args[0].text;
  if (word == "status") return show(call);
  if (word == "stop") return stop(call);
  return begin(call, word);
}

}  // namespace tandem::api
