// What is measured of the engine that runs, always, and with the instants that it hands over anyhow: how late the loop is, how long its
// turns are, how often it wakes up, how near sessions come to the end of their hold times, which are lost. Bounded: the last minute in
// slices, and everything since the engine began.
//
//   turn  from when the loop wakes up until it looks at its descriptors again; what is delivered to few channels is so short that no
//         clock is read for it, and the turn begins behind it
//   lag   how long what a round serves had to wait for the loop: behind a turn as long as that one, behind a sleep since the deadline
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/api/measurement.hpp"
#include "common/base/histogram.hpp"
#include "common/base/time.hpp"
#include "common/speaker/clock.hpp"

namespace tandem::speaker {

class Measurements {
 public:
  explicit Measurements(const Clock& clock) : clock_(clock) {}

  // --- what the engine says ------------------------------------------------------------------------------------------------------
  // It looks at its descriptors, and sleeps until then.
  void waiting(std::optional<base::TimePoint> until, base::TimePoint now);
  // A driver is resumed. True: there are many of them, so that delivering takes time: it is to say now when.
  [[nodiscard]] bool resuming() { return ++resumed_ == k_many; }
  void delivering(base::TimePoint now);  // safe at any time
  void round(base::TimePoint now);

  // --- what the core says ----------------------------------------------------------------------------------------------------------
  void hold_margin(double share);  // of a hold time that was left when the peer was heard, or was told a KEEPALIVE
  void session_lost(std::string neighbor, std::string reason);

  // --- what has to be asked for, now and then -------------------------------------------------------------------------------------
  struct Sample {
    base::Duration processor{};  // used by the process
    std::uint64_t memory = 0;    // octets
    std::uint64_t queue = 0;     // octets that programs have not read
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [processor, memory, queue] = self;
      archive.object(self, "measurement_sample")("processor", processor)("memory", memory)("queue", queue);
    }
  };
  void begin(const Sample& sample);  // another engine: what was measured of the one before is forgotten
  [[nodiscard]] bool slice_over() const;
  void end_slice(const Sample& sample);

  // --- what is known -------------------------------------------------------------------------------------------------------------
  [[nodiscard]] api::Measurement recent(const Sample& sample) const;       // the last minute, if the engine has run for so long
  [[nodiscard]] api::Measurement since_begin(const Sample& sample) const;
  // Something is worse than ever before since the engine began, and was not when this was asked last.
  [[nodiscard]] bool take_worse() { return std::exchange(worse_, false); }

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [clock, until, slept, turn_began, before_began, resumed, now, total, slices, ended, lost, lag_longest, turn_longest, hold_margin,
           worse] = self;
    archive.object(self, "measurements")("until", until)("slept", slept)("turn_began", turn_began)("before_began", before_began)(
        "resumed", resumed)("now", now)("total", total)("slices", slices)("ended", ended)("lost", lost)("lag_longest", lag_longest)(
        "turn_longest", turn_longest)("hold_margin", hold_margin)("worse", worse);
  }

 private:
  static constexpr std::size_t k_many = 8;
  static constexpr std::size_t k_slices = 6;
  static constexpr base::Duration k_slice = std::chrono::seconds(10);
  static constexpr std::size_t k_lost_shown = 16;

  struct Slice {
    base::TimePoint begin{};
    Sample at_begin;
    base::Histogram lag;
    base::Duration turn_longest{};
    std::uint64_t rounds = 0;
    std::uint64_t wake_ups = 0;
    std::optional<double> hold_margin;
    std::uint64_t lost = 0;
    void add(const Slice& later);  // one that follows
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [begin, at_begin, lag, turn_longest, rounds, wake_ups, hold_margin, lost] = self;
      archive.object(self, "measured_slice")("begin", begin)("at_begin", at_begin)("lag", lag)("turn_longest", turn_longest)("rounds", rounds)(
          "wake_ups", wake_ups)("hold_margin", hold_margin)("lost", lost);
    }
  };
  struct Lost {
    std::string neighbor;
    std::string reason;
    base::TimePoint at{};
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [neighbor, reason, at] = self;
      archive.object(self, "lost_session")("neighbor", neighbor)("reason", reason)("at", at);
    }
  };
  void turn_over(base::TimePoint now);
  [[nodiscard]] api::Measurement measured(const Slice& slice, const Sample& sample) const;

  const Clock& clock_;
  // of the loop
  std::optional<base::TimePoint> until_;          // of the last sleep
  bool slept_ = false;
  std::optional<base::TimePoint> turn_began_;     // the one under way
  std::optional<base::TimePoint> before_began_;   // the one before
  std::size_t resumed_ = 0;

  Slice now_;
  Slice total_;                                   // of those that are over
  std::array<Slice, k_slices> slices_;            // the last of them, a ring
  std::size_t ended_ = 0;                         // how many there were
  std::vector<Lost> lost_;                        // the first ones
  // the worst since the engine began
  base::Duration lag_longest_{};
  base::Duration turn_longest_{};
  double hold_margin_ = 1;
  bool worse_ = false;
};

}  // namespace tandem::speaker
