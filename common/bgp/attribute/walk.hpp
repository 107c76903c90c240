// The walk over the attributes of a received UPDATE (RFC 7606). Private to the room: decode_update
// makes an Update of what it finds.
#pragma once

#include <optional>

#include "common/bgp/attribute/attributes.hpp"

namespace tandem::bgp {

struct WalkedAttributes {
  AttributeBlock block;                    // without MP attributes and whatever was wrong
  std::string_view treat_as_withdraw;      // name of the first attribute that asks for it; empty: none
  std::optional<AttributeView> next_hop;   // well formed
  std::optional<AttributeView> only_to_customer;  // well formed
  std::optional<AttributeView> mp_reach;   // not looked into
  std::optional<AttributeView> mp_unreach;
};

// Errors carry NOTIFICATION 3/x.
[[nodiscard]] base::Result<WalkedAttributes> walk_attributes(base::Bytes section, const Negotiated& negotiated);

}  // namespace tandem::bgp
