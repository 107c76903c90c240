// `next-hop self`, which stays a word until it is known in which session the route is sent.
#include <fmt/format.h>

#include "common/rib/route_parser.hpp"

namespace tandem::rib {

using bgp::Afi;

base::Result<base::IpAddress> next_hop_self(Afi family_afi, const base::IpAddress& local_address, base::RouterId router_id) {
  const Afi session_afi = local_address.is_v4() ? Afi::ipv4 : local_address.is_v6() ? Afi::ipv6 : Afi::undefined;
  // An address of either version (RFC 9552 section 5.5), that of the PE (RFC 7432 section 9.2.1, RFC 4761 section 3.2.2).
  const bool any = (family_afi == Afi::bgp_ls || family_afi == Afi::l2vpn) && session_afi != Afi::undefined;
  const Afi afi = family_afi == Afi::l2vpn ? Afi::ipv4 : family_afi;
  if (any || afi == session_afi) return local_address;
  if (afi == Afi::ipv4 && base::value(router_id) != 0) return base::IpAddress::v4(base::value(router_id));
  return base::Error(
      fmt::format("use of \"next-hop self\": the route ({}) does not have the same family as the BGP tcp session ({})",
                  bgp::to_string(afi), bgp::to_string(session_afi)));
}

base::Result<AttributeSetRef> resolve_next_hop_self(AttributePool& pool, const Route& route, const base::IpAddress& local_address,
                                                    base::RouterId router_id) {
  if (!route.attributes->next_hop().self) return route.attributes;
  const auto address = next_hop_self(bgp::family_at(route.nlri.family()).afi, local_address, router_id);
  if (!address) return address.error();
  bgp::NextHop next_hop;
  next_hop.address = *address;
  return pool.with_next_hop(*route.attributes, next_hop);
}

}  // namespace tandem::rib
