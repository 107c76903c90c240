// One short scenario in which an engine does a little of everything: routes announced and received, commands, a long answer, a reload, a live switch
// there and back. The report lays the timelines of all engines one above the other.
#pragma once

#include <string>

#include "bench/table/subject.hpp"

namespace tandem::bench {

// The timeline (Chrome trace events) goes to `path`; false: it was not finished in time. `other`: the engine of the switch.
[[nodiscard]] bool record_timeline(const Stand& stand, const std::string& other, const std::string& path);

}  // namespace tandem::bench
