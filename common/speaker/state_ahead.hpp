// What is long of a state, written while everybody is served: before another program goes on (docs/engines.md) nothing but the rest is to be
// written in the pause. What has changed by then is in the rest.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/speaker/peer.hpp"
#include "common/state/writer.hpp"

namespace tandem::speaker {

class StateAhead {
 public:
  StateAhead();
  // A slice; takes from the budget what it has done, in routes. True: all that was long is written, and nothing will be any more.
  bool work(const std::vector<std::unique_ptr<Peer>>& peers, std::size_t& budget);
  // In their order, in front of what finish() gives.
  [[nodiscard]] const std::vector<base::Buffer>& octets() const { return octets_; }
  // For the rest, as it is at that instant. What comes of it ends this one.
  [[nodiscard]] state::Writer& rest(base::TimePoint now) {
    writer_.set_now(now);
    return writer_;
  }

 private:
  state::Writer writer_;
  std::vector<base::Buffer> octets_;
  bool done_ = false;
  std::size_t next_ = 0;              // of the peers
  std::optional<api::PeerId> peer_;   // which that was: peers come and go meanwhile. Who is missed is in the rest
  Peer::AheadPlace place_;            // in what is its
};

}  // namespace tandem::speaker
