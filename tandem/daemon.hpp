// One speaker as a process: the order of its start, the loop over engines, its end.
#pragma once

#include <string>
#include <vector>

#include "common/config/settings.hpp"
#include "tandem/upgrade.hpp"

namespace tandem::program {

struct DaemonOptions {
  config::Settings settings;
  std::vector<std::string> configurations;  // "-" alone: standard input
  std::string engine;                       // never empty
  unsigned reload_after_s = 0;              // -s: sends itself SIGUSR1 once; 0: never
  std::string record;                       // --record: the file; empty: nothing is recorded
  std::uint64_t record_size = 0;            // octets it may have; 0: any number
  unsigned record_keep = 0;                 // files, of which the oldest goes when another one is full; 0: one alone
  std::string trace;                        // --trace: the file of the timeline; empty: there is none
  std::uint64_t trace_size = 0;             // octets it may have; 0: any number
};

// Runs until it is told to stop. Gives the exit status of the process; the reason of a failure has been logged.
[[nodiscard]] int run_daemon(DaemonOptions options);

// Goes on with what another program of this process has left.
[[nodiscard]] int resume_daemon(const Resumption& with);

// One daemon a configuration, each in a process of its own. The parent passes signals on and waits for the last of them.
[[nodiscard]] int run_daemons(const DaemonOptions& options);

}  // namespace tandem::program
