#include "tandem/engines.hpp"

#include <exception>
#include <utility>

#include "common/base/log.hpp"
#include "common/process/clock.hpp"
#include "engine_async/reactor.hpp"
#include "engine_sync/reactor.hpp"

namespace tandem::program {

std::vector<std::string> engine_names() { return {"sync", "async"}; }

std::unique_ptr<speaker::Reactor> make_reactor(std::string_view name) {
  if (name == "sync") return std::make_unique<engine_sync::Reactor>();
  if (name == "async") return std::make_unique<engine_async::Reactor>();
  return nullptr;
}

int run_engines(speaker::Speaker& speaker, std::string_view first) {
  std::string name(first);
  std::string before;  // the engine that ran last
  speaker.engine_started(name, process::now());
  for (;;) {
    const auto engine = make_reactor(name);
    if (engine == nullptr) {
      base::log(base::LogCategory::reactor, base::LogLevel::critical, "there is no engine '{}'", name);
      return 1;
    }
    speaker::Exit exit = speaker::Exit::failure;
    try {
      exit = engine->run(speaker);
    } catch (const std::exception& error) {
      speaker.engine_refused(error.what());
      // An engine wants descriptors of its own. The one before has just given its back, and no session has noticed anything.
      if (before.empty()) return 1;
      name = std::exchange(before, {});
      continue;
    }
    switch (exit) {
      case speaker::Exit::switch_engine:
        before = std::exchange(name, speaker.engine_wanted());
        speaker.engine_started(name, process::now());
        break;
      case speaker::Exit::stop: return 0;
      case speaker::Exit::failure: return 1;
    }
  }
}

}  // namespace tandem::program
