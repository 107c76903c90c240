#include "common/recording/encoder.hpp"

#include <algorithm>

#include "common/base/assert.hpp"
#include "common/recording/octets.hpp"

namespace tandem::recording {

namespace {

constexpr std::size_t k_front = 1 + k_number_max;         // kind and length
constexpr std::size_t k_fields = 3 * k_number_max + 1;    // time, channel, detail and value

}  // namespace

// Every wake-up of a loop has several, most of them a few octets long: those are put together here, and appended at once. The length stands in front
// of what it is the length of, and is written last.
void Encoder::append(const Record& record, std::span<const base::Bytes> pieces, base::Buffer& out) {
  const KindRow* const row = find_kind(static_cast<std::uint8_t>(record.kind));
  TANDEM_ASSERT(row != nullptr);
  std::uint8_t room[k_front + k_fields];
  std::uint8_t* const head = room + k_front;
  std::uint8_t* end = head;
  if (row->has(field::k_time)) {
    end = put_signed(end, (record.at - last_).count());
    last_ = record.at;
  }
  if (row->has(field::k_channel)) end = put_number(end, record.channel);
  if (row->has(field::k_detail)) *end++ = record.detail;
  if (row->has(field::k_value)) end = put_signed(end, record.value);
  head_.clear();
  if (row->has(field::k_ends)) {
    put_endpoint(head_, record.local);
    put_endpoint(head_, record.remote);
  }
  if (row->has(field::k_key)) put_octets(head_, record.key);
  std::size_t octets = 0;
  if (row->has(field::k_octets)) {
    for (const base::Bytes piece : pieces) octets += piece.size();
  }
  std::uint8_t front[k_front];
  front[0] = static_cast<std::uint8_t>(record.kind);
  const auto size = put_number(front + 1, static_cast<std::size_t>(end - head) + head_.size() + octets) - front;
  std::uint8_t* const begin = std::copy_backward(front, front + size, head);
  out.insert(out.end(), begin, end);
  if (!head_.empty()) out.insert(out.end(), head_.begin(), head_.end());
  if (octets == 0) return;
  for (const base::Bytes piece : pieces) out.insert(out.end(), piece.begin(), piece.end());
}

}  // namespace tandem::recording
