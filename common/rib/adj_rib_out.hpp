// Adj-RIB-Out (RFC 4271 section 3.2) of one peer: what we want it to have (the cache), what it must still be told (pending), and
// the run that tells it. Rules about the order of announces and withdraws are the table in adj_rib_out_test.cpp.
//
// A run takes the whole pending state when it starts and streams it, message by message, as the session has room (I8); changes
// made meanwhile belong to the next run. Nothing here knows a session's state: the peer calls established() and closed().
//
// What is as long as a table is not made pending at once, but a slice at a time. What changes meanwhile is put behind it, so that what comes of
// it is the same however many slices there are (docs/architecture.md, Slices).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/rib/change_mark.hpp"
#include "common/rib/discards.hpp"
#include "common/rib/ordered_table.hpp"
#include "common/rib/paths_limiter.hpp"
#include "common/rib/rib_cursor.hpp"
#include "common/rib/route.hpp"
#include "common/rib/shared_table.hpp"
#include "common/rib/update_packer.hpp"

namespace tandem::state {
class Reader;
class Writer;
}  // namespace tandem::state

namespace tandem::rib {

struct CachedTable;
struct LateChange;
struct PendingChanges;
struct PendingState;
struct RouteDifference;
class UpdateRun;
class Watchdogs;

class AdjRibOut {
 public:
  // `keep`: the neighbor's adj-rib-out setting; without it nothing is cached, and nothing is sent again after a restart.
  // `discards` frees what has become of no use; without it that is freed at once.
  explicit AdjRibOut(bool keep, Discards* discards = nullptr);
  ~AdjRibOut();
  AdjRibOut(AdjRibOut&&) noexcept;
  AdjRibOut& operator=(AdjRibOut&&) noexcept;

  // The routes to begin with, resolved as those of announce(). Where the list has a directory it stays shared: each RIB that has it keeps
  // what is different in it only, and the first run of a session sends it behind all other routes. REQUIRES an empty RIB.
  void load(const SharedRoutes& routes);
  // The list it has begun with gives way to the one behind it, and the difference becomes pending, unless the peer has not been `told` of any
  // route: then all of them are to be. False, and nothing has happened: so much is different here from both lists, or they are so short, that
  // it is to be announced and withdrawn route by route. What commands have changed stays where the difference does not speak of it.
  [[nodiscard]] bool adopt(const std::shared_ptr<const RouteDifference>& difference, bool told);
  // next_hop().self must be resolved. Announcing exactly what is cached does nothing, unless nothing is kept. What changes the stream
  // gives the place in it.
  ChangeMark announce(const Route& route);
  void announce(std::span<const Route> routes);  // one after the other, but cheaper where there are many
  // `attributes` are those the command typed, for families whose withdraws carry some; may be null.
  ChangeMark withdraw(const bgp::NlriKey& key, const AttributeSetRef& attributes);
  void clear();  // every cached route becomes a withdraw

  // Changes wait to become pending, or to be sent by the run that has started. It is to be worked on until there is nothing more to do, whether
  // there is a session or not.
  [[nodiscard]] bool busy() const;
  void work(std::size_t& budget);  // takes from it what it has done, in routes

  // Sends the cached routes of `families` again, between BoRR and EoRR (RFC 7313) where `bracket`. A snapshot is taken now, unless
  // one waits that is as good.
  void resend(bgp::FamilySet families, bool bracket);

  // Watchdogs: routes filed under a name, active (announced) or held. Filing a route that is not held
  // announces it, too; filing it again replaces what was filed. Nothing becomes of routes that are where they belong, and of names nobody used.
  // While all of a name are moved in slices, a run had better not start.
  ChangeMark file_watchdog(const std::string& name, const Route& route, bool held);
  void set_watchdog(std::string_view name, bool held);
  [[nodiscard]] bool moving() const;
  void unfile_watchdog(const bgp::NlriKey& key);  // forgets the route under every name: it left the configuration

  // A session reached Established: everything cached is pending behind what became pending while it was down, and the next run
  // is the first of the session, which encodes no withdraw. `limits` are the peer's; what is beyond them is withheld.
  void established(const PathsLimits& limits);
  // The session is gone: the run and all pending changes are dropped, the cache stays.
  void closed();

  [[nodiscard]] bool has_pending() const;
  [[nodiscard]] bool run_active() const;
  void start_run();  // REQUIRES has_pending() && !run_active()

  struct Produced {
    bool message = false;       // one message was appended to `out`
    bool over = false;          // the run has ended; perhaps with this message, perhaps without one
                                // Neither: there is nothing left of the budget
    bool route_refresh = false; // the message is a BoRR or EoRR, not an UPDATE
  };
  // Every change with a mark before this one has been given to next_message()'s caller, or will never be.
  [[nodiscard]] ChangeMark sent_before() const;
  // Somebody waits for a change: what is announced from now on is sent behind what is pending.
  void close_pending();
  // Appends the next message of the run to `out`. One call does a bounded amount of work: one message at most, and no more than the budget.
  // Routes that cannot be sent (family not negotiated, next hop without its capability, attributes too large) are skipped; the
  // latter two are logged, and withdrawn where the peer was sent an earlier state of them.
  Produced next_message(UpdatePacker& packer, std::size_t& budget, base::Buffer& out);
  Produced next_message(UpdatePacker& packer, base::Buffer& out) {
    std::size_t budget = k_slice;
    return next_message(packer, budget, out);
  }
  // Several messages of the run at once, `most` at most, in octets that other sessions are given as well. Without octets there are none
  // now: then next_message() is to be called.
  struct Block {
    std::shared_ptr<const base::Buffer> octets;
    std::size_t messages = 0;
    bool over = false;
  };
  Block next_block(UpdatePacker& packer, std::size_t& budget, std::size_t most);
  Block next_block(UpdatePacker& packer, std::size_t most) {
    std::size_t budget = k_slice;
    return next_block(packer, budget, most);
  }

  [[nodiscard]] std::size_t size() const noexcept;  // cached routes
  // The cache: visit(const NlriKey&, const AttributeSetRef&), families in table order, in each what is shared first, then in order of
  // insertion.
  template <typename Visitor>
  void for_each(Visitor&& visit) const {
    for (bgp::FamilyIndex family = 0; family < cache_.size(); ++family) {
      shared_.for_each(family, visit);
      if (cache_[family]) std::as_const(*cache_[family]).for_each(visit);
    }
  }
  // The same, from where the cursor is until the visitor has enough. True: there may be more.
  bool walk(RibCursor& cursor, const RouteVisitor& visit) const;
  // All of it but `keep`, which the neighbor says: the cache, what is pending, and where the run is.
  void store(state::Writer& writer) const;
  void load(state::Reader& reader);

  // What is long of it: the tables of its own. OrderedTable::write_ahead()
  bool write_ahead(state::Writer& writer, bgp::FamilyIndex family, std::size_t& next, std::size_t& budget) const;

  // The attributes cached for a key, or null.
  [[nodiscard]] const AttributeSetRef* find(const bgp::NlriKey& key) const;

 private:
  static constexpr std::size_t k_slice = 4096;
  static constexpr std::size_t k_at_once = 1024;  // routes of a change that is not worth slices
  static constexpr std::size_t k_exceptions = 4096;  // of a shared list, that are brought over to another one
  using Table = OrderedTable<AttributeSetRef>;
  PendingState& pending();
  [[nodiscard]] bool admit(const bgp::NlriKey& key);
  [[nodiscard]] bool withheld(const bgp::NlriKey& key) const { return limiter_ && limiter_->withheld(key); }
  Table& table(bgp::FamilyIndex family);
  ChangeMark announce_now(const Route& route);
  ChangeMark withdraw_now(const bgp::NlriKey& key, const AttributeSetRef& attributes);
  void make_room(std::span<const Route> routes);
  void move_watched(std::size_t& budget);
  void settle(const bgp::NlriKey& key);
  void move(const bgp::NlriKey& key, const AttributeSetRef& attributes, bool held);
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self);
  [[nodiscard]] std::string_view objection() const;
  void drop_run();

  // adj_rib_out_adopt.cpp
  [[nodiscard]] bool can_adopt(const RouteDifference& difference) const;
  // adj_rib_out_late.cpp
  [[nodiscard]] bool must_wait() const;
  void put_behind(LateChange change);
  void put_bulk_behind(LateChange change);
  ChangeMark add(PendingChanges& changes, const bgp::NlriKey& key, std::uint64_t hash, const AttributeSetRef& attributes, bool replaces);
  ChangeMark take_back(PendingChanges& changes, const bgp::NlriKey& key, const AttributeSetRef& attributes);
  [[nodiscard]] std::vector<CachedTable> tables() const;
  void apply(PendingState& pending, std::size_t& budget);
  bool apply(PendingChanges& changes, LateChange& change, std::size_t& budget);
  bool announce_all(PendingChanges& changes, LateChange& change, std::size_t& budget);
  bool withdraw_all(PendingChanges& changes, LateChange& change, std::size_t& budget);
  bool withhold(PendingChanges& changes, LateChange& change, std::size_t& budget);
  bool tell_difference(PendingChanges& changes, LateChange& change, std::size_t& budget);
  [[nodiscard]] bool squeeze(PendingChanges& changes, LateChange& change, std::size_t& budget);
  [[nodiscard]] bool make_run(std::size_t& budget);
  void drop(std::unique_ptr<PendingState> pending);

  bool keep_;
  Discards* discards_;
  bool first_run_ = true;  // the next run is the first of its session
  std::uint64_t changes_ = 0;  // of the cache, ever
  std::uint64_t next_run_ = 1;  // the number of the run that takes what is pending
  SharedTable shared_;          // of the cache, the part that others may have, too
  bool shared_waits_ = false;   // all of it is pending
  std::vector<std::shared_ptr<Table>> cache_;  // by FamilyIndex; the rest
  std::unique_ptr<PendingState> pending_;      // null until something is pending
  // A run has started that all of this belongs to; it cannot be arranged before it has become of it what is to be sent.
  std::unique_ptr<PendingState> cut_;
  SharedTable cut_shared_;
  std::unique_ptr<UpdateRun> run_;             // null while no run is active, or one that is cut
  std::unique_ptr<PathsLimiter> limiter_;      // null unless the peer of this session has limits
  std::unique_ptr<Watchdogs> watchdogs_;       // null while no route has one
};

}  // namespace tandem::rib
