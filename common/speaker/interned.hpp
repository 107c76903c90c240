// The attributes of a decoded UPDATE, interned.
#pragma once

#include "common/bgp/message/update.hpp"
#include "common/rib/attribute_pool.hpp"

namespace tandem::speaker {

struct Interned {
  rib::AttributeSetRef attributes;     // of the announces in the NLRI field
  rib::AttributeSetRef mp_attributes;  // of those in MP_REACH_NLRI, which has a next hop of its own
};

// A message without attributes, as most withdraws are, has no set.
[[nodiscard]] inline Interned intern(rib::AttributePool& pool, const bgp::Update& update) {
  Interned interned;
  const bgp::AttributeBlock& block = update.attributes;
  if (!update.announced.empty() || (update.has_withdraws() && !block.wire().empty())) {
    interned.attributes = pool.intern_received(block.wire(), block.asn4, update.next_hop);
  }
  if (!update.mp_announced.empty()) interned.mp_attributes = pool.intern_received(block.wire(), block.asn4, update.mp_next_hop);
  return interned;
}

}  // namespace tandem::speaker
