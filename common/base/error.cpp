#include "common/base/error.hpp"

#include "common/base/assert.hpp"

namespace tandem::base {

void throw_exception_from_error(const Error& error, const boost::source_location& location) {
  assertion_failed(error.reason().c_str(), location.file_name(), static_cast<int>(location.line()));
}

}  // namespace tandem::base
