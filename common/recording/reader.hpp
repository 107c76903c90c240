// Records from octets that nobody vouches for. An error says at which octet of the records, and in the how-manieth, it is; what came in
// front of it is good. No length that the octets claim is believed before they are there.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "common/base/error.hpp"
#include "common/recording/record.hpp"

namespace tandem::recording {

// Where the octets of records come from, read once from front to back.
class Source {
 public:
  virtual ~Source() = default;
  // More of them, at least one; none at the end. Valid until the next call.
  [[nodiscard]] virtual base::Result<base::Bytes> more() = 0;
};

// Octets that are all there.
class MemorySource final : public Source {
 public:
  explicit MemorySource(base::Bytes octets) : octets_(octets) {}
  [[nodiscard]] base::Result<base::Bytes> more() override { return std::exchange(octets_, {}); }

 private:
  base::Bytes octets_;
};

class Reader {
 public:
  explicit Reader(std::unique_ptr<Source> source) : source_(std::move(source)) {}

  // Null at the end. Valid until the next call.
  [[nodiscard]] base::Result<const Record*> next();
  [[nodiscard]] std::uint64_t count() const { return count_; }  // of records that were read

 private:
  [[nodiscard]] base::Result<bool> fill(std::uint64_t count);
  [[nodiscard]] base::Result<void> fill_head();
  [[nodiscard]] base::Result<const Record*> decode(std::uint8_t kind, base::Bytes payload);
  [[nodiscard]] base::Error wrong(std::string_view what) const;

  std::unique_ptr<Source> source_;
  base::Buffer kept_;
  std::size_t at_ = 0;          // in kept_
  std::uint64_t taken_ = 0;     // octets of records in front of the one that is read now
  std::uint64_t count_ = 0;
  base::TimePoint last_{};
  Record record_;
};

}  // namespace tandem::recording
