// What a recording is made of: every input of the core with its time, what the host has answered, and every octet that was written, in the
// order in which they happened (docs/recording.md). Each kind of record has the fields that its row says; encoder and reader know no more
// than the rows.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/base/bytes.hpp"
#include "common/base/ip.hpp"
#include "common/base/time.hpp"

namespace tandem::recording {

// Of a channel, in the order in which the speaker made them, from 1.
using ChannelId = std::uint64_t;

enum class Kind : std::uint8_t {
  // What the program and its engine say to the speaker.
  made = 1,          // with these options
  start = 2,
  engine_started = 3,
  engine_refused = 4,
  signal = 5,
  round = 6,
  engine_failed = 7,
  waiting = 8,       // the engine looks at its descriptors, and sleeps
  resumed = 9,       // a driver runs, and the engine was asked when
  upgrade_refused = 10,
  // What a driver says to a channel.
  attached = 16,
  detached = 17,
  connected = 18,
  connect_failed = 19,
  received = 20,
  input_ended = 21,
  sent = 22,         // with the octets: this is an output, too
  accepted = 23,
  accept_failed = 24,
  ended = 25,
  // What came of an input, behind it.
  host = 32,         // the host was asked this and has answered that
  channel = 33,      // the speaker has made a channel
  ends = 34,         // of a channel that was connected before the recording has begun
  // About the recording itself.
  end = 48,
  snapshot = 49      // of the speaker, as it was here
};

enum class EndReason : std::uint8_t {
  stopped = 1,   // as was asked, or with the daemon
  too_slow = 2,  // the disk did not keep up
  full = 3,      // as large as it may be
  failed = 4     // it could not be written
};

// What a record of a kind has, in this order. A new field is a new kind: old readers refuse it, and old recordings stay as they are.
namespace field {
inline constexpr std::uint8_t k_time = 1, k_channel = 2, k_detail = 4, k_value = 8, k_ends = 16, k_key = 32, k_octets = 64;
}
struct KindRow {
  Kind kind;
  std::uint8_t fields;
  std::string_view name;
  [[nodiscard]] bool has(std::uint8_t one) const { return (fields & one) != 0; }
};
// Null: a kind that is not known.
[[nodiscard]] const KindRow* find_kind(std::uint8_t kind);
[[nodiscard]] std::string_view to_string(Kind kind);
// What comes from outside and makes the speaker do something; the others are what it did, and what it was told when it asked.
[[nodiscard]] bool is_input(Kind kind);
[[nodiscard]] std::string_view to_string(EndReason reason);

struct Record {
  Kind kind{};
  base::TimePoint at{};     // of kinds without a time: that of the last one in front which has one
  ChannelId channel = 0;
  std::uint8_t detail = 0;  // Signal, EndCause, ChannelKind, HostCall, EndReason
  std::int64_t value = 0;   // an errno
  base::Endpoint local{};
  base::Endpoint remote{};
  base::Bytes key{};        // of what the host was asked; of an accepted connection: the interface
  base::Bytes octets{};
};

// A record is larger than this in no recording: a configuration may have 256 MiB.
inline constexpr std::uint64_t k_record_max = 257ULL * 1024 * 1024;

}  // namespace tandem::recording
