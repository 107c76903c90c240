// Bytes waiting to be written: what a session or an API client hands to the driver. The driver looks (gather), writes what
// the kernel takes, and says how much that was (consume). A half-written message stays here, never in the driver.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>

#include "common/base/bytes.hpp"

namespace tandem::base {

class Outbox {
 public:
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }  // octets
  [[nodiscard]] std::uint64_t consumed() const noexcept { return consumed_; }  // octets, ever

  void append(Bytes bytes);
  // Adds without copying; the block is shared with other outboxes (update groups) and must not change any more.
  void append_shared(std::shared_ptr<const Buffer> block);

  // Fills `pieces` with the next octets in order; returns how many pieces there are. Valid until the next change.
  std::size_t gather(std::span<Bytes> pieces) const;
  // Drops the first `count` octets (at most size()). Memory is given back when the outbox runs empty.
  void consume(std::size_t count);
  void clear();

 private:
  struct Piece {
    std::shared_ptr<const Buffer> shared;  // null: `own` holds the octets
    Buffer own;
    [[nodiscard]] Bytes bytes() const { return shared ? Bytes(*shared) : Bytes(own); }
  };
  std::unique_ptr<std::deque<Piece>> pieces_;  // null while empty: an idle session owns no queue
  std::size_t offset_ = 0;                     // octets of the first piece that are gone
  std::size_t size_ = 0;
  std::uint64_t consumed_ = 0;
};

}  // namespace tandem::base
