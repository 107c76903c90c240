// Plays a recording to a speaker of this binary: every input at its recorded time, every question of the host answered as it was. It is the
// simulator with a schedule that once happened: no descriptor, no clock, one thread, as fast as it goes. What the speaker writes is
// compared, octet for octet, with what was written then, and the first difference is the end.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/recording/owned.hpp"
#include "common/recording/reader.hpp"
#include "common/replay/replay_host.hpp"
#include "common/speaker/speaker.hpp"

namespace tandem::replay {

struct PlayOptions {
  std::optional<base::Duration> until;  // from the beginning of the recording
  bool partial = false;                 // what cannot be read ends the recording
  std::string neighbor;                 // whose connections are compared; empty: everybody, and the programs
};

// Something that was put in, in words.
struct Led {
  base::Duration at{};  // from the beginning
  std::uint64_t record = 0;
  std::string what;
};

struct Difference {
  base::Duration at{};       // from the beginning of the recording
  std::uint64_t record = 0;  // in which it was found, counted from 1
  std::string where;         // "neighbor 10.0.0.1 (out)", "program foo"; empty: the speaker as a whole
  std::string what;          // a sentence
  // The two messages, or lines, in words and as octets; empty where there is none.
  std::string recorded, replayed;
  std::string recorded_octets, replayed_octets;
  // The same two as they are, and whose they are: what `shrink` looks for.
  recording::ChannelId channel = 0;
  bool lines = false;
  base::Buffer recorded_unit, replayed_unit;
  std::vector<Led> led_to;   // the last inputs before it
};

struct Played {
  std::optional<Difference> difference;  // none: identical
  std::uint64_t records = 0;
  std::uint64_t inputs = 0;
  std::uint64_t rounds = 0;
  std::uint64_t octets_to_peers = 0;
  std::uint64_t octets_to_programs = 0;  // and to control clients
  recording::ChannelId channels = 0;     // that were made
  std::uint64_t unanswered = 0;          // questions to the host that are not in the recording
  base::Duration length{};
  std::string version;                   // that was recorded
  std::string ended;                     // how the recording has ended; empty: without saying so
  std::string broken;                    // why the rest could not be read (PlayOptions::partial)
};

class Player {
 public:
  Player(recording::Reader& reader, PlayOptions options) : reader_(reader), options_(std::move(options)) {}
  ~Player();
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

  // To the end of the recording, or to the first difference. An error: the recording cannot be read.
  [[nodiscard]] base::Result<Played> play();

 private:
  // An input, and what is recorded of what came of it.
  struct Step {
    recording::Owned input;
    std::uint64_t record = 0;
    std::vector<recording::Owned> answers;
    std::vector<recording::Owned> channels;
  };
  // What is known of one stream of output: where the message, or line, under way has begun.
  struct Stream {
    base::Buffer begun;
  };

  [[nodiscard]] base::Result<bool> next_step();
  [[nodiscard]] base::Result<void> apply();
  [[nodiscard]] base::Result<void> make(const recording::Record& input);
  [[nodiscard]] base::Result<void> restore(const recording::Record& input);
  [[nodiscard]] base::Result<void> tell_channel(const recording::Record& input);
  void tell(speaker::Channel& channel, const recording::Record& input);
  void compare_sent(speaker::Channel& channel, const recording::Record& input);
  void compare_left(const speaker::Channel& channel, const recording::Record& input);
  void compare_channels();
  [[nodiscard]] speaker::Channel* find(recording::ChannelId id);
  [[nodiscard]] bool compared(const speaker::Channel& channel) const;
  [[nodiscard]] base::Buffer recorded_unit(recording::ChannelId id, bool lines, base::Buffer begun);
  void differ(std::string where, std::string what);
  void note(const recording::Record& input);
  [[nodiscard]] base::Duration since_start(base::TimePoint at) const { return at - start_; }
  [[nodiscard]] base::Error wrong(std::string_view what) const;

  recording::Reader& reader_;
  PlayOptions options_;
  ReplayHost host_;
  std::unique_ptr<speaker::Speaker> speaker_;
  Step step_;
  std::optional<recording::Owned> next_;  // the input behind it
  std::uint64_t next_record_ = 0;
  bool read_all_ = false;
  bool stopped_ = false;  // the recording says that it was: nothing is missing at its end
  base::TimePoint start_{};
  std::map<recording::ChannelId, speaker::Channel*> channels_;
  std::uint64_t known_changes_ = 0;
  std::map<recording::ChannelId, Stream> streams_;
  std::deque<Led> led_;
  Played played_;
};

// "neighbor 10.0.0.1 (out)" of a connection's name, "program foo".
[[nodiscard]] std::string describe(speaker::ChannelKind kind, std::string_view name);

}  // namespace tandem::replay
