// Reading the configuration, at the start and again: parsed as a whole, then compared, then applied
// once. A configuration that does not parse changes nothing (I27); a reload is never dropped (DEV-8).
#include <fmt/core.h>

#include <algorithm>

#include "common/config/reload_diff.hpp"
#include "common/speaker/daemon.hpp"
#include "common/speaker/host_probe.hpp"

namespace tandem::speaker {

using base::LogCategory;
using base::LogLevel;

namespace {

constexpr std::uint8_t k_cease_deconfigured = 3;

// A sink escapes what would break a line; what we wrote on several lines is logged as several.
void log_lines(LogLevel level, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    base::log(LogCategory::configuration, level, "{}", text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

base::Result<config::Configuration> Daemon::read_configuration(const std::string& path) {
  auto file = host_.read_file(path);
  if (!file) return file.error();
  const config::Source source{path, file->directory, std::move(file->text)};
  config::ParseOptions options;
  options.passive = options_.settings.bgp_passive;
  options.bound = options_.settings.tcp_bind;
  auto parsed = config::parse(source, options, HostProbe(host_, &found_programs_), pool_);
  if (!parsed) return parsed.error();
  for (const config::Warning& warning : parsed->warnings) {
    log_lines(LogLevel::warning, config::render(warning));
  }
  return parsed;
}

// What the log says of a start: this much was loaded.
void Daemon::tell_loaded(base::WallTime began) const {
  std::size_t routes = 0;
  for (const auto& neighbor : neighbors_) routes += neighbor->routes.routes.size();
  base::log(LogCategory::reactor, LogLevel::info, "loaded {}: {} neighbors, {} routes, {} programs, {} ms", options_.configurations.front(),
            neighbors_.size(), routes, programs_.all().size(), milliseconds_since(began));
}

// ... and of a reload: this has changed.
void Daemon::tell_changes(const std::string& path, base::WallTime began) const {
  std::string text;
  const auto add = [&text](std::size_t count, std::string_view what) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
  };
  add(changes_.added, "neighbors added");
  add(changes_.removed, "neighbors removed");
  add(changes_.changed, "neighbors changed");
  add(changes_.announced, "routes announced");
  add(changes_.withdrawn, "routes withdrawn");
  add(changes_.programs.started, "programs started");
  add(changes_.programs.stopped, "programs stopped");
  if (text.empty()) text = "nothing has changed";
  base::log(LogCategory::reactor, LogLevel::info, "reloaded {}: {}, {} ms", path, text, milliseconds_since(began));
}

std::int64_t Daemon::milliseconds_since(base::WallTime began) const {
  return std::max<std::int64_t>((host_.wall_time() - began) / std::chrono::milliseconds(1), 0);
}

void Daemon::reload(bool restart_changed_programs, bool restart_sessions) {
  if (options_.settings.debug_rotate) configuration_ = (configuration_ + 1) % options_.configurations.size();
  const std::string& path = options_.configurations[configuration_];
  if (auto opened = base::open_log_again(); !opened) {
    base::log(LogCategory::daemon, LogLevel::error, "{}, the file that is open goes on", opened.error().reason());
  }
  base::log(LogCategory::reactor, LogLevel::info, "reloading {}", path);
  const base::WallTime began = host_.wall_time();
  auto configuration = read_configuration(path);
  if (!configuration) {
    log_lines(LogLevel::error, config::render(configuration.error()));
    base::log(LogCategory::configuration, LogLevel::error, "the running configuration is kept");
    return;
  }
  static_cast<void>(listeners_.adopt(configuration->neighbors));  // what cannot be opened has been logged
  changes_ = {};
  apply(std::move(*configuration), restart_changed_programs, restart_sessions);
  tell_changes(path, began);
}

void Daemon::apply(config::Configuration configuration, bool restart_changed_programs, bool restart_sessions) {
  changes_.programs = programs_.adopt(configuration, restart_changed_programs, now());
  apply_neighbors(std::move(configuration), restart_sessions);
  sort_peers();
  for (const auto& peer : peers_) peer->resubscribe();
  executor_.forget_selections();
}

config::RouteDiff Daemon::routes_changed(const config::Neighbor& before, const config::Neighbor& after) {
  config::RouteDiff routes = config::diff_routes(before.routes, after.routes);
  changes_.announced += routes.announce.size();
  changes_.withdrawn += routes.withdraw.size();
  return routes;
}

void Daemon::apply_neighbors(config::Configuration configuration, bool restart_sessions) {
  config::Configuration before;
  for (const auto& neighbor : neighbors_) before.neighbors.push_back(*neighbor);
  const config::ReloadDiff changes = config::diff(before, configuration);
  changes_.added = changes.added.size();
  changes_.removed = changes.removed.size();
  changes_.changed = changes.changed.size();

  std::vector<std::shared_ptr<const config::Neighbor>> neighbors;
  std::vector<Range> ranges;
  std::unordered_map<const config::Neighbor*, std::size_t> range_positions;
  for (config::Neighbor& neighbor : configuration.neighbors) {
    std::shared_ptr<const config::Neighbor> without_routes;
    if (neighbor.is_range()) {
      rib::RouteList routes = std::exchange(neighbor.routes, {});
      without_routes = std::make_shared<config::Neighbor>(neighbor);
      neighbor.routes = std::move(routes);
    }
    neighbors.push_back(std::make_shared<config::Neighbor>(std::move(neighbor)));
    if (!without_routes) continue;
    range_positions.emplace(neighbors.back().get(), ranges.size());
    ranges.push_back({neighbors.back(), std::move(without_routes)});
  }
  const auto range_of = [&](const std::shared_ptr<const config::Neighbor>& neighbor) -> const Range* {
    const auto found = range_positions.find(neighbor.get());
    return found == range_positions.end() ? nullptr : &ranges[found->second];
  };
  std::unordered_map<std::string, Peer*> running;
  for (const auto& peer : peers_) {
    if (!peer->ephemeral() && !peer->stopped()) running[peer->key()] = peer.get();
  }
  const auto peer_of = [&running](const config::Neighbor& neighbor) -> Peer* {
    const auto found = running.find(config::peer_key(neighbor));
    return found == running.end() ? nullptr : found->second;
  };
  const auto begin = [this](const std::shared_ptr<const config::Neighbor>& neighbor) {
    if (neighbor->is_range()) return;  // has no peer until somebody connects
    add_peer(neighbor, {}).start(now());
  };

  for (const std::size_t old : changes.removed) {
    change_members(neighbors_[old], nullptr, false);
    if (Peer* peer = peer_of(*neighbors_[old])) peer->stop(k_cease_deconfigured, "stop, message [removed]", now());
  }
  for (const auto& [old, fresh] : changes.changed) {
    change_members(neighbors_[old], nullptr, false);
    if (Peer* peer = peer_of(*neighbors_[old])) {
      peer->replace(neighbors[fresh], routes_changed(*neighbors_[old], *neighbors[fresh]), now());
    } else {
      begin(neighbors[fresh]);  // it had been given up (tcp.attempts)
    }
  }
  for (const auto& [old, fresh] : changes.kept) {
    change_members(neighbors_[old], range_of(neighbors[fresh]), restart_sessions);
    if (Peer* peer = peer_of(*neighbors_[old])) {
      peer->update(neighbors[fresh], {}, routes_changed(*neighbors_[old], *neighbors[fresh]));
      if (restart_sessions) peer->restart(now());
    } else {
      begin(neighbors[fresh]);
    }
  }
  for (const std::size_t fresh : changes.added) begin(neighbors[fresh]);
  neighbors_ = std::move(neighbors);
  ranges_ = std::move(ranges);
  any_gone_ = true;
}

// The peers that a range has at the moment. Without `after` they end: a new connection finds what is configured then.
void Daemon::change_members(const std::shared_ptr<const config::Neighbor>& before, const Range* after, bool restart) {
  if (!before->is_range()) return;
  const config::RouteDiff routes = after != nullptr ? config::diff_routes(before->routes, after->neighbor->routes) : config::RouteDiff{};
  for (const auto& peer : peers_) {
    if (peer->provenance().range != before || peer->stopped()) continue;
    if (after == nullptr) {
      peer->stop(k_cease_deconfigured, "stop, message [removed]", now());
      continue;
    }
    const config::Neighbor& member = peer->neighbor();
    peer->update(member_of(*after, member.local_address, member.peer.address, member.source_interface),
                 {Provenance::Kind::range_member, after->neighbor}, routes);
    if (restart) peer->restart(now());
  }
}

// Configuration order; then members of ranges and what is still ending, oldest first.
void Daemon::sort_peers() {
  std::unordered_map<std::string, std::size_t> positions;
  for (std::size_t i = 0; i < neighbors_.size(); ++i) positions.emplace(config::peer_key(*neighbors_[i]), i);
  const auto position = [&](const Peer& peer) {
    const auto found = positions.find(peer.key());
    return peer.ephemeral() || peer.stopped() || found == positions.end() ? positions.size() : found->second;
  };
  std::vector<std::pair<std::size_t, std::unique_ptr<Peer>>> order;
  order.reserve(peers_.size());
  for (auto& peer : peers_) order.emplace_back(position(*peer), std::move(peer));
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < order.size(); ++i) peers_[i] = std::move(order[i].second);
}

}  // namespace tandem::speaker
