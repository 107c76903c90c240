#include "common/rib/route.hpp"

#include <algorithm>

#include "common/bgp/nlri/codec.hpp"

namespace tandem::rib {

bool identical(const Route& a, const Route& b) {
  if (!(a.attributes == b.attributes && a.nlri == b.nlri)) return false;
  const base::Bytes left = a.nlri.extra();
  const base::Bytes right = b.nlri.extra();
  return std::equal(left.begin(), left.end(), right.begin(), right.end());
}

std::string describe(const Route& route) {
  std::string out;
  if (const bgp::NlriCodec* codec = bgp::nlri_codec(route.nlri.family())) {
    codec->text(route.nlri, out);
  } else {
    out = bgp::to_string(bgp::family_at(route.nlri.family()));
  }
  if (!route.attributes) return out;
  const bgp::NextHop& next_hop = route.attributes->next_hop();
  if (next_hop.self) {
    out += " next-hop self";
  } else if (next_hop.known()) {
    out += " next-hop ";
    next_hop.address.append_text(out);
  }
  out += route.attributes->text();
  return out;
}

}  // namespace tandem::rib
