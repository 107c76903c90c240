// The JSON Schema (2020-12) of the lines that programs are told, of either version. It is made from the shapes that stand beside the
// code that writes JSON, and is what docs/schema holds.
#pragma once

#include <string>

#include "common/api/event.hpp"

namespace tandem::api {

// In one line. REQUIRES a form of JSON.
[[nodiscard]] std::string event_schema(EventForm form);

}  // namespace tandem::api
