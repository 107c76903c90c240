#include "common/process/system_error.hpp"

#include <fmt/format.h>

#include <system_error>

namespace tandem::process {

std::string errno_text(int number) { return std::generic_category().message(number); }

base::Error system_error(std::string_view call, std::string_view argument, int number) {
  return base::Error(fmt::format("{}({}): {}", call, argument, errno_text(number)));
}

}  // namespace tandem::process
