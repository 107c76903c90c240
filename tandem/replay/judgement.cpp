#include "tandem/replay/judgement.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/replay/explain.hpp"
#include "common/replay/player.hpp"
#include "common/replay/unit.hpp"

namespace tandem::replay {

using speaker::ChannelKind;

namespace {

// How a session that was up before is read.
std::optional<bgp::Negotiated> agreed_before(const Stream& stream, base::Bytes answered_with) {
  if (!stream.ours) return std::nullopt;
  const auto theirs = stream.theirs ? stream.theirs : read_open(answered_with);
  return theirs ? std::optional(read_as_sent(*stream.ours, *theirs)) : std::nullopt;
}

// `like`: a session that was cut there goes no further here.
compare::EngineReport report_of(const std::string& name, const Streams& streams, const Streams& like, Moment moment) {
  compare::EngineReport report;
  report.engine = name;
  for (const auto& [stream_name, stream] : streams.all()) {
    if (stream_name.kind != ChannelKind::connection) continue;
    const Stream* const other = like.find(stream_name);
    const bool whole = moment == Moment::quiet || other == nullptr || other->ended;
    std::size_t left = (whole ? stream.counted : other->counted) - stream.forgotten;
    compare::SessionTranscript session;
    session.name = fmt::format("{}, connection {}", describe(stream_name.kind, stream_name.name), stream_name.ordinal);
    for (const base::Buffer& unit : stream.units) {
      if (is_keepalive(unit)) continue;
      if (left-- == 0) break;
      session.messages.push_back({{}, unit});
    }
    const std::size_t size = first_unit(stream.first_received, Framing::messages);
    session.answered_with.assign(stream.first_received.begin(), stream.first_received.begin() + static_cast<std::ptrdiff_t>(size));
    session.goes_on = stream.goes_on;
    session.before = stream.forgotten;
    session.agreed = agreed_before(stream, session.answered_with);
    report.sessions.push_back(std::move(session));
  }
  return report;
}

// When an event was said is the clock of each run.
std::string without_time(base::Bytes line) {
  constexpr std::string_view k_time = "\"time\": ";
  std::string text(base::as_text(line));
  const std::size_t at = text.find(k_time);
  if (at == std::string::npos) return text;
  const std::size_t begin = at + k_time.size();
  return text.erase(begin, std::min(text.find_first_not_of("0123456789.", begin), text.size()) - begin);
}

bool same_line(const base::Buffer& one, const base::Buffer& other) { return one == other || without_time(one) == without_time(other); }

std::string line_at(const std::vector<base::Buffer>& lines, std::size_t at) { return at < lines.size() ? std::string(base::as_text(lines[at])) : std::string("nothing more\n"); }

// A session goes on as one that was up before: how it is read must still be known.
void forget(Stream& stream, std::size_t count, bool session) {
  if (count == 0) return;
  const auto end = stream.units.begin() + static_cast<std::ptrdiff_t>(count);
  if (session && !stream.goes_on) stream.ours = read_open(stream.units.front());
  stream.goes_on = true;
  stream.forgotten += static_cast<std::size_t>(std::count_if(stream.units.begin(), end, [session](const base::Buffer& unit) { return !session || !is_keepalive(unit); }));
  stream.units.erase(stream.units.begin(), end);
}

}  // namespace

compare::Judgement judge(const Streams& then, const Streams& now, Moment moment) {
  return compare::judge(report_of("recorded", then, then, moment), report_of("replayed", now, then, moment));
}

void forget_the_same(Streams& then, Streams& now) {
  for (auto& [name, stream] : then.all()) {
    const auto found = now.all().find(name);
    if (found == now.all().end()) continue;
    Stream& other = found->second;
    const bool session = name.kind == ChannelKind::connection;
    const auto behind_keepalives = [session](const Stream& of, std::size_t at) {
      while (session && at < of.units.size() && is_keepalive(of.units[at])) ++at;
      return at;
    };
    std::size_t left = behind_keepalives(stream, 0);
    std::size_t right = behind_keepalives(other, 0);
    while (left < stream.units.size() && right < other.units.size() &&
           (session ? stream.units[left] == other.units[right] : same_line(stream.units[left], other.units[right]))) {
      left = behind_keepalives(stream, left + 1);
      right = behind_keepalives(other, right + 1);
    }
    forget(stream, left, session);
    forget(other, right, session);
  }
}

void forget_all(Streams& streams) {
  for (auto& [name, stream] : streams.all()) forget(stream, stream.units.size(), name.kind == ChannelKind::connection);
}

std::string first_other_line(const Streams& then, const Streams& now) {
  static const Stream k_nothing;
  for (const auto& [name, stream] : then.all()) {
    if (name.kind == ChannelKind::connection) continue;
    const Stream* const found = now.find(name);
    const std::vector<base::Buffer>& lines = (found == nullptr ? k_nothing : *found).units;
    const auto [left, right] = std::mismatch(stream.units.begin(), stream.units.end(), lines.begin(), lines.end(), same_line);
    const bool cut = left == stream.units.end() && !stream.ended;
    if (cut || (left == stream.units.end() && right == lines.end())) continue;
    const auto at = static_cast<std::size_t>(left - stream.units.begin());
    return fmt::format("{}, line {}:\n  recorded  {}  replayed  {}", describe(name.kind, name.name), at + 1, line_at(stream.units, at), line_at(lines, at));
  }
  return {};
}

}  // namespace tandem::replay
