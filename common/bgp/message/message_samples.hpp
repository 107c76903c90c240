// Samples of messages: every kind, in the forms that differ in how they are read. What UPDATEs carry has tables of its own
// (nlri_samples.hpp, attribute_samples.hpp).
#pragma once

#include <span>
#include <string_view>

#include "common/bgp/message/header.hpp"

namespace tandem::bgp::testing {

struct MessageSample {
  MessageType type;
  std::string_view body;  // hexadecimal, blanks for the eye
};

[[nodiscard]] std::span<const MessageSample> message_samples();

}  // namespace tandem::bgp::testing
