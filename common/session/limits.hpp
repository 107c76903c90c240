// Numbers of the session contract (spec session.md 7.1), each with the reason it has this value.
#pragma once

#include <cstddef>

#include "common/base/time.hpp"

namespace tandem::session {

// One read's worth beyond this and the driver stops reading; TCP pushes back on the peer.
inline constexpr std::size_t k_inbox_high = 256 * 1024;
// No new UPDATE is generated while more than this waits to be written: runs are pulled, not pushed (I22).
inline constexpr std::size_t k_outbox_high = 256 * 1024;
// How long a NOTIFICATION may take to leave before the connection is closed anyway (I17).
inline constexpr base::Duration k_farewell = std::chrono::seconds(1);

}  // namespace tandem::session
