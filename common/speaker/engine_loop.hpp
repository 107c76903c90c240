// One engine after the other on the same speaker, as commands and trials want it.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "common/base/time.hpp"
#include "common/speaker/reactor.hpp"
#include "common/speaker/speaker.hpp"

namespace tandem::speaker {

// Null when there is no engine of this name.
using MakeReactor = std::function<std::unique_ptr<Reactor>(std::string_view name)>;

// Has another program go on with the speaker. When that cannot be done it comes back, and has said why (Speaker::upgrade_refused).
using Upgrade = std::function<void()>;
inline constexpr std::string_view k_no_upgrade = "this program cannot be replaced by another one";

// Drives the speaker, beginning with engine `first`, or with the one that ran when its snapshot was taken (""), until it stops. True: it has
// stopped because it was to stop. `now` reads the clock.
[[nodiscard]] bool run_engines(Speaker& speaker, std::string_view first, const MakeReactor& make, base::TimePoint (*now)(),
                               const Upgrade& upgrade = {});

}  // namespace tandem::speaker
