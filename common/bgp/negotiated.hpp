// What both ends agreed on in their OPENs: a plain value that codecs and encoders are given.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "common/base/asn.hpp"
#include "common/base/ip.hpp"
#include "common/bgp/family.hpp"
#include "common/bgp/role.hpp"

namespace tandem::bgp {

enum class RefreshMode : std::uint8_t { absent, normal, enhanced };  // RFC 2918, RFC 7313
[[nodiscard]] std::string_view to_string(RefreshMode mode);

// RFC 8950: NLRI of `family` may have a next hop of `next_hop_afi`.
struct ExtendedNextHop {
  Family family;
  Afi next_hop_afi = Afi::ipv6;
  friend auto operator<=>(const ExtendedNextHop&, const ExtendedNextHop&) = default;
};

struct Negotiated {
  base::Asn local_as{};
  base::Asn peer_as{};
  base::RouterId local_id{};
  base::RouterId peer_id{};
  std::uint16_t hold_time_s = 0;      // 0: no hold and keepalive timers
  std::uint16_t message_size = 4096;  // 65535 with RFC 8654; limit of a whole message
  bool asn4 = false;                  // RFC 6793
  bool operational = false;
  bool multisession = false;
  bool link_local_next_hop = false;
  bool aigp = false;                  // RFC 7311: accepted from this peer; configured, not announced
  bool as_zero = false;               // RFC 7607: AS 0 is no error, because we sent it ourselves
  std::optional<Role> role;           // RFC 9234: ours, on an external session that has one; configured
  RefreshMode refresh = RefreshMode::absent;
  std::vector<Family> families;       // in the order of the peer's OPEN
  FamilySet family_set;               // the same as a set
  std::vector<ExtendedNextHop> extended_next_hops;
  FamilySet add_path_send;            // RFC 7911
  FamilySet add_path_receive;
  std::vector<std::pair<Family, std::uint16_t>> paths_limits;  // the peer's, for families we send with ADD-PATH

  [[nodiscard]] bool internal() const { return local_as == peer_as; }  // iBGP
};

}  // namespace tandem::bgp
