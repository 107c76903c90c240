// What another configuration would do to neighbors and programs, for people: nothing of it is done. The judgement is that of a reload
// (config/reload_diff.hpp); here it is put into the words of the answer.
#pragma once

#include <string>
#include <vector>

#include "common/api/executor.hpp"
#include "common/config/reload_diff.hpp"

namespace tandem::speaker {

// A program as it is, beside what a configuration says of it.
struct ProgramState {
  const config::ProgramDefinition* definition = nullptr;  // of the running instance, or what would be started
  config::EventFlags flags;
  bool running = true;
  bool ever_started = true;
};

[[nodiscard]] std::vector<api::ReloadEffect> effects_on_neighbors(const config::NeighborList& before, const config::NeighborList& after,
                                                                  const config::RouteComparisons* routes = nullptr);
[[nodiscard]] std::vector<api::ReloadEffect> effects_on_programs(const std::vector<ProgramState>& before, const config::Configuration& after);

}  // namespace tandem::speaker
