#include "common/speaker/subscribers.hpp"

#include <algorithm>
#include <iterator>

namespace tandem::speaker {

using config::Topic;
using session::Direction;

bool Subscribers::wants(Direction direction, Topic topic) const { return !of(direction, topic).empty(); }

bool Subscribers::wants_decoded(Direction direction, Topic topic) const {
  return wants(direction, topic) && (wants(direction, Topic::parsed) || wants(direction, Topic::consolidate));
}

bool Subscribers::empty() const {
  const auto none = [](const List& list) { return list.empty(); };
  for (const List* list : {&processes, &neighbor_changes, &negotiated, &fsm, &signal, &await_ready}) {
    if (!none(*list)) return false;
  }
  return std::all_of(std::begin(receive), std::end(receive), none) && std::all_of(std::begin(send), std::end(send), none);
}

Subscribers resolve(const config::Subscriptions& subscriptions, const std::function<EventReceiver*(const std::string&)>& program) {
  const auto programs = [&program](const config::Subscriptions::Names& names) {
    Subscribers::List list;
    for (const std::string& name : names) {
      if (EventReceiver* found = program(name)) list.push_back(found);
    }
    return list;
  };
  Subscribers resolved;
  resolved.processes = programs(subscriptions.processes);
  resolved.neighbor_changes = programs(subscriptions.neighbor_changes);
  resolved.negotiated = programs(subscriptions.negotiated);
  resolved.fsm = programs(subscriptions.fsm);
  resolved.signal = programs(subscriptions.signal);
  resolved.await_ready = programs(subscriptions.await_ready);
  for (std::size_t topic = 0; topic < config::k_topics; ++topic) {
    resolved.receive[topic] = programs(subscriptions.receive[topic]);
    resolved.send[topic] = programs(subscriptions.send[topic]);
  }
  return resolved;
}

}  // namespace tandem::speaker
