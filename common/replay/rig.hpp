// A speaker that is given some of the inputs of a recording, and runs by itself in between: rounds when something has come or a deadline is
// due, everything is written at once. What the host is asked it answers as was recorded nearest to the input under way. Everything is
// recorded again.
#pragma once

#include <optional>
#include <vector>

#include "common/recording/recorder.hpp"
#include "common/replay/inputs.hpp"
#include "common/replay/unit.hpp"

namespace tandem::replay {

// Some of the inputs, at most so far apart: what nothing happens in need not be waited for.
struct Choice {
  const std::vector<std::size_t>& places;  // of Inputs::records()
  base::Duration gap_max = base::Duration::max();
};

// Plays them, until `wanted`, a whole message or line, is sent on a channel. The records of that, which end with it; none when it never was.
[[nodiscard]] std::optional<base::Buffer> play_until_sent(const Inputs& inputs, const Choice& chosen, const ChannelName& channel, base::Bytes wanted,
                                                          Framing framing);
// Plays all of them, for whoever wants to see whether the speaker gets through. What a round begins with is given away in front of it.
void play_to_the_end(const Inputs& inputs, const Choice& chosen, recording::Sink& sink);

}  // namespace tandem::replay
