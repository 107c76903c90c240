#include "tandem/compare/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "common/replay/explain.hpp"

namespace tandem::compare {

namespace {

using harness::Message;

replay::SentSession as_sent(const SessionTranscript& session) {
  replay::SentSession sent;
  for (const Message& message : session.messages) sent.messages.emplace_back(message.bytes);
  sent.goes_on = session.goes_on;
  if (session.agreed) sent.agreed = session.agreed;
  else if (!sent.messages.empty()) sent.agreed = replay::read_as_sent(sent.messages.front(), session.answered_with);
  return sent;
}

std::string side(const EngineReport& report, const replay::SentSession& session, std::size_t at) {
  if (at >= session.messages.size()) return fmt::format("  {:5}  nothing more\n", report.engine);
  return fmt::format("  {:5}  {}\n         {}\n", report.engine, replay::explain(session.messages[at], session.agreed),
                     replay::in_hexadecimal(session.messages[at], 400));
}

// As it is counted by whoever compares: from 1, KEEPALIVEs aside.
std::size_t number_of(const SessionTranscript& session, std::size_t at) {
  const auto end = session.messages.begin() + static_cast<std::ptrdiff_t>(std::min(at, session.messages.size()));
  return session.before + 1 + static_cast<std::size_t>(std::count_if(session.messages.begin(), end, [](const Message& message) { return message.type() != harness::k_keepalive; }));
}

const SessionTranscript* find(const EngineReport& report, const std::string& name) {
  const auto found = std::find_if(report.sessions.begin(), report.sessions.end(), [&name](const auto& session) { return session.name == name; });
  return found == report.sessions.end() ? nullptr : &*found;
}

Judgement only_with(const std::string& name, const EngineReport& one, const EngineReport& other) {
  return {replay::Verdict::different, fmt::format("{}: there with {}, not with {}\n", name, one.engine, other.engine), name};
}

}  // namespace

Judgement judge(const EngineReport& a, const EngineReport& b) {
  Judgement judgement;
  for (const SessionTranscript& left : a.sessions) {
    const SessionTranscript* const right = find(b, left.name);
    if (right == nullptr) return only_with(left.name, a, b);
    const replay::SentSession one = as_sent(left);
    const replay::SentSession two = as_sent(*right);
    const replay::Comparison comparison = replay::compare(one, two, replay::Keepalives::do_not_count);
    if (comparison.verdict <= judgement.verdict) continue;
    judgement.verdict = comparison.verdict;
    judgement.session = left.name;
    judgement.at = comparison.first < left.messages.size() ? left.messages[comparison.first].at : base::TimePoint();
    judgement.difference = fmt::format("{}, message {} (KEEPALIVEs aside):\n", left.name, number_of(left, comparison.first)) + side(a, one, comparison.first) +
                           side(b, two, comparison.second);
    if (judgement.verdict == replay::Verdict::different) return judgement;
  }
  for (const SessionTranscript& right : b.sessions) {
    if (find(a, right.name) == nullptr) return only_with(right.name, b, a);
  }
  return judgement;
}

std::string table(const std::vector<EngineReport>& reports) {
  std::string out = fmt::format("{:<28}", "");
  for (const EngineReport& report : reports) out += fmt::format("{:>14}", report.engine);
  out += fmt::format("\n{:-<{}}\n", "", 28 + 14 * reports.size());
  const auto row = [&](std::string_view what, const std::function<std::string(const Figures&)>& value) {
    out += fmt::format("{:<28}", what);
    for (const EngineReport& report : reports) out += fmt::format("{:>14}", value(report.figures));
    out += '\n';
  };
  row("time to Established (ms)", [](const Figures& f) { return fmt::format("{:.1f}", f.established_s * 1000); });
  row("routes received", [](const Figures& f) { return fmt::format("{}", f.routes); });
  row("routes per second", [](const Figures& f) { return fmt::format("{:.0f}", f.routes_per_s); });
  row("octets", [](const Figures& f) { return fmt::format("{}", f.octets); });
  row("messages", [](const Figures& f) { return fmt::format("{}", f.messages); });
  row("wake-ups", [](const Figures& f) { return fmt::format("{}", f.wake_ups); });
  row("system calls", [](const Figures& f) { return f.system_calls ? fmt::format("{}", *f.system_calls) : "not counted"; });
  row("CPU (ms)", [](const Figures& f) { return fmt::format("{:.0f}", f.cpu_s * 1000); });
  row("peak RSS (KiB)", [](const Figures& f) { return fmt::format("{}", f.peak_rss_kib); });
  return out;
}

}  // namespace tandem::compare
