// The states of a session as users see them and the edges between them. Everything that is a table about
// states lives here; session.cpp asks.
#pragma once

#include <cstdint>
#include <string_view>

namespace tandem::session {

enum class State : std::uint8_t { idle = 1, active = 2, connect = 4, open_sent = 8, open_confirm = 16, established = 32 };

[[nodiscard]] bool is_state(State state);  // one of these, whatever was read
[[nodiscard]] std::string_view to_string(State state);  // "IDLE", "OPENSENT"
// Whether `to` may follow `from`; asserted at each transition.
[[nodiscard]] bool may_follow(State from, State to);

}  // namespace tandem::session
