// Routes into the octets of UPDATEs, without a session (`tandem encode`).
#pragma once

#include "common/api/route_command.hpp"
#include "common/base/error.hpp"
#include "common/bgp/negotiated.hpp"
#include "common/rib/update_packer.hpp"

namespace tandem::api {

// A session between these whose ends agree to whatever the standards allow: every family, AS numbers of four octets, IPv6 next hops
// where RFC 8950 has them; path identifiers only when asked for, because they change every NLRI.
[[nodiscard]] bgp::Negotiated obliging_session(base::Asn local_as, base::Asn peer_as, bool path_identifiers);

struct EncodeOptions {
  const bgp::Negotiated* session = nullptr;
  rib::PackerOptions packer;
  bool nlri_only = false;
  bool header = true;  // of the message
};

// The octets of one route. An error says why it cannot be sent in this session.
[[nodiscard]] base::Result<base::Buffer> encode_route(const rib::Route& route, rib::RouteUse use, const EncodeOptions& options);

}  // namespace tandem::api
