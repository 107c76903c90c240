// A speaker that is given some of the inputs of a recording, and runs by itself in between: rounds when something has come or a deadline is
// due, everything is written at once. What the host is asked it answers as was recorded nearest to the input under way. Everything is
// recorded again.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/recording/owned.hpp"
#include "common/recording/recording_host.hpp"
#include "common/replay/unit.hpp"
#include "common/speaker/speaker.hpp"

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

// Plays some of the inputs, until `wanted`, a whole message or line, is sent on a channel. The records of that, which end with it; none when
// it never was.
[[nodiscard]] std::optional<base::Buffer> play_until_sent(const Inputs& inputs, const std::vector<std::size_t>& chosen, const ChannelName& channel,
                                                          base::Bytes wanted, Framing framing);

}  // namespace tandem::replay
