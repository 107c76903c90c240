// Messages as a test writes and reads them. Made and taken apart here octet by octet, not with the codec under test: the two must
// agree on the wire, so each is the other's check.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/asn.hpp"
#include "common/base/bytes.hpp"
#include "common/base/time.hpp"
#include "common/bgp/family.hpp"

namespace tandem::harness {

inline constexpr std::uint8_t k_open = 1;
inline constexpr std::uint8_t k_update = 2;
inline constexpr std::uint8_t k_notification = 3;
inline constexpr std::uint8_t k_keepalive = 4;
inline constexpr std::uint8_t k_route_refresh = 5;

// One whole message as it crossed the wire.
struct Message {
  base::TimePoint at{};
  base::Buffer bytes;
  [[nodiscard]] std::uint8_t type() const { return bytes.size() > 18 ? bytes[18] : std::uint8_t{0}; }
};
using Transcript = std::vector<Message>;

// "0017 02 00000000": length, type, body as the specification prints them, without the marker.
[[nodiscard]] std::string describe(base::Bytes message);
// Every message but KEEPALIVEs, one line each: what is compared between engines.
[[nodiscard]] std::vector<std::string> without_keepalives(const Transcript& transcript);

// The reverse of describe(): blanks are skipped, the marker is added. Aborts on anything that is not hexadecimal.
[[nodiscard]] base::Buffer message(std::string_view text);
[[nodiscard]] base::Buffer wrap(std::uint8_t type, base::Bytes body);
[[nodiscard]] base::Buffer keepalive();
[[nodiscard]] base::Buffer notification(std::uint8_t code, std::uint8_t subcode, std::string_view data = {});
[[nodiscard]] base::Buffer route_refresh(bgp::Family family, std::uint8_t subtype = 0);
[[nodiscard]] base::Buffer end_of_rib(bgp::Family family);

// An UPDATE with ORIGIN IGP, an AS_PATH of one four-octet AS (none for an internal session), NEXT_HOP or MP_REACH_NLRI with
// 2001:db8::1, LOCAL_PREF 100 when internal.
struct Announcement {
  std::vector<std::string> prefixes;  // of one address family
  std::optional<base::Asn> as;        // nullopt: internal
  std::uint32_t med = 0;              // 0: none
};
[[nodiscard]] base::Buffer update(const Announcement& announcement);
[[nodiscard]] base::Buffer withdrawal(std::span<const std::string> prefixes);

// An OPEN from values, for a peer that does not mirror.
struct OpenValues {
  std::uint32_t as = 65000;
  std::uint16_t hold_time_s = 180;
  std::uint32_t router_id = 0x0A000003;
  std::vector<bgp::Family> families{bgp::k_ipv4_unicast};
  std::vector<std::pair<std::uint8_t, std::string>> capabilities{};  // more of them: code, and value in hexadecimal
};
[[nodiscard]] base::Buffer open(const OpenValues& values);

// Turns the octets of an OPEN into the answer of a mirror.
struct MirrorRules {
  std::uint8_t identifier_step = 1;               // added to the last octet of the identifier
  std::optional<std::uint32_t> router_id;         // instead
  std::optional<base::Asn> as;                    // in the fixed field and in capability 65
  std::optional<std::uint16_t> hold_time_s;
  std::vector<std::uint8_t> without_capabilities; // codes that are left out
};
[[nodiscard]] base::Buffer mirror_open(base::Bytes open, const MirrorRules& rules);

// What a receiver of UPDATEs believes: prefix -> attributes and next hop in hexadecimal.
class RouteTable {
 public:
  void apply(base::Bytes update_message);  // anything else is ignored
  [[nodiscard]] const std::map<std::string, std::string>& routes() const { return routes_; }
  [[nodiscard]] bool has(const std::string& prefix) const { return routes_.contains(prefix); }
  [[nodiscard]] std::size_t size() const { return routes_.size(); }

 private:
  std::map<std::string, std::string> routes_;
};

// The prefixes one UPDATE announces or withdraws, in wire order.
struct Changes {
  std::vector<std::string> announced;
  std::vector<std::string> withdrawn;
  std::string attributes;  // hexadecimal, with MP_REACH and MP_UNREACH left out
  std::string next_hop;    // of MP_REACH, hexadecimal
};
[[nodiscard]] Changes changes_of(base::Bytes update_message);
[[nodiscard]] bool is_end_of_rib(base::Bytes update_message);

}  // namespace tandem::harness
