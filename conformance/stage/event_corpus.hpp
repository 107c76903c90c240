// What programs were told while tests ran, for whoever checks the events of the whole suite (conformance/schema): one event of each
// form that was seen goes into the file that TANDEM_EVENT_CORPUS names.
#pragma once

#include <string>
#include <string_view>

namespace tandem::conformance {

// From now on, where the variable is set.
void collect_events();

// What tells one form of a line of JSON from another: its keys and brackets, without values.
[[nodiscard]] std::string form_of(std::string_view json);

}  // namespace tandem::conformance
