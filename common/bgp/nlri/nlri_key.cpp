#include "common/bgp/nlri/nlri_key.hpp"

#include <algorithm>
#include <bit>
#include <new>

#include "common/base/hash.hpp"

namespace tandem::bgp {

struct NlriKey::Block {
  std::uint32_t references;
  std::uint32_t identity_size;
  std::uint32_t size;
  [[nodiscard]] std::uint8_t* octets() { return reinterpret_cast<std::uint8_t*>(this + 1); }

  static Block* make(base::Bytes identity, base::Bytes extra) {
    const std::size_t size = identity.size() + extra.size();
    auto* block = new (::operator new(sizeof(Block) + size))
        Block{1, static_cast<std::uint32_t>(identity.size()), static_cast<std::uint32_t>(size)};
    std::copy(identity.begin(), identity.end(), block->octets());
    std::copy(extra.begin(), extra.end(), block->octets() + identity.size());
    return block;
  }
};

NlriKey::NlriKey(FamilyIndex family, bool has_path_id, base::Bytes identity, base::Bytes extra) : NlriKey() {
  family_ = family;
  identity_ = has_path_id ? k_path_id : 0;
  if (identity.size() + extra.size() > k_inline) {
    size_ = k_heap;
    Block* block = Block::make(identity, extra);
    std::memcpy(inline_, &block, sizeof block);
    return;
  }
  identity_ = static_cast<std::uint8_t>(identity_ | identity.size());
  size_ = static_cast<std::uint8_t>(identity.size() + extra.size());
  std::copy(identity.begin(), identity.end(), inline_);
  if (!extra.empty()) std::copy(extra.begin(), extra.end(), inline_ + identity.size());
}

NlriKey::Block* NlriKey::block() const noexcept {
  Block* block = nullptr;
  std::memcpy(&block, inline_, sizeof block);
  return block;
}

void NlriKey::share_block() const noexcept { ++block()->references; }

void NlriKey::release_block() noexcept {
  Block* heap = block();
  if (--heap->references == 0) ::operator delete(heap);
  size_ = 0;
}

base::Bytes NlriKey::identity_on_heap() const noexcept { return {block()->octets(), block()->identity_size}; }

std::uint64_t NlriKey::head() const noexcept {
  std::uint64_t head = 0;
  if (is_plain()) {
    std::memcpy(&head, inline_, sizeof head);  // behind the identity there are zeros
  } else {
    const base::Bytes octets = identity();
    std::copy_n(octets.begin(), std::min(octets.size(), sizeof head), reinterpret_cast<std::uint8_t*>(&head));
  }
  return std::endian::native == std::endian::little ? __builtin_bswap64(head) : head;
}

base::Bytes NlriKey::extra() const noexcept {
  if (on_heap()) {
    Block* heap = block();
    return {heap->octets() + heap->identity_size, heap->size - heap->identity_size};
  }
  return {inline_ + identity_size(), size_ - identity_size()};
}

std::uint32_t NlriKey::path_id() const noexcept { return has_path_id() ? base::ByteReader(identity()).u32() : 0; }

std::uint64_t NlriKey::hash() const noexcept {
  return base::hash_bytes(identity(), static_cast<std::uint64_t>(family_) << 1 | (has_path_id() ? 1U : 0U));
}

bool NlriKey::equal_slowly(const NlriKey& a, const NlriKey& b) noexcept {
  if (a.family_ != b.family_ || a.has_path_id() != b.has_path_id()) return false;
  const base::Bytes left = a.identity();
  const base::Bytes right = b.identity();
  return left.size() == right.size() && std::memcmp(left.data(), right.data(), left.size()) == 0;
}

std::strong_ordering operator<=>(const NlriKey& a, const NlriKey& b) noexcept {
  if (a.family_ != b.family_) return a.family_ <=> b.family_;
  const base::Bytes left = a.identity();
  const base::Bytes right = b.identity();
  const int order = std::memcmp(left.data(), right.data(), std::min(left.size(), right.size()));
  if (order != 0) return order <=> 0;
  if (left.size() != right.size()) return left.size() <=> right.size();
  return a.has_path_id() <=> b.has_path_id();
}

}  // namespace tandem::bgp
