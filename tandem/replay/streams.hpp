// What the records of a run say of its streams: who there was, what was received and sent. Two runs of the same inputs have the same streams
// by name, whatever their schedules were.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/bgp/message/open.hpp"
#include "common/recording/reader.hpp"
#include "common/speaker/channel.hpp"
#include "common/speaker/signals.hpp"

namespace tandem::replay {

struct StreamName {
  speaker::ChannelKind kind{};
  std::string name;         // of the channel
  std::size_t ordinal = 0;  // among those of its kind and name that came up, from 1
  friend auto operator<=>(const StreamName&, const StreamName&) = default;
};

struct Stream {
  std::uint64_t received = 0;      // octets
  base::Buffer sent;               // all of it
  struct Unit {
    base::Buffer octets;
    base::TimePoint at{};          // the last of them was sent
  };
  std::vector<Unit> units;         // whole messages, or lines, that were sent
  std::size_t counted = 0;         // of these those that are no KEEPALIVE
  base::Buffer first_received;     // the OPEN of the other side
  // Of a stream that goes on from a snapshot: what had been written of the message, or line, under way, which `sent` begins with; and the
  // OPENs that were said before.
  std::size_t written_before = 0;
  bool goes_on = false;
  std::optional<bgp::Open> ours, theirs;
  bool input_ended = false;        // the other side has said its last word
  bool ended = false;

  std::size_t forgotten = 0;       // of `counted`: the other run has sent the same, and they are not in `units` any more
  std::uint64_t forgotten_octets = 0;
  std::size_t behind_units = 0;    // of `sent`: where the unit under way begins
};

[[nodiscard]] bool is_keepalive(base::Bytes message);

class Streams {
 public:
  void take(const recording::Record& record);
  // The channel was there before the first record: what a snapshot knows of its stream. REQUIRES that the records which say so were taken.
  void go_on(const speaker::Channel& channel);

  // Null: there is no stream behind the channel, or not yet.
  [[nodiscard]] const StreamName* find(recording::ChannelId id) const;
  [[nodiscard]] const std::map<StreamName, Stream>& all() const { return streams_; }
  [[nodiscard]] std::map<StreamName, Stream>& all() { return streams_; }
  [[nodiscard]] const Stream* find(const StreamName& name) const;
  // Of a channel that is no stream, its name.
  [[nodiscard]] const std::string& channel_name(recording::ChannelId id) const;
  // Nothing more is said there.
  void drop(const StreamName& name);
  // How many of these the speaker was given.
  [[nodiscard]] std::size_t signals(speaker::Signal signal) const {
    const auto found = signals_.find(static_cast<std::uint8_t>(signal));
    return found == signals_.end() ? 0 : found->second;
  }

 private:
  struct Channel {
    speaker::ChannelKind kind{};
    std::string name;
  };
  void begin(recording::ChannelId id);

  std::map<recording::ChannelId, Channel> channels_;
  std::map<recording::ChannelId, StreamName> names_;
  std::map<std::pair<speaker::ChannelKind, std::string>, std::size_t> ordinals_;
  std::map<StreamName, Stream> streams_;
  std::map<std::uint8_t, std::size_t> signals_;
};

}  // namespace tandem::replay
