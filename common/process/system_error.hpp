// Turns errno into the sentence a person needs: which call failed, on what, and why.
#pragma once

#include <string>
#include <string_view>

#include "common/base/error.hpp"

namespace tandem::process {

// "No such file or directory"; thread safe, unlike strerror(3).
[[nodiscard]] std::string errno_text(int number);

// "bind(10.0.0.1:179): Cannot assign requested address"; `argument` may be empty.
[[nodiscard]] base::Error system_error(std::string_view call, std::string_view argument, int number);

}  // namespace tandem::process
