// The NLRI of one field of an UPDATE, in place.
#pragma once

#include "common/base/bytes.hpp"
#include "common/bgp/family.hpp"
#include "common/bgp/nlri/codec.hpp"

namespace tandem::bgp {

// NLRI of one family in one place of the message. Every NLRI in it has been checked, so walking cannot fail.
struct NlriBlock {
  FamilyIndex family = 0;
  bool add_path = false;
  base::Bytes octets;        // none when every one of them is skipped
  NlriUse use = NlriUse::announce;
  std::size_t skipped = 0;   // not understood, and left out by for_each

  [[nodiscard]] bool empty() const { return octets.empty(); }
  [[nodiscard]] NlriContext context() const { return {family, use, add_path}; }
  // Calls visit(NlriKey&) for each NLRI in order.
  template <typename Visitor>
  void for_each(Visitor&& visit) const {
    for_each_with_octets([&visit](NlriKey& key, base::Bytes) { visit(key); });
  }
  // visit(NlriKey&, base::Bytes) is given what the NLRI was read from, too.
  template <typename Visitor>
  void for_each_with_octets(Visitor&& visit) const {
    const NlriCodec* codec = nlri_codec(family);
    const NlriContext how = context();
    base::Bytes left = octets;
    NlriKey key;
    while (codec != nullptr && !left.empty()) {
      const auto step = codec->decode(how, left, key);
      if (!step) return;
      if (!step->skipped) visit(key, left.first(step->octets));
      left = left.subspan(step->octets);
    }
  }
};

}  // namespace tandem::bgp
