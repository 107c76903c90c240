// Who is told what about one neighbor: the subscriptions of its configuration with names resolved to programs.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/config/configuration.hpp"
#include "common/session/event.hpp"
#include "common/speaker/event_receiver.hpp"

namespace tandem::speaker {

struct Subscribers {
  using List = std::vector<EventReceiver*>;  // order of the merged lists
  List processes;
  List neighbor_changes;
  List negotiated;
  List fsm;
  List signal;
  List await_ready;
  List receive[config::k_topics];
  List send[config::k_topics];

  [[nodiscard]] const List& of(session::Direction direction, config::Topic topic) const {
    return (direction == session::Direction::receive ? receive : send)[static_cast<std::size_t>(topic)];
  }
  [[nodiscard]] bool empty() const;
  // Something would be produced for messages of this topic in this direction.
  [[nodiscard]] bool wants(session::Direction direction, config::Topic topic) const;
  // ... and the message must be decoded for it.
  [[nodiscard]] bool wants_decoded(session::Direction direction, config::Topic topic) const;
};

// `program` finds one by its name; null: there is none.
[[nodiscard]] Subscribers resolve(const config::Subscriptions& subscriptions, const std::function<EventReceiver*(const std::string&)>& program);

}  // namespace tandem::speaker
