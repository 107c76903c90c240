#include "common/session/state.hpp"

#include <iterator>

namespace tandem::session {

namespace {

constexpr unsigned bit(State state) { return static_cast<unsigned>(state); }

// The edges of RFC 4271 section 8.2.2 that tandem has. Every state may end in IDLE; IDLE and ACTIVE repeat while connections
// are tried. ACTIVE after CONNECT is missing on purpose: a lost connection goes through the back-off.
struct Row {
  State state;
  std::string_view name;
  unsigned next;  // a set of states: their numbers are single bits
};
constexpr Row k_states[] = {
    {State::idle, "IDLE", bit(State::idle) | bit(State::active) | bit(State::connect)},
    {State::active, "ACTIVE", bit(State::active) | bit(State::idle) | bit(State::connect)},
    {State::connect, "CONNECT", bit(State::open_sent) | bit(State::idle)},
    {State::open_sent, "OPENSENT", bit(State::open_confirm) | bit(State::idle)},
    {State::open_confirm, "OPENCONFIRM", bit(State::established) | bit(State::idle)},
    {State::established, "ESTABLISHED", bit(State::idle)},
};

const Row* find(State state) {
  for (const Row& row : k_states) {
    if (row.state == state) return &row;
  }
  return nullptr;
}

}  // namespace

bool is_state(State state) { return find(state) != nullptr; }

std::string_view to_string(State state) {
  const Row* row = find(state);
  return row != nullptr ? row->name : "INVALID";
}

bool may_follow(State from, State to) {
  const Row* row = find(from);
  return row != nullptr && (row->next & bit(to)) != 0;
}

}  // namespace tandem::session
