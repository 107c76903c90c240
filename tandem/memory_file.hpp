// Files without a name, which one program leaves to another one that takes its place (docs/engines.md).
#pragma once

#include "common/base/bytes.hpp"
#include "common/base/error.hpp"
#include "common/base/unique_fd.hpp"

namespace tandem::program {

[[nodiscard]] base::Result<base::UniqueFd> memory_file(const char* name, base::Bytes octets);
// In the place of what it has, from there on.
[[nodiscard]] base::Result<void> write_over(int file, base::Bytes octets, std::size_t from = 0);
// From its beginning on, wherever somebody else has read to.
[[nodiscard]] base::Result<base::Buffer> read_all(int file);

}  // namespace tandem::program
