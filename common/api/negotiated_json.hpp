// What was agreed on, as a member of an event.
#pragma once

#include <string>
#include <string_view>

#include "common/bgp/negotiated.hpp"

namespace tandem::api {

// It stands beside every UPDATE and is the same for as long as a session lasts, and for all that agreed on the same: it is made when it is another
// one than the time before.
class NegotiatedMember {
 public:
  // "negotiated": { ... }. Null: before the OPENs, when nothing is agreed on. Valid until the next call.
  [[nodiscard]] std::string_view of(const bgp::Negotiated* negotiated);

 private:
  bgp::Negotiated agreed_;
  std::string text_;
};

}  // namespace tandem::api
