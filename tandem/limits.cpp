#include "tandem/limits.hpp"

#include <malloc.h>
#include <sys/resource.h>

namespace tandem::program {

void set_limits() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &limit);
  }
  (void)::mallopt(M_MMAP_THRESHOLD, 128 * 1024);
}

}  // namespace tandem::program
