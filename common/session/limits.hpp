// Numbers of the session contract, each with the reason it has this value.
#pragma once

#include <cstddef>

#include "common/base/time.hpp"

namespace tandem::session {

// One read's worth beyond this and the driver stops reading; TCP pushes back on the peer.
inline constexpr std::size_t k_inbox_high = 256 * 1024;
// A peer whose messages wait (rate-limit) is not heard while it is not read, and may have died behind them. Before it is given another
// hold time it is read this far: more than kernels keep for a connection, so that its end, or its silence, is found.
inline constexpr std::size_t k_inbox_look_ahead = 8 * 1024 * 1024;
// No new UPDATE is generated while more than this waits to be written: runs are pulled, not pushed (I22).
inline constexpr std::size_t k_outbox_high = 256 * 1024;
// A peer that never reads may go on for ever, as long as it is heard: no KEEPALIVE is queued behind more than this, which only such
// a peer reaches. What waits is as good as one for a peer that begins to read.
inline constexpr std::size_t k_outbox_full = 512 * 1024;
// How long a NOTIFICATION may take to leave before the connection is closed anyway (I17).
inline constexpr base::Duration k_farewell = std::chrono::seconds(1);

}  // namespace tandem::session
