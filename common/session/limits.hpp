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
// No KEEPALIVE is queued behind more than this, which only a peer reaches that reads nothing until its send hold time is over. What
// waits is as good as one for a peer that begins to read.
inline constexpr std::size_t k_outbox_full = 512 * 1024;
// RFC 9687 section 4: for how long a peer may take nothing of what waits for it, or twice the hold time if that is longer.
inline constexpr base::Duration k_send_hold = std::chrono::minutes(8);
// How long a NOTIFICATION may take to leave before the connection is closed anyway (I17).
inline constexpr base::Duration k_farewell = std::chrono::seconds(1);

}  // namespace tandem::session
