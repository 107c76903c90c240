#include "common/speaker/paused_session.hpp"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>

#include "common/bgp/message/header.hpp"
#include "common/speaker/connection.hpp"
#include "common/speaker/runtime.hpp"
#include "common/state/reader.hpp"

namespace tandem::speaker {

namespace {

constexpr std::size_t k_waiting_max = 64 * 1024;
constexpr base::Duration k_again = std::chrono::milliseconds(50);  // to a peer whose buffer is full

const Connection* paused(const Channel& channel) {
  const auto* const connection = dynamic_cast<const Connection*>(&channel);
  const bool speaks = connection != nullptr && connection->live() && connection->session().keepalives() && connection->outbox().size() <= k_waiting_max;
  return speaks ? connection : nullptr;
}

base::Buffer octets_of(const base::Outbox& outbox) {
  std::vector<base::Bytes> pieces(outbox.size() + 1);
  pieces.resize(outbox.gather(pieces));
  base::Buffer octets;
  octets.reserve(outbox.size());
  for (const base::Bytes piece : pieces) octets.insert(octets.end(), piece.begin(), piece.end());
  return octets;
}

// As the timers of a session: a late one does not postpone those behind it, and one that was missed is not made up for.
void put_due(PausedSession& session, base::TimePoint now) {
  if (now < session.due) return;
  bgp::append_keepalive(session.waiting);
  session.sent.push_back(now);
  session.due += session.interval;
  if (session.due <= now) session.due = now + session.interval;
}

// False: the connection has failed.
bool write_waiting(PausedSession& session, const WriteSome& write_some) {
  while (!session.waiting.empty()) {
    const auto count = write_some(session.descriptor, session.waiting);
    if (!count) return false;
    if (*count == 0) return true;
    session.written += *count;
    session.waiting.erase(session.waiting.begin(), session.waiting.begin() + static_cast<std::ptrdiff_t>(*count));
  }
  return true;
}

}  // namespace

std::optional<base::TimePoint> write_due(std::vector<PausedSession>& sessions, base::TimePoint now, const WriteSome& write_some) {
  std::optional<base::TimePoint> next;
  for (PausedSession& session : sessions) {
    if (session.failed) continue;
    put_due(session, now);
    session.failed = !write_waiting(session, write_some);
    if (!session.failed) next = base::earliest(next, session.waiting.empty() ? session.due : std::min(session.due, now + k_again));
  }
  return next;
}

std::string_view PausedSession::objection() const {
  if (descriptor < 0) return "a session has no descriptor";
  return interval >= std::chrono::seconds(1) ? "" : "KEEPALIVEs are less than a second apart";
}

std::vector<PausedSession> paused_sessions(const Runtime& runtime) {
  std::vector<PausedSession> all;
  for (const auto& channel : runtime.all()) {
    const Connection* const connection = paused(*channel);
    if (connection == nullptr) continue;
    const auto keepalives = connection->session().keepalives();
    all.push_back({connection->output_fd(), keepalives->interval, keepalives->due, octets_of(connection->outbox()), 0, {}, false});
  }
  return all;
}

void go_on(const Runtime& runtime, const std::vector<PausedSession>& paused_then, base::TimePoint now) {
  boost::unordered_flat_map<int, const PausedSession*> by_descriptor;
  for (const PausedSession& session : paused_then) by_descriptor[session.descriptor] = &session;
  for (const auto& channel : runtime.all()) {
    if (paused(*channel) == nullptr) continue;
    const auto found = by_descriptor.find(channel->output_fd());
    if (found == by_descriptor.end()) continue;
    const PausedSession& session = *found->second;
    auto& connection = static_cast<Connection&>(*channel);
    for (const base::TimePoint when : session.sent) connection.session().keepalive_sent(when);
    if (session.written > 0) connection.sent(static_cast<std::size_t>(session.written), now);
  }
}

base::Buffer to_octets(const std::vector<PausedSession>& paused) {
  state::Writer writer({}, state::Secrets::left_out);
  writer.section("paused_sessions", 1, [&] { writer.value(paused); });
  return std::move(writer).finish();
}

base::Result<std::vector<PausedSession>> paused_from(base::Bytes octets) {
  std::vector<PausedSession> paused;
  state::Reader reader(octets, {});
  reader.section("paused_sessions", 1, [&] { reader.value(paused); });
  if (const auto read = reader.finish(); !read) return read.error();
  return base::Result<std::vector<PausedSession>>(boost::system::in_place_value, std::move(paused));
}

}  // namespace tandem::speaker
