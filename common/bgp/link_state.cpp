#include "common/bgp/link_state.hpp"

#include <algorithm>
#include <map>

namespace tandem::bgp {

std::vector<LinkStateTlv> gather_link_state_tlvs(base::Bytes octets, std::uint16_t (*group_of)(std::uint16_t type)) {
  // A peer chooses how many there are and of how many types: no search of a list for each.
  std::map<std::uint16_t, std::size_t> places;
  std::vector<std::pair<std::size_t, LinkStateTlv>> placed;
  base::ByteReader reader(octets);
  while (const auto tlv = next_link_state_tlv(reader)) {
    placed.emplace_back(places.try_emplace(group_of(tlv->type), places.size()).first->second, *tlv);
  }
  std::stable_sort(placed.begin(), placed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<LinkStateTlv> out;
  out.reserve(placed.size());
  for (const auto& each : placed) out.push_back(each.second);
  return out;
}

}  // namespace tandem::bgp
