// Routes filed under the name of a watchdog, which a program announces and withdraws together.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "common/rib/ordered_table.hpp"
#include "common/rib/route.hpp"

namespace tandem::rib {

class Watchdogs {
 public:
  void file(const std::string& name, const Route& route, bool held) {
    bool inserted = false;
    groups_[name].get_or_insert(route.nlri, inserted) = Filed{route.attributes, held};
  }

  void unfile(const bgp::NlriKey& key) {
    for (auto group = groups_.begin(); group != groups_.end();) {
      group->second.erase(key);
      group = group->second.empty() ? groups_.erase(group) : std::next(group);
    }
  }

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [groups] = self;
    archive.object(self, "watchdogs")("groups", groups);
  }

  // Moves every route of the name that is not there yet to `held` and calls move(const NlriKey&, const AttributeSetRef&).
  template <typename Move>
  void set(std::string_view name, bool held, Move&& move) {
    const auto group = groups_.find(name);
    if (group == groups_.end()) return;
    group->second.for_each([&](const bgp::NlriKey& key, Filed& filed) {
      if (filed.held == held) return;
      filed.held = held;
      move(key, filed.attributes);
    });
  }

 private:
  struct Filed {
    AttributeSetRef attributes;
    bool held = false;
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [attributes, held] = self;
      archive.object(self, "filed_route")("attributes", attributes)("held", held);
    }
    [[nodiscard]] std::string_view objection() const { return attributes && !attributes->next_hop().self ? "" : "a filed route has no next hop yet"; }
  };
  std::map<std::string, OrderedTable<Filed>, std::less<>> groups_;
};

}  // namespace tandem::rib
