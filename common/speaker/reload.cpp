// Reading the configuration, at the start and again (spec session.md 3.6; config.md 9): parsed as a whole, then compared, then applied
// once. A configuration that does not parse changes nothing (I27, D24); a reload is never dropped (DEV-8).
#include <fmt/core.h>

#include <algorithm>

#include "common/config/reload_diff.hpp"
#include "common/speaker/daemon.hpp"

namespace tandem::speaker {

using base::LogCategory;
using base::LogLevel;

namespace {

constexpr std::uint8_t k_cease_deconfigured = 3;

class HostProbe final : public config::ProgramProbe {
 public:
  explicit HostProbe(const process::Host& host) : host_(host) {}
  Answer probe(const std::string& path) const override {
    const process::ProgramFacts facts = host_.program_facts(path);
    return {facts.exists, facts.readable, facts.directory, facts.regular, facts.set_uid, facts.set_gid, facts.executable};
  }
  std::vector<std::string> search_path() const override { return host_.program_search_path(); }

 private:
  const process::Host& host_;
};

}  // namespace

base::Result<config::Configuration> Daemon::read_configuration(const std::string& path) {
  auto file = host_.read_file(path);
  if (!file) return file.error();
  const config::Source source{path, file->directory, std::move(file->text)};
  config::ParseOptions options;
  options.passive = options_.settings.bgp_passive;
  auto parsed = config::parse(source, options, HostProbe(host_), pool_);
  if (!parsed) return parsed.error();
  for (const config::Warning& warning : parsed->warnings) {
    base::log(LogCategory::configuration, LogLevel::warning, "{}", config::render(warning));
  }
  return parsed;
}

void Daemon::reload(bool restart_changed_programs, bool restart_sessions) {
  if (options_.settings.debug_rotate) configuration_ = (configuration_ + 1) % options_.configurations.size();
  const std::string& path = options_.configurations[configuration_];
  base::log(LogCategory::reactor, LogLevel::info, "reloading {}", path);
  auto configuration = read_configuration(path);
  if (!configuration) {
    base::log(LogCategory::configuration, LogLevel::error, "{}", config::render(configuration.error()));
    base::log(LogCategory::configuration, LogLevel::error, "the running configuration is kept");
    return;
  }
  apply(std::move(*configuration), restart_changed_programs, restart_sessions);
}

void Daemon::apply(config::Configuration configuration, bool restart_changed_programs, bool restart_sessions) {
  apply_programs(configuration, restart_changed_programs);

  config::Configuration before;
  for (const auto& neighbor : neighbors_) before.neighbors.push_back(*neighbor);
  const config::ReloadDiff changes = config::diff(before, configuration);

  std::vector<std::shared_ptr<const config::Neighbor>> neighbors;
  for (config::Neighbor& neighbor : configuration.neighbors) neighbors.push_back(std::make_shared<config::Neighbor>(std::move(neighbor)));
  std::unordered_map<std::string, Peer*> running;
  for (const auto& peer : peers_) {
    if (!peer->ephemeral()) running[peer->key()] = peer.get();
  }
  const auto peer_of = [&running](const config::Neighbor& neighbor) -> Peer* {
    const auto found = running.find(config::peer_key(neighbor));
    return found == running.end() ? nullptr : found->second;
  };

  for (const std::size_t old : changes.removed) {
    if (Peer* peer = peer_of(*neighbors_[old])) peer->stop(k_cease_deconfigured, "stop, message [removed]", now_);
  }
  const auto carry_over = [&](std::size_t old, std::size_t fresh, bool replace) {
    const auto& neighbor = neighbors[fresh];
    if (neighbor->is_range()) return;  // its members keep the definition they were made with until their sessions end
    Peer* peer = peer_of(*neighbors_[old]);
    if (peer == nullptr) {
      add_peer(neighbor, false);  // it had been given up (tcp.attempts)
      peers_.back()->start(now_);
      return;
    }
    config::RouteDiff routes = config::diff_routes(neighbors_[old]->routes, neighbor->routes);
    if (replace) {
      peer->replace(neighbor, std::move(routes), now_);
    } else {
      peer->update(neighbor, routes);
      if (restart_sessions) peer->restart(now_);
    }
  };
  for (const auto& [old, fresh] : changes.changed) carry_over(old, fresh, true);
  for (const auto& [old, fresh] : changes.kept) carry_over(old, fresh, false);
  for (const std::size_t fresh : changes.added) {
    if (neighbors[fresh]->is_range()) continue;
    add_peer(neighbors[fresh], false);
    peers_.back()->start(now_);
  }
  neighbors_ = std::move(neighbors);
  for (const auto& peer : peers_) peer->resubscribe();
  executor_.forget_selections();
  refresh_listeners();
}

void Daemon::apply_programs(const config::Configuration& configuration, bool restart_changed) {
  const auto defined = [&configuration](const std::string& name) {
    return std::any_of(configuration.programs.begin(), configuration.programs.end(),
                       [&name](const config::Program& program) { return program.name == name; });
  };
  for (auto& program : programs_) {
    if (defined(program->definition().name)) continue;
    base::log(LogCategory::processes, LogLevel::info, "process {}: not configured any more", program->definition().name);
    program->stop(now_);
    retired_programs_.push_back(std::move(program));
  }
  std::erase(programs_, nullptr);
  std::vector<std::unique_ptr<Program>> ordered;
  for (const config::Program& definition : configuration.programs) {
    const auto found = std::find_if(programs_.begin(), programs_.end(), [&definition](const auto& program) {
      return program && program->definition().name == definition.name;
    });
    if (found == programs_.end()) {
      ordered.push_back(std::make_unique<Program>(*this, definition));
      ordered.back()->start(now_);
      continue;
    }
    Program& program = **found;
    program.redefine(definition);
    // Compared with what the running instance was started as, not with the file before (spec api.md 2.8).
    if (restart_changed && program.running() && !(program.running_definition() == definition)) program.stop(now_);
    if (!program.running()) program.start(now_);
    ordered.push_back(std::move(*found));
  }
  programs_ = std::move(ordered);
}

// --- listeners -------------------------------------------------------------------------------------------------------------

std::vector<process::Md5Key> Daemon::md5_keys() const {
  std::vector<process::Md5Key> keys;
  for (const auto& neighbor : neighbors_) {
    if (!neighbor->md5_password.empty() && !neighbor->is_range()) keys.push_back({neighbor->peer.address, neighbor->md5_password});
  }
  return keys;
}

// The global listeners of tcp.bind. Failing to listen at the start is fatal.
base::Result<void> Daemon::open_listeners() {
  for (const std::string& text : options_.settings.tcp_bind) {
    const auto address = base::IpAddress::parse(text);
    if (!address) return base::Error(fmt::format("tcp.bind: '{}' is not an IP address", text));
    process::ListenPlan plan;
    plan.at = {*address, options_.settings.tcp_port};
    auto socket = host_.open_listener(plan);
    if (!socket) return socket.error();
    auto listener = std::make_unique<Listener>(*this, ChannelKind::listener, plan.at.text(), plan.at, std::move(*socket));
    listeners_.push_back(listener.get());
    runtime_.adopt(std::move(listener));
  }
  return {};
}

// The listeners that neighbors ask for, and the keys of all of them; at the start and after each reload.
void Daemon::refresh_listeners() {
  const std::vector<process::Md5Key> keys = md5_keys();
  for (const auto& neighbor : neighbors_) {
    if (neighbor->listen_port == 0) continue;
    process::ListenPlan plan;
    plan.at = {neighbor->md5_address ? neighbor->md5_address : neighbor->local_address, neighbor->listen_port};
    plan.minimum_ttl = neighbor->incoming_ttl;
    const auto open = [&plan](const Listener* listener) { return listener->at() == plan.at; };
    if (std::any_of(listeners_.begin(), listeners_.end(), open)) continue;
    auto socket = host_.open_listener(plan);
    if (!socket) {
      base::log(LogCategory::network, LogLevel::critical, "{}: {}", config::peer_key(*neighbor), socket.error().reason());
      listen_failed_ = true;
      continue;
    }
    auto listener = std::make_unique<Listener>(*this, ChannelKind::listener, plan.at.text(), plan.at, std::move(*socket));
    listeners_.push_back(listener.get());
    runtime_.adopt(std::move(listener));
  }
  if (keys.empty()) return;
  for (const Listener* listener : listeners_) {
    if (auto set = host_.set_md5_keys(listener->input_fd(), keys); !set) {
      base::log(LogCategory::network, LogLevel::error, "{}: {}", listener->name(), set.error().reason());
    }
  }
}

}  // namespace tandem::speaker
