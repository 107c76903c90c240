// A configuration as it may leave the machine.
#pragma once

#include <string>
#include <string_view>

namespace tandem::config {

// The same text with other words for its secrets, in comments as well. Equal ones get equal words, in this process; a configuration that is
// right stays right, and has the same meaning but for what its keys are.
[[nodiscard]] std::string without_secrets(std::string_view text);

}  // namespace tandem::config
