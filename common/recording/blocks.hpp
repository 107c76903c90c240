// The file around the records: a head that says what it is, then blocks, each packed by itself (Zstandard, with a checksum), so that what is
// whole can be read when the end is missing. Pure: whoever has a file gives and takes octets.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "common/base/error.hpp"
#include "common/recording/reader.hpp"

struct ZSTD_CCtx_s;

namespace tandem::recording {

inline constexpr std::uint32_t k_format_version = 1;
inline constexpr std::size_t k_block_max = 4 * 1024 * 1024;  // octets of records

// What every file begins with.
[[nodiscard]] base::Buffer file_head();
// What packing a block may cost: little where much comes, so that a recording stays a small part of what is recorded, and more for what comes in
// a trickle, which costs nothing either way.
enum class Effort : std::uint8_t { least, some };
// Makes blocks, one after the other: what it takes is asked for once.
class Packer {
 public:
  Packer();
  ~Packer();
  Packer(const Packer&) = delete;
  Packer& operator=(const Packer&) = delete;
  // The block, until the next one. REQUIRES records of at most k_block_max octets, and at least one.
  [[nodiscard]] base::Bytes pack(base::Bytes records, Effort effort);

 private:
  ZSTD_CCtx_s* context_;
  base::Buffer block_;  // as large as the largest can be
};
// Appends a block.
void pack_block(base::Bytes records, base::Buffer& out);

// Fills `into` as far as it can; 0 at the end of the file.
using ReadFile = std::function<base::Result<std::size_t>(std::span<std::uint8_t> into)>;

// The records of a file. Errors say at which octet of the file it is no recording, damaged, or cut.
class FileSource final : public Source {
 public:
  explicit FileSource(ReadFile read) : read_(std::move(read)) {}
  [[nodiscard]] base::Result<base::Bytes> more() override;

 private:
  [[nodiscard]] base::Result<std::size_t> read_all(std::span<std::uint8_t> into);
  [[nodiscard]] base::Result<void> read_head();
  [[nodiscard]] base::Error wrong(std::uint64_t at, std::string_view what) const;

  ReadFile read_;
  std::uint64_t at_ = 0;  // in the file
  bool head_read_ = false;
  base::Buffer packed_;
  base::Buffer records_;
};

}  // namespace tandem::recording
