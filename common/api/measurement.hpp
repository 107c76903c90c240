// What was measured of an engine for a while: values, and one row for each figure that is shown, in text, in JSON and side by side.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/json_writer.hpp"

namespace tandem::api {

// A session that was Established and ended though nobody wanted that.
struct LostSession {
  std::string neighbor;
  std::string reason;
  double time = 0;  // wall clock, seconds since 1970
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [neighbor, reason, time] = self;
    archive.object(self, "told_lost_session")("neighbor", neighbor)("reason", reason)("time", time);
  }
};

struct Measurement {
  double seconds = 0;                                          // that it was measured for
  double lag_50 = 0, lag_90 = 0, lag_99 = 0, lag_longest = 0;  // seconds that what was due had to wait for the loop
  double turn_longest = 0;                                     // seconds that the loop did not look at its descriptors
  std::uint64_t rounds = 0;
  std::uint64_t wake_ups = 0;                                  // that ended a sleep
  double processor_s = 0;                                      // used, of the whole process
  std::uint64_t memory = 0;                                    // octets, resident, at the end
  std::optional<double> hold_margin;                           // least share of a hold time that was left; none: nobody was heard
  std::uint64_t queue = 0;                                     // octets that programs had not read, at the end
  std::int64_t queue_growth = 0;                               // since the beginning
  std::uint64_t sessions_lost = 0;
  std::vector<LostSession> lost;                               // the first of them

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [seconds, lag_50, lag_90, lag_99, lag_longest, turn_longest, rounds, wake_ups, processor_s, memory, hold_margin, queue, queue_growth,
           sessions_lost, lost] = self;
    archive.object(self, "measurement")("seconds", seconds)("lag_50", lag_50)("lag_90", lag_90)("lag_99", lag_99)("lag_longest", lag_longest)(
        "turn_longest", turn_longest)("rounds", rounds)("wake_ups", wake_ups)("processor", processor_s)("memory", memory)(
        "hold_margin", hold_margin)("queue", queue)("queue_growth", queue_growth)("sessions_lost", sessions_lost)("lost", lost);
  }
  // All of it but the sessions, in the order of the fields, and again; too few numbers leave the last ones as they are.
  [[nodiscard]] std::vector<double> numbers() const;
  [[nodiscard]] static Measurement of(const std::vector<double>& numbers);
  [[nodiscard]] double processor() const { return seconds > 0 ? processor_s / seconds : 0; }  // share of one
};

enum class Unit : std::uint8_t { seconds, octets, share, per_second, count, factor };
// "1.5 ms", "20 MiB", "3.1 %"; "none" where there is no value.
[[nodiscard]] std::string figure_text(Unit unit, std::optional<double> value);

struct Figure {
  std::string_view key;    // of JSON
  std::string_view label;
  Unit unit;
  std::optional<double> (*value)(const Measurement&);
};
[[nodiscard]] std::span<const Figure> figures();

void measurement_json(const Measurement& measurement, base::JsonWriter& json);
// A line for each figure, two measurements beside each other.
struct Headed {
  std::string_view head;
  const Measurement& measurement;
};
void measurements_beside(const Headed& left, const Headed& right, std::string& out);

}  // namespace tandem::api
