// What is said of a broken invariant (assert.hpp): the only thing of that file that knows the log.
#include "common/base/assert.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "common/base/log.hpp"

namespace tandem::base {

void assertion_failed(const char* expression, const char* file, int line) {
  const std::string words = fmt::format("internal error: assertion '{}' failed at {}:{}", expression, file, line);
  // To the log alone where there is one: nobody may read standard error, and then we would not even die.
  if (!log_last_words(words)) fmt::print(stderr, "tandem: {}\n", words);
  std::abort();
}

}  // namespace tandem::base
