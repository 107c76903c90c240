#include "common/base/outbox.hpp"

#include "common/base/assert.hpp"

namespace tandem::base {

namespace {
constexpr std::size_t k_piece_size = 64 * 1024;
}

void Outbox::append(Bytes bytes) {
  if (bytes.empty()) return;
  if (!pieces_) pieces_ = std::make_unique<std::deque<Piece>>();
  if (pieces_->empty() || pieces_->back().shared || pieces_->back().own.size() + bytes.size() > k_piece_size) {
    pieces_->emplace_back();
  }
  Buffer& own = pieces_->back().own;
  own.insert(own.end(), bytes.begin(), bytes.end());
  size_ += bytes.size();
}

void Outbox::append_shared(std::shared_ptr<const Buffer> block) {
  if (!block || block->empty()) return;
  if (!pieces_) pieces_ = std::make_unique<std::deque<Piece>>();
  size_ += block->size();
  pieces_->push_back(Piece{std::move(block), {}});
}

std::size_t Outbox::gather(std::span<Bytes> pieces) const {
  if (!pieces_) return 0;
  std::size_t count = 0;
  for (const Piece& piece : *pieces_) {
    if (count == pieces.size()) break;
    pieces[count] = count == 0 ? piece.bytes().subspan(offset_) : piece.bytes();
    ++count;
  }
  return count;
}

void Outbox::consume(std::size_t count) {
  TANDEM_ASSERT(count <= size_);
  size_ -= count;
  consumed_ += count;
  while (count > 0) {
    const std::size_t available = pieces_->front().bytes().size() - offset_;
    if (count < available) {
      offset_ += count;
      return;
    }
    count -= available;
    pieces_->pop_front();
    offset_ = 0;
  }
  if (size_ == 0) pieces_.reset();
}

void Outbox::clear() {
  pieces_.reset();
  offset_ = 0;
  size_ = 0;
}

}  // namespace tandem::base
