#include "tandem/engines.hpp"

#include <exception>

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
  for (;;) {
    const auto engine = make_reactor(name);
    if (engine == nullptr) {
      base::log(base::LogCategory::reactor, base::LogLevel::critical, "there is no engine '{}'", name);
      return 1;
    }
    speaker.engine_started(name, process::now());
    speaker::Exit exit = speaker::Exit::failure;
    try {
      exit = engine->run(speaker);
    } catch (const std::exception& error) {
      base::log(base::LogCategory::reactor, base::LogLevel::critical, "engine {}: {}", name, error.what());
    }
    switch (exit) {
      case speaker::Exit::switch_engine: name = speaker.engine_wanted(); break;
      case speaker::Exit::stop: return speaker.exit_status();
      case speaker::Exit::restart:
      case speaker::Exit::failure: return 1;
    }
  }
}

}  // namespace tandem::program
