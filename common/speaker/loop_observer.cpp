#include "common/speaker/loop_observer.hpp"

namespace tandem::speaker {

std::string_view to_string(WakeCause cause) {
  switch (cause) {
    case WakeCause::ready: return "ready";
    case WakeCause::deadline: return "deadline";
    case WakeCause::again: return "again";
    case WakeCause::signal: return "signal";
  }
  return "";
}

std::string_view to_string(RoundStep step) {
  switch (step) {
    case RoundStep::signals: return "signals";
    case RoundStep::accepts: return "accepts";
    case RoundStep::peers: return "peers";
    case RoundStep::commands: return "commands";
    case RoundStep::callbacks: return "callbacks";
    case RoundStep::flush: return "flush";
  }
  return "";
}

}  // namespace tandem::speaker
