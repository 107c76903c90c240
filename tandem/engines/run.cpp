#include "tandem/engines/run.hpp"

#include "common/process/clock.hpp"
#include "common/speaker/engine_loop.hpp"
#include "tandem/engines/engines.hpp"

namespace tandem::program {

int run_engines(speaker::Speaker& speaker, std::string_view first, const std::function<void()>& upgrade) {
  return speaker::run_engines(speaker, first, make_reactor, process::now, upgrade) ? 0 : 1;
}

}  // namespace tandem::program
