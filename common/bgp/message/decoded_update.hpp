// For tests: an UPDATE decoded from hexadecimal, and what it says.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "common/bgp/message/update.hpp"
#include "common/bgp/testing.hpp"

namespace tandem::bgp::testing {

inline Negotiated external_session() {
  Negotiated negotiated = plain_session();
  negotiated.peer_as = base::Asn{65000};
  return negotiated;
}

// Keeps the octets its result views.
struct Decoded {
  Decoded(std::string_view body_hex, const Negotiated& negotiated) : body(octets(body_hex)), result(decode_update(body, negotiated)) {}
  const Update* operator->() const { return &*result; }
  base::NotificationCause cause() const {
    EXPECT_FALSE(result.has_value());
    if (result || result.error().notification() == nullptr) return {};
    return *result.error().notification();
  }
  base::Buffer body;
  base::Result<Update> result;
};

inline Decoded decode(std::string_view body_hex, const Negotiated& negotiated = plain_session()) { return {body_hex, negotiated}; }

// An UPDATE of attributes and announced NLRI.
inline Decoded with_attributes(std::string_view attributes, std::string_view nlri = "180a0000", const Negotiated& negotiated = plain_session()) {
  const base::Buffer section = octets(attributes);
  base::Buffer body;
  base::ByteWriter writer(body);
  writer.u16(0);
  writer.u16(static_cast<std::uint16_t>(section.size()));
  writer.bytes(section);
  writer.bytes(octets(nlri));
  return {hex(body), negotiated};
}

inline std::string routes(const NlriBlock& block) {
  std::string out;
  block.for_each([&](NlriKey& key) {
    if (!out.empty()) out += ", ";
    nlri_codec(key.family())->text(key, out);
  });
  return out;
}

inline std::string skipped(const Decoded& update) {
  std::string out;
  for (const SkippedNlri& one : update->skipped) {
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", to_string(one.family), one.count);
  }
  return out;
}

inline const std::string k_mandatory = "40010100 400200 40030401020304";

}  // namespace tandem::bgp::testing
