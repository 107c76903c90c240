// A map from NlriKey to a small value that is iterated in insertion order, because that order reaches the wire:
// entries in one vector, an open-addressed index of their positions beside it. No allocation per entry; replacing a
// value keeps its place; removing leaves a hole that is squeezed out once holes outnumber entries.
// The table must not change while somebody visits it. Who wants to take a pause and let it change meanwhile has a TableWalk.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "common/bgp/nlri/nlri_key.hpp"
#include "common/rib/position_index.hpp"

namespace tandem::rib {

// How far somebody has come in a table. The table keeps it right when its entries move, so it costs nothing but itself: no copy of what is
// yet to be visited. Belongs to the table it was used with last, and follows it when the table is moved.
class TableWalk {
 public:
  [[nodiscard]] bool begun() const noexcept { return place_ != nullptr; }
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [place] = self;
    archive.object(self, "table_walk")("place", place);
  }

 private:
  template <typename Value>
  friend class OrderedTable;
  struct Place {
    std::size_t next = 0;
    std::size_t end = 0;  // what came behind it while the walk was under way is not visited: the walk has an end
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [next, end] = self;
      archive.object(self, "place")("next", next)("end", end);
    }
  };
  std::shared_ptr<Place> place_;
};

template <typename Value>
class OrderedTable {
 public:
  struct Entry {
    bgp::NlriKey key;
    Value value{};
  };

  [[nodiscard]] std::size_t size() const noexcept { return index_.size(); }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

  [[nodiscard]] Value* find(const bgp::NlriKey& key) noexcept {
    const std::uint32_t position = index_.find(key.hash(), holds(key));
    return position == PositionIndex::k_none ? nullptr : &entries_[position].value;
  }
  [[nodiscard]] const Value* find(const bgp::NlriKey& key) const noexcept {
    return const_cast<OrderedTable*>(this)->find(key);
  }

  // The entry of the key, its value default-made and at the end of the order when the key is new. `inserted` tells which.
  // An entry that was there keeps the octets outside the identity it came with (labels), unless the caller assigns its key.
  Entry& entry(const bgp::NlriKey& key, bool& inserted);
  // The value of that entry, which takes those octets from `key`.
  Value& get_or_insert(const bgp::NlriKey& key, bool& inserted) {
    Entry& found = entry(key, inserted);
    if (!inserted) found.key = key;
    return found.value;
  }
  bool erase(const bgp::NlriKey& key);
  void clear();
  // What a table held, to be taken out a slice at a time: in order, and without an index.
  class Remains {
   public:
    Remains() = default;
    Remains(std::vector<Entry> entries, std::vector<bool> alive, std::size_t count)
        : entries_(std::move(entries)), alive_(std::move(alive)), left_(count) {}
    [[nodiscard]] bool empty() const noexcept { return next_ == entries_.size(); }
    [[nodiscard]] std::size_t size() const noexcept { return left_; }
    template <typename Writer>
    void store(Writer& writer) const {
      auto& [entries, alive, next, left] = *this;  // the last one is counted again
      store_places(writer, entries, alive, next);
    }
    template <typename Reader>
    void load(Reader& reader) {
      *this = {};
      left_ = load_places(reader, entries_, alive_);
    }
    // Looks at `budget` places and calls taken(const NlriKey&, Value&&) for each that is not a hole.
    template <typename Taker>
    void take(std::size_t budget, Taker&& taken);
    template <typename Visitor>
    void for_each(Visitor&& visit) const {
      for (std::size_t i = next_; i < entries_.size(); ++i) {
        if (alive_[i]) visit(entries_[i].key, entries_[i].value);
      }
    }

   private:
    std::vector<Entry> entries_;
    std::vector<bool> alive_;
    std::size_t next_ = 0;
    std::size_t left_ = 0;
  };
  [[nodiscard]] Remains take_all();  // empties the table, in no time
  void reserve(std::size_t count);
  void prefetch(std::uint64_t hash) const noexcept { index_.prefetch(hash); }  // the key of this hash will be asked for soon

  // Visits every entry in order: visit(const NlriKey&, Value&). The table must not change meanwhile.
  template <typename Visitor>
  void for_each(Visitor&& visit) {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (alive_[i]) visit(const_cast<const bgp::NlriKey&>(entries_[i].key), entries_[i].value);
    }
  }
  template <typename Visitor>
  void for_each(Visitor&& visit) const {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (alive_[i]) visit(entries_[i].key, entries_[i].value);
    }
  }


  // Goes on with a walk, or begins one, until visit(const NlriKey&, const Value&) says that it is enough for now (false). True: there may
  // be more. Every entry that is there all the time is visited once; of one that changes meanwhile its state then.
  template <typename Visitor>
  bool walk(TableWalk& walk, Visitor&& visit) const;
  // Begins one, unless there is nothing to visit: what comes from now on is behind its end.
  bool begin(TableWalk& walk) const;
  // It has begun here, and is not for another table.
  [[nodiscard]] bool has(const TableWalk& walk) const;

  // --- its state, holes and walks under way included (docs/recording.md) ----------------------------------------------
  template <typename Writer>
  void store(Writer& writer) const;
  template <typename Reader>
  void load(Reader& reader);

 private:
  [[nodiscard]] auto holds(const bgp::NlriKey& key) const noexcept {
    return [this, &key](std::uint32_t position) { return entries_[position].key == key; };
  }
  void squeeze();
  using Walks = std::vector<std::weak_ptr<TableWalk::Place>>;
  template <typename Writer>
  static void store_places(Writer& writer, const std::vector<Entry>& entries, const std::vector<bool>& alive, std::size_t from);
  template <typename Reader>
  static std::size_t load_places(Reader& reader, std::vector<Entry>& entries, std::vector<bool>& alive);
  [[nodiscard]] std::vector<std::size_t*> places();

  std::vector<Entry> entries_;
  std::vector<bool> alive_;
  PositionIndex index_;
  mutable std::unique_ptr<Walks> walks_;  // under way; null: none
};

template <typename Value>
typename OrderedTable<Value>::Entry& OrderedTable<Value>::entry(const bgp::NlriKey& key, bool& inserted) {
  const std::uint64_t hash = key.hash();
  const std::uint32_t position = index_.find(hash, holds(key));
  inserted = position == PositionIndex::k_none;
  if (!inserted) return entries_[position];
  index_.insert(hash, static_cast<std::uint32_t>(entries_.size()));
  entries_.push_back(Entry{key, Value{}});
  alive_.push_back(true);
  return entries_.back();
}

template <typename Value>
bool OrderedTable<Value>::erase(const bgp::NlriKey& key) {
  const std::uint64_t hash = key.hash();
  const std::uint32_t position = index_.find(hash, holds(key));
  if (position == PositionIndex::k_none) return false;
  index_.erase(hash, [position](std::uint32_t other) { return other == position; });
  entries_[position] = Entry{};
  alive_[position] = false;
  if (empty()) {
    clear();
  } else if (entries_.size() > 64 && size() * 2 < entries_.size()) {
    squeeze();
  }
  return true;
}

template <typename Value>
template <typename Taker>
void OrderedTable<Value>::Remains::take(std::size_t budget, Taker&& taken) {
  for (; budget > 0 && next_ < entries_.size(); --budget, ++next_) {
    if (!alive_[next_]) continue;
    Entry entry = std::exchange(entries_[next_], Entry{});
    --left_;
    taken(const_cast<const bgp::NlriKey&>(entry.key), std::move(entry.value));
  }
}

template <typename Value>
typename OrderedTable<Value>::Remains OrderedTable<Value>::take_all() {
  Remains remains(std::exchange(entries_, {}), std::exchange(alive_, {}), size());
  index_.clear();
  walks_.reset();
  return remains;
}

template <typename Value>
void OrderedTable<Value>::clear() {
  std::vector<Entry>().swap(entries_);  // assigning an empty one would keep the memory
  std::vector<bool>().swap(alive_);
  index_.clear();
  walks_.reset();
}

template <typename Value>
void OrderedTable<Value>::reserve(std::size_t count) {
  entries_.reserve(count);
  alive_.reserve(count);
  index_.reserve(count);
}

template <typename Value>
void OrderedTable<Value>::squeeze() {
  const std::vector<std::size_t*> moving = places();
  auto due = moving.begin();
  std::size_t target = 0;
  index_.clear();
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    for (; due != moving.end() && **due == i; ++due) **due = target;
    if (!alive_[i]) continue;
    if (target != i) entries_[target] = std::move(entries_[i]);
    index_.insert(entries_[target].key.hash(), static_cast<std::uint32_t>(target));
    ++target;
  }
  for (; due != moving.end(); ++due) **due = target;
  entries_.resize(target);
  entries_.shrink_to_fit();
  std::vector<bool>(target, true).swap(alive_);
}

// Of the walks under way, in ascending order.
template <typename Value>
std::vector<std::size_t*> OrderedTable<Value>::places() {
  std::vector<std::size_t*> places;
  if (!walks_) return places;
  std::erase_if(*walks_, [](const auto& walk) { return walk.expired(); });
  for (const auto& walk : *walks_) {
    const auto place = walk.lock();
    places.push_back(&place->next);
    places.push_back(&place->end);
  }
  if (walks_->empty()) walks_.reset();
  std::sort(places.begin(), places.end(), [](const std::size_t* x, const std::size_t* y) { return *x < *y; });
  return places;
}

template <typename Value>
bool OrderedTable<Value>::has(const TableWalk& walk) const {
  if (!walks_ || !walk.begun()) return false;
  return std::any_of(walks_->begin(), walks_->end(), [&](const auto& known) { return !known.owner_before(walk.place_) && !walk.place_.owner_before(known); });
}

template <typename Value>
bool OrderedTable<Value>::begin(TableWalk& walk) const {
  if (empty()) return false;
  walk.place_ = std::make_shared<TableWalk::Place>(TableWalk::Place{0, entries_.size()});
  if (!walks_) walks_ = std::make_unique<Walks>();
  std::erase_if(*walks_, [](const auto& known) { return known.expired(); });
  walks_->push_back(walk.place_);
  return true;
}

template <typename Value>
template <typename Visitor>
bool OrderedTable<Value>::walk(TableWalk& walk, Visitor&& visit) const {
  if (!has(walk) && !begin(walk)) return false;
  TableWalk::Place& place = *walk.place_;
  while (place.next < place.end) {
    const std::size_t i = place.next++;
    if (alive_[i] && !visit(entries_[i].key, entries_[i].value)) return true;
  }
  return false;
}

// --- its state -----------------------------------------------------------------------------------------------------------------

template <typename Value>
template <typename Writer>
void OrderedTable<Value>::store_places(Writer& writer, const std::vector<Entry>& entries, const std::vector<bool>& alive, std::size_t from) {
  writer.value(std::vector<bool>(alive.begin() + static_cast<std::ptrdiff_t>(from), alive.end()));
  for (std::size_t i = from; i < entries.size(); ++i) {
    if (!alive[i]) continue;
    writer.value(entries[i].key);
    writer.value(entries[i].value);
  }
}

// Gives how many of them are not holes.
template <typename Value>
template <typename Reader>
std::size_t OrderedTable<Value>::load_places(Reader& reader, std::vector<Entry>& entries, std::vector<bool>& alive) {
  reader.value(alive);
  std::size_t count = 0;
  for (std::size_t i = 0; i < alive.size() && reader.ok(); ++i) {
    entries.emplace_back();
    if (!alive[i]) continue;
    ++count;
    reader.value(entries.back().key);
    reader.value(entries.back().value);
  }
  return count;
}

template <typename Value>
template <typename Writer>
void OrderedTable<Value>::store(Writer& writer) const {
  auto& [entries, alive, index, walks] = *this;  // the index is made of the entries
  store_places(writer, entries, alive, 0);
  std::vector<std::shared_ptr<TableWalk::Place>> under_way;
  if (walks) {
    for (const auto& walk : *walks) {
      if (auto place = walk.lock()) under_way.push_back(std::move(place));
    }
  }
  writer.value(under_way);
}

template <typename Value>
template <typename Reader>
void OrderedTable<Value>::load(Reader& reader) {
  *this = {};
  load_places(reader, entries_, alive_);
  for (std::size_t i = 0; i < entries_.size() && reader.ok(); ++i) {
    if (!alive_[i]) continue;
    const bgp::NlriKey& key = entries_[i].key;
    if (find(key) != nullptr) reader.fail("a route is there twice");
    index_.insert(key.hash(), static_cast<std::uint32_t>(i));
  }
  if (entries_.size() > 64 && size() * 2 < entries_.size()) reader.fail("a table has more holes than routes");
  std::vector<std::shared_ptr<TableWalk::Place>> under_way;
  reader.value(under_way);
  for (const auto& place : under_way) {
    if (!place || place->next > place->end || place->end > entries_.size()) return reader.fail("a walk is not in its table");
    if (!walks_) walks_ = std::make_unique<Walks>();
    walks_->push_back(place);
  }
}

}  // namespace tandem::rib
