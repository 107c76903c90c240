#include "common/capture/reader.hpp"

#include <algorithm>

namespace tandem::capture {

namespace {

constexpr std::size_t k_chunk_size = 256 * 1024;

}  // namespace

base::Result<base::Bytes> Reader::peek(std::size_t count) {
  if (kept_.size() - at_ < count && at_ != 0) {
    kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(at_));
    at_ = 0;
  }
  while (kept_.size() - at_ < count && !ended_) {
    const std::size_t before = kept_.size();
    kept_.resize(std::max(before + k_chunk_size, at_ + count));
    const auto read = input_->read(std::span(kept_).subspan(before));
    kept_.resize(before + (read ? *read : 0));
    if (!read) return read.error();
    ended_ = *read == 0;
  }
  return base::Bytes(kept_).subspan(at_);
}

base::Result<std::size_t> Reader::read(std::span<std::uint8_t> into) {
  const auto next = peek(1);
  if (!next) return next.error();
  const std::size_t count = std::min(next->size(), into.size());
  std::copy_n(next->begin(), count, into.begin());
  take(count);
  return count;
}

}  // namespace tandem::capture
