// Another engine beside a daemon, as that starts it (common/recorder/shadow_process.hpp): the recording comes on standard input, and what is
// to be said of it goes to standard output.
#pragma once

#include <string>

namespace tandem::replay {

// The exit status. `folder`: for its sockets.
[[nodiscard]] int run_shadow(const std::string& engine, const std::string& folder);

}  // namespace tandem::replay
