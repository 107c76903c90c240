#include "engine_sync/reactor.hpp"

#include "engine_sync/loop.hpp"

namespace tandem::engine_sync {

speaker::Exit Reactor::run(speaker::Speaker& speaker) {
  Loop loop(speaker);
  return loop.run();
}

}  // namespace tandem::engine_sync
