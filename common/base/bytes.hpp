// Octets: views, growing buffers, and the two cursors every codec uses. All integers are big-endian (network order).
// Nothing here allocates except by appending to a Buffer that the caller owns.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tandem::base {

using Bytes = std::span<const std::uint8_t>;
using Buffer = std::vector<std::uint8_t>;

[[nodiscard]] inline Bytes as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
[[nodiscard]] inline std::string_view as_text(Bytes bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Reads from a span and never past it. The first read beyond the end makes the reader fail for good: every later read
// gives 0 or an empty span, so that a decoder may read a whole fixed part and check ok() once.
class ByteReader {
 public:
  explicit ByteReader(Bytes bytes) noexcept : bytes_(bytes) {}

  [[nodiscard]] bool ok() const noexcept { return !failed_; }
  [[nodiscard]] bool empty() const noexcept { return position_ == bytes_.size(); }
  [[nodiscard]] std::size_t left() const noexcept { return bytes_.size() - position_; }
  [[nodiscard]] std::size_t position() const noexcept { return position_; }
  [[nodiscard]] Bytes rest() const noexcept { return bytes_.subspan(position_); }

  std::uint8_t u8() noexcept { return static_cast<std::uint8_t>(integer<1>()); }
  std::uint16_t u16() noexcept { return static_cast<std::uint16_t>(integer<2>()); }
  std::uint32_t u24() noexcept { return static_cast<std::uint32_t>(integer<3>()); }
  std::uint32_t u32() noexcept { return static_cast<std::uint32_t>(integer<4>()); }
  std::uint64_t u64() noexcept { return integer<8>(); }

  Bytes take(std::size_t count) noexcept {
    if (!has(count)) return {};
    const Bytes taken = bytes_.subspan(position_, count);
    position_ += count;
    return taken;
  }
  void skip(std::size_t count) noexcept { static_cast<void>(take(count)); }

 private:
  bool has(std::size_t count) noexcept {
    if (failed_ || left() < count) failed_ = true;
    return !failed_;
  }
  template <std::size_t Count>
  std::uint64_t integer() noexcept {
    if (!has(Count)) return 0;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < Count; ++i) value = (value << 8) | bytes_[position_ + i];
    position_ += Count;
    return value;
  }

  Bytes bytes_;
  std::size_t position_ = 0;
  bool failed_ = false;
};

// Appends to a buffer it does not own. patch_u8/u16 fill a length in once it is known.
class ByteWriter {
 public:
  explicit ByteWriter(Buffer& out) noexcept : out_(out) {}

  [[nodiscard]] std::size_t size() const noexcept { return out_.size(); }
  void u8(std::uint8_t value) { out_.push_back(value); }
  void u16(std::uint16_t value) { integer<2>(value); }
  void u24(std::uint32_t value) { integer<3>(value); }
  void u32(std::uint32_t value) { integer<4>(value); }
  void u64(std::uint64_t value) { integer<8>(value); }
  void bytes(Bytes value) { out_.insert(out_.end(), value.begin(), value.end()); }
  void fill(std::size_t count, std::uint8_t value) { out_.insert(out_.end(), count, value); }

  void patch_u8(std::size_t at, std::uint8_t value) { out_[at] = value; }
  void patch_u16(std::size_t at, std::uint16_t value) {
    out_[at] = static_cast<std::uint8_t>(value >> 8);
    out_[at + 1] = static_cast<std::uint8_t>(value);
  }

 private:
  template <std::size_t Count>
  void integer(std::uint64_t value) {
    std::uint8_t octets[Count];
    for (std::size_t i = 0; i < Count; ++i) octets[i] = static_cast<std::uint8_t>(value >> (8 * (Count - 1 - i)));
    out_.insert(out_.end(), octets, octets + Count);
  }

  Buffer& out_;
};

enum class HexCase { lower, upper };

void append_hex(std::string& out, Bytes bytes, HexCase letters);
[[nodiscard]] std::string to_hex(Bytes bytes, HexCase letters = HexCase::lower);
// Digits only, an even number of them; nothing else is skipped. nullopt when the text is anything else.
[[nodiscard]] std::optional<Buffer> from_hex(std::string_view digits);

}  // namespace tandem::base
