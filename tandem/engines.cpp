#include "tandem/engines.hpp"

#include "common/process/clock.hpp"
#include "common/speaker/engine_loop.hpp"
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
  return speaker::run_engines(speaker, first, make_reactor, process::now) ? 0 : 1;
}

}  // namespace tandem::program
