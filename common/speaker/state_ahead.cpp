#include "common/speaker/state_ahead.hpp"

namespace tandem::speaker {

// It is left to a program in the same process: with the keys.
StateAhead::StateAhead() : writer_({}, state::Secrets::included) { writer_.begin_ahead(); }

bool StateAhead::work(const std::vector<std::unique_ptr<Peer>>& peers, std::size_t& budget) {
  if (done_) return true;
  for (; next_ < peers.size() && budget > 0; ++next_) {
    const Peer& peer = *peers[next_];
    if (peer_ != peer.id()) place_ = {};
    peer_ = peer.id();
    --budget;
    if (!peer.write_ahead(writer_, place_, budget)) break;
  }
  done_ = next_ >= peers.size();
  if (base::Buffer written = writer_.take(); !written.empty()) octets_.push_back(std::move(written));
  return done_;
}

}  // namespace tandem::speaker
