#include "common/speaker/engine_loop.hpp"

#include <exception>
#include <string>
#include <utility>

#include "common/base/log.hpp"

namespace tandem::speaker {

bool run_engines(Speaker& speaker, std::string_view first, const MakeReactor& make, base::TimePoint (*now)(), const Upgrade& upgrade) {
  std::string name(first.empty() ? speaker.engine_wanted() : std::string(first));
  std::string before;  // the engine that ran last
  if (!first.empty()) speaker.engine_started(name, now());
  for (;;) {
    const auto engine = make(name);
    if (engine == nullptr) {
      base::log(base::LogCategory::reactor, base::LogLevel::critical, "there is no engine '{}'", name);
      return false;
    }
    Exit exit = Exit::failure;
    try {
      exit = engine->run(speaker);
    } catch (const std::exception& error) {
      speaker.engine_refused(error.what());
      // An engine wants descriptors of its own. The one before has just given its back, and no session has noticed anything.
      if (before.empty()) return false;
      name = std::exchange(before, {});
      continue;
    }
    if (exit == Exit::stop) return true;
    if (exit == Exit::upgrade) {
      if (upgrade) upgrade();
      else speaker.upgrade_refused(k_no_upgrade);
      continue;  // it could not: this engine goes on
    }
    // What an engine on trial could not do, the one before could: it has given back every channel as it was.
    if (exit == Exit::failure && !speaker.engine_failed()) return false;
    before = std::exchange(name, speaker.engine_wanted());
    speaker.engine_started(name, now());
  }
}

}  // namespace tandem::speaker
