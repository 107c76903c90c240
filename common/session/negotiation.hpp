// From configuration to OPEN, and from two OPENs to what was agreed (RFC 4271, 4760, 5492, 6793, 7911).
// Pure functions.
#pragma once

#include "common/base/error.hpp"
#include "common/bgp/message/open.hpp"
#include "common/session/parameters.hpp"

namespace tandem::session {

// The OPEN to send. `mirrored` is the peer's AS when local-as is auto. `local_address` supplies the router-id when none is set.
[[nodiscard]] bgp::Open make_open(const Parameters& parameters, const base::IpAddress& local_address,
                                  std::optional<base::Asn> mirrored);

// Never fails: what is not common is absent.
[[nodiscard]] bgp::Negotiated negotiate(const bgp::Open& sent, const bgp::Open& received);

// What stands in no OPEN and holds all the same: AIGP, and IPv4 next hops of IPv6 routes, which capability 5 cannot list
// (RFC 8950 is about IPv4 NLRI) and which count only between two ends that both have it.
void agree_on_unannounced(const Parameters& parameters, const bgp::Open& sent, const bgp::Open& received, bgp::Negotiated& negotiated);

// The checks after negotiation, first failure wins. Errors carry NOTIFICATION 2/x.
[[nodiscard]] base::Result<void> validate(const Parameters& parameters, const bgp::Open& sent, const bgp::Open& received,
                                          const bgp::Negotiated& negotiated);

}  // namespace tandem::session
