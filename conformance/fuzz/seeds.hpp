// Where a fuzzer starts from: valid messages and valid configurations, made by tandem's own encoders and from the samples of the
// specification. The corpus is made anew each time, so it cannot grow stale.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/bytes.hpp"

// libFuzzer's entry points; each target defines them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace tandem::fuzz {

// What this target starts from.
[[nodiscard]] std::vector<base::Buffer> seeds();

}  // namespace tandem::fuzz
