// Where a peer comes from: it says whose routes it has, whether it dials, and what is left when its session ends.
#pragma once

#include <cstdint>
#include <memory>

#include "common/config/configuration.hpp"

namespace tandem::speaker {

struct Provenance {
  enum class Kind : std::uint8_t {
    configured,    // a neighbor of the configuration, until a reload removes it
    range_member,  // made for a connection from inside a range, and gone with it
    command        // made by a command, until a command or a reload removes it
  };
  Kind kind = Kind::configured;
  // Of a member: the neighbor that is the range. It holds the routes of all its members.
  std::shared_ptr<const config::Neighbor> range;
  std::uint64_t member = 0;  // ... and which one it is; they are counted up, so older ones have lower numbers

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [kind, range, member] = self;
    archive.object(self, "provenance")("kind", kind)("range", range)("member", member);
  }
  friend constexpr Kind last_of(Kind) { return Kind::command; }
  [[nodiscard]] std::string_view objection() const { return (kind == Kind::range_member) == (range != nullptr) ? "" : "a member is of no range"; }
};

}  // namespace tandem::speaker
