// One event as lines of text. The empty line behind each event is the encoder's.
#pragma once

#include <string>

#include "common/api/event.hpp"
#include "common/api/wording.hpp"

namespace tandem::api {

void state_text(const NeighborIdentity& neighbor, std::string_view state, std::string_view reason, std::string& out);
void packet_text(const NeighborIdentity& neighbor, EventDirection direction, const bgp::RawMessage& message, std::string& out);
// False, and nothing is appended: there is no event for this message.
[[nodiscard]] bool message_text(const NeighborIdentity& neighbor, const MessageEvent& event, const Wording& words, std::string& out);

}  // namespace tandem::api
