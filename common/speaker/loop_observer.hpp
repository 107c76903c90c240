// Somebody who watches an engine's loop: logging, metrics, the trace file, the benchmark, tests of the round order (I32). When
// nobody does, each hook costs one predictable branch.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/time.hpp"
#include "common/speaker/channel.hpp"

namespace tandem::speaker {

enum class WakeCause : std::uint8_t { ready, deadline, again, signal };
// The steps of a round, in their order (docs/architecture.md, One round).
enum class RoundStep : std::uint8_t { signals, accepts, peers, commands, callbacks, flush };
[[nodiscard]] std::string_view to_string(WakeCause cause);
[[nodiscard]] std::string_view to_string(RoundStep step);

// `now`: waiting and resumed are told when they begin; a step and a turn, which are of the core, the instant of their round.
class LoopObserver {
 public:
  virtual ~LoopObserver() = default;
  virtual void engine(std::string_view /*name*/) {}  // from here on it runs; nothing is told before
  virtual void waiting(std::optional<base::TimePoint> /*until*/, base::TimePoint /*now*/) {}
  virtual void woke(WakeCause /*cause*/) {}
  virtual void resumed(const Channel& /*channel*/, base::TimePoint /*now*/) {}  // a driver runs
  virtual void round_step(RoundStep /*step*/, base::TimePoint /*now*/) {}
  virtual void turn(std::string_view /*peer*/, std::size_t /*messages_in*/, std::size_t /*messages_out*/, base::TimePoint /*now*/) {}
  // A piece of work inside a step has ended: commands of a client, a part of a long answer (octets of it), of a reload, of what is taken apart.
  virtual void worked(const char* /*what*/, std::string_view /*whose*/, std::size_t /*octets*/) {}
};

}  // namespace tandem::speaker
