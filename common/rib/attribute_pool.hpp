// Attribute sets, interned: a full table holds each distinct set of attributes and next hop once, however many routes have it,
// and renders it to JSON and text once. Two routes have equal attributes if and only if they hold the same AttributeSet.
//
// A pool and every reference to its sets belong to one thread. A set dies with its last reference; the pool must outlive both.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "common/base/bytes.hpp"
#include "common/bgp/dialect.hpp"
#include "common/bgp/next_hop.hpp"

namespace tandem::rib {

class AttributePool;

// Immutable, and one block of memory: the canonical octets, in the form described in bgp/attribute/attributes.hpp, stand behind it.
class AttributeSet {
 public:
  AttributeSet(const AttributeSet&) = delete;
  AttributeSet& operator=(const AttributeSet&) = delete;

  [[nodiscard]] base::Bytes canonical() const noexcept { return {reinterpret_cast<const std::uint8_t*>(this + 1), size_}; }
  [[nodiscard]] const bgp::NextHop& next_hop() const noexcept { return *next_hop_; }
  [[nodiscard]] std::string_view json() const;  // the members of the "attribute" object; rendered at the first call
  [[nodiscard]] std::string_view text() const;  // " origin igp med 5"; rendered at the first call

 private:
  friend class AttributePool;
  friend class AttributeSetRef;
  struct Renderings;
  // A form in which peers sent this set: its octets, or what is different in them.
  struct Received {
    enum class Difference : std::uint8_t { none, next_hop, other };
    std::uint64_t hash = 0;
    const AttributeSet* set = nullptr;  // its owner; it also has the next hop
    std::unique_ptr<Received> earlier;
    std::unique_ptr<base::Buffer> wire;  // all of them, where Difference is other
    std::uint16_t next_hop_at = 0;       // where a NEXT_HOP attribute stands that the canonical octets leave out
    Difference difference = Difference::none;
    bool asn4 = true;
    [[nodiscard]] bool is(base::Bytes octets) const noexcept;
  };
  AttributeSet();
  ~AttributeSet();
  [[nodiscard]] Renderings& renderings() const;

  AttributePool* pool_ = nullptr;
  std::uint64_t hash_ = 0;
  const bgp::NextHop* next_hop_ = nullptr;  // of the pool, which has each once
  mutable std::uint32_t references_ = 0;
  std::uint32_t size_ = 0;
  Received first_;                 // without a set while there is none
  std::unique_ptr<Received> more_;  // latest first, a few at most
  mutable std::unique_ptr<Renderings> renderings_;
};

// Counted reference, one pointer wide. Comparing two compares the sets by identity, which is by value.
class AttributeSetRef {
 public:
  AttributeSetRef() = default;
  explicit AttributeSetRef(const AttributeSet* set) noexcept : set_(set) { retain(); }
  AttributeSetRef(const AttributeSetRef& other) noexcept : set_(other.set_) { retain(); }
  AttributeSetRef(AttributeSetRef&& other) noexcept : set_(std::exchange(other.set_, nullptr)) {}
  AttributeSetRef& operator=(AttributeSetRef other) noexcept {
    std::swap(set_, other.set_);
    return *this;
  }
  ~AttributeSetRef() { release(); }

  explicit operator bool() const noexcept { return set_ != nullptr; }
  const AttributeSet* operator->() const noexcept { return set_; }
  const AttributeSet& operator*() const noexcept { return *set_; }
  [[nodiscard]] const AttributeSet* get() const noexcept { return set_; }
  friend bool operator==(const AttributeSetRef& a, const AttributeSetRef& b) noexcept { return a.set_ == b.set_; }

 private:
  void retain() const noexcept {
    if (set_ != nullptr) ++set_->references_;
  }
  void release() noexcept;
  const AttributeSet* set_ = nullptr;
};

class AttributePool {
 public:
  // `dialect`: of the text and JSON of its sets.
  explicit AttributePool(bgp::Dialect dialect = bgp::Dialect::main);
  ~AttributePool();
  AttributePool(const AttributePool&) = delete;
  AttributePool& operator=(const AttributePool&) = delete;

  // The set with this canonical block and next hop; made when there is none yet.
  [[nodiscard]] AttributeSetRef intern(base::Bytes canonical, const bgp::NextHop& next_hop);
  // The set for attributes as a peer sent them. Remembers the received form, so that the same octets from any peer with the
  // same AS number width are found without being canonicalised again.
  [[nodiscard]] AttributeSetRef intern_received(base::Bytes wire, bool asn4, const bgp::NextHop& next_hop);
  // The same attributes with another next hop (next-hop self).
  [[nodiscard]] AttributeSetRef with_next_hop(const AttributeSet& set, const bgp::NextHop& next_hop);

  [[nodiscard]] bgp::Dialect dialect() const noexcept { return dialect_; }
  [[nodiscard]] std::size_t size() const noexcept;            // sets alive
  [[nodiscard]] std::size_t octets() const noexcept;          // that they take, without what they are rendered to
  [[nodiscard]] std::size_t received_forms() const noexcept;  // remembered for intern_received

 private:
  friend class AttributeSet;
  friend class AttributeSetRef;
  void forget(const AttributeSet* set) noexcept;
  void remember(const AttributeSet& set, std::uint64_t hash, bool asn4, base::Bytes wire);
  [[nodiscard]] const bgp::NextHop* hold(const bgp::NextHop& next_hop);
  void let_go(const bgp::NextHop& next_hop) noexcept;
  struct Tables;
  std::unique_ptr<Tables> tables_;
  bgp::Dialect dialect_;
};

inline void AttributeSetRef::release() noexcept {
  if (set_ != nullptr && --set_->references_ == 0) set_->pool_->forget(set_);
}

}  // namespace tandem::rib
