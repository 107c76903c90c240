// What tests are played on: the engines of the program's table, as far as this machine runs them, and the simulator.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "tandem/engines/engines.hpp"

namespace tandem::conformance {

// An engine that the kernel refuses is left out, and that is said: a test that is not there cannot pass.
inline const std::vector<std::string>& engines_to_play() {
  static const bool said = [] {
    for (const program::EngineRow& row : program::engines()) {
      if (const auto refusal = row.refusal()) std::fprintf(stderr, "nothing is played on engine %.*s: %s\n", static_cast<int>(row.name.size()), row.name.data(), refusal->c_str());
    }
    return true;
  }();
  static_cast<void>(said);
  return program::engines_that_run();
}

inline std::vector<std::string> drivers_to_play() {
  std::vector<std::string> drivers = engines_to_play();
  drivers.emplace_back("sim");
  return drivers;
}

// Another one that may be switched to.
inline std::string another_engine(const std::string& engine) { return engine == "sim" ? "other" : program::next_engine(engine); }

}  // namespace tandem::conformance
