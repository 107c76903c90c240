// A message, or a line, in words: what a difference is shown with.
#pragma once

#include <optional>
#include <string>

#include "common/base/bytes.hpp"
#include "common/bgp/message/open.hpp"
#include "common/bgp/negotiated.hpp"

namespace tandem::replay {

// How what one side sends is to be read, from the two OPENs (whole messages). nullopt: one of them is none.
[[nodiscard]] std::optional<bgp::Negotiated> read_as_sent(base::Bytes sent_open, base::Bytes received_open);
[[nodiscard]] bgp::Negotiated read_as_sent(const bgp::Open& sent, const bgp::Open& received);
// Of a whole message.
[[nodiscard]] std::optional<bgp::Open> read_open(base::Bytes message);

// One whole message. Without `agreed` an UPDATE is only called one.
[[nodiscard]] std::string explain(base::Bytes message, const std::optional<bgp::Negotiated>& agreed);

// "0017 02 00000000": length, type, body, cut after `limit` characters.
[[nodiscard]] std::string in_hexadecimal(base::Bytes message, std::size_t limit);

}  // namespace tandem::replay
