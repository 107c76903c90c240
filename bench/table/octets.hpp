// Streams of BGP messages that the generator sends, made before anything is measured.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace tandem::bench {

using Octets = std::vector<std::uint8_t>;
using Stream = std::shared_ptr<const Octets>;  // many sessions may send the same one

inline constexpr std::uint32_t k_as = 65533;                 // of both sides: the sessions are internal
inline constexpr std::uint32_t k_first_announced = 0x0A000000;  // 10.0.0.0: what the daemon announces
inline constexpr std::uint32_t k_first_commanded = 0x1E000000;  // 30.0.0.0: what a program announces
inline constexpr std::uint32_t k_first_received = 0x14000000;   // 20.0.0.0: what it is told

[[nodiscard]] Octets open_message(std::uint16_t hold_time_s, std::uint32_t router_id);
[[nodiscard]] Octets keepalive_message();
[[nodiscard]] Octets route_refresh_message();  // of IPv4 unicast

// UPDATEs of host routes from `first` upwards, `per_update` in each, each UPDATE with a MED of its own (RFC 4271 section 4.3).
[[nodiscard]] Octets announcements(std::uint32_t first, std::size_t count, std::size_t per_update);
[[nodiscard]] Octets withdrawals(std::uint32_t first, std::size_t count);

}  // namespace tandem::bench
