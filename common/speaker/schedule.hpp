// Who is due for a turn: marked because something happened, or because the instant it had asked for has come.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "common/api/executor.hpp"
#include "common/speaker/deadline_queue.hpp"

namespace tandem::speaker {

class Schedule {
 public:
  void mark_due(api::PeerId id) {
    make_room(id);
    due_[id] = 1;
    any_ = true;
    if (const std::size_t place = places_[id]; place != k_nowhere) words_[place / k_bits] |= bit(place);
  }
  // Due then, at the latest.
  void at(api::PeerId id, base::TimePoint when) { deadlines_.schedule(id, when); }
  // The peer is gone: its number may be another's.
  void forget(api::PeerId id) {
    deadlines_.forget(id);
    if (id >= due_.size()) return;
    due_[id] = 0;
    places_[id] = k_nowhere;
  }
  // The peers in the order of their turns: number(position) of so many.
  template <typename Number>
  void arrange(std::size_t count, Number&& number) {
    words_.assign((count + k_bits - 1) / k_bits, 0);
    for (std::size_t place = 0; place < count; ++place) put(number(place), place);
    count_ = count;
  }
  // One more, behind them.
  void append(api::PeerId id) {
    words_.resize(count_ / k_bits + 1);
    put(id, count_++);
  }

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [due, any, deadlines, places, words, count] = self;
    archive.object(self, "schedule")("due", due)("any", any)("deadlines", deadlines);
    if constexpr (Archive::k_reads) places.resize(due.size(), k_nowhere);
  }
  [[nodiscard]] std::size_t peers() const { return std::max(due_.size(), deadlines_.owners()); }

  // --- for the round -------------------------------------------------------------------------------------------------
  [[nodiscard]] bool any() const { return any_; }
  [[nodiscard]] std::optional<base::TimePoint> next() const { return deadlines_.next(); }
  // A pass over the peers begins; false when nobody is due. Who is marked from here on is due in the next one, if it has been passed.
  [[nodiscard]] bool begin(base::TimePoint now) {
    while (const auto owner = deadlines_.take_due(now)) mark_due(*owner);
    return std::exchange(any_, false);
  }
  // The first one from this place on that is due, which it is not any more: number(place) as it was arranged. Who is not due costs nothing.
  template <typename Number>
  [[nodiscard]] std::optional<std::size_t> take_from(std::size_t place, Number&& number) {
    for (std::size_t word = place / k_bits; word < words_.size(); ++word) {
      const std::uint64_t here = word == place / k_bits ? words_[word] & ~(bit(place) - 1) : words_[word];
      if (here == 0) continue;
      const std::size_t found = word * k_bits + static_cast<std::size_t>(std::countr_zero(here));
      words_[word] &= ~bit(found);
      due_[number(found)] = 0;
      return found;
    }
    return std::nullopt;
  }

 private:
  static constexpr std::size_t k_bits = 64;
  static constexpr std::size_t k_nowhere = ~std::size_t{0};
  [[nodiscard]] static std::uint64_t bit(std::size_t place) { return std::uint64_t{1} << (place % k_bits); }
  void make_room(api::PeerId id) {
    if (id < due_.size()) return;
    due_.resize(id + 1);
    places_.resize(id + 1, k_nowhere);
  }
  void put(api::PeerId id, std::size_t place) {
    make_room(id);
    places_[id] = place;
    if (due_[id] != 0) words_[place / k_bits] |= bit(place);
  }

  std::vector<char> due_;  // by PeerId
  bool any_ = false;
  DeadlineQueue deadlines_;
  std::vector<std::size_t> places_;   // by PeerId: in the order of the turns
  std::vector<std::uint64_t> words_;  // by place: due or not
  std::size_t count_ = 0;
};

}  // namespace tandem::speaker
