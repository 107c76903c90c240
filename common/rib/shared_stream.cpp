#include "common/rib/shared_stream.hpp"

#include "common/rib/unsendable.hpp"

namespace tandem::rib {

namespace {
constexpr std::size_t k_ahead = 4096;  // keys fetched beyond those asked for, so that the rest of them moves seldom
constexpr std::size_t k_block_octets = 64 * 1024;
}  // namespace

bool SharedStream::next(UpdatePacker& packer, base::Buffer& out) {
  if (order_ == nullptr) order_ = &table_.routes().directory()->sending(packer.groups_updates());
  if (slice_ == nullptr && !enter_slice(packer)) return false;
  const bool grouped = packer.grouped(slice_->nlri.family());
  fetch(grouped ? packer.capacity() : 1);
  std::span<const bgp::NlriKey* const> keys = std::span(keys_).subspan(sent_);
  if (!grouped) keys = keys.first(1);
  const std::size_t taken = packer.announce(*slice_->attributes, keys, out);
  if (taken == 0) {
    const Route first{*keys.front(), slice_->attributes};
    log_too_large(first.attributes, first.nlri, pass_over_slice());
    return false;
  }
  sent_ += taken;
  fetch(1);
  if (sent_ == keys_.size()) slice_ = nullptr;
  return true;
}

std::optional<PackedBlock> SharedStream::next_block(UpdatePacker& packer, std::size_t most) {
  if (!table_.complete()) return std::nullopt;
  if (!packed_) packed_ = table_.routes().packed(packer.encoding());
  PackedBlock block;
  block.begin = block.end = unsent();
  if (const PackedBlock* known = packed_->find(block.begin)) {
    block = *known;
    jump(block.end);
    return block;
  }
  auto octets = std::make_shared<base::Buffer>();
  while (!over() && block.messages < most && octets->size() < k_block_octets && next(packer, *octets)) {
    ++block.messages;
    block.end = unsent();
  }
  if (block.messages == 0) return std::nullopt;
  block.octets = std::move(octets);
  packed_->add(block);
  return block;
}

std::size_t SharedStream::first_unsent() const {
  std::size_t rank = rank_;
  for (std::size_t fetched = keys_.size() - sent_; fetched > 0;) {
    --rank;
    if (table_.has((*order_)[rank])) --fetched;
  }
  return rank;
}

void SharedStream::jump(std::size_t rank) {
  rank_ = rank;
  slice_ = nullptr;
  keys_.clear();
  sent_ = 0;
}

bool SharedStream::within_slice() const {
  const Route& route = table_.routes()[position()];
  return route.attributes == slice_->attributes && route.nlri.family() == slice_->nlri.family();
}

bool SharedStream::enter_slice(const UpdatePacker& packer) {
  while (rank_ < table_.routes().size() && !table_.has(position())) ++rank_;
  if (rank_ == table_.routes().size()) return false;
  slice_ = &table_.routes()[position()];
  keys_.clear();
  sent_ = 0;
  const Route& first = *slice_;
  if (packer.may_send(first.nlri.family(), *first.attributes)) return true;
  static_cast<void>(sendable(packer, first.attributes, first.nlri, pass_over_slice()));
  return false;
}

void SharedStream::fetch(std::size_t count) {
  if (keys_.size() - sent_ >= count) return;
  keys_.erase(keys_.begin(), keys_.begin() + static_cast<std::ptrdiff_t>(sent_));
  sent_ = 0;
  const std::size_t wanted = count == 1 ? 1 : count + k_ahead;
  for (; keys_.size() < wanted && rank_ < table_.routes().size() && within_slice(); ++rank_) {
    if (table_.has(position())) keys_.push_back(&table_.routes()[position()].nlri);
  }
}

// Gives how many routes that were.
std::size_t SharedStream::pass_over_slice() {
  std::size_t count = keys_.size() - sent_;
  for (; rank_ < table_.routes().size() && within_slice(); ++rank_) count += table_.has(position()) ? 1 : 0;
  slice_ = nullptr;
  return count;
}

}  // namespace tandem::rib
