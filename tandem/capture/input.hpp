// A file that is read once from front to back, or standard input; what gzip or bzip2 has packed is unpacked on the way.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "common/base/bytes.hpp"
#include "common/base/error.hpp"

namespace tandem::capture {

class Input {
 public:
  virtual ~Input() = default;
  // At most `into.size()` octets; 0 at the end. Errors say what is wrong with the file.
  [[nodiscard]] virtual base::Result<std::size_t> read(std::span<std::uint8_t> into) = 0;
};

// How far a file has been read, for whoever waits for it.
struct Progress {
  std::uint64_t read = 0;  // octets of the file as it is
  std::uint64_t size = 0;  // 0: not known (a pipe)
};

// Octets that are looked at before they are taken, over an input.
class Reader {
 public:
  explicit Reader(std::unique_ptr<Input> input) : input_(std::move(input)) {}

  // The next octets, at least `count` of them unless the file ends before that. They stay until the next call.
  [[nodiscard]] base::Result<base::Bytes> peek(std::size_t count);
  void take(std::size_t count) { at_ += count; }  // REQUIRES that peek has given as many
  // For libraries that read by themselves: what peek has kept comes first.
  [[nodiscard]] base::Result<std::size_t> read(std::span<std::uint8_t> into);

 private:
  std::unique_ptr<Input> input_;
  base::Buffer kept_;
  std::size_t at_ = 0;  // in kept_: what was taken
  bool ended_ = false;
};

// `name` "-" is standard input. `progress` is kept up to date while it is read.
[[nodiscard]] base::Result<std::unique_ptr<Input>> open_input(const std::string& name, Progress& progress);

}  // namespace tandem::capture
