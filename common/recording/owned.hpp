// A record that is kept: with octets of its own.
#pragma once

#include "common/recording/record.hpp"

namespace tandem::recording {

class Owned {
 public:
  Owned() = default;
  explicit Owned(const Record& record) : record_(record), key_(record.key.begin(), record.key.end()), octets_(record.octets.begin(), record.octets.end()) {}

  [[nodiscard]] Kind kind() const { return record_.kind; }
  // Valid while this is neither moved nor destroyed.
  [[nodiscard]] Record view() const {
    Record view = record_;
    view.key = key_;
    view.octets = octets_;
    return view;
  }

 private:
  Record record_;
  base::Buffer key_;
  base::Buffer octets_;
};

}  // namespace tandem::recording
