#include "tandem/capture/input.hpp"

#include <bzlib.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "common/base/unique_fd.hpp"

namespace tandem::capture {

namespace {

class File : public Input {
 public:
  File(base::UniqueFd fd, std::string name, Progress& progress) : fd_(std::move(fd)), name_(std::move(name)), progress_(progress) {}

  base::Result<std::size_t> read(std::span<std::uint8_t> into) override {
    while (true) {
      const ssize_t count = ::read(fd_.get(), into.data(), into.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return base::Error(fmt::format("{}: {}", name_, std::strerror(errno)));
      progress_.read += static_cast<std::uint64_t>(count);
      return static_cast<std::size_t>(count);
    }
  }

 private:
  base::UniqueFd fd_;
  std::string name_;
  Progress& progress_;
};

// What both packers have in common: packed octets are read by the chunk, and several packed files may stand one behind the other.
class Packed : public Input {
 public:
  Packed(std::unique_ptr<Reader> packed, std::string name) : packed_(std::move(packed)), name_(std::move(name)) {}

  base::Result<std::size_t> read(std::span<std::uint8_t> into) override {
    while (true) {
      const auto chunk = packed_->peek(1);
      if (!chunk) return chunk.error();
      if (chunk->empty() && !within_) return std::size_t{0};
      const auto step = unpack(*chunk, into);  // without octets, too: it may hold some back
      if (!step) return base::Error(fmt::format("{}: the packed file is damaged", name_));
      packed_->take(step->taken);
      within_ = !step->ended;
      if (step->given != 0) return step->given;
      if (chunk->empty() && within_) return base::Error(fmt::format("{}: the packed file is cut short", name_));
      if (step->taken == 0 && within_) return base::Error(fmt::format("{}: the packed file is damaged", name_));
    }
  }

 protected:
  struct Step {
    std::size_t taken = 0;
    std::size_t given = 0;
    bool ended = false;  // the packed file is; another one may follow
  };
  [[nodiscard]] virtual std::optional<Step> unpack(base::Bytes in, std::span<std::uint8_t> out) = 0;

 private:
  std::unique_ptr<Reader> packed_;
  std::string name_;
  bool within_ = false;
};

class Gzip : public Packed {
 public:
  using Packed::Packed;
  ~Gzip() override {
    if (ready_) inflateEnd(&stream_);
  }

 protected:
  std::optional<Step> unpack(base::Bytes in, std::span<std::uint8_t> out) override {
    constexpr int k_gzip_window = 15 + 16;
    if (!ready_ && inflateInit2(&stream_, k_gzip_window) != Z_OK) return std::nullopt;
    ready_ = true;
    stream_.next_in = const_cast<Bytef*>(in.data());  // zlib does not write there
    stream_.avail_in = static_cast<uInt>(in.size());
    stream_.next_out = out.data();
    stream_.avail_out = static_cast<uInt>(out.size());
    const int result = inflate(&stream_, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) return std::nullopt;
    const Step step{in.size() - stream_.avail_in, out.size() - stream_.avail_out, result == Z_STREAM_END};
    if (step.ended && inflateReset(&stream_) != Z_OK) return std::nullopt;
    return step;
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

class Bzip2 : public Packed {
 public:
  using Packed::Packed;
  ~Bzip2() override {
    if (ready_) BZ2_bzDecompressEnd(&stream_);
  }

 protected:
  std::optional<Step> unpack(base::Bytes in, std::span<std::uint8_t> out) override {
    if (!ready_ && BZ2_bzDecompressInit(&stream_, 0, 0) != BZ_OK) return std::nullopt;
    ready_ = true;
    stream_.next_in = const_cast<char*>(reinterpret_cast<const char*>(in.data()));  // nor does bzip2
    stream_.avail_in = static_cast<unsigned>(in.size());
    stream_.next_out = reinterpret_cast<char*>(out.data());
    stream_.avail_out = static_cast<unsigned>(out.size());
    const int result = BZ2_bzDecompress(&stream_);
    if (result != BZ_OK && result != BZ_STREAM_END) return std::nullopt;
    const Step step{in.size() - stream_.avail_in, out.size() - stream_.avail_out, result == BZ_STREAM_END};
    if (step.ended) {
      BZ2_bzDecompressEnd(&stream_);
      ready_ = false;
    }
    return step;
  }

 private:
  bz_stream stream_{};
  bool ready_ = false;
};

// A reader as an input.
class Plain : public Input {
 public:
  explicit Plain(std::unique_ptr<Reader> reader) : reader_(std::move(reader)) {}
  base::Result<std::size_t> read(std::span<std::uint8_t> into) override { return reader_->read(into); }

 private:
  std::unique_ptr<Reader> reader_;
};

}  // namespace

base::Result<std::unique_ptr<Input>> open_input(const std::string& name, Progress& progress) {
  base::UniqueFd fd(name == "-" ? ::dup(STDIN_FILENO) : ::open(name.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return base::Error(fmt::format("{}: {}", name, std::strerror(errno)));
  struct stat about {};
  if (::fstat(fd.get(), &about) == 0) {
    if (S_ISDIR(about.st_mode)) return base::Error(fmt::format("{}: it is a folder", name));
    if (S_ISREG(about.st_mode)) progress.size = static_cast<std::uint64_t>(about.st_size);
  }
  const std::string shown = name == "-" ? "standard input" : name;
  auto reader = std::make_unique<Reader>(std::make_unique<File>(std::move(fd), shown, progress));
  constexpr std::array<std::uint8_t, 2> k_gzip = {0x1F, 0x8B};
  constexpr std::array<std::uint8_t, 3> k_bzip2 = {'B', 'Z', 'h'};
  const auto start = reader->peek(k_bzip2.size());
  if (!start) return start.error();
  const auto starts_with = [&](base::Bytes magic) { return start->size() >= magic.size() && std::equal(magic.begin(), magic.end(), start->begin()); };
  if (starts_with(k_gzip)) return std::unique_ptr<Input>(std::make_unique<Gzip>(std::move(reader), shown));
  if (starts_with(k_bzip2)) return std::unique_ptr<Input>(std::make_unique<Bzip2>(std::move(reader), shown));
  return std::unique_ptr<Input>(std::make_unique<Plain>(std::move(reader)));
}

}  // namespace tandem::capture
