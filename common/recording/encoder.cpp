#include "common/recording/encoder.hpp"

#include "common/base/assert.hpp"
#include "common/recording/octets.hpp"

namespace tandem::recording {

void Encoder::append(const Record& record, std::span<const base::Bytes> pieces, base::Buffer& out) {
  const KindRow* const row = find_kind(static_cast<std::uint8_t>(record.kind));
  TANDEM_ASSERT(row != nullptr);
  head_.clear();
  if (row->has(field::k_time)) {
    put_signed(head_, (record.at - last_).count());
    last_ = record.at;
  }
  if (row->has(field::k_channel)) put_number(head_, record.channel);
  if (row->has(field::k_detail)) head_.push_back(record.detail);
  if (row->has(field::k_value)) put_signed(head_, record.value);
  if (row->has(field::k_ends)) {
    put_endpoint(head_, record.local);
    put_endpoint(head_, record.remote);
  }
  if (row->has(field::k_key)) put_octets(head_, record.key);
  std::size_t octets = 0;
  if (row->has(field::k_octets)) {
    for (const base::Bytes piece : pieces) octets += piece.size();
  }
  out.push_back(static_cast<std::uint8_t>(record.kind));
  put_number(out, head_.size() + octets);
  out.insert(out.end(), head_.begin(), head_.end());
  if (octets == 0) return;
  for (const base::Bytes piece : pieces) out.insert(out.end(), piece.begin(), piece.end());
}

}  // namespace tandem::recording
