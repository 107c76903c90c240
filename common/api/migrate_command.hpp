// Commands and events of one version of the API in the words of another, for programs that speak only theirs.
#pragma once

#include <string>
#include <string_view>

#include "common/base/error.hpp"

namespace tandem::api {

// A command of version 4 (action first) as version 6 has it (target first). One of version 6 stays as it is, and so do comments.
// "announce route ..." becomes "peer * announce route ...", "neighbor A, neighbor B withdraw ..." "peer [A, B] withdraw ...".
[[nodiscard]] base::Result<std::string> command_of_version_6(std::string_view line);

// A line that the daemon has written: an event as JSON says the version that the program was written for. Everything else stays.
[[nodiscard]] std::string event_of_version(std::string_view line, std::string_view version);

}  // namespace tandem::api
