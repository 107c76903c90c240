#include "common/process/clock.hpp"

#include <time.h>

namespace tandem::process {

base::TimePoint now() {
  timespec value{};
  ::clock_gettime(CLOCK_MONOTONIC, &value);
  return base::TimePoint(std::chrono::seconds(value.tv_sec) + std::chrono::nanoseconds(value.tv_nsec));
}

std::uint64_t ticks() {
#ifdef __x86_64__
  return __builtin_ia32_rdtsc();
#else
  return 0;
#endif
}

}  // namespace tandem::process
