// The descriptors of a link-state NLRI (RFC 9552 section 5.2). Private to the two files of the family.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/json_writer.hpp"
#include "common/bgp/dialect.hpp"
#include "common/bgp/link_state.hpp"

namespace tandem::bgp {

// The kinds whose descriptors are known (RFC 9552 table 1, RFC 9514 section 6).
enum class LinkStateKind : std::uint16_t { node = 1, link = 2, prefix_v4 = 3, prefix_v6 = 4, srv6_sid = 6 };

// An NLRI of a known kind behind its type, length and route distinguisher.
struct LinkStateObject {
  LinkStateKind kind{};
  std::uint8_t protocol = 0;
  std::uint64_t identifier = 0;  // of the instance of the protocol
  base::Bytes descriptors;
};

// What can be said of the octets.
enum class LinkStateForm : std::uint8_t {
  known,      // its members can be shown
  opaque,     // in order as far as lengths go, but not of the content we know: it is shown as octets
  malformed,  // lengths that cannot be: the NLRI is left out (RFC 9552 section 8.2.2)
};

// `body` begins with the Protocol-ID.
[[nodiscard]] LinkStateForm read_link_state(std::uint16_t type, base::Bytes body, LinkStateObject& out);

// The members of a known one, as a dialect has them. REQUIRES read_link_state said so.
void link_state_members(const LinkStateObject& object, Dialect dialect, base::JsonWriter& out);
// The object of these members, and of `more`.
[[nodiscard]] std::string link_state_shape(Dialect dialect, std::string_view more);

}  // namespace tandem::bgp
