// Routes for the benchmarks: as many distinct prefixes as wanted, and attribute sets shared by a fixed number of them.
#pragma once

#include <fmt/core.h>

#include <vector>

#include "common/base/ip.hpp"
#include "common/bgp/attribute/attributes.hpp"
#include "common/bgp/nlri/codec.hpp"
#include "common/rib/route.hpp"

namespace tandem::bench {

inline bgp::NlriKey prefix(std::uint32_t number) {
  const auto address = base::IpAddress::v4(0x0A000000U + (number << 8));
  return bgp::make_prefix_key(*bgp::family_index(bgp::k_ipv4_unicast), address.bytes(), 24, std::nullopt);
}

inline rib::AttributeSetRef attributes(rib::AttributePool& pool, std::uint32_t number) {
  bgp::AttributeBuilder builder;
  const std::uint8_t origin[] = {0};
  builder.set(0x40, 1, origin);
  const std::uint8_t med[] = {static_cast<std::uint8_t>(number >> 24), static_cast<std::uint8_t>(number >> 16),
                              static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
  builder.set(0x80, 4, med);
  bgp::NextHop hop;
  hop.address = base::IpAddress::v4(0x01010101);
  return pool.intern(builder.canonical(), hop);
}

inline std::vector<rib::Route> routes(rib::AttributePool& pool, std::size_t count, std::size_t prefixes_a_set) {
  std::vector<rib::Route> made;
  made.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    made.push_back({prefix(static_cast<std::uint32_t>(i)), attributes(pool, static_cast<std::uint32_t>(i / prefixes_a_set))});
  }
  return made;
}

inline bgp::Negotiated negotiated() {
  bgp::Negotiated n;
  n.local_as = base::Asn{65533};
  n.peer_as = base::Asn{65533};
  n.asn4 = true;
  n.families = {bgp::k_ipv4_unicast};
  n.family_set.insert(*bgp::family_index(bgp::k_ipv4_unicast));
  return n;
}

}  // namespace tandem::bench
