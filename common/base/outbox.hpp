// Bytes waiting to be written: what a session or an API client hands to the driver. The driver looks (gather), writes what
// the kernel takes, and says how much that was (consume). A half-written message stays here, never in the driver.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "common/base/bytes.hpp"

namespace tandem::base {

class Outbox {
 public:
  Outbox() = default;
  Outbox(Outbox&& other) noexcept { *this = std::move(other); }
  Outbox& operator=(Outbox&& other) noexcept;
  ~Outbox() { clear(); }

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

  // Its pieces as they are: how they are cut decides what one write takes (docs/recording.md).
  template <typename Writer>
  void store(Writer& writer) const {
    std::size_t count = 0;
    for (const Piece* piece = first_.get(); piece != nullptr; piece = piece->next.get()) ++count;
    writer.count(count);
    for (const Piece* piece = first_.get(); piece != nullptr; piece = piece->next.get()) {
      writer.value(piece->shared);
      if (!piece->shared) writer.value(piece->own);
    }
    writer.value(offset_);
    writer.value(consumed_);
  }
  template <typename Reader>
  void load(Reader& reader) {
    clear();
    for (std::uint64_t left = reader.count_of_things(); left > 0 && reader.ok(); --left) {
      Piece& piece = add();
      reader.value(piece.shared);
      if (!piece.shared) reader.value(piece.own);
      size_ += piece.bytes().size();
      if (piece.bytes().empty()) reader.fail("a piece of what waits to be written is empty");
    }
    reader.value(offset_);
    reader.value(consumed_);
    if (offset_ >= (first_ ? first_->bytes().size() : 1)) reader.fail("more was written than was there");
    if (!reader.ok()) return clear();
    size_ -= offset_;
  }

 private:
  struct Piece {
    std::shared_ptr<const Buffer> shared;  // null: `own` holds the octets
    Buffer own;
    std::unique_ptr<Piece> next;
    [[nodiscard]] Bytes bytes() const { return shared ? Bytes(*shared) : Bytes(own); }
  };
  Piece& add();  // an empty one behind the others
  void drop_first();

  // One behind the other: an answer is one of them, and should cost no more. Null while empty, an idle session owns no queue.
  std::unique_ptr<Piece> first_;
  Piece* last_ = nullptr;
  std::size_t offset_ = 0;                     // octets of the first piece that are gone
  std::size_t size_ = 0;
  std::uint64_t consumed_ = 0;
};

}  // namespace tandem::base
