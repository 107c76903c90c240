#include "common/bgp/capability/capability.hpp"

#include <algorithm>

namespace tandem::bgp {

bool Capabilities::has(CapabilityCode code) const {
  return std::find(order.begin(), order.end(), static_cast<std::uint8_t>(code)) != order.end();
}

void Capabilities::announce(CapabilityCode code) {
  if (!has(code)) order.push_back(static_cast<std::uint8_t>(code));
}

}  // namespace tandem::bgp
