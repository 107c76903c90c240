#include "common/base/format.hpp"

#include <iterator>

namespace tandem::base {

void append_text(std::string& out, fmt::string_view format, fmt::format_args arguments) { fmt::vformat_to(std::back_inserter(out), format, arguments); }

}  // namespace tandem::base
