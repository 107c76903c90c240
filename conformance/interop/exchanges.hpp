// Which routes tandem and another daemon tell each other, family by family: what tandem announces and how the daemon's own client shows
// it, what the daemon is told to announce and how tandem shows it. docs/interoperability.md is the table of these.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tandem::conformance {

struct Exchange {
  std::string_view family;                    // "ipv4 mpls-vpn"
  std::string_view kind;                      // of route, the same words for all daemons
  std::string_view ours;                      // what stands in announce { AFI { } }
  std::string_view question;                  // for the daemon's client
  std::vector<std::string_view> there;        // parts of its answer; the first one goes when the route is withdrawn
  std::string_view theirs;                    // command or line of the configuration of the daemon
  std::vector<std::string_view> here;         // parts of one line of `show adj-rib in extensive`; none: the daemon cannot announce it
  std::string_view withdrawn{};               // what it says of the session when all are withdrawn, where it goes on showing them
};

[[nodiscard]] std::span<const Exchange> frr_exchanges();
[[nodiscard]] std::span<const Exchange> gobgp_exchanges();
[[nodiscard]] std::span<const Exchange> gobgp_target_exchanges();  // in a session with RTC (RFC 4684)
[[nodiscard]] std::span<const Exchange> bird_exchanges();
[[nodiscard]] std::span<const Exchange> openbgpd_exchanges();
[[nodiscard]] std::span<const Exchange> exabgp_exchanges();

// "| family | route | FRR | GoBGP | ..." and a row for each kind of route, as docs/interoperability.md has them.
[[nodiscard]] std::string exchange_table();

}  // namespace tandem::conformance
