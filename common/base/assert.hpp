// TANDEM_ASSERT: a broken invariant of our own, on in release builds too. Never for input: input is answered with an Error.
#pragma once

namespace tandem::base {
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);
}

#define TANDEM_ASSERT(expression) \
  ((expression) ? static_cast<void>(0) : ::tandem::base::assertion_failed(#expression, __FILE__, __LINE__))
