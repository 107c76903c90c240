// A configuration through all engines, for whoever wants the verdict.
#pragma once

#include <string>

#include "common/base/error.hpp"
#include "common/config/settings.hpp"

namespace tandem::program {

struct CompareOptions {
  std::string configuration;
  bool no_switch = false;
  bool no_count = false;
  std::string log_file;
};

struct Comparison {
  bool identical = false;
  std::string text;  // the table, and the verdict with the first difference
};

// Tells on standard error how it goes on. An error: nothing could be run.
[[nodiscard]] base::Result<Comparison> compare_engines(const CompareOptions& options, const config::Settings& settings);

}  // namespace tandem::program
