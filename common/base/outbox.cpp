#include "common/base/outbox.hpp"

#include "common/base/assert.hpp"

namespace tandem::base {

namespace {
constexpr std::size_t k_piece_size = 64 * 1024;
}

Outbox& Outbox::operator=(Outbox&& other) noexcept {
  clear();
  first_ = std::move(other.first_);
  last_ = std::exchange(other.last_, nullptr);
  offset_ = std::exchange(other.offset_, 0);
  size_ = std::exchange(other.size_, 0);
  consumed_ = std::exchange(other.consumed_, 0);
  return *this;
}

Outbox::Piece& Outbox::add() {
  std::unique_ptr<Piece>& place = last_ == nullptr ? first_ : last_->next;
  place = std::make_unique<Piece>();
  last_ = place.get();
  return *last_;
}

void Outbox::drop_first() {
  first_ = std::move(first_->next);
  if (!first_) last_ = nullptr;
  offset_ = 0;
}

void Outbox::append(Bytes bytes) {
  if (bytes.empty()) return;
  if (last_ == nullptr || last_->shared || last_->own.size() + bytes.size() > k_piece_size) add();
  last_->own.insert(last_->own.end(), bytes.begin(), bytes.end());
  size_ += bytes.size();
}

void Outbox::append_shared(std::shared_ptr<const Buffer> block) {
  if (!block || block->empty()) return;
  size_ += block->size();
  add().shared = std::move(block);
}

std::size_t Outbox::gather(std::span<Bytes> pieces) const {
  std::size_t count = 0;
  for (const Piece* piece = first_.get(); piece != nullptr && count < pieces.size(); piece = piece->next.get()) {
    pieces[count] = count == 0 ? piece->bytes().subspan(offset_) : piece->bytes();
    ++count;
  }
  return count;
}

void Outbox::consume(std::size_t count) {
  TANDEM_ASSERT(count <= size_);
  size_ -= count;
  consumed_ += count;
  while (count > 0) {
    const std::size_t available = first_->bytes().size() - offset_;
    if (count < available) {
      offset_ += count;
      return;
    }
    count -= available;
    drop_first();
  }
}

// Not as a chain of destructors, which would be as deep as the queue is long.
void Outbox::clear() {
  while (first_) drop_first();
  size_ = 0;
}

}  // namespace tandem::base
