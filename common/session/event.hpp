// What a session tells the speaker, one value at a time and in order: nobody is called back.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/bytes.hpp"
#include "common/bgp/message/header.hpp"
#include "common/session/state.hpp"

namespace tandem::session {

enum class Direction : std::uint8_t { receive, send };

struct Event {
  enum class Kind : std::uint8_t {
    state,       // `state` was entered, perhaps again
    connected,   // TCP is up
    negotiated,  // both OPENs are known and valid
    up,          // Established
    down,        // the session ended; `reason` says why. Only when it was past Active
    message      // OPEN, KEEPALIVE or NOTIFICATION went out or came in: `message`, header included; one that came in can be
                 // decoded. UPDATE and ROUTE-REFRESH are the speaker's: it encodes and stores them
  };
  Kind kind = Kind::state;
  State state = State::idle;
  Direction direction = Direction::receive;
  base::Buffer message;
  std::string reason;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [kind, state, direction, message, reason] = self;
    archive.object(self, "event")("kind", kind)("state", state)("direction", direction)("message", message)("reason", reason);
  }
  friend constexpr Kind last_of(Kind) { return Kind::message; }
  [[nodiscard]] std::string_view objection() const {
    if (!is_state(state)) return "an event is of no state";
    return kind == Kind::message && message.size() < bgp::k_header_size ? "an event is about a message that is none" : "";
  }
};
constexpr Direction last_of(Direction) { return Direction::send; }

}  // namespace tandem::session
