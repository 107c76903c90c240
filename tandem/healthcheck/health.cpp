#include "tandem/healthcheck/health.hpp"

namespace tandem::healthcheck {

std::string_view to_string(State state) {
  switch (state) {
    case State::init: return "INIT";
    case State::disabled: return "DISABLED";
    case State::rising: return "RISING";
    case State::falling: return "FALLING";
    case State::up: return "UP";
    case State::down: return "DOWN";
    case State::exit: return "EXIT";
  }
  return "";
}

std::optional<State> Health::enter(State state) {
  if (state == State::rising && rise_ <= 1) state = State::up;
  if (state == State::falling && fall_ <= 1) state = State::down;
  alike_ = 1;
  state_ = state;
  return state;
}

std::optional<State> Health::check(bool disabled, bool successful) {
  if (disabled) return state_ == State::disabled ? std::nullopt : enter(State::disabled);
  const State towards = successful ? State::rising : State::falling;
  switch (state_) {
    case State::disabled: return enter(State::init);  // the result counts from the next check on
    case State::init: return enter(towards);
    case State::up: return successful ? std::nullopt : enter(towards);
    case State::down: return successful ? enter(towards) : std::nullopt;
    case State::rising:
    case State::falling:
      if (state_ != towards) return enter(towards);
      if (++alike_ < (successful ? rise_ : fall_)) return std::nullopt;
      return enter(successful ? State::up : State::down);
    case State::exit: break;
  }
  return std::nullopt;
}

}  // namespace tandem::healthcheck
