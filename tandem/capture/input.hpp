// A file that is read once from front to back, or standard input; what gzip or bzip2 has packed is unpacked on the way.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/capture/reader.hpp"

namespace tandem::capture {

// How far a file has been read, for whoever waits for it.
struct Progress {
  std::uint64_t read = 0;  // octets of the file as it is
  std::uint64_t size = 0;  // 0: not known (a pipe)
};

// `name` "-" is standard input. `progress` is kept up to date while it is read.
[[nodiscard]] base::Result<std::unique_ptr<Input>> open_input(const std::string& name, Progress& progress);

}  // namespace tandem::capture
