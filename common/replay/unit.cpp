#include "common/replay/unit.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "common/bgp/message/header.hpp"

namespace tandem::replay {

namespace {

// The state of an outbox, of which the first piece, and how much of it is gone, is kept.
class FirstPiece {
 public:
  void count(std::size_t) {}
  void value(const std::shared_ptr<const base::Buffer>& shared) {
    if (shared) take(*shared);
  }
  void value(base::Bytes own) { take(own); }
  void value(const base::Buffer& own) { take(own); }
  void value(std::size_t number) {
    if (!gone_) gone_ = number;
  }
  [[nodiscard]] base::Bytes gone() const { return first_.first(std::min(first_.size(), gone_.value_or(0))); }

 private:
  void take(base::Bytes piece) {
    if (!std::exchange(has_first_, true)) first_ = piece;
  }
  bool has_first_ = false;
  base::Bytes first_;
  std::optional<std::size_t> gone_;  // said in front of how much was ever
};

}  // namespace

std::size_t first_unit(base::Bytes stream, Framing framing) {
  if (framing == Framing::lines) {
    const auto end = std::find(stream.begin(), stream.end(), '\n');
    return end == stream.end() ? 0 : static_cast<std::size_t>(end - stream.begin()) + 1;
  }
  if (stream.size() < bgp::k_header_size) return 0;
  const std::size_t size = static_cast<std::size_t>(stream[16]) << 8 | stream[17];
  if (size < bgp::k_header_size) return stream.size();
  return size <= stream.size() ? size : 0;
}

base::Bytes behind_units(base::Bytes stream, Framing framing) {
  for (std::size_t size = first_unit(stream, framing); size > 0; size = first_unit(stream, framing)) stream = stream.subspan(size);
  return stream;
}

base::Buffer begun_unit(const base::Outbox& outbox, Framing framing) {
  FirstPiece piece;
  outbox.store(piece);
  const base::Bytes begun = behind_units(piece.gone(), framing);
  return {begun.begin(), begun.end()};
}

}  // namespace tandem::replay
