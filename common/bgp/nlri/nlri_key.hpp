// One NLRI as a RIB keeps it: 24 octets in place for everything unicast and multicast, no allocation, no virtual call.
//
// The payload starts with the identity, the octets that decide whether two NLRI are the same route: the
// path identifier when there is one (RFC 7911), then the NLRI as on the wire. A codec may append octets that belong to the
// route but not to its identity (labels); equality, order and hash do not look at those.
// Longer payloads (FlowSpec, BGP-LS) live in one heap block that is never changed and that all copies of the key share. Copies are
// counted without locks: keys belong to one thread.
#pragma once

#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>

#include "common/base/bytes.hpp"
#include "common/bgp/family.hpp"

namespace tandem::bgp {

class alignas(8) NlriKey {
 public:
  NlriKey() noexcept { std::memset(static_cast<void*>(this), 0, sizeof *this); }
  // `identity` and `extra` are copied. With a path identifier the first four octets of `identity` are it.
  NlriKey(FamilyIndex family, bool has_path_id, base::Bytes identity, base::Bytes extra = {});
  NlriKey(const NlriKey& other) noexcept {
    copy_words(other);
    if (on_heap()) share_block();
  }
  NlriKey(NlriKey&& other) noexcept {
    copy_words(other);
    if (on_heap()) other.forget();
  }
  NlriKey& operator=(const NlriKey& other) noexcept {
    if (this == &other) return *this;
    release();
    copy_words(other);
    if (on_heap()) share_block();
    return *this;
  }
  NlriKey& operator=(NlriKey&& other) noexcept {
    if (this == &other) return *this;
    release();
    copy_words(other);
    if (on_heap()) other.forget();
    return *this;
  }
  ~NlriKey() { release(); }

  [[nodiscard]] FamilyIndex family() const noexcept { return family_; }
  [[nodiscard]] bool has_path_id() const noexcept { return (identity_ & k_path_id) != 0; }
  [[nodiscard]] std::uint32_t path_id() const noexcept;      // 0 when there is none
  [[nodiscard]] base::Bytes identity() const noexcept {      // path identifier included
    return on_heap() ? identity_on_heap() : base::Bytes{inline_, identity_size()};
  }
  // The first eight octets of the identity, zeros behind them if it has fewer, as a number that orders as they do.
  [[nodiscard]] std::uint64_t head() const noexcept;
  [[nodiscard]] base::Bytes nlri() const noexcept { return identity().subspan(has_path_id() ? 4 : 0); }
  [[nodiscard]] base::Bytes extra() const noexcept;
  [[nodiscard]] std::uint64_t hash() const noexcept;         // deterministic; of family, path flag and identity

  friend bool operator==(const NlriKey& a, const NlriKey& b) noexcept {
    // Octets that are not used are zero, so that keys without `extra` are three words to compare.
    if (std::memcmp(static_cast<const void*>(&a), static_cast<const void*>(&b), sizeof a) == 0) return true;
    return (a.is_plain() && b.is_plain()) ? false : equal_slowly(a, b);
  }
  // Family, then the octets of the identity: the order routes take inside one UPDATE.
  friend std::strong_ordering operator<=>(const NlriKey& a, const NlriKey& b) noexcept;

 private:
  // An IPv6 host route with a path identifier takes 4 + 1 + 16 octets, hence the three octets of head and no more.
  static constexpr std::size_t k_inline = 21;
  static constexpr std::uint8_t k_path_id = 0x80;  // in identity_; the other bits are the size of the identity
  static constexpr std::uint8_t k_heap = 0xFF;     // in size_
  struct Block;  // count, sizes and octets on the heap; inline_ starts with the pointer to it

  [[nodiscard]] bool on_heap() const noexcept { return size_ == k_heap; }
  [[nodiscard]] std::size_t identity_size() const noexcept { return identity_ & ~k_path_id & 0xFF; }
  [[nodiscard]] bool is_plain() const noexcept { return size_ == identity_size(); }  // in place and without extra
  [[nodiscard]] Block* block() const noexcept;
  [[nodiscard]] base::Bytes identity_on_heap() const noexcept;
  void copy_words(const NlriKey& other) noexcept {
    std::memcpy(static_cast<void*>(this), static_cast<const void*>(&other), sizeof *this);
  }
  void forget() noexcept { std::memset(static_cast<void*>(this), 0, sizeof *this); }
  void release() noexcept {
    if (on_heap()) release_block();
  }
  void share_block() const noexcept;
  void release_block() noexcept;
  static bool equal_slowly(const NlriKey& a, const NlriKey& b) noexcept;

  FamilyIndex family_;
  std::uint8_t identity_;
  std::uint8_t size_;  // of identity and extra together
  std::uint8_t inline_[k_inline];
};
static_assert(sizeof(NlriKey) == 24, "a full table holds one of these per route and peer");

}  // namespace tandem::bgp
