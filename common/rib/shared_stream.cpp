#include "common/rib/shared_stream.hpp"

#include "common/rib/unsendable.hpp"

namespace tandem::rib {

namespace {
constexpr std::size_t k_ahead = 4096;  // keys fetched beyond those asked for, so that the rest of them moves seldom
constexpr std::size_t k_block_octets = 64 * 1024;
}  // namespace

bool SharedStream::next(UpdatePacker& packer, std::size_t& budget, base::Buffer& out) {
  if (!find_order(packer, budget)) return false;
  if (slice_ == nullptr && !enter_slice(packer, budget)) return false;
  if (passing_over_) {
    pass_over_slice(packer, budget);
    return false;
  }
  const bool grouped = packer.grouped(slice_->nlri.family());
  if (!fetch(grouped ? packer.capacity() : 1, budget)) return false;
  std::span<const bgp::NlriKey* const> keys = std::span(keys_).subspan(sent_);
  if (!grouped) keys = keys.first(1);
  const std::size_t taken = packer.announce(*slice_->attributes, keys, out);
  if (taken == 0) {
    begin_passing_over();
    return false;
  }
  base::Work::did(taken);
  sent_ += taken;
  static_cast<void>(fetch(1, budget));
  return true;
}

bool SharedStream::find_order(const UpdatePacker& packer, std::size_t& budget) {
  if (order_ != nullptr) return true;
  const RouteDirectory& directory = *table_.routes().directory();
  if (!directory.prepare_sending(packer.groups_updates(), budget)) return false;
  order_ = &directory.sending(packer.groups_updates());
  return true;
}

std::optional<PackedBlock> SharedStream::next_block(UpdatePacker& packer, std::size_t& budget, std::size_t most) {
  if (!table_.complete()) return std::nullopt;
  if (!packed_) packed_ = table_.routes().packed(packer.encoding());
  PackedBlock block;
  block.begin = block.end = unsent();
  if (const PackedBlock* known = packed_->find(block.begin)) {
    block = *known;
    jump(block.end);
    return block;
  }
  if (!find_order(packer, budget)) return std::nullopt;
  auto octets = std::make_shared<base::Buffer>();
  std::size_t enough = k_ahead;  // nothing is gone
  while (!over() && block.messages < most && octets->size() < k_block_octets && next(packer, enough, *octets)) {
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

bool SharedStream::enter_slice(const UpdatePacker& packer, std::size_t& budget) {
  for (; budget > 0 && rank_ < table_.routes().size() && !table_.has(position()); --budget, ++rank_) base::Work::did(1);
  if (budget == 0 || rank_ == table_.routes().size()) return false;
  slice_ = &table_.routes()[position()];
  keys_.clear();
  sent_ = 0;
  if (!packer.may_send(slice_->nlri.family(), *slice_->attributes)) begin_passing_over();
  return true;
}

// So many keys, or all that are left; leaves the slice where that is none. False: there are none to send now.
bool SharedStream::fetch(std::size_t count, std::size_t& budget) {
  if (keys_.size() - sent_ >= count) return true;
  keys_.erase(keys_.begin(), keys_.begin() + static_cast<std::ptrdiff_t>(sent_));
  sent_ = 0;
  const std::size_t wanted = count == 1 ? 1 : count + k_ahead;
  for (; keys_.size() < wanted && rank_ < table_.routes().size() && within_slice(); ++rank_) {
    base::Work::did(1);
    if (table_.has(position())) keys_.push_back(&table_.routes()[position()].nlri);
    else if (budget == 0) return false;
    else --budget;
  }
  if (keys_.empty()) slice_ = nullptr;
  return !keys_.empty();
}

void SharedStream::begin_passing_over() {
  rank_ = first_unsent();
  keys_.clear();
  sent_ = 0;
  passing_over_ = true;
  passed_over_ = 0;
  first_passed_over_ = &table_.routes()[position()].nlri;
}

// What is left of it; tells why, and how many routes that were, when it has come to its end.
void SharedStream::pass_over_slice(const UpdatePacker& packer, std::size_t& budget) {
  for (; budget > 0 && rank_ < table_.routes().size() && within_slice(); --budget, ++rank_) {
    passed_over_ += table_.has(position()) ? 1 : 0;
    base::Work::did(1);
  }
  if (budget == 0) return;
  if (sendable(packer, slice_->attributes, *first_passed_over_, passed_over_)) log_too_large(slice_->attributes, *first_passed_over_, passed_over_);
  passing_over_ = false;
  slice_ = nullptr;
}

}  // namespace tandem::rib
