#include "common/recording/blocks.hpp"

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <array>

#include "common/base/assert.hpp"

namespace tandem::recording {

namespace {

// The first octet is no text, the last ones notice whoever changes the ends of lines.
constexpr std::array<std::uint8_t, 8> k_magic = {0x8A, 'T', 'A', 'N', 'D', 'E', 'M', '\n'};
constexpr std::size_t k_head_size = k_magic.size() + 4;
constexpr std::size_t k_block_head_size = 8;  // octets of the records, octets as packed
// Of Zstandard. Packing is most of what a recording costs. Level -35 leaves three fifths of the octets of received UPDATEs; level -6 takes twice as
// long for a tenth less, level 1 six times as long for half of that.
constexpr int level_of(Effort effort) { return effort == Effort::least ? -35 : 1; }

std::uint32_t u32_at(base::Bytes octets, std::size_t at) {
  base::ByteReader in(octets.subspan(at));
  return in.u32();
}

void put_u32(base::Buffer& out, std::size_t at, std::size_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out[at++] = static_cast<std::uint8_t>(value >> shift);
}

}  // namespace

base::Buffer file_head() {
  base::Buffer head(k_magic.begin(), k_magic.end());
  base::ByteWriter(head).u32(k_format_version);
  return head;
}

Packer::Packer() : context_(ZSTD_createCCtx()) {
  TANDEM_ASSERT(context_ != nullptr);
  ZSTD_CCtx_setParameter(context_, ZSTD_c_checksumFlag, 1);
}

Packer::~Packer() { ZSTD_freeCCtx(context_); }

base::Bytes Packer::pack(base::Bytes records, Effort effort) {
  TANDEM_ASSERT(!records.empty() && records.size() <= k_block_max);
  ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, level_of(effort));
  block_.resize(std::max(block_.size(), k_block_head_size + ZSTD_compressBound(records.size())));
  const std::size_t size =
      ZSTD_compress2(context_, block_.data() + k_block_head_size, block_.size() - k_block_head_size, records.data(), records.size());
  TANDEM_ASSERT(ZSTD_isError(size) == 0);
  put_u32(block_, 0, records.size());
  put_u32(block_, 4, size);
  return base::Bytes(block_).first(k_block_head_size + size);
}

void pack_block(base::Bytes records, base::Buffer& out) {
  Packer packer;
  const base::Bytes block = packer.pack(records, Effort::some);
  out.insert(out.end(), block.begin(), block.end());
}

base::Error FileSource::wrong(std::uint64_t at, std::string_view what) const { return base::Error(fmt::format("octet {} of the file: {}", at, what)); }

base::Result<std::size_t> FileSource::read_all(std::span<std::uint8_t> into) {
  std::size_t count = 0;
  while (count < into.size()) {
    const auto read = read_(into.subspan(count));
    if (!read) return read.error();
    if (*read == 0) break;
    count += *read;
    at_ += *read;
  }
  return count;
}

base::Result<void> FileSource::read_head() {
  std::array<std::uint8_t, k_head_size> head{};
  const auto count = read_all(head);
  if (!count) return count.error();
  const std::size_t compared = std::min(*count, k_magic.size());
  if (*count == 0) return wrong(0, "the file is empty");
  if (!std::equal(k_magic.begin(), k_magic.begin() + static_cast<std::ptrdiff_t>(compared), head.begin())) return wrong(0, "this is no recording of tandem");
  if (*count < head.size()) return wrong(*count, "the recording is cut within its head");
  const std::uint32_t version = u32_at(head, k_magic.size());
  if (version > k_format_version) {
    return wrong(k_magic.size(), fmt::format("the recording has format {}, this version of tandem reads formats up to {}: replay it with the one that made it, or a later one",
                                             version, k_format_version));
  }
  if (version == 0) return wrong(k_magic.size(), "there is no format 0, the head is damaged");
  head_read_ = true;
  return {};
}

base::Result<base::Bytes> FileSource::more() {
  if (!head_read_) {
    if (auto read = read_head(); !read) return read.error();
  }
  const std::uint64_t begin = at_;
  std::array<std::uint8_t, k_block_head_size> head{};
  const auto count = read_all(head);
  if (!count) return count.error();
  if (*count == 0) return base::Bytes();
  if (*count < head.size()) return wrong(at_, "the recording is cut here, within the head of a block");
  const std::uint32_t size = u32_at(head, 0);
  const std::uint32_t packed = u32_at(head, 4);
  if (size == 0 || size > k_block_max || packed == 0 || packed > ZSTD_compressBound(k_block_max)) {
    return wrong(begin, fmt::format("a block that claims to have {} octets, {} of them packed: the recording is damaged", size, packed));
  }
  packed_.resize(packed);
  const auto there = read_all(packed_);
  if (!there) return there.error();
  if (*there < packed) return wrong(at_, fmt::format("the recording is cut here: of the {} octets of a block {} are there", packed, *there));
  records_.resize(size);
  const std::size_t unpacked = ZSTD_decompress(records_.data(), records_.size(), packed_.data(), packed_.size());
  if (ZSTD_isError(unpacked) != 0) return wrong(begin, fmt::format("the block is damaged ({})", ZSTD_getErrorName(unpacked)));
  if (unpacked != size) return wrong(begin, fmt::format("the block has {} octets instead of {}: it is damaged", unpacked, size));
  return base::Bytes(records_);
}

}  // namespace tandem::recording
