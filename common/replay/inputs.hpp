// A recording that is taken apart for many runs, and for runs whose schedule is another one: what came from outside, and what the host
// answered to whom.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/recording/host_answers.hpp"
#include "common/recording/owned.hpp"

namespace tandem::replay {

// A channel by its name, and the how-manieth of that name it is: what stays the same when inputs are left out.
struct ChannelName {
  std::string name;
  std::size_t ordinal = 0;
  friend auto operator<=>(const ChannelName&, const ChannelName&) = default;
};

// A recording that is taken apart once, for many runs.
class Inputs {
 public:
  explicit Inputs(std::vector<recording::Owned> records);

  [[nodiscard]] const std::vector<recording::Owned>& records() const { return records_; }
  // Places in records() of what came from outside, in their order.
  [[nodiscard]] const std::vector<std::size_t>& external() const { return external_; }
  [[nodiscard]] const std::map<recording::ChannelId, ChannelName>& channels() const { return channels_; }
  // The answer to a question that was recorded next behind `place`, else the last one in front of it. Null: it was never asked.
  [[nodiscard]] const recording::Owned* answer(recording::HostCall call, const base::Buffer& asked, std::size_t place) const;

 private:
  std::vector<recording::Owned> records_;
  std::vector<std::size_t> external_;
  std::map<recording::ChannelId, ChannelName> channels_;
  std::map<std::pair<std::uint8_t, base::Buffer>, std::vector<std::size_t>> answers_;
};

}  // namespace tandem::replay
