// The engines, one row each: the only place that knows them all. The program, the tests and the benchmarks take them from here.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/speaker/reactor.hpp"

namespace tandem::program {

struct EngineRow {
  std::string_view name;
  std::string_view idiom;
  std::unique_ptr<speaker::Reactor> (*make)();
  std::optional<std::string> (*refusal)();  // why this machine does not run it, and what to use instead; nullopt: it does
};

[[nodiscard]] const std::vector<EngineRow>& engines();
// Null when there is no engine of this name.
[[nodiscard]] const EngineRow* find_engine(std::string_view name);
[[nodiscard]] std::unique_ptr<speaker::Reactor> make_reactor(std::string_view name);
[[nodiscard]] std::vector<std::string> engine_names();

// Those that this machine runs.
[[nodiscard]] const std::vector<std::string>& engines_that_run();
// Of those, the one behind `name` in the table; behind the last one comes the first.
[[nodiscard]] const std::string& next_engine(std::string_view name);

}  // namespace tandem::program
