// A route as configuration and API give it, and as an adj-RIB-out keeps it: a key and a reference to interned attributes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/bgp/nlri/nlri_key.hpp"
#include "common/rib/attribute_pool.hpp"

namespace tandem::rib {

struct Route {
  bgp::NlriKey nlri;
  AttributeSetRef attributes;  // next_hop().self may still be set: resolve before it enters a RIB

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [nlri, attributes] = self;
    archive.object(self, "route")("nlri", nlri)("attributes", attributes);
  }
  [[nodiscard]] std::string_view objection() const { return attributes ? "" : "a route has no attributes"; }
};

// Of a state, a piece that is written ahead: entries of an adj-RIB (docs/recording.md).
inline constexpr std::string_view k_table_section = "table";

// To the octet, those outside the identity of the NLRI (labels) among them.
[[nodiscard]] bool identical(const Route& a, const Route& b);

// "10.0.0.0/24 next-hop 1.1.1.1 origin igp"; what logs and `show` print.
[[nodiscard]] std::string describe(const Route& route);

}  // namespace tandem::rib
