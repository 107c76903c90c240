// The JSON Schema (2020-12) of the lines that programs are told, of either version and of a dialect. It is made from the shapes that stand beside the
// code that writes JSON, and is what docs/schema holds.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/api/event.hpp"
#include "common/bgp/dialect.hpp"

namespace tandem::api {

struct EventSchema {
  std::string_view name;  // `tandem schema events NAME`
  std::string_view file;  // of docs/schema, and of its identifier
  std::string_view title;
  EventForm form{};       // of JSON
  bgp::Dialect dialect{};
};
[[nodiscard]] std::span<const EventSchema> event_schemas();

// In one line.
[[nodiscard]] std::string json_schema(const EventSchema& schema);

}  // namespace tandem::api
