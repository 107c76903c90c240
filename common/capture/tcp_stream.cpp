#include "common/capture/tcp_stream.hpp"

namespace tandem::capture {

namespace {

constexpr std::size_t k_pieces_max = 256;
constexpr std::size_t k_octets_max = 1024 * 1024;
constexpr std::uint64_t k_first = std::uint64_t{1} << 32;  // so that segments in front of it are not below zero

}  // namespace

void TcpStream::start(std::uint32_t sequence) {
  started_ = true;
  next_ = k_first + sequence;
  kept_.clear();
  kept_octets_ = 0;
}

void TcpStream::add(std::uint32_t sequence, base::Bytes octets, double time, const Take& take) {
  if (octets.empty()) return;
  if (!started_) start(sequence);
  // The number nearest to the one expected.
  const auto distance = static_cast<std::int32_t>(sequence - static_cast<std::uint32_t>(next_));
  std::uint64_t at = next_ + static_cast<std::uint64_t>(static_cast<std::int64_t>(distance));
  if (at < next_) {
    const std::uint64_t known = next_ - at;
    if (known >= octets.size()) return;  // sent twice
    octets = octets.subspan(static_cast<std::size_t>(known));
    at = next_;
  }
  if (at > next_) {
    keep(at, octets, time);
    while (kept_.size() > k_pieces_max || kept_octets_ > k_octets_max) give_up_hole(take);
    return;
  }
  next_ += octets.size();
  take(octets, time);
  give_kept(take);
}

void TcpStream::keep(std::uint64_t at, base::Bytes octets, double time) {
  Piece& piece = kept_[at];
  if (piece.octets.size() >= octets.size()) return;
  kept_octets_ += octets.size() - piece.octets.size();
  piece.octets.assign(octets.begin(), octets.end());
  piece.time = time;
}

void TcpStream::give_kept(const Take& take) {
  while (!kept_.empty() && kept_.begin()->first <= next_) {
    const auto piece = kept_.extract(kept_.begin());
    kept_octets_ -= piece.mapped().octets.size();
    const std::uint64_t known = next_ - piece.key();
    if (known >= piece.mapped().octets.size()) continue;
    const base::Bytes octets = base::Bytes(piece.mapped().octets).subspan(static_cast<std::size_t>(known));
    next_ += octets.size();
    take(octets, piece.mapped().time);
  }
}

void TcpStream::give_up_hole(const Take& take) {
  take({}, kept_.begin()->second.time);
  next_ = kept_.begin()->first;
  give_kept(take);
}

void TcpStream::finish(const Take& take) {
  while (!kept_.empty()) give_up_hole(take);
}

}  // namespace tandem::capture
