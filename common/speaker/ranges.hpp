// Neighbors that are ranges. Whoever connects from inside one gets a peer of his own, a member, until its session ends.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "common/config/configuration.hpp"
#include "common/speaker/peer.hpp"

namespace tandem::state {
class Reader;
class Writer;
}  // namespace tandem::state

namespace tandem::speaker {

class Range {
 public:
  Range(std::shared_ptr<const config::Neighbor> neighbor, std::shared_ptr<const config::Neighbor> without_routes)
      : neighbor_(std::move(neighbor)), without_routes_(std::move(without_routes)) {}

  [[nodiscard]] const std::shared_ptr<const config::Neighbor>& neighbor() const { return neighbor_; }
  [[nodiscard]] const std::shared_ptr<const config::Neighbor>& without_routes() const { return without_routes_; }
  // What a member is, with the addresses of its connection. It copies all of the range but the routes.
  [[nodiscard]] std::shared_ptr<const config::Neighbor> member(const base::IpAddress& local, const base::IpAddress& remote,
                                                              const std::string& interface) const;

  // --- its members, whose number is bounded: anybody can connect ---------------------------------------------------------
  using Members = std::map<std::uint64_t, Peer*>;  // by Provenance::member
  [[nodiscard]] std::size_t limit() const;
  [[nodiscard]] bool full() const { return members_.size() >= limit(); }
  void join(Peer& peer) { members_.emplace(peer.provenance().member, &peer); }
  void leave(const Peer& peer) { members_.erase(peer.provenance().member); }
  // The oldest that has not said anything valid; null: none. Who has been heard once is not asked again, so it takes no time.
  [[nodiscard]] Peer* oldest_silent();
  [[nodiscard]] const Members& members() const { return members_; }
  void take_members(Range& from);
  // Its members are known by their numbers; `find` gives the peer of one.
  void store(state::Writer& writer) const;
  void load(state::Reader& reader, const std::function<Peer*(api::PeerId)>& find);

 private:
  std::shared_ptr<const config::Neighbor> neighbor_;
  std::shared_ptr<const config::Neighbor> without_routes_;
  Members members_;
  std::uint64_t heard_before_ = 0;  // all members before this one
};

// Those of the configuration, in its order.
class Ranges {
 public:
  Ranges() = default;
  Ranges(Ranges&&) = default;
  Ranges& operator=(Ranges&&) = default;

  std::shared_ptr<const config::Neighbor> add(config::Neighbor neighbor);
  Range& add(std::shared_ptr<const config::Neighbor> neighbor, std::shared_ptr<const config::Neighbor> without_routes);
  [[nodiscard]] Range* of(const config::Neighbor* neighbor) const;  // null: it is none of these
  [[nodiscard]] bool empty() const { return ranges_.empty(); }
  [[nodiscard]] auto begin() { return ranges_.begin(); }
  [[nodiscard]] auto end() { return ranges_.end(); }
  [[nodiscard]] const std::deque<Range>& all() const { return ranges_; }

 private:
  std::deque<Range> ranges_;
  std::unordered_map<const config::Neighbor*, Range*> by_neighbor_;
};

}  // namespace tandem::speaker
