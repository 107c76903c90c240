// A recording that is taken apart for many runs, and for runs whose schedule is another one: what came from outside, and what the host
// answered to whom.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/assert.hpp"
#include "common/recording/host_answers.hpp"
#include "common/recording/owned.hpp"

namespace tandem::replay {

// A channel by its name, and the how-manieth of that name it is: what stays the same when inputs are left out.
struct ChannelName {
  std::string name;
  std::size_t ordinal = 0;
  friend auto operator<=>(const ChannelName&, const ChannelName&) = default;
};

// A recording that is taken apart once, for many runs, or as it is being written.
class Inputs {
 public:
  explicit Inputs(std::vector<recording::Owned> records);
  // One more, of a recording that goes on.
  void append(recording::Owned record);
  // Records in front of this place are not needed any more, nor are answers that were used up by then.
  void forget_before(std::size_t place);

  [[nodiscard]] std::size_t size() const { return forgotten_ + records_.size(); }
  // REQUIRES that the place is not forgotten.
  [[nodiscard]] const recording::Owned& at(std::size_t place) const {
    TANDEM_ASSERT(place >= forgotten_ && place < size());
    return records_[place - forgotten_];
  }
  [[nodiscard]] const std::deque<recording::Owned>& records() const { return records_; }  // that are not forgotten
  // Places of what came from outside, in their order. REQUIRES that nothing was forgotten.
  [[nodiscard]] const std::vector<std::size_t>& external() const { return external_; }
  [[nodiscard]] static bool is_external(recording::Kind kind);
  [[nodiscard]] const std::map<recording::ChannelId, ChannelName>& channels() const { return channels_; }
  // The answer to a question that was recorded next behind `place`, else the last one in front of it. None: it was never asked.
  [[nodiscard]] std::optional<base::Buffer> answer(recording::HostCall call, const base::Buffer& asked, std::size_t place) const;

 private:
  struct Answer {
    std::size_t place = 0;
    base::Buffer octets;
  };
  std::deque<recording::Owned> records_;
  std::size_t forgotten_ = 0;
  bool started_ = false;
  std::vector<std::size_t> external_;
  std::map<recording::ChannelId, ChannelName> channels_;
  std::map<std::string, std::size_t> made_;  // channels of each name
  std::map<std::pair<std::uint8_t, base::Buffer>, std::deque<Answer>> answers_;
};

}  // namespace tandem::replay
