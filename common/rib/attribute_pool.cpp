#include "common/rib/attribute_pool.hpp"

#include <boost/unordered/unordered_flat_set.hpp>

#include <algorithm>
#include <string>

#include "common/base/assert.hpp"
#include "common/base/hash.hpp"
#include "common/bgp/attribute/attributes.hpp"

namespace tandem::rib {

namespace {

// A set that is sent in ever new forms (another order, another length flag) is remembered in the latest few only.
constexpr int k_received_forms = 4;

std::uint64_t hash_of(base::Bytes octets, const bgp::NextHop& next_hop, std::uint64_t seed) noexcept {
  seed = base::hash_bytes(next_hop.address.bytes(), seed + (next_hop.self ? 1 : 0));
  if (next_hop.link_local) seed = base::hash_bytes(next_hop.link_local.bytes(), seed);
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

struct AttributeSet::Received {
  std::uint64_t hash = 0;
  const AttributeSet* set = nullptr;  // its owner; it also has the next hop
  std::unique_ptr<Received> earlier;
  base::Buffer wire;  // empty: the canonical form itself
  bool asn4 = true;

  [[nodiscard]] base::Bytes octets() const noexcept { return wire.empty() ? set->canonical() : base::Bytes(wire); }
};

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
    bgp::attributes_json(canonical_, writer, pool_->dialect());
    rendered.json.shrink_to_fit();
    rendered.has_json = true;
  }
  return rendered.json;
}

std::string_view AttributeSet::text() const {
  Renderings& rendered = renderings();
  if (!rendered.has_text) {
    bgp::attributes_text(canonical_, rendered.text, pool_->dialect());
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
      return wanted.hash == set->hash_ && same_octets(wanted.octets, set->canonical_) && wanted.next_hop == set->next_hop_;
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
      return wanted.hash == form->hash && wanted.asn4 == form->asn4 && same_octets(wanted.octets, form->octets()) &&
             wanted.next_hop == form->set->next_hop_;
    }
    bool operator()(const Received* form, const Wanted& wanted) const noexcept { return (*this)(wanted, form); }
  };

  boost::unordered_flat_set<AttributeSet*, SetHash, SetEqual> sets;
  boost::unordered_flat_set<Received*, ReceivedHash, ReceivedEqual> received;
  base::Buffer scratch;
};

AttributePool::AttributePool(bgp::Dialect dialect) : tables_(std::make_unique<Tables>()), dialect_(dialect) {}

AttributePool::~AttributePool() { TANDEM_ASSERT(tables_->sets.empty()); }

std::size_t AttributePool::size() const noexcept { return tables_->sets.size(); }
std::size_t AttributePool::received_forms() const noexcept { return tables_->received.size(); }

AttributeSetRef AttributePool::intern(base::Bytes canonical, const bgp::NextHop& next_hop) {
  const Wanted wanted{hash_of(canonical, next_hop, k_canonical_seed), canonical, next_hop};
  if (const auto found = tables_->sets.find(wanted); found != tables_->sets.end()) return AttributeSetRef(*found);
  auto* set = new AttributeSet;
  set->pool_ = this;
  set->hash_ = wanted.hash;
  set->next_hop_ = next_hop;
  set->canonical_.assign(canonical.begin(), canonical.end());
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

void AttributePool::remember(const AttributeSet& set, std::uint64_t hash, bool asn4, base::Bytes wire) {
  auto& owner = const_cast<AttributeSet&>(set);  // a note about the set, not part of its value
  auto form = std::make_unique<AttributeSet::Received>();
  form->hash = hash;
  form->set = &set;
  form->asn4 = asn4;
  if (!same_octets(wire, set.canonical())) form->wire.assign(wire.begin(), wire.end());
  tables_->received.insert(form.get());
  form->earlier = std::move(owner.received_);
  owner.received_ = std::move(form);
  std::unique_ptr<AttributeSet::Received>* last = &owner.received_;
  for (int kept = 0; *last && kept < k_received_forms; ++kept) last = &(*last)->earlier;
  if (*last) {
    tables_->received.erase(last->get());
    last->reset();
  }
}

AttributeSetRef AttributePool::with_next_hop(const AttributeSet& set, const bgp::NextHop& next_hop) {
  return intern(set.canonical(), next_hop);
}

void AttributePool::forget(const AttributeSet* set) noexcept {
  for (const auto* form = set->received_.get(); form != nullptr; form = form->earlier.get()) {
    tables_->received.erase(const_cast<AttributeSet::Received*>(form));
  }
  tables_->sets.erase(const_cast<AttributeSet*>(set));
  delete set;
}

}  // namespace tandem::rib
