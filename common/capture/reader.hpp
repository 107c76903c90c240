// A source of octets that is read once from front to back.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "common/base/bytes.hpp"
#include "common/base/error.hpp"

namespace tandem::capture {

class Input {
 public:
  virtual ~Input() = default;
  // At most `into.size()` octets; 0 at the end. Errors say what is wrong with the file.
  [[nodiscard]] virtual base::Result<std::size_t> read(std::span<std::uint8_t> into) = 0;
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

}  // namespace tandem::capture
