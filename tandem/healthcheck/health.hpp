// The state of a service, from the results of its checks: it is up after so many that succeed in a row, down after so many that fail.
// Knows no time: whoever checks asks the state how soon to check again.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tandem::healthcheck {

enum class State : std::uint8_t {
  init,
  disabled,
  rising,   // checks succeed, but not yet often enough
  falling,  // checks fail, but not yet often enough
  up,
  down,
  exit      // of announcements: the checker ends, and takes its routes with it
};
[[nodiscard]] std::string_view to_string(State state);  // INIT, as hooks get it in STATE

class Health {
 public:
  // 1 or less: the first result decides.
  Health(std::int64_t rise, std::int64_t fall) : rise_(rise), fall_(fall) {}

  // The state that was entered, if there is one. A disabled service is not checked.
  std::optional<State> check(bool disabled, bool successful);
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool about_to_change() const { return state_ == State::rising || state_ == State::falling; }
  // Whether the routes say something in this state.
  [[nodiscard]] bool decided() const { return state_ == State::up || state_ == State::down || state_ == State::disabled; }

 private:
  std::optional<State> enter(State state);

  std::int64_t rise_;
  std::int64_t fall_;
  std::int64_t alike_ = 0;  // results of one kind in a row
  State state_ = State::init;
};

}  // namespace tandem::healthcheck
