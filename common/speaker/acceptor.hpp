// Which neighbor an accepted connection belongs to, and whether it may come in.
#pragma once

#include <optional>

#include "common/process/host.hpp"
#include "common/speaker/listeners.hpp"
#include "common/speaker/peers.hpp"
#include "common/speaker/refusal_log.hpp"
#include "common/speaker/rejections.hpp"

namespace tandem::speaker {

class Acceptor {
 public:
  Acceptor(process::Host& host, Listeners& listeners, Peers& peers, Rejections& rejections)
      : host_(host), listeners_(listeners), peers_(peers), rejections_(rejections) {}

  // Gives what the listeners have accepted to the peers.
  void run(base::TimePoint now);
  // Of what is logged about refused connections.
  [[nodiscard]] std::optional<base::TimePoint> deadline() const { return refusals_.deadline(); }
  void expired(base::TimePoint now) { refusals_.expired(now); }
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [host, listeners, peers, rejections, refusals] = self;
    archive.object(self, "acceptor")("refusals", refusals);
  }

 private:
  void attach(process::IncomingConnection connection, base::TimePoint now);
  void attach_member(process::IncomingConnection connection, base::TimePoint now);
  [[nodiscard]] Peer* peer_for(const process::IncomingConnection& connection) const;
  [[nodiscard]] bool admit(const config::Neighbor& neighbor, const process::IncomingConnection& connection, base::TimePoint now);
  [[nodiscard]] static bool make_room(Range& range, base::TimePoint now);

  process::Host& host_;
  Listeners& listeners_;
  Peers& peers_;
  Rejections& rejections_;
  RefusalLog refusals_;
};

}  // namespace tandem::speaker
