// A map from NlriKey to a small value that is iterated in insertion order, because that order reaches the wire:
// entries in numbered places, an open-addressed index of these beside them. No allocation per entry; replacing a
// value keeps its place; removing leaves a hole, and holes are squeezed out, a few places at each change, once they outnumber entries.
// The table must not change while somebody visits it. Who wants to take a pause and let it change meanwhile has a TableWalk, or a
// Snapshot if what is visited is to be as it was.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "common/bgp/nlri/nlri_key.hpp"
#include "common/rib/places.hpp"
#include "common/rib/position_index.hpp"
#include "common/rib/table_walk.hpp"
#include "common/rib/under_way.hpp"

namespace tandem::rib {

template <typename Value>
class OrderedTable {
 public:
  struct Entry {
    bgp::NlriKey key;
    Value value{};
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [key, value] = self;
      archive.object(self, "entry")("key", key)("value", value);
    }
  };
  // The table as it was when this was taken, to be visited in slices while it changes. Costs the entries that change before their turn has
  // come. Must not outlive the table, but follows it when it is moved.
  class Snapshot {
   public:
    [[nodiscard]] bool over() const noexcept { return !state_ || state_->next == state_->end; }
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [state] = self;
      archive.object(self, "table_snapshot")("state", state);
    }

   private:
    friend class OrderedTable;
    struct State {
      std::size_t next = 0;
      std::size_t end = 0;
      std::map<std::size_t, Entry> before;  // by place: what has changed
      template <typename Archive, typename Self>
      static void fields(Archive& archive, Self& self) {
        auto& [next, end, before] = self;
        archive.object(self, "snapshot_state")("next", next)("end", end)("before", before);
      }
    };
    std::shared_ptr<State> state_;
  };

  [[nodiscard]] std::size_t size() const noexcept { return index_.size(); }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

  [[nodiscard]] Value* find(const bgp::NlriKey& key) noexcept { return find_in(*this, key); }
  [[nodiscard]] const Value* find(const bgp::NlriKey& key) const noexcept { return find_in(*this, key); }

  // The entry of the key, its value default-made and at the end of the order when the key is new. `inserted` tells which.
  // An entry that was there keeps the octets outside the identity it came with (labels), unless the caller assigns its key.
  Entry& entry(const bgp::NlriKey& key, bool& inserted) { return entry(key, key.hash(), inserted); }
  Entry& entry(const bgp::NlriKey& key, std::uint64_t hash, bool& inserted);  // for who has asked for the key's hash
  // The value of that entry, which takes those octets from `key`.
  Value& get_or_insert(const bgp::NlriKey& key, bool& inserted) {
    Entry& found = entry(key, inserted);
    if (!inserted) found.key = key;
    return found.value;
  }
  bool erase(const bgp::NlriKey& key);
  void clear();  // snapshots end with it
  // What a table held, to be taken out a slice at a time: in order, and without an index.
  class Remains {
   public:
    Remains() = default;
    Remains(Places<Entry> entries, std::size_t count) : entries_(std::move(entries)), left_(count) {}
    [[nodiscard]] bool empty() const noexcept { return next_ == entries_.size(); }
    [[nodiscard]] std::size_t size() const noexcept { return left_; }
    template <typename Writer>
    void store(Writer& writer) const {
      auto& [entries, next, left] = *this;  // what is in front of `next` is empty, the last one is counted again
      writer.value(entries);
    }
    template <typename Reader>
    void load(Reader& reader) {
      *this = {};
      reader.value(entries_);
      for (std::size_t i = 0; i < entries_.size(); ++i) left_ += entries_.filled(i) ? 1 : 0;
    }
    // Looks at `budget` places and calls taken(const NlriKey&, Value&&) for each that is not a hole.
    template <typename Taker>
    void take(std::size_t budget, Taker&& taken);
    void shed(std::size_t budget) {
      take(budget, [](const bgp::NlriKey&, Value&&) {});
    }
    template <typename Visitor>
    void for_each(Visitor&& visit) const {
      for (std::size_t i = next_; i < entries_.size(); ++i) {
        if (entries_.filled(i)) visit(entries_[i].key, entries_[i].value);
      }
    }

   private:
    Places<Entry> entries_;
    std::size_t next_ = 0;
    std::size_t left_ = 0;
  };
  [[nodiscard]] Remains take_all();  // empties the table, in no time
  void reserve(std::size_t count) { index_.reserve(count); }
  void prefetch(std::uint64_t hash) const noexcept { index_.prefetch(hash); }  // the key of this hash will be asked for soon

  // Visits every entry in order: visit(const NlriKey&, Value&). The table must not change meanwhile.
  template <typename Visitor>
  void for_each(Visitor&& visit) {
    base::Work::did(entries_.size());
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (entries_.filled(i)) visit(const_cast<const bgp::NlriKey&>(entries_[i].key), entries_[i].value);
    }
  }
  template <typename Visitor>
  void for_each(Visitor&& visit) const {
    base::Work::did(entries_.size());
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (entries_.filled(i)) visit(entries_[i].key, entries_[i].value);
    }
  }

  // The same in slices, for a table that does not change until the last one: visits what stands at `budget` places from `next` on, and moves
  // `next` on. False: there is nothing behind.
  template <typename Visitor>
  bool for_some(std::size_t& next, std::size_t budget, Visitor&& visit) const;

  // Goes on with a walk, or begins one, until visit(const NlriKey&, const Value&) says that it is enough for now (false), or many holes have
  // been passed. True: there may be more. Every entry that is there all the time is visited once; of one that changes meanwhile its state
  // then.
  template <typename Visitor>
  bool walk(TableWalk& walk, Visitor&& visit) const;
  // Begins one, unless there is nothing to visit: what comes from now on is behind its end.
  bool begin(TableWalk& walk) const;
  // It has begun here, and is not for another table.
  [[nodiscard]] bool has(const TableWalk& walk) const;

  [[nodiscard]] Snapshot snapshot();
  // Visits what stood at `budget` places, until visit(const NlriKey&, const Value&) says that it is enough (false); takes what it has done from
  // the budget.
  template <typename Visitor>
  void go_on(Snapshot& snapshot, std::size_t& budget, Visitor&& visit) const;
  // The same, but the snapshot stays where it is.
  template <typename Visitor>
  void for_each_left(const Snapshot& snapshot, Visitor&& visit) const;
  // It is of this table, or over.
  [[nodiscard]] bool has(const Snapshot& snapshot) const { return snapshot.over() || listed(snapshots_, snapshot.state_); }

  // --- its state, holes and who is under way in it included (docs/recording.md) -------------------------------------------
  template <typename Writer>
  void store(Writer& writer) const;
  template <typename Reader>
  void load(Reader& reader);
  // Places::write_ahead()
  template <typename Writer>
  bool write_ahead(Writer& writer, std::string_view section, std::size_t& next, std::size_t& budget) const {
    return entries_.write_ahead(writer, section, next, budget);
  }

 private:
  static constexpr std::size_t k_small = 2048;  // places that may be squeezed at once
  static constexpr std::size_t k_squeezed = 8;  // places a change, of more

  [[nodiscard]] auto holds(const bgp::NlriKey& key) const noexcept {
    return [this, &key](std::uint32_t position) { return entries_[position].key == key; };
  }
  // Who only looks changes no block.
  template <typename Self>
  [[nodiscard]] static auto* find_in(Self& self, const bgp::NlriKey& key) noexcept {
    const std::uint32_t position = self.index_.find(key.hash(), self.holds(key));
    return position == PositionIndex::k_none ? nullptr : &self.entries_[position].value;
  }
  void keep(std::size_t place);
  [[nodiscard]] std::size_t first_movable() const;
  void begin_squeezing();
  void squeeze();
  void leave_gap();
  template <typename State, typename Writer>
  static void store_list(Writer& writer, const UnderWay<State>& list);
  template <typename State, typename Reader>
  void load_list(Reader& reader, UnderWay<State>& list);
  [[nodiscard]] bool make_index();
  [[nodiscard]] bool squeezed_where_nothing_stands() const;

  Places<Entry> entries_;
  PositionIndex index_;
  // While it is squeezed: what stands in front of `to_` has been moved there, and between it and `from_` there is nothing.
  bool squeezing_ = false;
  std::size_t from_ = 0;
  std::size_t to_ = 0;
  mutable UnderWay<TableWalk::Place> walks_;
  mutable UnderWay<typename Snapshot::State> snapshots_;
};

template <typename Value>
typename OrderedTable<Value>::Entry& OrderedTable<Value>::entry(const bgp::NlriKey& key, std::uint64_t hash, bool& inserted) {
  const std::uint32_t position = index_.find(hash, holds(key));
  inserted = position == PositionIndex::k_none;
  base::Work::did(1);
  if (!inserted) {
    keep(position);
    return entries_[position];
  }
  if (squeezing_) squeeze();
  index_.insert(hash, static_cast<std::uint32_t>(entries_.size()));
  return entries_.push_back(Entry{key, Value{}});
}

template <typename Value>
bool OrderedTable<Value>::erase(const bgp::NlriKey& key) {
  const std::uint64_t hash = key.hash();
  const std::uint32_t position = index_.find(hash, holds(key));
  if (position == PositionIndex::k_none) return false;
  keep(position);
  index_.erase(hash, [position](std::uint32_t other) { return other == position; });
  entries_.clear(position);
  if (empty() && first_movable() == 0) {
    clear();
  } else {
    begin_squeezing();
    if (squeezing_) squeeze();
  }
  return true;
}

template <typename Value>
template <typename Taker>
void OrderedTable<Value>::Remains::take(std::size_t budget, Taker&& taken) {
  for (; budget > 0 && next_ < entries_.size(); --budget, ++next_) {
    base::Work::did(1);
    if (!entries_.filled(next_)) continue;
    Entry entry = std::move(entries_[next_]);
    entries_.clear(next_);
    --left_;
    taken(const_cast<const bgp::NlriKey&>(entry.key), std::move(entry.value));
  }
}

template <typename Value>
typename OrderedTable<Value>::Remains OrderedTable<Value>::take_all() {
  Remains remains(std::exchange(entries_, {}), size());
  clear();
  return remains;
}

template <typename Value>
void OrderedTable<Value>::clear() {
  if (!entries_.empty()) base::Work::did(size());
  entries_ = {};
  index_.clear();
  walks_.reset();
  for_all(snapshots_, [](auto& state) { state = {}; });
  snapshots_.reset();
  squeezing_ = false;
}

// Whoever visits the table as it was needs this entry as it is.
template <typename Value>
void OrderedTable<Value>::keep(std::size_t place) {
  for_all(snapshots_, [&](auto& state) {
    if (place >= state.next && place < state.end) state.before.try_emplace(place, entries_[place]);
  });
}

// What stands in front of it is where snapshots look for it.
template <typename Value>
std::size_t OrderedTable<Value>::first_movable() const {
  if (!snapshots_) return 0;
  std::erase_if(*snapshots_, [](const auto& known) { return known.expired(); });
  std::size_t first = 0;
  for_all(snapshots_, [&first](const auto& state) {
    if (state.next != state.end) first = std::max(first, state.end);
  });
  if (snapshots_->empty()) snapshots_.reset();
  return first;
}

template <typename Value>
void OrderedTable<Value>::begin_squeezing() {
  if (squeezing_ || entries_.size() <= 64 || size() * 2 >= entries_.size()) return;
  const std::size_t first = first_movable();
  if (first != 0 && (entries_.size() - first <= 64 || size() * 2 >= entries_.size() - first)) return;
  squeezing_ = true;
  from_ = to_ = first;
}

// Goes over a few places; over all of them where there are few.
template <typename Value>
void OrderedTable<Value>::squeeze() {
  std::size_t places = entries_.size() - to_ <= k_small ? entries_.size() : k_squeezed;
  base::Work::did(std::min(places, entries_.size() - from_));
  for (; places > 0 && from_ < entries_.size(); --places, ++from_) {
    leave_gap();
    if (!entries_.filled(from_)) {
      from_ = std::max(from_ + 1, entries_.skip(from_)) - 1;
      continue;
    }
    if (to_ != from_) {
      index_.move(entries_[from_].key.hash(), static_cast<std::uint32_t>(to_), [this](std::uint32_t other) { return other == from_; });
      entries_.move(from_, to_);
    }
    ++to_;
  }
  leave_gap();
  if (from_ < entries_.size()) return;
  entries_.truncate(to_);
  index_.shrink();
  squeezing_ = false;
}

// A walk that stands where there is nothing might miss what is moved there.
template <typename Value>
void OrderedTable<Value>::leave_gap() {
  for_all(walks_, [this](TableWalk::Place& place) {
    if (place.next > to_ && place.next <= from_) place.next = to_;
    if (place.end > to_ && place.end <= from_) place.end = to_;
  });
}

template <typename Value>
template <typename Visitor>
bool OrderedTable<Value>::for_some(std::size_t& next, std::size_t budget, Visitor&& visit) const {
  base::Work::did(std::min(budget, entries_.size() - next));
  for (; budget > 0 && next < entries_.size(); --budget, ++next) {
    if (entries_.filled(next)) visit(entries_[next].key, entries_[next].value);
  }
  return next < entries_.size();
}

template <typename Value>
bool OrderedTable<Value>::has(const TableWalk& walk) const {
  return listed(walks_, walk.place_);
}

template <typename Value>
bool OrderedTable<Value>::begin(TableWalk& walk) const {
  if (empty()) return false;
  walk.place_ = std::make_shared<TableWalk::Place>(TableWalk::Place{0, entries_.size()});
  enlist(walks_, walk.place_);
  return true;
}

template <typename Value>
template <typename Visitor>
bool OrderedTable<Value>::walk(TableWalk& walk, Visitor&& visit) const {
  constexpr std::size_t k_holes = 4096;
  if (!has(walk) && !begin(walk)) return false;
  TableWalk::Place& place = *walk.place_;
  for (std::size_t holes = 0; place.next < place.end && holes < k_holes;) {
    const std::size_t i = place.next++;
    base::Work::did(1);
    if (!entries_.filled(i)) ++holes;
    else if (!visit(entries_[i].key, entries_[i].value)) return true;
  }
  return place.next < place.end;
}

template <typename Value>
typename OrderedTable<Value>::Snapshot OrderedTable<Value>::snapshot() {
  Snapshot taken;
  taken.state_ = std::make_shared<typename Snapshot::State>();
  taken.state_->end = entries_.size();
  squeezing_ = false;  // it begins anew, behind what the snapshot needs
  enlist(snapshots_, taken.state_);
  return taken;
}

template <typename Value>
template <typename Visitor>
void OrderedTable<Value>::go_on(Snapshot& snapshot, std::size_t& budget, Visitor&& visit) const {
  while (budget > 0 && !snapshot.over()) {
    auto& state = *snapshot.state_;
    const std::size_t place = state.next++;
    --budget;
    base::Work::did(1);
    const auto changed = state.before.empty() ? state.before.end() : state.before.find(place);
    if (changed != state.before.end()) {
      const Entry was = std::move(changed->second);
      state.before.erase(changed);
      if (!visit(was.key, was.value)) return;
    } else if (entries_.filled(place)) {
      if (!visit(entries_[place].key, entries_[place].value)) return;
    }
  }
}

template <typename Value>
template <typename Visitor>
void OrderedTable<Value>::for_each_left(const Snapshot& snapshot, Visitor&& visit) const {
  if (snapshot.over()) return;
  const auto& state = *snapshot.state_;
  for (std::size_t place = state.next; place < state.end; ++place) {
    const auto changed = state.before.find(place);
    if (changed != state.before.end()) visit(changed->second.key, changed->second.value);
    else if (entries_.filled(place)) visit(entries_[place].key, entries_[place].value);
  }
}

// --- its state -----------------------------------------------------------------------------------------------------------------

template <typename Value>
template <typename State, typename Writer>
void OrderedTable<Value>::store_list(Writer& writer, const UnderWay<State>& list) {
  std::vector<std::shared_ptr<State>> under_way;
  if (list) {
    for (const auto& known : *list) {
      if (auto state = known.lock()) under_way.push_back(std::move(state));
    }
  }
  writer.value(under_way);
}

template <typename Value>
template <typename State, typename Reader>
void OrderedTable<Value>::load_list(Reader& reader, UnderWay<State>& list) {
  std::vector<std::shared_ptr<State>> under_way;
  reader.value(under_way);
  for (const auto& state : under_way) {
    if (!state || state->next > state->end || state->end > entries_.size()) return reader.fail("a walk is not in its table");
    enlist(list, state);
  }
}

template <typename Value>
template <typename Writer>
void OrderedTable<Value>::store(Writer& writer) const {
  auto& [entries, index, squeezing, from, to, walks, snapshots] = *this;  // the index is made of the entries
  writer.value(entries);
  writer.value(squeezing);
  writer.value(from);
  writer.value(to);
  store_list(writer, walks);
  store_list(writer, snapshots);
}

template <typename Value>
template <typename Reader>
void OrderedTable<Value>::load(Reader& reader) {
  *this = {};
  reader.value(entries_);
  if (reader.ok() && !make_index()) reader.fail("a route is there twice");
  reader.value(squeezing_);
  reader.value(from_);
  reader.value(to_);
  load_list(reader, walks_);
  load_list(reader, snapshots_);
  if (reader.ok() && !squeezed_where_nothing_stands()) reader.fail("a table is squeezed where routes stand");
}

// Of the entries there are. False: a key is there twice. The slots of the entries ahead are being fetched meanwhile.
template <typename Value>
bool OrderedTable<Value>::make_index() {
  constexpr std::size_t k_ahead = 8;
  std::uint64_t hashes[k_ahead] = {};
  index_.reserve(entries_.size());
  for (std::size_t i = 0; i < entries_.size() + k_ahead; ++i) {
    std::uint64_t& hash = hashes[i % k_ahead];
    if (i >= k_ahead && entries_.filled(i - k_ahead)) {
      if (index_.find(hash, holds(entries_[i - k_ahead].key)) != PositionIndex::k_none) return false;
      index_.insert(hash, static_cast<std::uint32_t>(i - k_ahead));
    }
    if (i < entries_.size() && entries_.filled(i)) index_.prefetch(hash = entries_[i].key.hash());
  }
  return true;
}

template <typename Value>
bool OrderedTable<Value>::squeezed_where_nothing_stands() const {
  if (!squeezing_) return true;
  if (to_ > from_ || from_ > entries_.size() || to_ < first_movable()) return false;
  for (std::size_t i = to_; i < from_; ++i) {
    if (entries_.filled(i)) return false;
  }
  return true;
}

}  // namespace tandem::rib
