// The next hop of a route: nothing, "self" (until a neighbor resolves it), one address, or an IPv6 global address with a
// link-local one behind it (RFC 2545 section 3).
#pragma once

#include <compare>

#include "common/base/ip.hpp"

namespace tandem::bgp {

struct NextHop {
  base::IpAddress address;     // none: no next hop
  base::IpAddress link_local;  // none, or IPv6 fe80::/10
  bool self = false;           // `next-hop self` not resolved yet; address is none

  [[nodiscard]] bool known() const { return static_cast<bool>(address); }
  friend auto operator<=>(const NextHop&, const NextHop&) = default;
};

}  // namespace tandem::bgp
