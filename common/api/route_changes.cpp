#include "common/api/route_changes.hpp"

#include <algorithm>

#include "common/base/log.hpp"

namespace tandem::api {

namespace {

rib::ChangeMark apply(Executor& executor, PeerId peer, const rib::Route& route, const RouteChange& change) {
  if (change.use == rib::RouteUse::withdraw) return executor.withdraw(peer, route);
  // Filing announces, too, unless the route starts held.
  if (change.parsed.watchdog.empty()) return executor.announce(peer, route);
  return executor.file_watchdog(peer, change.parsed.watchdog, route, change.parsed.held);
}

}  // namespace

base::Result<void> check_change(const Executor& executor, std::span<const PeerId> peers, const RouteChange& change) {
  for (const rib::Route& route : change.parsed.routes) {
    base::Result<void> taken = base::Error("no neighbor");
    for (std::size_t i = 0; i < peers.size() && !taken; ++i) {
      auto accepted = executor.accepts(peers[i], route, change.use);
      if (accepted || i == 0) taken = std::move(accepted);  // the first reason is the one that is told
    }
    if (!taken) return taken;
  }
  return {};
}

std::optional<rib::ChangeMark> apply_change(Call& call, PeerId peer, const RouteChange& change) {
  rib::ChangeMark mark;
  std::size_t skipped = 0;
  for (const rib::Route& route : change.parsed.routes) {
    const auto accepted = call.executor.accepts(peer, route, change.use);
    if (accepted) {
      mark = std::max(mark, apply(call.executor, peer, route, change));
    } else if (skipped++ == 0) {
      base::log(base::LogCategory::processes, base::LogLevel::warning, "api {}: {} skips {}: {}", call.client.service,
                call.executor.peer_key(peer), rib::describe(route), accepted.error().reason());
    }
  }
  return skipped < change.parsed.routes.size() ? std::optional(mark) : std::nullopt;
}

}  // namespace tandem::api
