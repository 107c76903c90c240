// NOTIFICATION (RFC 4271 section 4.5; codes and texts of RFC 4486, 6608, 7313, 8538, 9003, 9234, 9384, 9687).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/bytes.hpp"
#include "common/base/error.hpp"
#include "common/bgp/family.hpp"

namespace tandem::bgp {

struct Notification {
  std::uint8_t code = 0;
  std::uint8_t subcode = 0;
  base::Bytes data;
};

// REQUIRES two octets of body or more (framing checks that).
[[nodiscard]] Notification decode_notification(base::Bytes body);
void encode_notification(std::uint8_t code, std::uint8_t subcode, base::Bytes data, base::Buffer& out);

// Cease with its standard text; 6/2 and 6/4 get the length octet of RFC 9003 in front. `text` replaces the standard text,
// cut at 255 octets on a character boundary.
[[nodiscard]] base::NotificationCause make_cease(std::uint8_t subcode, std::string_view text = {});

// Cease / Maximum Number of Prefixes Reached, with the family and its limit (RFC 4486 section 4).
[[nodiscard]] base::NotificationCause make_max_prefix(Family family, std::uint32_t limit);

// Cease / Hard Reset around `cause`: the session ends for good although both sides restart gracefully through NOTIFICATIONs (RFC 8538
// section 3).
[[nodiscard]] base::NotificationCause make_hard_reset(const base::NotificationCause& cause);

[[nodiscard]] std::string_view code_name(std::uint8_t code);
[[nodiscard]] std::string_view subcode_name(std::uint8_t code, std::uint8_t subcode);  // "unknow reason" (sic) when unnamed
// What `data` of a *received* notification shows: 6/2, 6/4 and what a Hard Reset stands around are interpreted,
// others are as they came.
[[nodiscard]] std::string received_message(const Notification& notification);
// "Cease / Administrative Reset"
[[nodiscard]] std::string describe(std::uint8_t code, std::uint8_t subcode);

}  // namespace tandem::bgp
