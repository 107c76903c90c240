#include "common/rib/attribute_pool.hpp"

#include <boost/unordered/unordered_flat_set.hpp>

#include <algorithm>
#include <new>
#include <string>
#include <unordered_map>

#include "common/base/assert.hpp"
#include "common/base/hash.hpp"
#include "common/bgp/attribute/attributes.hpp"

namespace tandem::rib {

namespace {

// A set that is sent in ever new forms (another order, another length flag) is remembered in the first and the latest few only.
constexpr int k_later_forms = 3;

// What shrinks again when it is far too large: neither a table nor what is said about nearly empty ones costs much.
constexpr std::size_t k_small_table = 4096;
template <typename Table>
void shrink(Table& table) {
  if (table.bucket_count() > k_small_table && table.size() * 8 < table.bucket_count()) table.rehash(table.size() * 2);
}

std::uint64_t hash_of(const bgp::NextHop& next_hop, std::uint64_t seed) noexcept {
  seed = base::hash_bytes(next_hop.address.bytes(), seed + (next_hop.self ? 1 : 0));
  return next_hop.link_local ? base::hash_bytes(next_hop.link_local.bytes(), seed) : seed;
}

std::uint64_t hash_of(base::Bytes octets, const bgp::NextHop& next_hop, std::uint64_t seed) noexcept {
  seed = hash_of(next_hop, seed);
  return octets.empty() ? seed : base::hash_bytes(octets, seed);
}

constexpr std::uint64_t k_canonical_seed = 2;
constexpr std::uint64_t received_seed(bool asn4) { return asn4 ? 4 : 6; }

bool same_octets(base::Bytes a, base::Bytes b) noexcept { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

// What the tables are asked for: the hash is made once for the look-up and the insertion that may follow.
struct Wanted {
  std::uint64_t hash;
  base::Bytes octets;
  const bgp::NextHop& next_hop;
  bool asn4 = true;
};

}  // namespace

struct AttributeSet::Renderings {
  std::string json;
  std::string text;
  bool has_json = false;
  bool has_text = false;
};

namespace {

constexpr std::size_t k_next_hop_size = 7;  // the attribute NEXT_HOP with its header

// `octets` are the canonical ones with a NEXT_HOP, in its usual form, in front of the one at `at`.
bool has_next_hop_at(std::size_t at, base::Bytes octets, base::Bytes canonical, const bgp::NextHop& next_hop) noexcept {
  if (octets.size() != canonical.size() + k_next_hop_size || at > canonical.size() || !next_hop.address.is_v4()) return false;
  constexpr std::uint8_t k_header[] = {bgp::k_flag_transitive, static_cast<std::uint8_t>(bgp::AttributeCode::next_hop), 4};
  const base::Bytes attribute = octets.subspan(at, k_next_hop_size);
  return same_octets(attribute.first(sizeof k_header), k_header) && same_octets(attribute.subspan(sizeof k_header), next_hop.address.bytes()) &&
         same_octets(octets.first(at), canonical.first(at)) && same_octets(octets.subspan(at + k_next_hop_size), canonical.subspan(at));
}

std::optional<std::uint16_t> find_next_hop(base::Bytes octets) {
  std::size_t at = 0;
  while (const auto attribute = bgp::next_attribute(octets.subspan(at))) {
    if (attribute->code == static_cast<std::uint8_t>(bgp::AttributeCode::next_hop)) return static_cast<std::uint16_t>(at);
    at += attribute->whole.size();
  }
  return std::nullopt;
}

}  // namespace

bool AttributeSet::Received::is(base::Bytes octets) const noexcept {
  switch (difference) {
    case Difference::none: return same_octets(octets, set->canonical());
    case Difference::next_hop: return has_next_hop_at(next_hop_at, octets, set->canonical(), set->next_hop());
    case Difference::other: return same_octets(octets, *wire);
  }
  return false;
}

AttributeSet::AttributeSet() = default;
AttributeSet::~AttributeSet() = default;

AttributeSet::Renderings& AttributeSet::renderings() const {
  if (!renderings_) renderings_ = std::make_unique<Renderings>();
  return *renderings_;
}

std::string_view AttributeSet::json() const {
  Renderings& rendered = renderings();
  if (!rendered.has_json) {
    base::JsonWriter writer(rendered.json);
    bgp::attributes_json(canonical(), writer, pool_->dialect());
    rendered.json.shrink_to_fit();
    rendered.has_json = true;
  }
  return rendered.json;
}

std::string_view AttributeSet::text() const {
  Renderings& rendered = renderings();
  if (!rendered.has_text) {
    bgp::attributes_text(canonical(), rendered.text, pool_->dialect());
    rendered.text.shrink_to_fit();
    rendered.has_text = true;
  }
  return rendered.text;
}

struct AttributePool::Tables {
  using Received = AttributeSet::Received;

  struct SetHash {
    using is_transparent = void;
    using is_avalanching = void;
    std::size_t operator()(const AttributeSet* set) const noexcept { return set->hash_; }
    std::size_t operator()(const Wanted& wanted) const noexcept { return wanted.hash; }
  };
  struct SetEqual {
    using is_transparent = void;
    bool operator()(const AttributeSet* a, const AttributeSet* b) const noexcept { return a == b; }
    bool operator()(const Wanted& wanted, const AttributeSet* set) const noexcept {
      return wanted.hash == set->hash_ && same_octets(wanted.octets, set->canonical()) && wanted.next_hop == set->next_hop();
    }
    bool operator()(const AttributeSet* set, const Wanted& wanted) const noexcept { return (*this)(wanted, set); }
  };
  struct ReceivedHash {
    using is_transparent = void;
    using is_avalanching = void;
    std::size_t operator()(const Received* form) const noexcept { return form->hash; }
    std::size_t operator()(const Wanted& wanted) const noexcept { return wanted.hash; }
  };
  struct ReceivedEqual {
    using is_transparent = void;
    bool operator()(const Received* a, const Received* b) const noexcept { return a == b; }
    bool operator()(const Wanted& wanted, const Received* form) const noexcept {
      return wanted.hash == form->hash && wanted.asn4 == form->asn4 && wanted.next_hop == form->set->next_hop() && form->is(wanted.octets);
    }
    bool operator()(const Received* form, const Wanted& wanted) const noexcept { return (*this)(wanted, form); }
  };

  boost::unordered_flat_set<AttributeSet*, SetHash, SetEqual> sets;
  boost::unordered_flat_set<Received*, ReceivedHash, ReceivedEqual> received;
  struct NextHopHash {
    std::size_t operator()(const bgp::NextHop& next_hop) const noexcept { return hash_of(next_hop, 0); }
  };
  std::unordered_map<bgp::NextHop, std::uint32_t, NextHopHash> next_hops;  // and how many sets have each
  base::Buffer scratch;
  std::size_t octets = 0;
};

AttributePool::AttributePool(bgp::Dialect dialect) : tables_(std::make_unique<Tables>()), dialect_(dialect) {}

AttributePool::~AttributePool() { TANDEM_ASSERT(tables_->sets.empty()); }

std::size_t AttributePool::size() const noexcept { return tables_->sets.size(); }
std::size_t AttributePool::octets() const noexcept { return tables_->octets; }
std::size_t AttributePool::received_forms() const noexcept { return tables_->received.size(); }

AttributeSetRef AttributePool::intern(base::Bytes canonical, const bgp::NextHop& next_hop) {
  const Wanted wanted{hash_of(canonical, next_hop, k_canonical_seed), canonical, next_hop};
  if (const auto found = tables_->sets.find(wanted); found != tables_->sets.end()) return AttributeSetRef(*found);
  void* memory = ::operator new(sizeof(AttributeSet) + canonical.size());
  auto* set = new (memory) AttributeSet;
  set->pool_ = this;
  set->hash_ = wanted.hash;
  set->next_hop_ = hold(next_hop);
  set->size_ = static_cast<std::uint32_t>(canonical.size());
  std::copy(canonical.begin(), canonical.end(), reinterpret_cast<std::uint8_t*>(set + 1));
  tables_->octets += sizeof(AttributeSet) + canonical.size();
  tables_->sets.insert(set);
  return AttributeSetRef(set);
}

AttributeSetRef AttributePool::intern_received(base::Bytes wire, bool asn4, const bgp::NextHop& next_hop) {
  const Wanted wanted{hash_of(wire, next_hop, received_seed(asn4)), wire, next_hop, asn4};
  if (const auto found = tables_->received.find(wanted); found != tables_->received.end()) {
    return AttributeSetRef((*found)->set);
  }
  tables_->scratch.clear();
  bgp::canonical_attributes(wire, asn4, tables_->scratch);
  AttributeSetRef set = intern(tables_->scratch, next_hop);
  remember(*set, wanted.hash, asn4, wire);
  return set;
}

const bgp::NextHop* AttributePool::hold(const bgp::NextHop& next_hop) {
  const auto entry = tables_->next_hops.try_emplace(next_hop, 0).first;
  ++entry->second;
  return &entry->first;
}

void AttributePool::let_go(const bgp::NextHop& next_hop) noexcept {
  const auto entry = tables_->next_hops.find(next_hop);
  if (--entry->second == 0) tables_->next_hops.erase(entry);
}

void AttributePool::remember(const AttributeSet& set, std::uint64_t hash, bool asn4, base::Bytes wire) {
  using Received = AttributeSet::Received;
  auto& owner = const_cast<AttributeSet&>(set);  // a note about the set, not part of its value
  Received* form = &owner.first_;
  if (form->set != nullptr) {
    auto later = std::make_unique<Received>();
    form = later.get();
    form->earlier = std::move(owner.more_);
    owner.more_ = std::move(later);
  }
  form->hash = hash;
  form->set = &set;
  form->asn4 = asn4;
  if (!same_octets(wire, set.canonical())) {
    const auto at = find_next_hop(wire);
    if (at && has_next_hop_at(*at, wire, set.canonical(), set.next_hop())) {
      form->difference = Received::Difference::next_hop;
      form->next_hop_at = *at;
    } else {
      form->difference = Received::Difference::other;
      form->wire = std::make_unique<base::Buffer>(wire.begin(), wire.end());
    }
  }
  tables_->received.insert(form);
  std::unique_ptr<Received>* last = &owner.more_;
  for (int kept = 0; *last && kept < k_later_forms; ++kept) last = &(*last)->earlier;
  if (*last) {
    tables_->received.erase(last->get());
    last->reset();
  }
}

AttributeSetRef AttributePool::with_next_hop(const AttributeSet& set, const bgp::NextHop& next_hop) {
  return intern(set.canonical(), next_hop);
}

void AttributePool::forget(const AttributeSet* set) noexcept {
  auto* dead = const_cast<AttributeSet*>(set);
  if (dead->first_.set != nullptr) tables_->received.erase(&dead->first_);
  for (auto* form = dead->more_.get(); form != nullptr; form = form->earlier.get()) tables_->received.erase(form);
  tables_->sets.erase(dead);
  let_go(dead->next_hop());
  tables_->octets -= sizeof(AttributeSet) + dead->size_;
  dead->~AttributeSet();
  ::operator delete(dead);
  shrink(tables_->received);
  shrink(tables_->sets);
}

}  // namespace tandem::rib
