#include "common/api/route_changes.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/base/log.hpp"

namespace tandem::api {

namespace {

rib::ChangeMark apply(Executor& executor, PeerId peer, const rib::Route& route, const RouteChange& change) {
  if (change.use == rib::RouteUse::withdraw) return executor.withdraw(peer, route);
  // Filing announces, too, unless the route starts held.
  if (change.parsed.watchdog.empty()) return executor.announce(peer, route);
  return executor.file_watchdog(peer, change.parsed.watchdog, route, change.parsed.held);
}

struct Skip {  // what a neighbor does not take
  PeerId peer = 0;
  const rib::Route* route = nullptr;
  base::Error error;
};

// What the neighbor takes; the first route that it does not take is noted.
std::optional<rib::ChangeMark> apply(Call& call, PeerId peer, const RouteChange& change, std::vector<Skip>& skips) {
  std::optional<rib::ChangeMark> last;
  bool skipped = false;
  for (const rib::Route& route : change.parsed.routes) {
    if (auto accepted = call.executor.accepts(peer, route, change.use)) {
      const rib::ChangeMark mark = apply(call.executor, peer, route, change);
      last = last ? std::max(*last, mark) : mark;
    } else if (!std::exchange(skipped, true)) {
      skips.push_back({peer, &route, accepted.error()});
    }
  }
  return last;
}

void tell(const Call& call, const std::vector<Skip>& skips) {
  for (const Skip& skip : skips) {
    base::log(base::LogCategory::processes, base::LogLevel::warning, "api {}: {} skips {}: {}", call.client.service,
              call.executor.peer_key(skip.peer), rib::describe(*skip.route), skip.error.reason());
  }
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
  std::vector<Skip> skips;
  const auto mark = apply(call, peer, change, skips);
  tell(call, skips);
  return mark;
}

base::Result<void> change_all(Call& call, std::span<const PeerId> peers, const RouteChange& change) {
  // Whether anybody takes a route that is alone is seen when it is applied; that nobody does has changed nothing.
  const bool alone = change.parsed.routes.size() == 1;
  if (!alone) {
    if (auto checked = check_change(call.executor, peers, change); !checked) return checked;
  }
  call.changes.clear();
  std::vector<Skip> skips;
  for (const PeerId peer : peers) {
    if (const auto mark = apply(call, peer, change, skips)) call.changes.push_back({peer, *mark});
  }
  if (alone && call.changes.empty()) return skips.empty() ? base::Error("no neighbor") : std::move(skips.front().error);
  tell(call, skips);
  return {};
}

}  // namespace tandem::api
