// Changes of an adj-RIB-out that are not pending yet, because one of them is as long as a table: they become so in their order, in slices.
#pragma once

#include <deque>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "common/rib/route_difference.hpp"
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
    difference,    // what another list has changed
  };
  friend constexpr Kind last_of(Kind) { return Kind::difference; }
  // What was cached of a route of a difference, where that is not what the list before it says.
  enum class Cached : std::uint8_t { nothing, as_announced, otherwise };
  friend constexpr Cached last_of(Cached) { return Cached::otherwise; }

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
    std::shared_ptr<const RouteDifference> difference;  // what it announces, then what it withdraws
    bool was_cached = false;                            // the list before it
    OrderedTable<Cached> exceptions;
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      // What has been squeezed is a copy of what has not: who reads a state makes it again.
      auto& [shared, tables, cached, begun, nothing_waits, family, rank, table, next, beyond, squeeze, squeezed, difference, was_cached, exceptions] = self;
      archive.object(self, "bulk_change")("shared", shared)("tables", tables)("cached", cached)("begun", begun)("nothing_waits", nothing_waits)(
          "family", family)("rank", rank)("table", table)("next", next)("beyond", beyond)("squeezed", squeezed)("difference", difference)("was_cached", was_cached)("exceptions", exceptions);
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
    if ((kind == Kind::difference) != (bulk && bulk->difference)) return "a change is a difference, or is none";
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
