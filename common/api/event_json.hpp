// One event as a line of JSON: the envelope every line has, the neighbor block, and the parts that go into it.
// Written in one pass, straight into the caller's string.
#pragma once

#include <string>
#include <string_view>

#include "common/api/event.hpp"
#include "common/api/event_update.hpp"
#include "common/base/json_writer.hpp"

namespace tandem::api {

class JsonLine {
 public:
  // Opens the envelope. `daemon_members` are host, pid and ppid.
  JsonLine(EventForm form, double time, std::string_view daemon_members, std::string& out);

  [[nodiscard]] base::JsonWriter& json() { return json_; }
  void counter(std::uint64_t value);
  void type(std::string_view name);
  // Opens the neighbor object; close() ends it and the line.
  void begin_neighbor(const NeighborIdentity& neighbor, bool router_id);
  void direction(EventDirection direction);
  void close(bool neighbor);

 private:
  std::string& out_;
  base::JsonWriter json_;
};

[[nodiscard]] std::string_view to_string(EventDirection direction);

// Header and body of a message; empty when the message has no such part.
[[nodiscard]] base::Bytes header_of(const bgp::RawMessage& message);
[[nodiscard]] base::Bytes body_of(const bgp::RawMessage& message);

// The lines of each kind of event. The encoder chooses between these and those of event_text.hpp. `negotiated`: that member (NegotiatedMember), of
// events that have it; empty: it is left out.
void packet_json(const NeighborIdentity& neighbor, EventDirection direction, const bgp::RawMessage& message,
                 std::string_view negotiated, const Wording& words, JsonLine& line);
// False: there is no event for this message, and the line must be thrown away.
[[nodiscard]] bool message_json(const NeighborIdentity& neighbor, const MessageEvent& event, std::string_view negotiated,
                                const UpdateForm& form, JsonLine& line);

}  // namespace tandem::api
