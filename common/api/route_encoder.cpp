#include "common/api/route_encoder.hpp"

#include <fmt/format.h>

#include <array>

#include "common/bgp/message/header.hpp"
#include "common/bgp/nlri/codec.hpp"
#include "common/rib/without_nlri.hpp"

namespace tandem::api {

bgp::Negotiated obliging_session(base::Asn local_as, base::Asn peer_as, bool path_identifiers) {
  bgp::Negotiated session;
  session.local_as = local_as;
  session.peer_as = peer_as;
  session.message_size = bgp::k_extended_message_size;
  session.asn4 = true;
  for (bgp::FamilyIndex index = 0; index < bgp::k_family_count; ++index) {
    const bgp::FamilyTraits& traits = bgp::family_traits(index);
    session.families.push_back(traits.family);
    session.family_set.insert(index);
    if (traits.has(bgp::FamilyRule::own_next_hop)) {
      session.extended_next_hops.push_back({traits.family, traits.family.afi == bgp::Afi::ipv6 ? bgp::Afi::ipv4 : bgp::Afi::ipv6});
    }
    if (path_identifiers && traits.has(bgp::FamilyRule::add_path)) session.add_path_send.insert(index);
  }
  return session;
}

base::Result<base::Buffer> encode_route(const rib::Route& route, rib::RouteUse use, const EncodeOptions& options) {
  const bgp::FamilyIndex family = route.nlri.family();
  const std::string name = bgp::to_string(bgp::family_at(family));
  base::Buffer out;
  if (rib::without_nlri(route.nlri) && options.nlri_only) return base::Error(rib::describe(route) + ": there is no NLRI");
  if (options.nlri_only) {
    bgp::nlri_codec(family)->encode(route.nlri, options.session->add_path_send.contains(family), out);
    return out;
  }
  rib::UpdatePacker packer(*options.session, options.packer);
  const std::array<const bgp::NlriKey*, 1> keys{&route.nlri};
  const rib::AttributeSet* attributes = route.attributes.get();
  if (!rib::without_nlri(route.nlri) && !packer.negotiated(family)) return base::Error(fmt::format("{}: {} is not among the families of the session", rib::describe(route), name));
  if (use == rib::RouteUse::withdraw) {
    if (packer.withdraw(attributes, keys, out) != 1) return base::Error(rib::describe(route) + ": its attributes do not fit in a message");
  } else {
    if (!rib::without_nlri(route.nlri) && !packer.can_send(family, attributes->next_hop())) {
      return base::Error(fmt::format("{}: {} cannot be sent with this next hop", rib::describe(route), name));
    }
    if (packer.announce(*attributes, keys, out) != 1) return base::Error(rib::describe(route) + ": its attributes do not fit in a message");
  }
  if (!options.header) out.erase(out.begin(), out.begin() + bgp::k_header_size);
  return out;
}

}  // namespace tandem::api
