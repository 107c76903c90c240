#include "common/session/inbox.hpp"

#include "common/base/assert.hpp"

namespace tandem::session {

namespace {
constexpr std::size_t k_length_at = 16;  // behind the marker (RFC 4271 section 4.1)
}

bool Inbox::append(base::Bytes bytes) {
  release();
  // Moving the rest to the front costs at most what has been handled since the last move.
  if (start_ > 0 && buffer_.size() - start_ <= start_) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(start_));
    framed_ -= start_;
    start_ = 0;
  }
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  return frame();
}

// Walks over the messages that are complete now. Stops for good at a length no message can have: what follows is noise, and
// next() answers it.
bool Inbox::frame() {
  const std::size_t before = framed_;
  while (buffer_.size() - framed_ >= bgp::k_header_size) {
    const std::size_t length = static_cast<std::size_t>(buffer_[framed_ + k_length_at] << 8 | buffer_[framed_ + k_length_at + 1]);
    if (length < bgp::k_header_size || length > buffer_.size() - framed_) break;
    framed_ += length;
  }
  return framed_ != before;
}

void Inbox::take(std::size_t size) {
  TANDEM_ASSERT(taken_ == 0 && size <= this->size());
  taken_ = size;
}

void Inbox::release() {
  start_ += taken_;
  taken_ = 0;
  if (start_ == buffer_.size()) clear();
}

void Inbox::clear() {
  buffer_ = base::Buffer();
  start_ = taken_ = framed_ = 0;
}

}  // namespace tandem::session
