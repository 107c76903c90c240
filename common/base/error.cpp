#include "common/base/error.hpp"

#include "common/base/assert.hpp"

namespace tandem::base {

Error::Error(const Error&) = default;
Error::Error(Error&&) noexcept = default;
Error& Error::operator=(const Error&) = default;
Error& Error::operator=(Error&&) noexcept = default;
Error::~Error() = default;

Error Error::notification(std::uint8_t code, std::uint8_t subcode, std::string reason, Buffer data) {
  Error error(std::move(reason));
  error.notification_ = std::make_shared<NotificationCause>(NotificationCause{code, subcode, std::move(data)});
  return error;
}

Error Error::notification_with_text(std::uint8_t code, std::uint8_t subcode, std::string reason) {
  Buffer data(reason.begin(), reason.end());
  return notification(code, subcode, std::move(reason), std::move(data));
}

Error Error::at(SourceContext context, std::string reason) {
  Error error(std::move(reason));
  error.context_ = std::make_shared<SourceContext>(std::move(context));
  return error;
}

void throw_exception_from_error(const Error& error, const boost::source_location& location) {
  assertion_failed(error.reason().c_str(), location.file_name(), static_cast<int>(location.line()));
}

}  // namespace tandem::base
