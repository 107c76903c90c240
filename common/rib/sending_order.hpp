// The order in which a run sends a list of routes, made a slice at a time: by attributes in order of first use, of each family after family;
// where `grouped`, families with several NLRI an UPDATE in the order of their octets.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "common/base/work.hpp"
#include "common/rib/route.hpp"

namespace tandem::rib {

// Positions of routes, sorted by the octets of these: pieces of them first, which are then merged, twice as long ones each time.
class PositionSort {
 public:
  PositionSort() = default;
  PositionSort(std::span<const Route> routes, std::span<std::uint32_t> positions) : routes_(routes), positions_(positions) {}
  // Takes from the budget what it has done, in routes. True: they are in order.
  bool step(std::size_t& budget);

 private:
  static constexpr std::size_t k_piece = 4096;
  [[nodiscard]] bool before(std::uint32_t a, std::uint32_t b) const { return routes_[a].nlri < routes_[b].nlri; }
  bool merge(std::span<const std::uint32_t> from, std::span<std::uint32_t> to, std::size_t& budget);

  std::span<const Route> routes_;
  std::span<std::uint32_t> positions_;
  std::vector<std::uint32_t> other_;  // where every other merge goes
  std::size_t sorted_ = 0;            // in pieces
  std::size_t width_ = k_piece;       // of what is merged
  bool in_other_ = false;
  std::size_t merged_ = 0;
  std::size_t left_ = 0;              // of the two that are being merged, what comes next
  std::size_t right_ = 0;
};

class SendingOrder {
 public:
  SendingOrder(std::span<const Route> routes, bool grouped) : routes_(routes), grouped_(grouped) {}
  // `by_family`: a position for each rank, in order of the families. Takes from the budget what it has done, in routes. True: the positions can
  // be taken.
  template <typename ByFamily>
  bool step(const ByFamily& by_family, std::size_t& budget);
  [[nodiscard]] std::vector<std::uint32_t> take() { return std::move(positions_); }

 private:
  enum class Phase : std::uint8_t { begin, number, lay_out, place, sort, done };
  void begin();
  void number(std::uint32_t position, std::size_t rank);
  void lay_out(std::size_t& budget);
  void sort(std::size_t& budget);
  void enter(Phase phase);

  std::span<const Route> routes_;
  bool grouped_;
  Phase phase_ = Phase::begin;
  std::size_t next_ = 0;
  boost::unordered_flat_map<const AttributeSet*, std::uint32_t> numbers_;
  const AttributeSet* last_ = nullptr;
  std::uint32_t last_number_ = 0;
  std::vector<std::uint32_t> bucket_;  // by rank
  std::vector<std::uint32_t> start_;   // by bucket, and one more
  std::vector<std::uint32_t> positions_;
  std::size_t slice_ = 0;              // begin of the routes with attributes and family of the one at next_
  bool in_order_ = true;               // those between
  bool sorting_ = false;
  PositionSort sorter_;
};

template <typename ByFamily>
bool SendingOrder::step(const ByFamily& by_family, std::size_t& budget) {
  if (phase_ == Phase::begin) begin();
  for (; phase_ == Phase::number && budget > 0 && next_ < routes_.size(); --budget, ++next_) number(by_family[next_], next_);
  if (phase_ == Phase::number && next_ == routes_.size()) enter(Phase::lay_out);
  if (phase_ == Phase::lay_out) lay_out(budget);
  for (; phase_ == Phase::place && budget > 0 && next_ < routes_.size(); --budget, ++next_) {
    base::Work::did(1);
    positions_[start_[bucket_[next_]]++] = by_family[next_];
  }
  if (phase_ == Phase::place && next_ == routes_.size()) enter(grouped_ ? Phase::sort : Phase::done);
  if (phase_ == Phase::sort) sort(budget);
  return phase_ == Phase::done;
}

}  // namespace tandem::rib
