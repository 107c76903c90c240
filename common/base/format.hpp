// Text put behind what a string holds.
#pragma once

#include <fmt/format.h>

#include <string>

namespace tandem::base {

// "2026-11-22T13:43:00Z", without asking the system for a time zone.
[[nodiscard]] std::string iso_time(double seconds_since_1970);

void append_text(std::string& out, fmt::string_view format, fmt::format_args arguments);

// As fmt::format_to does with an iterator, whose whole formatter the compiler would make once more for every file that calls it.
template <typename... Arguments>
void append(std::string& out, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  append_text(out, format, fmt::make_format_args(arguments...));
}

}  // namespace tandem::base
