// A network of their own for tests that need addresses or interfaces.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>

#include "common/base/unique_fd.hpp"

namespace tandem::program {

// This thread, and what it starts, in a network namespace of its own; there() is false where we may not.
class OwnNetwork {
 public:
  OwnNetwork() : before_(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)), there_(::unshare(CLONE_NEWNET) == 0) {}
  ~OwnNetwork() {
    if (there_ && ::setns(before_.get(), CLONE_NEWNET) != 0) ADD_FAILURE() << "this thread cannot go back to its network";
  }
  OwnNetwork(const OwnNetwork&) = delete;
  OwnNetwork& operator=(const OwnNetwork&) = delete;
  [[nodiscard]] bool there() const { return there_; }

 private:
  base::UniqueFd before_;
  bool there_;
};

}  // namespace tandem::program
