// A configuration as JSON, the schema of that JSON, and examples of the language: all made from the rows (neighbor_rows.hpp) and the
// sections (section.hpp), so that a keyword which is added is in each of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/configuration.hpp"

namespace tandem::config {

// What is in force, defaults included. Passwords are not shown.
[[nodiscard]] std::string export_json(const Configuration& configuration);

// JSON Schema (draft-07) of what export_json() gives, or of one of its sections; nullopt: there is no such section.
[[nodiscard]] std::optional<std::string> schema_json(std::string_view section);
[[nodiscard]] std::vector<std::string> schema_sections();

// The same JSON over several lines, so many blanks a level; 0: as it is.
[[nodiscard]] std::string indent_json(std::string_view json, unsigned width);

// Commented configurations: `neighbor` is short, `full` has every keyword of every section. nullopt: there is no such example.
[[nodiscard]] std::optional<std::string> example(std::string_view name);

}  // namespace tandem::config
