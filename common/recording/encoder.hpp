// Records as octets: kind, length, and the fields of the kind. Times are the difference to the record in front that had one.
#pragma once

#include <span>

#include "common/recording/record.hpp"

namespace tandem::recording {

class Encoder {
 public:
  void append(const Record& record, base::Buffer& out) { append(record, {&record.octets, 1}, out); }
  // The octets of the record are those of the pieces.
  void append(const Record& record, std::span<const base::Bytes> pieces, base::Buffer& out);

 private:
  base::TimePoint last_{};
  base::Buffer head_;
};

}  // namespace tandem::recording
