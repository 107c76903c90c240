// Random traffic in both directions while engines are switched, and what must be the same as without switches: a run with and one without are
// compared octet by octet.
#pragma once

#include <cstddef>
#include <string>

#include "conformance/contract/scene.hpp"
#include "conformance/stage/real_stage.hpp"

namespace tandem::conformance {

struct TrafficPlan {
  std::size_t sessions;
  std::size_t transfer;       // routes on the way to the first session all the while; 0: none
  std::size_t announcements;  // from the program, one by one and in random bursts
  std::size_t updates;        // from each far end
  std::size_t switches;
  base::Duration pause;       // between two switches, at most
};

[[nodiscard]] inline std::string switched_address(std::size_t i) { return fmt::format("127.0.0.{}", 100 + i); }

// Plays it twice, beginning with an engine: with the switches nothing is lost or doubled, and no KEEPALIVE moves.
void expect_unnoticed(const std::string& engine, const TrafficPlan& plan);

}  // namespace tandem::conformance
