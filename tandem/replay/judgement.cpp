#include "tandem/replay/judgement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "common/api/measurement.hpp"
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

// The OPEN of the other side.
base::Bytes opening_of(const Stream& stream) { return base::Bytes(stream.first_received).first(first_unit(stream.first_received, Framing::messages)); }

// `like`: a session that was cut there goes no further here. `only`: null: all of them.
compare::EngineReport report_of(const std::string& name, const Streams& streams, const Streams& like, Moment moment, const StreamName* only = nullptr) {
  compare::EngineReport report;
  report.engine = name;
  for (const auto& [stream_name, stream] : streams.all()) {
    if (stream_name.kind != ChannelKind::connection || (only != nullptr && stream_name != *only)) continue;
    const Stream* const other = like.find(stream_name);
    const bool whole = moment == Moment::quiet || other == nullptr || other->ended;
    const Stream& as_far_as = whole ? stream : *other;
    std::size_t left = as_far_as.counted - as_far_as.forgotten;
    compare::SessionTranscript session;
    session.name = fmt::format("{}, connection {}", describe(stream_name.kind, stream_name.name), stream_name.ordinal);
    for (const Stream::Unit& unit : stream.units) {
      if (is_keepalive(unit.octets)) continue;
      if (left-- == 0) break;
      session.messages.push_back({unit.at, unit.octets});
    }
    const base::Bytes open = opening_of(stream);
    session.answered_with.assign(open.begin(), open.end());
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

// What was measured of an engine is that of each run, too: the object of JSON, or the figures of a line.
std::string without_measured(std::string text) {
  constexpr std::string_view k_measured = "\"measured\": {";
  if (const std::size_t at = text.find(k_measured); at != std::string::npos) {
    std::size_t end = at + k_measured.size();
    for (int open = 1; open > 0 && end < text.size(); ++end) open += text[end] == '{' ? 1 : text[end] == '}' ? -1 : 0;
    return text.erase(at, end - at);
  }
  const auto figures = api::figures();
  const auto figure = std::find_if(figures.begin(), figures.end(), [&text](const api::Figure& one) { return text.starts_with(fmt::format("  {} ", one.label)); });
  return figure == figures.end() ? std::move(text) : std::string(figure->label);
}

using Units = std::vector<Stream::Unit>;

bool same_line(const Stream::Unit& one, const Stream::Unit& other) {
  return one.octets == other.octets || without_measured(without_time(one.octets)) == without_measured(without_time(other.octets));
}

constexpr std::size_t k_shown = 240;    // characters of a line
constexpr std::size_t k_in_front = 80;  // of them, of where two lines part

std::string part_of(std::string line, std::size_t from) {
  if (line.size() > from + k_shown) line = line.substr(0, from + k_shown) + "...\n";
  return from == 0 ? line : "..." + line.substr(std::min(from, line.size()));
}

std::string line_at(const Units& lines, std::size_t at) { return at < lines.size() ? std::string(base::as_text(lines[at].octets)) : std::string("nothing more\n"); }

// Both, from a little in front of where they part.
std::string both_lines(const std::string& one, const std::string& other) {
  const auto parts = static_cast<std::size_t>(std::mismatch(one.begin(), one.end(), other.begin(), other.end()).first - one.begin());
  const std::size_t from = parts > k_in_front && std::max(one.size(), other.size()) > k_shown ? parts - k_in_front : 0;
  return fmt::format("  recorded  {}  replayed  {}", part_of(one, from), part_of(other, from));
}

// A session goes on as one that was up before: how it is read must still be known.
void forget(Stream& stream, std::size_t count, bool session) {
  if (count == 0) return;
  const auto end = stream.units.begin() + static_cast<std::ptrdiff_t>(count);
  if (session && !stream.goes_on) stream.ours = read_open(stream.units.front().octets);
  stream.goes_on = true;
  stream.forgotten += static_cast<std::size_t>(std::count_if(stream.units.begin(), end, [session](const Stream::Unit& unit) { return !session || !is_keepalive(unit.octets); }));
  for (auto unit = stream.units.begin(); unit != end; ++unit) stream.forgotten_octets += unit->octets.size();
  stream.units.erase(stream.units.begin(), end);
}

constexpr std::size_t k_cuts = 8;                       // that are tried
constexpr std::size_t k_looked_at = 4 * 1024 * 1024;    // octets of each, for one to be found

// In front of these messages, which are the same in both.
struct Cut {
  std::size_t one = 0;
  std::size_t other = 0;
};

std::size_t looked_at(const Units& units) {
  std::size_t octets = 0;
  const auto end = std::find_if(units.begin(), units.end(), [&octets](const Stream::Unit& unit) { return (octets += unit.octets.size()) > k_looked_at; });
  return static_cast<std::size_t>(end - units.begin());
}

// The latest first: the fewer there are, the more is compared as a whole.
std::vector<Cut> cuts(const Units& one, const Units& other) {
  std::unordered_map<std::string_view, std::size_t> last;
  for (std::size_t at = looked_at(other); at-- > 0;) last.try_emplace(base::as_text(other[at].octets), at);
  std::vector<Cut> all;
  for (std::size_t at = looked_at(one); at-- > 0;) {
    const auto same = last.find(base::as_text(one[at].octets));
    if (same != last.end() && !is_keepalive(one[at].octets)) all.push_back({at, same->second});
  }
  std::vector<Cut> some;
  for (std::size_t i = 0; i < std::min(all.size(), k_cuts); ++i) some.push_back(all[i * all.size() / std::min(all.size(), k_cuts)]);
  return some;
}

SentSession messages_of(const Stream& stream, std::size_t from, std::size_t to) {
  SentSession session;
  for (std::size_t i = from; i < to; ++i) session.messages.emplace_back(stream.units[i].octets);
  session.agreed = agreed_before(stream, opening_of(stream));
  session.goes_on = true;
  return session;
}

// In front of the last message that both have said before then.
std::optional<Cut> cut_before(const Units& one, const Units& other, base::TimePoint since) {
  const auto older = [since](const Units& units) {
    const auto end = units.begin() + static_cast<std::ptrdiff_t>(looked_at(units));
    return static_cast<std::size_t>(std::find_if(units.begin(), end, [since](const Stream::Unit& unit) { return unit.at >= since; }) - units.begin());
  };
  std::unordered_map<std::string_view, std::size_t> last;
  for (std::size_t at = older(other); at-- > 0;) last.try_emplace(base::as_text(other[at].octets), at);
  for (std::size_t at = older(one); at-- > 0;) {
    const auto same = last.find(base::as_text(one[at].octets));
    if (same != last.end() && !is_keepalive(one[at].octets)) return Cut{at, same->second};
  }
  return std::nullopt;
}

std::size_t octets_of(const Units& units) {
  return std::accumulate(units.begin(), units.end(), std::size_t{0}, [](std::size_t sum, const Stream::Unit& unit) { return sum + unit.octets.size(); });
}

std::string other_line(const StreamName& name, const Stream& stream, const Stream* other) {
  static const Stream k_nothing;
  const Units& lines = (other == nullptr ? k_nothing : *other).units;
  const auto [left, right] = std::mismatch(stream.units.begin(), stream.units.end(), lines.begin(), lines.end(), same_line);
  const bool cut = left == stream.units.end() && !stream.ended;
  if (cut || (left == stream.units.end() && right == lines.end())) return {};
  const auto at = static_cast<std::size_t>(left - stream.units.begin());
  return fmt::format("{}, line {}:\n{}", describe(name.kind, name.name), stream.forgotten + at + 1, both_lines(line_at(stream.units, at), line_at(lines, at)));
}

}  // namespace

compare::Judgement judge(const Streams& then, const Streams& now, Moment moment) {
  return compare::judge(report_of("recorded", then, then, moment), report_of("replayed", now, then, moment));
}

compare::Judgement judge_session(const StreamName& name, const Streams& then, const Streams& now) {
  return compare::judge(report_of("recorded", then, then, Moment::quiet, &name), report_of("replayed", now, then, Moment::quiet, &name));
}

bool is_what_was_given(base::Bytes came, base::Bytes given, bool has_ended) {
  if (has_ended && came.size() > given.size()) return false;
  const std::size_t known = std::min(came.size(), given.size());
  return std::equal(came.begin(), came.begin() + static_cast<std::ptrdiff_t>(known), given.begin());
}

const StreamName* parted_session(const Streams& then, const Streams& now, base::TimePoint since) {
  for (const auto& [name, stream] : then.all()) {
    const Stream* const other = now.find(name);
    if (name.kind != ChannelKind::connection || other == nullptr || !stream.goes_on || !other->goes_on) continue;
    if (stream.units.empty() || stream.units.front().at >= since) continue;
    const auto cut = cut_before(stream.units, other->units, since);
    if (!cut) continue;
    const auto both = [](const Stream& of, std::size_t at) { return CutSession{messages_of(of, 0, at), messages_of(of, at, of.units.size())}; };
    if (have_parted(both(stream, cut->one), both(*other, cut->other))) return &name;
  }
  return nullptr;
}

void forget_the_same(Streams& then, Streams& now) {
  for (auto& [name, stream] : then.all()) {
    const auto found = now.all().find(name);
    if (found == now.all().end()) continue;
    Stream& other = found->second;
    const bool session = name.kind == ChannelKind::connection;
    const auto behind_keepalives = [session](const Stream& of, std::size_t at) {
      while (session && at < of.units.size() && is_keepalive(of.units[at].octets)) ++at;
      return at;
    };
    std::size_t left = behind_keepalives(stream, 0);
    std::size_t right = behind_keepalives(other, 0);
    while (left < stream.units.size() && right < other.units.size() &&
           (session ? stream.units[left].octets == other.units[right].octets : same_line(stream.units[left], other.units[right]))) {
      left = behind_keepalives(stream, left + 1);
      right = behind_keepalives(other, right + 1);
    }
    forget(stream, left, session);
    forget(other, right, session);
  }
}

Verdict forget_the_equivalent(Streams& then, Streams& now, base::TimePoint since) {
  Verdict verdict = Verdict::identical;
  for (auto& [name, stream] : then.all()) {
    const auto found = now.all().find(name);
    if (name.kind != ChannelKind::connection || found == now.all().end()) continue;
    Stream& other = found->second;
    // What was sent first says how the rest is read.
    if (!stream.goes_on || !other.goes_on || stream.units.empty() || stream.units.front().at >= since) continue;
    for (const Cut& cut : cuts(stream.units, other.units)) {
      if (replay::compare(messages_of(stream, 0, cut.one), messages_of(other, 0, cut.other), Keepalives::do_not_count).verdict == Verdict::different) continue;
      verdict = Verdict::equivalent;
      forget(stream, cut.one, true);
      forget(other, cut.other, true);
      break;
    }
  }
  return verdict;
}

Verdict judge_in_the_middle(Streams& then, Streams& now) {
  forget_the_same(then, now);
  return forget_the_equivalent(then, now, base::TimePoint::max());
}

void forget_sessions(Streams& streams) {
  for (auto& [name, stream] : streams.all()) {
    if (name.kind == ChannelKind::connection) forget(stream, stream.units.size(), true);
  }
}

std::string first_other_line(const Streams& then, const Streams& now) {
  for (const auto& [name, stream] : then.all()) {
    if (name.kind == ChannelKind::connection) continue;
    if (std::string line = other_line(name, stream, now.find(name)); !line.empty()) return line;
  }
  return {};
}

std::string forget_other_lines(Streams& then, Streams& now, std::size_t octets) {
  std::string line;
  for (auto& [name, stream] : then.all()) {
    if (name.kind == ChannelKind::connection) continue;
    const auto found = now.all().find(name);
    Stream nobody;
    Stream& other = found == now.all().end() ? nobody : found->second;
    const bool ahead = octets_of(stream.units) > octets || octets_of(other.units) > octets;
    const std::size_t both = std::min(stream.units.size(), other.units.size());
    if (both == 0 && !ahead) continue;
    if (line.empty()) line = other_line(name, stream, &other);
    forget(stream, ahead ? stream.units.size() : both, false);
    forget(other, ahead ? other.units.size() : both, false);
  }
  return line;
}

std::size_t octets_left(const Streams& streams) {
  std::size_t octets = 0;
  for (const auto& [name, stream] : streams.all()) octets += octets_of(stream.units);
  return octets;
}

}  // namespace tandem::replay
