// Changes of an adj-RIB-out that are not pending yet, because one of them is as long as a table: they become so in their order, in slices.
#pragma once

#include <deque>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "common/rib/update_run.hpp"

namespace tandem::rib {

struct LateChange {
  enum class Kind : std::uint8_t {
    announce,
    withdraw,
    close,         // close_pending()
    announce_all,  // what was cached, behind what is pending already
    withdraw_all,  // what was cached
    withhold,      // of what is pending, what is beyond the limits of the peer
    squeeze,       // what is pending: most of it is not any more
  };
  friend constexpr Kind last_of(Kind) { return Kind::squeeze; }

  Kind kind = Kind::close;
  bgp::NlriKey key;            // of announce and withdraw
  AttributeSetRef attributes;
  bool replaces = false;       // of announce
  struct Bulk {
    SharedTable shared;
    std::vector<CachedTable> tables;   // ascending by family
    std::size_t cached = 0;            // routes in both
    bool begun = false;
    bool nothing_waits = false;        // when it began
    bgp::FamilyIndex family = 0;       // of shared
    std::size_t rank = 0;
    std::size_t table = 0;
    std::size_t next = 0;              // of what is pending
    std::vector<bgp::NlriKey> beyond;  // the limits
    PendingAnnounces::Squeeze squeeze;
    std::size_t squeezed = 0;          // places
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      // What has been squeezed is a copy of what has not: who reads a state makes it again.
      auto& [shared, tables, cached, begun, nothing_waits, family, rank, table, next, beyond, squeeze, squeezed] = self;
      archive.object(self, "bulk_change")("shared", shared)("tables", tables)("cached", cached)("begun", begun)("nothing_waits", nothing_waits)(
          "family", family)("rank", rank)("table", table)("next", next)("beyond", beyond)("squeezed", squeezed);
    }
    [[nodiscard]] std::string_view objection() const { return table <= tables.size() ? "" : "a change is behind its tables"; }
  };
  std::unique_ptr<Bulk> bulk;  // of the others, but close

  LateChange() = default;
  explicit LateChange(Kind what) : kind(what), bulk(what == Kind::close ? nullptr : std::make_unique<Bulk>()) {}
  LateChange(Kind what, bgp::NlriKey nlri, AttributeSetRef its, bool new_state)
      : kind(what), key(std::move(nlri)), attributes(std::move(its)), replaces(new_state) {}

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [kind, key, attributes, replaces, bulk] = self;
    archive.object(self, "late_change")("kind", kind)("key", key)("attributes", attributes)("replaces", replaces)("bulk", bulk);
  }
  [[nodiscard]] std::string_view objection() const {
    if ((kind >= Kind::announce_all) != (bulk != nullptr)) return "a change is as long as a table, or is not";
    return kind == Kind::announce && !attributes ? "a change announces nothing" : "";
  }
};

// What is pending, and what is to become so behind it.
struct PendingState {
  PendingChanges changes;
  std::deque<LateChange> late;
  [[nodiscard]] bool empty() const { return changes.empty() && late.empty(); }
  void store(state::Writer& writer) const;
  void load(state::Reader& reader);
};

}  // namespace tandem::rib
