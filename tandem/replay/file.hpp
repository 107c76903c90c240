// Recordings as files.
#pragma once

#include <memory>
#include <string>

#include "common/recording/reader.hpp"

namespace tandem::replay {

// "-": standard input.
[[nodiscard]] base::Result<std::unique_ptr<recording::Source>> open_recording(const std::string& name);

// Whole records as a file, which must not exist.
[[nodiscard]] base::Result<void> write_recording(const std::string& name, base::Bytes records);

}  // namespace tandem::replay
