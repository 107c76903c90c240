// What a command changes in adj-RIBs-out: routes that were read, whether neighbors take them, and the change itself.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "common/api/command_table.hpp"

namespace tandem::api {

struct RouteChange {
  rib::RouteUse use = rib::RouteUse::announce;
  rib::ParsedRoutes parsed;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [use, parsed] = self;
    archive.object(self, "route_change")("use", use)("parsed", parsed);
  }
};

inline constexpr std::string_view k_next_hop_missing = "announce requires nexthop";  // how such a reason of the parser begins

// Nothing may change unless every route has at least one neighbor that takes it.
[[nodiscard]] base::Result<void> check_change(const Executor& executor, std::span<const PeerId> peers, const RouteChange& change);

// What one neighbor takes of it, the rest is logged. The place of the last of it in the stream; nullopt: it took nothing.
[[nodiscard]] std::optional<rib::ChangeMark> apply_change(Call& call, PeerId peer, const RouteChange& change);

// Both with all of them: checks, and then applies it, with `call.changes` as what it did.
[[nodiscard]] base::Result<void> change_all(Call& call, std::span<const PeerId> peers, const RouteChange& change);

}  // namespace tandem::api
