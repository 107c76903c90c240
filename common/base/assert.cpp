#include "common/base/assert.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>

namespace tandem::base {

void assertion_failed(const char* expression, const char* file, int line) {
  fmt::print(stderr, "tandem: internal error: assertion '{}' failed at {}:{}\n", expression, file, line);
  std::abort();
}

}  // namespace tandem::base
