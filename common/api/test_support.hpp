// A daemon for tests: peers that are only keys and flags, and a log of what was asked of them. Test code only.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/api/dispatcher.hpp"

namespace tandem::api::test {

struct FakePeer {
  std::string key;
  bool established = true;
  bool written = true;
  bool refuses = false;  // takes no route
  std::optional<bgp::Family> only;  // takes no route of another family
  PeerSnapshot snapshot;
  std::vector<rib::Route> in, out;
};

inline FakePeer make_peer(const std::string& address, std::uint32_t local_as = 65001, std::uint32_t peer_as = 65001) {
  FakePeer peer;
  peer.key = fmt::format("neighbor {} local-ip 127.0.0.1 local-as {} peer-as {} router-id 1.2.3.4 family-allowed in-open", address,
                         local_as, peer_as);
  PeerSnapshot& s = peer.snapshot;
  s.key = peer.key;
  s.peer_address = address;
  s.local_address = "127.0.0.1";
  s.local_as = local_as;
  s.peer_as = peer_as;
  s.router_id = "1.2.3.4";
  s.peer_id = "9.9.9.9";
  s.local_hold_time_s = 180;
  s.peer_hold_time_s = 180;
  s.established = true;
  s.state = "ESTABLISHED";
  s.duration_s = 4;
  s.local = {1, 1, 0, 0, 0, 1, 0};
  s.remote = {1, 1, 0, 0, 0, 1, 0};
  PeerSnapshot::FamilyView family;
  family.family = bgp::k_ipv4_unicast;
  family.local = true;
  family.remote = 1;
  family.add_path_remote = 0;
  s.families.push_back(family);
  s.sent = {1, 4, 0, 1, 0, 0};
  s.received = {1, 1, 0, 1, 0, 0};
  s.prefixes_received = 1;
  s.configuration = "neighbor " + address + " {\n  peer-as " + std::to_string(peer_as) + ";\n}\n";
  return peer;
}

class FakeExecutor final : public Executor {
  rib::AttributePool pool_;  // first: it outlives the routes of the peers

 public:
  FakeExecutor() {
    add(make_peer("127.0.0.1"));
    engine_.name = "sync";
    engine_.available = {"sync", "async"};
    engine_.since = 1795343803.25;
    engine_.switches = 2;
  }
  void add(FakePeer peer) {
    fakes.push_back(std::move(peer));
    all_.push_back(static_cast<PeerId>(fakes.size() - 1));
    allowed_.push_back(all_.back());
  }
  void forbid_all() { allowed_.clear(); }
  void forbid(PeerId peer) { std::erase(allowed_, peer); }
  void remove(PeerId peer) {
    std::erase(all_, peer);
    std::erase(allowed_, peer);
  }

  std::vector<NewPeer> created;

  std::span<const PeerId> peers() const override { return all_; }
  std::span<const PeerId> peers_of(ClientId) const override { return allowed_; }
  std::string_view peer_key(PeerId peer) const override {
    const bool exists = std::find(all_.begin(), all_.end(), peer) != all_.end();
    return exists ? std::string_view(fakes[peer].key) : std::string_view();
  }
  bool established(PeerId peer) const override { return fakes[peer].established; }
  PeerSnapshot snapshot(PeerId peer) const override { return fakes[peer].snapshot; }
  std::vector<IdleNeighbor> idle_neighbors() const override { return idle; }

  base::Result<void> create_peer(const NewPeer& peer) override {
    created.push_back(peer);
    if (peer.peer.text() == "10.0.0.99") return base::Error("peer already exists: neighbor 10.0.0.99");
    return {};
  }
  void delete_peer(PeerId peer) override { note(fmt::format("delete {}", peer)); }

  rib::AttributePool& attribute_pool() override { return pool_; }
  base::Result<void> accepts(PeerId peer, const rib::Route& route, rib::RouteUse) const override {
    if (fakes[peer].refuses) return base::Error("use of \"next-hop self\": no");
    if (fakes[peer].only && *fakes[peer].only != bgp::family_at(route.nlri.family())) return base::Error("the family is not configured");
    return {};
  }
  rib::ChangeMark announce(PeerId peer, const rib::Route& route) override { return change("announce", peer, route); }
  rib::ChangeMark withdraw(PeerId peer, const rib::Route& route) override { return change("withdraw", peer, route); }
  rib::ChangeMark file_watchdog(PeerId peer, const std::string& name, const rib::Route& route, bool held) override {
    note(fmt::format("file {} {} {} {}", peer, name, rib::describe(route), held ? "held" : "active"));
    return {1, 1, 0};
  }
  void announce_watchdog(PeerId peer, std::string_view name) override { note(fmt::format("announce watchdog {} {}", peer, name)); }
  void withdraw_watchdog(PeerId peer, std::string_view name) override { note(fmt::format("withdraw watchdog {} {}", peer, name)); }
  void flush_out(PeerId peer) override { note(fmt::format("flush {}", peer)); }
  void clear_out(PeerId peer) override { note(fmt::format("clear out {}", peer)); }
  void clear_in(PeerId peer) override { note(fmt::format("clear in {}", peer)); }
  std::optional<rib::Route> announced(PeerId peer, const bgp::NlriKey& key) const override {
    for (const rib::Route& route : fakes[peer].out) {
      if (route.nlri == key) return route;
    }
    return std::nullopt;
  }
  // Family after family as a RIB has it; the cursor's table is one of positions.
  bool walk(PeerId peer, RibDirection direction, rib::RibCursor& cursor, const rib::RouteVisitor& visit) const override {
    const std::vector<rib::Route>& routes = direction == RibDirection::in ? fakes[peer].in : fakes[peer].out;
    for (; cursor.family < bgp::k_family_count; cursor.enter_next_family()) {
      if (!cursor.families.contains(cursor.family)) continue;
      rib::OrderedTable<rib::AttributeSetRef>& table = tables_[&routes][cursor.family];
      if (!cursor.walk.begun()) {
        table.clear();
        bool inserted = false;
        for (const rib::Route& route : routes) {
          if (route.nlri.family() == cursor.family) table.get_or_insert(route.nlri, inserted) = route.attributes;
        }
      }
      if (table.walk(cursor.walk, visit)) return true;
    }
    return false;
  }

  void queue_end_of_rib(PeerId peer, bgp::Family family) override { note(fmt::format("eor {} {}", peer, bgp::to_string(family))); }
  void queue_route_refresh(PeerId peer, bgp::Family family) override {
    note(fmt::format("refresh {} {}", peer, bgp::to_string(family)));
  }
  void queue_operational(PeerId peer, const bgp::Operational& message) override {
    std::string text;
    bgp::operational_text(message, text);
    note(fmt::format("operational {} {}", peer, text));
  }
  void enable(PeerId peer) override { note(fmt::format("enable {}", peer)); }
  void teardown(PeerId peer, std::uint8_t subcode, std::string_view text) override {
    note(fmt::format("teardown {} {}{}{}", peer, subcode, text.empty() ? "" : " ", text));
  }

  void request(DaemonRequest request, std::string_view sender) override {
    note(fmt::format("request {} of {}", static_cast<int>(request), sender));
  }
  std::unique_ptr<ReloadChecking> check_reload(std::string_view path) override {
    struct Known final : ReloadChecking {
      std::optional<base::Result<ReloadCheck>> step() override {
        if (slices-- > 0) return std::nullopt;
        return result;
      }
      base::Result<ReloadCheck> result = ReloadCheck{};
      int slices = 0;
    };
    note(fmt::format("check {}", path));
    auto known = std::make_unique<Known>();
    known->result = reload;
    known->slices = reload_slices;
    return known;
  }
  DaemonStatus status() const override { return {"0.1.0", "11111111-2222-4333-8444-555555555555", 4100, 1795343803.08, 3}; }
  std::vector<QueueStatus> queue_status() const override { return queues; }
  Told tell_state(ClientId, StateWalk&, std::string&) override { return Told::everything; }
  void owner_ended(std::uint32_t owner) override { note(fmt::format("owner ended {}", owner)); }
  bool ready(ClientId client) override {
    note(fmt::format("ready {}", client));
    return client != 0;
  }
  void drop_pending_commands(ClientId client) override { note(fmt::format("drop {}", client)); }
  EngineStatus engine() const override { return engine_; }
  base::Result<void> request_engine(std::string_view name) override {
    note(fmt::format("engine {}", name));
    return {};
  }
  std::optional<base::Result<void>> engine_outcome(std::string_view) const override { return switched; }
  base::RecordingFacts recording() const override { return recorded; }
  base::Result<void> start_recording(const base::RecordingRequest& request) override {
    note(fmt::format("record {} size {} keep {}", request.file, request.size, request.keep));
    if (recorded.on) return base::Error(recorded.file + " is being recorded");
    return {};
  }
  std::optional<base::Result<void>> recording_outcome() const override { return recording_begun; }
  base::Result<void> request_upgrade(std::string_view binary) override {
    if (upgrade_under_way) return base::Error("another one is being looked at");
    note(fmt::format("upgrade {}", binary));
    return {};
  }
  std::optional<base::Result<void>> upgrade_outcome() const override { return upgraded; }
  void stop_recording() override { note("record stop"); }
  base::ShadowFacts shadow() const override { return beside; }
  base::Result<void> start_shadow(std::string_view engine) override {
    note(fmt::format("shadow {}", engine));
    return {};
  }
  std::optional<base::Result<void>> shadow_outcome() const override { return shadow_begun; }
  void stop_shadow() override { note("shadow stop"); }
  Measurement measurement() const override { return measured; }
  base::Result<void> begin_trial(const TrialPlan& plan) override {
    note(fmt::format("trial {} for {} s, {} limits{}", plan.engine, base::seconds(plan.time), plan.limits.size(), plan.keep ? ", keep" : ""));
    if (trial_refusal) return base::Error(*trial_refusal);
    trials.emplace().plan = plan;
    return {};
  }
  void stop_trial() override { note("trial stop"); }
  const TrialStatus* trial() const override { return trials ? &*trials : nullptr; }
  SyncPoint sync_point(PeerId, rib::ChangeMark change) override { return {change, {}, 0}; }
  bool reached(PeerId peer, SyncPoint&) const override { return fakes[peer].written; }

  // What was asked since the last time this was asked.
  std::vector<std::string> take_log() { return std::exchange(log_, {}); }

  std::vector<FakePeer> fakes;
  std::vector<IdleNeighbor> idle;
  std::vector<QueueStatus> queues;
  base::Result<ReloadCheck> reload = ReloadCheck{};
  int reload_slices = 0;  // before it is known
  std::optional<base::Result<void>> switched = base::Result<void>();  // what became of the engine that was asked for
  std::optional<base::Result<void>> recording_begun = base::Result<void>();  // what became of the recording
  base::RecordingFacts recorded;
  std::optional<base::Result<void>> shadow_begun = base::Result<void>();  // what became of the shadow
  base::ShadowFacts beside;
  bool upgrade_under_way = false;
  std::optional<base::Result<void>> upgraded = base::Result<void>();  // what became of the other program
  Measurement measured;
  std::optional<TrialStatus> trials;            // the last one
  std::optional<std::string> trial_refusal;
  bool logging = true;

 private:
  void note(std::string line) {
    if (logging) log_.push_back(std::move(line));
  }
  rib::ChangeMark change(std::string_view verb, PeerId peer, const rib::Route& route) {
    if (logging) note(fmt::format("{} {} {}", verb, peer, rib::describe(route)));
    return {1, 1, 0};
  }

  mutable std::map<const std::vector<rib::Route>*, std::map<bgp::FamilyIndex, rib::OrderedTable<rib::AttributeSetRef>>> tables_;
  std::vector<PeerId> all_, allowed_;
  std::vector<std::string> log_;
  EngineStatus engine_;
};

// What stands behind "route".
inline rib::Route parse_route(rib::RouteParser& parser, std::string_view statement) {
  Tokenizer line;
  static_cast<void>(line.tokenize(statement));
  return parser.parse_route(line.tokens(), rib::RouteUse::announce)->routes.at(0);
}

// A client with a dispatcher of its own; run() gives all lines of the answer.
class Console {
 public:
  explicit Console(unsigned version = 6, bgp::Dialect dialect = bgp::Dialect::main) : dispatcher(executor, dialect) {
    client.version = version;
    client.details = dispatcher.words().error_details;
    client.service = "prog";
    client.id = 7;
  }
  // The whole answer, as it is written. Jobs are stepped until they are over, or once when they wait.
  std::string run(std::string_view line) {
    std::string out;
    dispatcher.execute(client, line, out, job);
    if (job) step(out);
    return out;
  }
  // What a client that waits is answered in the next round.
  std::string next() {
    std::string out;
    step(out);
    return out;
  }
  bool step(std::string& out) {
    for (int i = 0; i < 10000; ++i) {
      const std::size_t before = out.size();
      if (const auto outcome = job->step(executor, 1000, out)) {
        job.reset();
        dispatcher.finish(client, *outcome, out);
        return true;
      }
      if (out.size() == before) return false;
    }
    return false;
  }

  FakeExecutor executor;
  Dispatcher dispatcher;
  ClientState client;
  std::unique_ptr<Job> job;
};

}  // namespace tandem::api::test
