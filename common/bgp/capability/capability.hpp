// Capabilities of an OPEN (RFC 5492): decoded values in one struct.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/asn.hpp"
#include "common/base/error.hpp"
#include "common/bgp/family.hpp"
#include "common/bgp/negotiated.hpp"

namespace tandem::bgp {

enum class CapabilityCode : std::uint8_t {
  multiprotocol = 1, route_refresh = 2, extended_next_hop = 5, extended_message = 6, role = 9, graceful_restart = 64, asn4 = 65,
  multisession = 68, add_path = 69, enhanced_route_refresh = 70, long_lived_graceful_restart = 71, hostname = 73, software_version = 75, paths_limit = 76,
  link_local_next_hop = 77, route_refresh_cisco = 128, multisession_cisco = 131, operational = 185
};

// RFC 7911 section 4: bit 0 receive, bit 1 send; other values are kept as they came.
struct AddPathEntry {
  Family family;
  std::uint8_t mode = 0;
};
struct GracefulRestart {  // RFC 4724 section 3, RFC 8538 section 2
  static constexpr std::uint8_t k_restart = 0x8;
  static constexpr std::uint8_t k_notification = 0x4;
  static constexpr std::uint8_t k_forwarding = 0x80;
  std::uint8_t flags = 0;
  std::uint16_t time_s = 0;
  struct FamilyFlags {
    Family family;
    std::uint8_t flags = 0;
  };
  std::vector<FamilyFlags> families;
};
struct LongLivedGracefulRestart {  // RFC 9494 section 3
  struct FamilyTime {
    Family family;
    std::uint8_t flags = 0;    // GracefulRestart::k_forwarding
    std::uint32_t time_s = 0;  // 24 bits
  };
  std::vector<FamilyTime> families;
};
struct Hostname {
  std::string host;
  std::string domain;
};
struct PathsLimit {
  Family family;
  std::uint16_t limit = 0;
};
struct UnknownCapability {
  std::uint8_t code = 0;
  base::Buffer value;
};

// Everything one OPEN announces. `order` keeps the codes in order of first appearance, which is the order of events.
struct Capabilities {
  std::vector<std::uint8_t> order;
  std::vector<Family> multiprotocol;  // may hold families tandem does not know
  std::optional<base::Asn> asn4;
  std::vector<ExtendedNextHop> extended_next_hop;
  std::vector<AddPathEntry> add_path;
  std::vector<PathsLimit> paths_limit;
  std::optional<GracefulRestart> graceful_restart;
  std::optional<LongLivedGracefulRestart> long_lived_graceful_restart;
  std::vector<std::uint8_t> roles;  // RFC 9234; more than one is an error of the sender
  std::optional<Hostname> hostname;
  std::optional<std::string> software_version;
  std::vector<std::uint8_t> multisession_ids;
  std::vector<UnknownCapability> unknown;

  [[nodiscard]] bool has(CapabilityCode code) const;
  void announce(CapabilityCode code);  // adds to `order` once
};

}  // namespace tandem::bgp
