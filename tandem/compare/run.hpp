// One run: the user's configuration through one engine, against a scripted peer in this process.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/error.hpp"
#include "common/config/settings.hpp"
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

// Called with a short sentence as a run goes on.
using Progress = std::function<void(std::string_view)>;

// prepare() forks the daemon and opens the far ends; go() lets it run, to its end. Preparing all runs before the first goes keeps what
// one run collected out of the memory of the next one's daemon.
class Run {
 public:
  [[nodiscard]] static base::Result<Run> prepare(RunOptions options, Progress progress);
  Run(Run&&) noexcept;
  Run& operator=(Run&&) noexcept;
  ~Run();
  [[nodiscard]] EngineReport go();

 private:
  class Implementation;
  explicit Run(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace tandem::compare
