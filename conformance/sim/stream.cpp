#include "conformance/sim/stream.hpp"

#include <algorithm>

namespace tandem::conformance::sim {

void Flow::put(base::Buffer bytes, base::TimePoint ripe) {
  last_ = std::max(last_, ripe);
  octets_ += bytes.size();
  pieces_.push_back({std::move(bytes), last_});
}

std::optional<base::TimePoint> Flow::next() const {
  if (pieces_.empty()) return std::nullopt;
  return pieces_.front().ripe;
}

base::Buffer Flow::take(base::TimePoint now, const Weather& weather, base::Random& random) {
  std::size_t arrived = 0;
  for (const auto& piece : pieces_) {
    if (piece.ripe > now) break;
    arrived += piece.bytes.size();
  }
  std::size_t count = cut(arrived, weather, random);
  octets_ -= count;
  base::Buffer out;
  out.reserve(count);
  while (count > 0) {
    auto& front = pieces_.front().bytes;
    const std::size_t part = std::min(count, front.size());
    const auto end = front.begin() + static_cast<std::ptrdiff_t>(part);
    out.insert(out.end(), front.begin(), end);
    front.erase(front.begin(), end);
    if (front.empty()) pieces_.pop_front();
    count -= part;
  }
  return out;
}

void Flow::clear() {
  pieces_.clear();
  octets_ = 0;
}

std::size_t cut(std::size_t available, const Weather& weather, base::Random& random) {
  if (available <= 1) return available;
  const std::uint64_t dice = random.below(100);
  if (dice < weather.tiny_percent) return 1 + random.below(std::min<std::size_t>(8, available));
  if (dice < weather.tiny_percent + weather.partial_percent) return 1 + random.below(available);
  return available;
}

}  // namespace tandem::conformance::sim
