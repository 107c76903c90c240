// Another list takes the place of the one that a RIB shares with others: the cache is the new one at once, however long it is, and what
// peers are told becomes pending in slices. What commands have changed is brought over, route by route.
#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "common/rib/adj_rib_out.hpp"
#include "common/rib/late_change.hpp"

namespace tandem::rib {

namespace {

constexpr std::size_t k_ahead = 8;  // how many routes ahead their places in the tables are fetched

// What a difference says of a route, asked without going through it.
class Saying {
 public:
  explicit Saying(const RouteDifference& difference) : before_(difference.before), after_(difference.after) {
    if (before_.directory() != nullptr) return;
    for (const Route& route : std::span(before_.begin(), before_.end())) {
      bool inserted = false;
      last_.get_or_insert(route.nlri, inserted) = &route;
    }
  }
  [[nodiscard]] const Route* before(const bgp::NlriKey& key) const {
    if (const RouteDirectory* directory = before_.directory()) return at(before_, directory->find(key));
    const Route* const* found = last_.find(key);
    return found == nullptr ? nullptr : *found;
  }
  [[nodiscard]] const Route* after(const bgp::NlriKey& key) const { return at(after_, after_.directory()->find(key)); }
  [[nodiscard]] bool stays(const bgp::NlriKey& key) const {
    const Route* old = before(key);
    const Route* fresh = after(key);
    return old != nullptr && fresh != nullptr && identical(*old, *fresh);
  }

 private:
  static const Route* at(const SharedRoutes& list, std::uint32_t position) {
    return position == RouteDirectory::k_none ? nullptr : &list[position];
  }
  const SharedRoutes& before_;
  const SharedRoutes& after_;
  OrderedTable<const Route*> last_;  // of a short list, in which an NLRI may be there twice: the last one counts
};

}  // namespace

bool AdjRibOut::can_adopt(const RouteDifference& difference) const {
  if (!keep_ || watchdogs_ || difference.after.directory() == nullptr) return false;
  const bool shared = shared_.routes().shares(difference.before);
  if (!shared && (!shared_.empty() || difference.before.size() > k_exceptions)) return false;
  const std::size_t others = size() - shared_.size();
  return others + (difference.before.size() - shared_.size()) <= k_exceptions;
}

bool AdjRibOut::adopt(const std::shared_ptr<const RouteDifference>& difference, bool told) {
  if (!can_adopt(*difference)) return false;
  ++changes_;
  const Saying saying(*difference);
  LateChange change(LateChange::Kind::difference);
  LateChange::Bulk& bulk = *change.bulk;
  bulk.difference = difference;
  bulk.was_cached = shared_.routes().shares(difference->before);
  const auto note = [&bulk](const bgp::NlriKey& key, LateChange::Cached what) {
    bool inserted = false;
    bulk.exceptions.get_or_insert(key, inserted) = what;
  };
  // A peer that has been told nothing is told the list as a whole, and what it has instead as ever.
  const bool whole = !told || shared_waits_;
  if (whole) bulk.next = difference->announced.size();
  SharedTable fresh(difference->after);
  const auto bring_over = [&](const Route& gone) {
    if (saying.stays(gone.nlri)) fresh.erase(gone.nlri);
    else note(gone.nlri, LateChange::Cached::nothing);
  };
  if (bulk.was_cached) shared_.for_each_gone(bring_over);
  else std::for_each(difference->before.begin(), difference->before.end(), bring_over);
  std::vector<bgp::NlriKey> superseded;
  std::vector<Route> anew;
  for (const std::shared_ptr<Table>& table : cache_) {
    if (!table) continue;
    std::as_const(*table).for_each([&](const bgp::NlriKey& key, const AttributeSetRef& attributes) {
      const Route* after = saying.after(key);
      if (after == nullptr && saying.before(key) == nullptr) return;  // a route of commands alone
      if (saying.stays(key)) return;                                  // ... that they have in another state
      if (whole && after != nullptr) {
        fresh.erase(key);
        anew.push_back(*after);
        return;
      }
      const bool same = after != nullptr && identical(*after, Route{key, attributes});
      note(key, same ? LateChange::Cached::as_announced : LateChange::Cached::otherwise);
      superseded.push_back(key);
    });
  }
  for (const bgp::NlriKey& key : superseded) cache_[key.family()]->erase(key);
  shared_ = std::move(fresh);
  for (const Route& route : anew) announce(route);
  put_bulk_behind(std::move(change));
  return true;
}

// What it announces, then what it withdraws, as if it came route by route.
bool AdjRibOut::tell_difference(PendingChanges& changes, LateChange& change, std::size_t& budget) {
  LateChange::Bulk& bulk = *change.bulk;
  const RouteDifference& difference = *bulk.difference;
  const std::size_t announced = difference.announced.size();
  const std::size_t all = announced + difference.withdrawn.size();
  if (!std::exchange(bulk.begun, true)) changes.announces.reserve(changes.announces.size() + announced - std::min(bulk.next, announced));
  const RouteDirectory* directory = bulk.was_cached ? difference.before.directory() : nullptr;
  for (; budget > 0 && bulk.next < all; --budget, ++bulk.next) {
    base::Work::did(1);
    const bool announces = bulk.next < announced;
    if (bulk.next + k_ahead < announced) changes.announces.prefetch(difference.after[difference.announced[bulk.next + k_ahead]].nlri.hash());
    const Route& route = announces ? difference.after[difference.announced[bulk.next]]
                                   : difference.before[difference.withdrawn[bulk.next - announced]];
    const LateChange::Cached* exception = bulk.exceptions.find(route.nlri);
    if (exception != nullptr && *exception == LateChange::Cached::as_announced) continue;
    const bool cached = exception != nullptr ? *exception == LateChange::Cached::otherwise
                                             : directory != nullptr && directory->find(route.nlri) != RouteDirectory::k_none;
    if (announces) add(changes, route.nlri, route.nlri.hash(), route.attributes, cached);
    else if (cached) take_back(changes, route.nlri, route.attributes);  // what a command has withdrawn is not withdrawn again
  }
  return bulk.next == all;
}

}  // namespace tandem::rib
