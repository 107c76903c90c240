// max-prefix of a peer: a session that passes a limit ends with 6/1 (RFC 4486), and the neighbor stays down for a time or until somebody
// lets it up again.
#include "common/base/log.hpp"
#include "common/bgp/message/notification.hpp"
#include "common/speaker/peer.hpp"

namespace tandem::speaker {

using base::LogCategory;
using base::LogLevel;
using Action = config::PrefixLimit::Action;

namespace {
constexpr std::uint8_t k_cease_rejected = 5;
}

// Never silently, whatever is restarted gracefully: the peer is to drop our routes as well, and to know why.
bool Peer::within_limits(Connection& connection, base::TimePoint now) {
  const config::PrefixLimit* limit = input_.passed_limit();
  if (limit == nullptr) return true;
  const bgp::Family family = bgp::family_at(limit->family);
  const std::string for_how_long = limit->action == Action::restart ? fmt::format("for {} s", limit->restart_s) : "until it is enabled";
  base::log(LogCategory::network, LogLevel::error, "{}: more than {} routes of {}, which max-prefix allows: down {}", key(), limit->limit,
            bgp::to_string(family), for_how_long);
  const base::NotificationCause cease = bgp::make_max_prefix(family, limit->limit);
  session::Session& session = connection.session();
  session.terminate(restarts_through_notifications(session) ? bgp::make_hard_reset(cease) : cease,
                    fmt::format("more than {} routes of {}", limit->limit, bgp::to_string(family)), now);
  connections_.keep_down(limit->action == Action::restart ? std::optional(now + std::chrono::seconds(limit->restart_s)) : std::nullopt);
  tell_events(connection, now);
  return false;
}

void Peer::refuse_kept_down(base::UniqueFd fd, base::TimePoint now) {
  context_.rejections.add(std::move(fd), bgp::make_cease(k_cease_rejected, "could not accept the connection (too many prefixes)"), now);
}

void Peer::enable(base::TimePoint now) {
  if (!connections_.kept_down(now)) return;
  base::log(LogCategory::network, LogLevel::info, "{}: enabled", key());
  connections_.release();
  connections_.forget_failures();
  if (!connections_.none()) return;  // its session is still ending, and what follows goes on from there
  if (ephemeral()) stopped_ = true;  // whoever connects is a new member
  else if (!passive()) connections_.dial_at(now);
  mark_due();
}

void Peer::add_limits(api::PeerSnapshot& view, base::TimePoint now) const {
  for (const config::PrefixLimit& entry : neighbor().prefix_limits) {
    view.limits.push_back({bgp::family_at(entry.family), established() ? rib_in().size(entry.family) : 0, entry.limit, entry.threshold,
                           std::string(config::to_string(entry.action))});
  }
  view.kept_down = connections_.kept_down(now);
  if (!view.kept_down || !connections_.down_until()) return;
  view.down_for_s = static_cast<std::uint64_t>((*connections_.down_until() - now) / std::chrono::seconds(1));
}

}  // namespace tandem::speaker
