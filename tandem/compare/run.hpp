// One run: the user's configuration through one engine, against a scripted peer in this process.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "common/base/error.hpp"
#include "tandem/compare/child.hpp"
#include "tandem/compare/report.hpp"

namespace tandem::compare {

struct RunOptions {
  std::string engine;
  std::string other_engine;        // to switch to and back, with sessions up; empty: no switch
  std::string configuration;
  config::Settings settings;
  bool count_system_calls = false;
  std::string log_file;
  base::Duration limit = std::chrono::seconds(60);  // for each stage
};

// `progress` is called with a short sentence as the run goes on.
[[nodiscard]] base::Result<EngineReport> run(const RunOptions& options, const std::function<void(std::string_view)>& progress);

}  // namespace tandem::compare
