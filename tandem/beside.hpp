// This program once more, in a process of its own.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.hpp"
#include "common/base/time.hpp"

namespace tandem::program {

struct Beside {
  std::vector<std::string> arguments;           // without the name of the program
  base::Duration time{};                        // after which `time_is_over` is called, once
  std::function<void()> time_is_over;           // what it does lets the other one come to its end; else a signal does, a minute later
  std::function<void(std::string_view)> tells;  // gets what the other one prints, as it comes
};

// The exit status, -1 when a signal has ended it. An error: it was not started. `time_is_over` was called then, too.
[[nodiscard]] base::Result<int> run_beside(const Beside& beside);

}  // namespace tandem::program
