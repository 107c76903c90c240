// The neighbors in force, the peers there are of them, how they are found, and the turns they get.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "common/config/reload_diff.hpp"
#include "common/speaker/peer.hpp"
#include "common/speaker/ranges.hpp"
#include "common/speaker/schedule.hpp"

namespace tandem::speaker {

class Peers final : private PeerKeeper {
 public:
  explicit Peers(const PeerContext& context) : context_(context) {}

  // --- how they are found ------------------------------------------------------------------------------------------------
  // Configuration order; then members of ranges and what is still ending, oldest first.
  [[nodiscard]] const std::vector<std::unique_ptr<Peer>>& all() const { return peers_; }
  [[nodiscard]] Peer* find(api::PeerId id) const;
  [[nodiscard]] std::vector<Peer*> at(const base::IpAddress& address) const;  // in the same order
  [[nodiscard]] Ranges& ranges() { return ranges_; }
  [[nodiscard]] const std::vector<std::shared_ptr<const config::Neighbor>>& neighbors() const { return neighbors_; }  // file order
  [[nodiscard]] config::NeighborList configured() const;  // the same, for whoever compares them
  // Another number when there are others, or when others have routes or subscribers.
  [[nodiscard]] std::uint64_t revision() const { return revision_; }
  // No peer, and nobody who could connect.
  [[nodiscard]] bool none() const { return peers_.empty() && ranges_.empty(); }

  // --- those of the configuration (peers_adopt.cpp) ------------------------------------------------------------------------
  struct Changes {
    std::size_t added = 0, removed = 0, changed = 0;  // neighbors
    std::size_t announced = 0, withdrawn = 0;         // routes of those that are kept or changed
  };
  // What another configuration changes, valid until one is adopted.
  struct Comparison {
    config::NeighborList before;
    config::ReloadDiff diff;
    config::RouteComparisons routes;  // of those that stay, to be stepped until all is compared
  };
  [[nodiscard]] Comparison compare(const config::Configuration& configuration) const;
  Changes adopt(config::Configuration configuration, Comparison compared, bool restart_sessions, base::TimePoint now);
  // A member for a connection that has come.
  Peer& add_member(Range& range, const base::IpAddress& local, const base::IpAddress& remote, const std::string& interface,
                   base::TimePoint now);

  // --- those that commands make and remove -----------------------------------------------------------------------------------
  // An error: there is one with the same key.
  [[nodiscard]] base::Result<void> create(std::shared_ptr<const config::Neighbor> neighbor, base::TimePoint now);
  void remove(Peer& peer, base::TimePoint now);  // forgotten until the configuration is read again

  // --- the round -----------------------------------------------------------------------------------------------------------
  // In their order, one turn each; whoever is not due does not run. True: there is more to do at once.
  bool run(base::TimePoint now);
  // Forgets those of which nothing is left; true: there may be fewer than before.
  bool drop_finished();
  // Those that hold back what commands have changed, and may have let go of it since; `fresh` changes have come since it was set to false.
  struct Holding {
    std::vector<api::PeerId> peers;
    bool fresh = false;
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [peers, fresh] = self;
      archive.object(self, "holding")("peers", peers)("fresh", fresh);
    }
  };
  [[nodiscard]] Holding& holding() { return holding_; }
  [[nodiscard]] bool any_due() const { return schedule_.any(); }
  [[nodiscard]] std::optional<base::TimePoint> deadline() const { return schedule_.next(); }

  // The neighbors in force, ranges and all peers. The programs are there when they are read.
  void store(state::Writer& writer) const;
  void load(state::Reader& reader);

 private:
  void load_peers(state::Reader& reader);
  // what peers ask for
  void mark_due(api::PeerId peer) override { schedule_.mark_due(peer); }
  void schedule(api::PeerId peer, base::TimePoint when) override { schedule_.at(peer, when); }
  void holds_commands(api::PeerId peer, bool begins) override;
  void has_routes_now() override { ++revision_; }

  using Neighbors = std::vector<std::shared_ptr<const config::Neighbor>>;
  Peer& add(PeerDefinition definition, base::TimePoint now);
  void forget(const Peer& peer);
  void leave_range(const Peer& peer);
  void arrange();
  // peers_adopt.cpp
  struct Adopted;
  [[nodiscard]] config::ReloadDiff diff(const config::NeighborList& before, const config::Configuration& configuration) const;
  void adopt(Adopted& adopted, bool restart_sessions, base::TimePoint now);
  void end_members(const Range& range, base::TimePoint now);
  void hand_over_members(Range& before, Range& after, const config::RouteDiff& routes, bool restart, base::TimePoint now);
  void sort();

  const PeerContext& context_;
  Neighbors neighbors_;
  Ranges ranges_;
  std::vector<std::unique_ptr<Peer>> peers_;
  std::unordered_map<api::PeerId, Peer*> by_id_;
  std::multimap<base::IpAddress, Peer*> by_address_;  // in their order where several have one address
  api::PeerId next_id_ = 0;
  std::vector<api::PeerId> free_ids_;  // of peers that are gone
  std::uint64_t last_member_ = 0;
  std::uint64_t revision_ = 0;
  Schedule schedule_;
  Holding holding_;
  bool any_finished_ = false;  // a peer has told in its turn that nothing is left of it, or the neighbors are new
};

}  // namespace tandem::speaker
