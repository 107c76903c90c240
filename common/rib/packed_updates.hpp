// UPDATEs of a shared list, packed once for all sessions that encode alike and are at the same place in it. The blocks of the last moment
// are kept: a session that is slower than the others packs for itself, and costs them nothing.
#pragma once

#include <array>
#include <memory>

#include "common/base/bytes.hpp"
#include "common/rib/update_packer.hpp"

namespace tandem::rib {

struct PackedBlock {
  std::size_t begin = 0;  // ranks in the order of sending
  std::size_t end = 0;
  std::size_t messages = 0;
  std::shared_ptr<const base::Buffer> octets;
};

class PackedUpdates {
 public:
  explicit PackedUpdates(Encoding encoding) : encoding_(std::move(encoding)) {}

  [[nodiscard]] const Encoding& encoding() const { return encoding_; }
  // The block that begins there, or null.
  [[nodiscard]] const PackedBlock* find(std::size_t begin) const {
    for (const PackedBlock& block : blocks_) {
      if (block.octets && block.begin == begin) return &block;
    }
    return nullptr;
  }
  void add(PackedBlock block) {  // in the place of the oldest
    blocks_[next_] = std::move(block);
    next_ = (next_ + 1) % blocks_.size();
  }

 private:
  static constexpr std::size_t k_blocks = 16;
  Encoding encoding_;
  std::array<PackedBlock, k_blocks> blocks_;
  std::size_t next_ = 0;
};

}  // namespace tandem::rib
