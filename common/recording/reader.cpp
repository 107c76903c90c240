#include "common/recording/reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/recording/octets.hpp"

namespace tandem::recording {

namespace {

constexpr std::int64_t k_time_max = std::int64_t{1} << 61;  // 73 years
constexpr std::size_t k_head_max = 11;  // a kind, and a length of up to 64 bits

}  // namespace

base::Error Reader::wrong(std::string_view what) const {
  return base::Error(fmt::format("record {} (octet {} of the records): {}", count_ + 1, taken_, what));
}

// True: so many octets are there. False: the source has ended before.
base::Result<bool> Reader::fill(std::uint64_t count) {
  while (kept_.size() - at_ < count) {
    const auto more = source_->more();
    if (!more) return more.error();
    if (more->empty()) return false;
    if (at_ > 0) {
      kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(at_));
      at_ = 0;
    }
    kept_.insert(kept_.end(), more->begin(), more->end());
  }
  return true;
}

// No more than there must be: of a recording that is being written, what comes behind this record is not there yet.
base::Result<void> Reader::fill_head() {
  for (;;) {
    const base::Bytes there = base::Bytes(kept_).subspan(at_);
    FieldReader head(there.first(std::min(there.size(), k_head_max)));
    head.octet();
    static_cast<void>(head.number());
    if (head.ok() || there.size() >= k_head_max) return {};
    const auto more = fill(there.size() + 1);
    if (!more) return more.error();
    if (!*more) return {};
  }
}

base::Result<const Record*> Reader::next() {
  using Found = base::Result<const Record*>;
  const auto head_there = fill_head();
  if (!head_there) return head_there.error();
  const base::Bytes there = base::Bytes(kept_).subspan(at_);
  if (there.empty()) return Found(static_cast<const Record*>(nullptr));
  FieldReader head(there.first(std::min(there.size(), k_head_max)));
  const std::uint8_t kind = head.octet();
  const std::uint64_t length = head.number();
  if (!head.ok()) return there.size() < k_head_max ? wrong("the recording is cut here") : wrong("the length of the record is no number");
  if (find_kind(kind) == nullptr) return wrong(fmt::format("records of kind {} are not known: the recording is of a later version, or damaged", kind));
  if (length > k_record_max) return wrong(fmt::format("it claims to have {} octets, {} are the most", length, k_record_max));
  const std::size_t head_size = head.position();
  const auto whole = fill(head_size + length);
  if (!whole) return whole.error();
  if (!*whole) return wrong(fmt::format("the recording is cut here: of its {} octets {} are there", length, kept_.size() - at_ - head_size));
  const auto record = decode(kind, base::Bytes(kept_).subspan(at_ + head_size, static_cast<std::size_t>(length)));
  if (!record) return record;
  at_ += head_size + static_cast<std::size_t>(length);
  taken_ += head_size + length;
  ++count_;
  return record;
}

base::Result<const Record*> Reader::decode(std::uint8_t kind, base::Bytes payload) {
  const KindRow& row = *find_kind(kind);
  FieldReader in(payload);
  record_ = Record();
  record_.kind = row.kind;
  if (row.has(field::k_time)) {
    // Sums and differences of what passes here fit into their type.
    const std::int64_t passed = in.signed_number();
    const std::int64_t last = last_.time_since_epoch().count();
    if (passed < -k_time_max || passed > k_time_max || last + passed < 0 || last + passed > k_time_max) return wrong("its time lies outside of all times");
    last_ = base::TimePoint(base::Duration(last + passed));
  }
  record_.at = last_;
  if (row.has(field::k_channel)) record_.channel = in.number();
  if (row.has(field::k_detail)) record_.detail = in.octet();
  if (row.has(field::k_value)) record_.value = in.signed_number();
  if (row.has(field::k_ends)) {
    record_.local = in.endpoint();
    record_.remote = in.endpoint();
  }
  if (row.has(field::k_key)) record_.key = in.octets();
  if (!in.ok()) return wrong(fmt::format("the fields of '{}' do not fit into its {} octets", row.name, payload.size()));
  if (row.has(field::k_octets)) record_.octets = payload.subspan(in.position());
  else if (!in.done()) return wrong(fmt::format("'{}' has {} octets more than its fields", row.name, payload.size() - in.position()));
  return base::Result<const Record*>(&record_);
}

}  // namespace tandem::recording
