// Slices as text: one Chrome trace event each, with what separates it from the one before.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "tandem/trace/slice.hpp"

namespace tandem::trace {

class EventText {
 public:
  // The first slice of all is where the time of the timeline begins.
  void append(const Slice& slice);
  [[nodiscard]] std::string_view text() const { return {room_.data(), used_}; }
  [[nodiscard]] std::size_t size() const { return used_; }
  void clear() { used_ = 0; }  // what is appended next still follows an event

 private:
  std::string room_;  // written to where it is: no octet of it is made twice
  std::size_t used_ = 0;
  std::optional<base::TimePoint> origin_;
};

}  // namespace tandem::trace
