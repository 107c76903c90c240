#include "common/base/unique_fd.hpp"

#include <unistd.h>

namespace tandem::base {

void UniqueFd::reset(int fd) noexcept {
  const int old = std::exchange(fd_, fd);
  // Linux frees the descriptor even when close() reports an error, so there is nothing to retry.
  if (old >= 0) static_cast<void>(::close(old));
}

}  // namespace tandem::base
