// The codec row of IPv4/IPv6 unicast and multicast NLRI (RFC 4271 section 4.3, RFC 4760 section 5, RFC 7911).
#pragma once

#include "common/bgp/nlri/codec.hpp"

namespace tandem::bgp {

extern const NlriCodec k_unicast_codec;

}  // namespace tandem::bgp
