// What another list of routes changes of the one before it, as positions in both: nothing is copied, however much that is.
#pragma once

#include <cstdint>
#include <vector>

#include "common/rib/shared_routes.hpp"

namespace tandem::rib {

struct RouteDifference {
  SharedRoutes before;
  SharedRoutes after;
  std::vector<std::uint32_t> announced;  // in `after`: new or with other attributes, in its order
  std::vector<std::uint32_t> withdrawn;  // in `before`: gone
  [[nodiscard]] bool empty() const noexcept { return announced.empty() && withdrawn.empty(); }

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [before, after, announced, withdrawn] = self;
    archive.object(self, "route_difference")("before", before)("after", after)("announced", announced)("withdrawn", withdrawn);
  }
  [[nodiscard]] std::string_view objection() const {
    const auto within = [](const std::vector<std::uint32_t>& positions, const SharedRoutes& list) {
      return std::all_of(positions.begin(), positions.end(), [&list](std::uint32_t position) { return position < list.size(); });
    };
    return within(announced, after) && within(withdrawn, before) ? "" : "a difference is longer than its lists";
  }
};

}  // namespace tandem::rib
