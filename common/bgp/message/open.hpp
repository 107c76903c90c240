// OPEN (RFC 4271 section 4.2) with its optional parameters in both forms (RFC 5492, RFC 9072).
#pragma once

#include <cstdint>

#include "common/base/asn.hpp"
#include "common/base/error.hpp"
#include "common/bgp/capability/capability.hpp"

namespace tandem::bgp {

struct Open {
  std::uint8_t version = 4;
  std::uint16_t as_field = 0;  // the two-octet field; AS_TRANS for a four-octet speaker
  std::uint16_t hold_time_s = 0;
  base::RouterId router_id{};
  Capabilities capabilities;

  // The AS the sender means: the four-octet capability when the field is AS_TRANS, else the field (RFC 6793 section 4.1).
  [[nodiscard]] base::Asn asn() const;
};

// `body` is the message without its header. Errors carry NOTIFICATION 2/x or 1/2.
[[nodiscard]] base::Result<Open> decode_open(base::Bytes body);
// Appends the whole message. Each capability is a parameter of its own; over 255 octets the RFC 9072 form is used.
void encode_open(const Open& open, base::Buffer& out);

}  // namespace tandem::bgp
