#include "engine_async/reactor.hpp"

#include "engine_async/loop.hpp"

namespace tandem::engine_async {

speaker::Exit Reactor::run(speaker::Speaker& speaker) {
  Loop loop(speaker);
  return loop.run();
}

}  // namespace tandem::engine_async
