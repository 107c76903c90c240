// How many paths of a prefix one peer may be sent: it said so in its OPEN (PATHS-LIMIT,
// draft-abraitis-idr-addpath-paths-limit). Paths are counted by family, route distinguisher and prefix, path identifiers left out.
//
// The paths that came first stay; one beyond the limit is withheld until one of them is withdrawn. Decided when a change is
// queued, so that a run needs to know nothing about it. Of one session; holds memory for the families that have a limit.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "common/bgp/nlri/nlri_key.hpp"
#include "common/rib/discards.hpp"
#include "common/rib/ordered_table.hpp"

namespace tandem::rib {

using PathsLimits = std::vector<std::pair<bgp::Family, std::uint16_t>>;

class PathsLimiter {
 public:
  explicit PathsLimiter(const PathsLimits& limits = {});

  // The path is announced, or changes. False: it is withheld.
  [[nodiscard]] bool admit(const bgp::NlriKey& path);
  [[nodiscard]] bool withheld(const bgp::NlriKey& path) const;
  // The path is withdrawn. The result is one that was withheld and takes its place.
  [[nodiscard]] std::optional<bgp::NlriKey> release(const bgp::NlriKey& path);
  void clear(Discards* discards);  // every path is withdrawn; what that leaves is freed by them, or at once
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [limits, prefixes] = self;
    archive.object(self, "paths_limiter")("limits", limits)("prefixes", prefixes);
  }

  [[nodiscard]] std::uint16_t limit(bgp::FamilyIndex family) const { return limits_[family]; }  // 0: none

 private:
  struct Path {
    bgp::NlriKey key;
    bool admitted = false;
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [key, admitted] = self;
      archive.object(self, "limited_path")("key", key)("admitted", admitted);
    }
  };
  using Paths = std::vector<Path>;  // of one prefix, in order of arrival

  std::array<std::uint16_t, bgp::k_family_count> limits_{};
  OrderedTable<Paths> prefixes_;
};

}  // namespace tandem::rib
