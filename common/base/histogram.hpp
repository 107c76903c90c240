// How long things took, many of them in little memory: four steps to each doubling, from a microsecond to an hour. What is read from
// it is never too little, and at most a quarter too much.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "common/base/time.hpp"

namespace tandem::base {

class Histogram {
 public:
  void add(Duration duration) {
    ++steps_[step_of(duration)];
    ++count_;
    longest_ = std::max(longest_, duration);
  }
  void add(const Histogram& other) {
    for (std::size_t i = 0; i < steps_.size(); ++i) steps_[i] += other.steps_[i];
    count_ += other.count_;
    longest_ = std::max(longest_, other.longest_);
  }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] Duration longest() const { return longest_; }
  // What `percent` of all do not exceed; zero when there was none.
  [[nodiscard]] Duration percentile(unsigned percent) const {
    const std::uint64_t wanted = (count_ * percent + 99) / 100;
    std::uint64_t seen = 0;
    for (std::size_t step = 0; step < steps_.size(); ++step) {
      seen += steps_[step];
      if (seen >= wanted && seen > 0) return std::min(end_of(step), longest_);
    }
    return longest_;
  }

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [steps, count, longest] = self;
    archive.object(self, "histogram")("steps", steps)("count", count)("longest", longest);
  }

 private:
  static constexpr std::int64_t k_unit = 1000;  // nanoseconds
  static constexpr std::size_t k_steps = 128;

  [[nodiscard]] static std::size_t step_of(Duration duration) {
    const auto units = static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0) / k_unit);
    if (units < 4) return static_cast<std::size_t>(units);
    const auto doubling = static_cast<std::size_t>(std::bit_width(units)) - 1;  // 2 and more
    const std::size_t quarter = (units >> (doubling - 2)) & 3;
    return std::min((doubling - 1) * 4 + quarter, k_steps - 1);
  }
  // Where the next step begins.
  [[nodiscard]] static Duration end_of(std::size_t step) {
    if (step < 4) return Duration(static_cast<std::int64_t>(step + 1) * k_unit);
    const std::size_t doubling = step / 4 + 1;
    const auto begin = std::uint64_t{4 + step % 4} << (doubling - 2);
    return Duration(static_cast<std::int64_t>(begin + (std::uint64_t{1} << (doubling - 2))) * k_unit);
  }

  std::array<std::uint64_t, k_steps> steps_{};
  std::uint64_t count_ = 0;
  Duration longest_{};
};

}  // namespace tandem::base
