// MP_REACH_NLRI and MP_UNREACH_NLRI (RFC 4760 sections 3 and 4, RFC 2545, RFC 8950), taken apart. Private to the room.
#pragma once

#include <optional>

#include "common/bgp/attribute/attributes.hpp"
#include "common/bgp/message/nlri_block.hpp"
#include "common/bgp/negotiated.hpp"
#include "common/bgp/next_hop.hpp"

namespace tandem::bgp {

struct MultiprotocolNlri {
  Family family;
  NextHop next_hop;       // MP_REACH_NLRI only
  NlriBlock nlri;         // checked, unless skipped
  bool skipped = false;   // not negotiated, or without a codec: nothing has been looked at
};

// Errors carry NOTIFICATION 3/9 with the attribute, 3/10, or 3/0 for an MP_REACH_NLRI that reaches nothing.
[[nodiscard]] base::Result<MultiprotocolNlri> decode_mp_reach(const AttributeView& attribute, const Negotiated& negotiated);
[[nodiscard]] base::Result<MultiprotocolNlri> decode_mp_unreach(const AttributeView& attribute, const Negotiated& negotiated);

}  // namespace tandem::bgp
