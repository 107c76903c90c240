#include "common/state/writer.hpp"

#include <algorithm>
#include <atomic>
#include <bit>

#include "common/base/assert.hpp"

namespace tandem::state {

namespace {
constexpr std::size_t k_length_size = 8;
}

Writer::Writer(base::TimePoint now, Secrets secrets) : now_(now), secrets_(secrets) {
  base::ByteWriter head(out_);
  head.bytes(base::as_bytes(k_magic));
  head.u16(k_format);
  head.u16(secrets == Secrets::included ? k_with_secrets : 0);
}

std::size_t Writer::begin_section(std::string_view name, std::uint16_t version) {
  this->name(name);
  base::ByteWriter head(out_);
  head.u16(version);
  head.fill(k_length_size, 0);
  return out_.size();
}

void Writer::end_section(std::size_t start) {
  base::Buffer length;
  base::ByteWriter(length).u64(out_.size() - start);
  std::copy(length.begin(), length.end(), out_.begin() + static_cast<std::ptrdiff_t>(start - k_length_size));
}

base::Buffer Writer::finish() && {
  sum_.add(out_);
  section(k_end, 1, [&] { base::ByteWriter(out_).u64(sum_.value()); });
  return std::move(out_);
}

base::Buffer Writer::take() {
  sum_.add(out_);
  return std::exchange(out_, {});
}

// A stamp of another writer is none of this one's: whatever its number is, the piece is not there.
void Writer::begin_ahead() {
  static std::atomic<std::uint32_t> writers{0};
  ahead_ = ++writers;
  section(k_ahead, 1, [] {});
}

bool Writer::refer_piece(Stamp stamp) {
  if (!ahead()) return false;
  const bool known = has(stamp);
  count(known ? stamp & ((std::uint64_t{1} << k_number_bits) - 1) : 0);
  return known;
}

void Writer::name(std::string_view name) {
  TANDEM_ASSERT(name.size() <= k_longest_name);
  octet(static_cast<std::uint8_t>(name.size()));
  out_.insert(out_.end(), name.begin(), name.end());
}

void Writer::count(std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) octet(static_cast<std::uint8_t>(number | 0x80));
  octet(static_cast<std::uint8_t>(number));
}

void Writer::number_of_any_sign(std::int64_t number) {
  const auto bits = static_cast<std::uint64_t>(number);
  count(bits << 1 ^ (number < 0 ? ~std::uint64_t{0} : 0));
}

void Writer::value(double number) { base::ByteWriter(out_).u64(std::bit_cast<std::uint64_t>(number)); }

void Writer::bytes(base::Bytes octets) {
  count(octets.size());
  out_.insert(out_.end(), octets.begin(), octets.end());
}

void Writer::value(const base::Endpoint& endpoint) {
  value(endpoint.address);
  value(endpoint.port);
}

void Writer::value(const base::Prefix& prefix) {
  value(prefix.address);
  value(prefix.length);
}

void Writer::value(const base::Location& location) {
  value(location.file);
  value(location.line);
  value(location.column);
}

// Eight in an octet, the first one lowest.
void Writer::value(const std::vector<bool>& all) {
  count(all.size());
  for (std::size_t i = 0; i < all.size(); i += 8) {
    unsigned octet = 0;
    for (std::size_t bit = 0; bit < 8 && i + bit < all.size(); ++bit) octet |= (all[i + bit] ? 1U : 0U) << bit;
    this->octet(static_cast<std::uint8_t>(octet));
  }
}

bool Writer::describe(const void* type, std::string_view name) {
  if (!described_.insert(type).second) return true;
  this->name(name);
  return false;
}

bool Writer::refer(const void* type, const void* object) {
  if (object == nullptr) {
    count(0);
    return false;
  }
  auto& known = objects_[type];
  const auto [found, added] = known.try_emplace(object, known.size() + 1);
  count(found->second);
  return added;
}

}  // namespace tandem::state
