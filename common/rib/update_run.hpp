// One run of an adj-RIB-out: the changes that were pending when it started, streamed a message at a time.
// It owns all it sends, so nothing that happens to the RIB meanwhile can reach it (I8).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "common/rib/discards.hpp"
#include "common/rib/lazy_order.hpp"
#include "common/rib/ordered_table.hpp"
#include "common/rib/paths_limiter.hpp"
#include "common/rib/pending_announces.hpp"
#include "common/rib/route.hpp"
#include "common/rib/run_order.hpp"
#include "common/rib/shared_stream.hpp"
#include "common/rib/update_packer.hpp"

namespace tandem::state {
class Reader;
class Writer;
}  // namespace tandem::state

namespace tandem::rib {

// A table of a cache as it was, for whoever goes through it in slices. It stays as long as somebody does.
struct CachedTable {
  using Table = OrderedTable<AttributeSetRef>;
  CachedTable() = default;
  CachedTable(bgp::FamilyIndex its, std::shared_ptr<Table> cached) : family(its), table(std::move(cached)), then(table->snapshot()) {}
  void discard(Discards& discards) {  // unless somebody else needs it
    if (table.use_count() == 1) discards.add(std::move(*table));
    table.reset();
  }
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [family, table, then] = self;
    archive.object(self, "cached_table")("family", family)("table", table)("then", then);
  }
  [[nodiscard]] std::string_view objection() const;
  bgp::FamilyIndex family = 0;
  std::shared_ptr<Table> table;
  Table::Snapshot then;
};

// The routes of one family to be sent again, as they were when that was asked for.
struct Resend {
  bgp::FamilyIndex family = 0;
  bool bracket = false;  // between BoRR and EoRR (RFC 7313)
  SharedTable shared;
  std::optional<CachedTable> others;  // behind those that are shared
  std::uint64_t changes = 0;  // of the cache, when this was taken
  // Paths that were withheld then and are not any more; a change of its own tells the peer of them.
  OrderedTable<bool> excluded{};

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [family, bracket, shared, others, changes, excluded] = self;
    archive.object(self, "resend")("family", family)("bracket", bracket)("shared", shared)("others", others)("changes", changes)("excluded",
                                                                                                                             excluded);
  }
  [[nodiscard]] std::string_view objection() const {
    return family < bgp::k_family_count && (!others || others->family == family) ? "" : "a route is sent again with another family";
  }
};

struct PendingChanges {
  std::vector<Resend> resends;  // ascending by family
  OrderedTable<AttributeSetRef> withdraws;
  PendingAnnounces announces;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [resends, withdraws, announces] = self;
    archive.object(self, "pending_changes")("resends", resends)("withdraws", withdraws)("announces", announces);
  }
  [[nodiscard]] bool empty() const { return resends.empty() && withdraws.empty() && announces.empty(); }
  void exclude_from_resends(const bgp::NlriKey& path);
  void discard(Discards& discards);
};

class UpdateRun {
 public:
  // `shared`: a table that is announced as a whole, behind the other changes.
  UpdateRun(PendingChanges changes, SharedTable shared, bool encode_withdraws);
  UpdateRun(const UpdateRun&) = delete;
  UpdateRun& operator=(const UpdateRun&) = delete;

  struct Step {
    bool message = false;        // one message was appended
    bool over = false;           // nothing is left
    bool route_refresh = false;  // the message is a ROUTE-REFRESH
  };
  // Sends the next message, unless it takes more than the budget, in keys, to come to it; the budget is less what was done. Routes that
  // cannot be sent on the way there are passed over, but those the peer was sent in an earlier state are withdrawn: it would go on using
  // what is no longer true. `limiter` may be null.
  Step next(UpdatePacker& packer, const PathsLimiter* limiter, std::size_t& budget, base::Buffer& out);
  void exclude_from_resends(const bgp::NlriKey& path) { changes_.exclude_from_resends(path); }
  void discard(Discards& discards) { changes_.discard(discards); }  // it ends: what it holds is to be freed by them
  // Several messages at once, `most` at most, that other sessions are told in the same octets; null when there are none now.
  struct Block {
    std::shared_ptr<const base::Buffer> octets;
    std::size_t messages = 0;
    bool over = false;
  };
  Block next_block(UpdatePacker& packer, std::size_t& budget, std::size_t most);

  // All withdraws and, of the announces, all of the buckets before `bucket` (counted from 1) and the first `rank` routes of it have been
  // sent. 0: there are withdraws left.
  struct Progress {
    std::uint32_t bucket = 0;
    std::uint32_t rank = 0;
  };
  [[nodiscard]] Progress progress() const;

  // What it sends and where it is; the order in which it sends is made from that again.
  void store(state::Writer& writer) const;
  [[nodiscard]] static std::unique_ptr<UpdateRun> load(state::Reader& reader);

 private:
  enum class Phase : std::uint8_t { count, lay_out, place, begin_refresh, resend, end_refresh, withdraw, announce, shared, done };
  struct Part {  // withdraws or announces
    RunOrder order;
    std::size_t slice = 0;     // the one being sent
    std::size_t position = 0;  // in `order`
    bool entered = false;      // the slice may be sent
    bool sorting = false;      // but its keys are not ready yet
    bool recalling = false;    // what is left of the slice cannot be sent
    std::size_t recalled = 0;  // routes the peer had and was told to forget because of that
    [[nodiscard]] bool exhausted() const { return slice == order.slices(); }
    [[nodiscard]] const RunOrder::Slice& now() const { return order.slice(slice); }
    void next_slice();
    [[nodiscard]] std::span<const bgp::NlriKey*> keys() const { return exhausted() ? std::span<const bgp::NlriKey*>() : order.keys(now()); }
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [order, slice, position, entered, sorting, recalling, recalled] = self;
      archive.object(self, "part_of_run")("slice", slice)("position", position)("entered", entered)("sorting", sorting)("recalling", recalling)(
          "recalled", recalled);
    }
    [[nodiscard]] bool is_possible() const;
  };
  void arrange_again(Phase phase, std::size_t arranged);
  void sort_again(state::Reader& reader, std::size_t position);

  void arrange(std::size_t& budget);
  template <typename Visit>
  bool visit_all(std::size_t& budget, Visit&& visit);

  bool send_mark(UpdatePacker& packer, base::Buffer& out, bool begin);
  [[nodiscard]] std::optional<Route> next_resent(Resend& resend, const PathsLimiter* limiter, std::size_t& budget);
  bool send_resend(UpdatePacker& packer, const PathsLimiter* limiter, std::size_t& budget, base::Buffer& out);
  bool send_withdraw(UpdatePacker& packer, std::size_t& budget, base::Buffer& out);
  [[nodiscard]] std::size_t withdraw_one(const bgp::NlriKey* const& key, UpdatePacker& packer, base::Buffer& out);
  bool send_announce(UpdatePacker& packer, std::size_t& budget, base::Buffer& out);
  bool enter_announce(UpdatePacker& packer);
  bool send_recall(UpdatePacker& packer, std::size_t& budget, base::Buffer& out);
  [[nodiscard]] const bgp::NlriKey& next_announced(const UpdatePacker& packer);
  [[nodiscard]] bool peer_may_have(const bgp::NlriKey& announced, std::uint32_t bucket, const UpdatePacker& packer) const;
  [[nodiscard]] bool exhausted() const;
  void settle();

  PendingChanges changes_;  // what the parts point into; not changed any more
  bool first_;              // of its session: the peer has nothing but what this run sent
  Part withdraws_;
  Part announces_;
  LazyOrder sorted_;
  bool in_order_ = false;  // the routes of the slice go out in the order of their arrival
  Phase phase_ = Phase::count;
  std::size_t arranged_ = 0;  // what putting it in order has taken of budgets so far
  std::size_t withdraw_ = 0;  // places of changes_ that a phase of arranging has gone through
  std::size_t announce_ = 0;
  std::size_t resend_ = 0;  // position in changes_.resends
  std::size_t route_ = 0;   // of its routes, those that are shared first
  SharedStream shared_;
};

}  // namespace tandem::rib
