// tandem migrate without a part: a walk from one engine to the other on a running daemon, a question at each step.
#pragma once

#include <string>
#include <vector>

#include "common/config/settings.hpp"
#include "tandem/conversation.hpp"
#include "tandem/subcommand.hpp"

namespace tandem::program {

struct MigrationOptions {
  std::string to;                      // engine; empty: the first of the table that does not run
  std::string configuration;           // to compare; empty: the one that the daemon reads
  std::string shadow_time = "30s";     // that the other engine runs beside the one that leads
  std::string time = "60s";            // of the trial
  std::vector<std::string> unless;     // conditions of the trial
  std::vector<std::string> skip;       // names of steps
  std::string report = "tandem-migrate";  // .txt and .json are written
  bool yes = false;                    // to every question
  Transport transport;
};

[[nodiscard]] std::vector<std::string> migration_steps();  // their names
[[nodiscard]] const std::vector<std::string>& usual_conditions();

// The exit status.
[[nodiscard]] int walk_to_engine(const MigrationOptions& options, const config::Settings& settings, const StartedAs& as);

}  // namespace tandem::program
