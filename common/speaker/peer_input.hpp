// What a peer says once it is Established: its adj-RIB-in, its route refreshes, and the events about both.
#pragma once

#include <optional>
#include <vector>

#include "common/rib/adj_rib_in.hpp"
#include "common/speaker/peer_context.hpp"
#include "common/speaker/peer_counters.hpp"
#include "common/speaker/peer_definition.hpp"
#include "common/speaker/peer_events.hpp"

namespace tandem::speaker {

class PeerInput {
 public:
  PeerInput(const PeerDefinition& definition, const PeerContext& context, PeerEvents& events, PeerCounters& counters)
      : definition_(definition), context_(context), events_(events), counters_(counters) {}

  ~PeerInput() { clear(); }
  PeerInput(const PeerInput&) = delete;
  PeerInput& operator=(const PeerInput&) = delete;

  void clear() { rib_.clear(context_.discards); }
  [[nodiscard]] const rib::AdjRibIn& rib() const { return rib_; }

  void established();
  void closed() { refresh_ends_.clear(); }
  [[nodiscard]] bool wants_decoded_updates() const;
  // One message. A family comes back when the peer asks for its routes.
  std::optional<bgp::FamilyIndex> handle(const session::Session& session, const session::Inbound& inbound, base::TimePoint now);
  // What a route refresh leaves to be done, a slice. False: there is more, and what the peer says next must wait for it.
  bool settle(const session::Session& session, base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> deadline() const;
  // A slice of the adj-RIB-in as if it were received now, for one who is told what is received.
  api::Told tell_routes(const EventReceiver& program, const session::Session& session, rib::RibCursor& cursor, std::string& out);
  // The limit of max-prefix that the peer has passed and that ends the session; null: none. The log is warned on the way.
  [[nodiscard]] const config::PrefixLimit* passed_limit();

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [definition, context, events, counters, rib, near_limit, over_limit, refresh_ends] = self;
    archive.object(self, "peer_input")("rib", rib)("near_limit", near_limit)("over_limit", over_limit)("refresh_ends", refresh_ends);
  }

 private:
  void log_update(const bgp::Update& update) const;
  void handle_update(const session::Session& session, const session::Inbound& inbound);
  std::optional<bgp::FamilyIndex> handle_refresh(const session::Session& session, const session::Inbound& inbound, base::TimePoint now);
  void handle_refresh_mark(bgp::FamilyIndex family, bgp::RefreshSubtype mark, base::TimePoint now);
  void tell_gone(const session::Session& session, const std::vector<bgp::NlriKey>& gone);

  struct RefreshEnd {
    bgp::FamilyIndex family = 0;
    base::TimePoint at{};
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [family, at] = self;
      archive.object(self, "refresh_end")("family", family)("at", at);
    }
  };
  const PeerDefinition& definition_;
  const PeerContext& context_;
  PeerEvents& events_;
  PeerCounters& counters_;
  rib::AdjRibIn rib_;
  bgp::FamilySet near_limit_;  // warned of
  bgp::FamilySet over_limit_;
  std::vector<RefreshEnd> refresh_ends_;  // when a refresh that the peer began is taken to have ended
};

}  // namespace tandem::speaker
