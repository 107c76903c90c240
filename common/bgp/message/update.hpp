// UPDATE (RFC 4271 section 4.3, RFC 4760) with the error handling of RFC 7606.
// Decoding is in place: the result views the message and is valid as long as the octets are.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "common/base/error.hpp"
#include "common/bgp/attribute/attributes.hpp"
#include "common/bgp/message/nlri_block.hpp"
#include "common/bgp/negotiated.hpp"
#include "common/bgp/next_hop.hpp"

namespace tandem::bgp {

// Routes that came and were not looked into: of a family that was not negotiated, or that cannot be decoded.
struct SkippedNlri {
  Family family;
  std::size_t count = 0;  // 0: nobody can tell
};

struct Update {
  Update() = default;
  Update(Update&&) = default;
  Update& operator=(Update&&) = default;
  Update(const Update&) = delete;  // blocks may view what is rewritten
  Update& operator=(const Update&) = delete;

  // An NLRI that the message announces as well is left out (RFC 4271 section 4.3): it is as if it had not been withdrawn.
  NlriBlock withdrawn;       // IPv4 unicast, classic field
  NlriBlock announced;       // IPv4 unicast, classic field
  NlriBlock mp_withdrawn;    // MP_UNREACH_NLRI; empty octets when absent or skipped
  NlriBlock mp_announced;    // MP_REACH_NLRI
  NextHop next_hop;          // attribute 3, for `announced`
  NextHop mp_next_hop;       // for `mp_announced`; the global address, and the link-local one when 32 octets came
  AttributeBlock attributes; // all but 14 and 15
  std::optional<Family> end_of_rib;  // RFC 4724 section 2
  // RFC 7606 section 2 "treat-as-withdraw": every announced NLRI is to be withdrawn. Empty: no.
  std::string_view treat_as_withdraw;  // the name of the attribute, "med"
  std::vector<SkippedNlri> skipped;
  std::vector<base::Buffer> rewritten;  // withdraws of which some were left out

  [[nodiscard]] bool has_withdraws() const { return !withdrawn.empty() || !mp_withdrawn.empty(); }
  [[nodiscard]] bool has_announces() const { return !announced.empty() || !mp_announced.empty(); }
};

// `body` is the message without its header. Errors carry NOTIFICATION 3/x and end the session.
[[nodiscard]] base::Result<Update> decode_update(base::Bytes body, const Negotiated& negotiated);

// RFC 4724 section 2; other families use the extended-length flag.
void encode_end_of_rib(Family family, base::Buffer& out);

}  // namespace tandem::bgp
