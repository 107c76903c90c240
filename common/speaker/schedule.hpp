// Who is due for a turn: marked because something happened, or because the instant it had asked for has come.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "common/api/executor.hpp"
#include "common/speaker/deadline_queue.hpp"

namespace tandem::speaker {

class Schedule {
 public:
  void mark_due(api::PeerId id) {
    if (id >= due_.size()) due_.resize(id + 1);
    due_[id] = 1;
    any_ = true;
  }
  // Due then, at the latest.
  void at(api::PeerId id, base::TimePoint when) { deadlines_.schedule(id, when); }
  // The peer is gone: its number may be another's.
  void forget(api::PeerId id) {
    deadlines_.forget(id);
    if (id < due_.size()) due_[id] = 0;
  }

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [due, any, deadlines] = self;
    archive.object(self, "schedule")("due", due)("any", any)("deadlines", deadlines);
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
  [[nodiscard]] bool take(api::PeerId id) { return id < due_.size() && std::exchange(due_[id], char{0}) != 0; }

 private:
  std::vector<char> due_;  // by PeerId
  bool any_ = false;
  DeadlineQueue deadlines_;
};

}  // namespace tandem::speaker
