// ROUTE-REFRESH (RFC 2918, RFC 7313).
#pragma once

#include <cstdint>
#include <string_view>

#include "common/base/bytes.hpp"
#include "common/bgp/family.hpp"

namespace tandem::bgp {

enum class RefreshSubtype : std::uint8_t { query = 0, begin = 1, end = 2 };  // others exist on the wire and are ignored
[[nodiscard]] std::string_view to_string(RefreshSubtype subtype);             // "query", "begin", "end", "invalid"

struct RouteRefresh {
  Family family;  // AFI and SAFI as they came, perhaps unknown
  RefreshSubtype subtype = RefreshSubtype::query;
};

// REQUIRES four octets of body (framing checks that).
[[nodiscard]] RouteRefresh decode_route_refresh(base::Bytes body);
void encode_route_refresh(const RouteRefresh& refresh, base::Buffer& out);

}  // namespace tandem::bgp
