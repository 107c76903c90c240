// Which codec reads the NLRI of which family: the one place a new kind of NLRI is registered.
#include <array>

#include "common/bgp/nlri/codec.hpp"
#include "common/bgp/nlri/unicast.hpp"

namespace tandem::bgp {

namespace {

std::array<const NlriCodec*, k_family_count> make_table() {
  std::array<const NlriCodec*, k_family_count> table{};
  for (const Family family : {k_ipv4_unicast, k_ipv4_multicast, k_ipv6_unicast, k_ipv6_multicast}) {
    table[*family_index(family)] = &k_unicast_codec;
  }
  return table;
}

}  // namespace

const NlriCodec* nlri_codec(FamilyIndex family) {
  static const std::array<const NlriCodec*, k_family_count> table = make_table();
  return family < table.size() ? table[family] : nullptr;
}

}  // namespace tandem::bgp
