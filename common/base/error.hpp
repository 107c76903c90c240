// The one way to fail: Result<T> carries a value or an Error. An Error is a sentence for people, and, where it has one, the
// NOTIFICATION a peer must get (RFC 4271 section 6) or the place in a configuration file where the trouble is.
#pragma once

#include <boost/system/result.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/base/bytes.hpp"

namespace tandem::base {

// RFC 4271 section 4.5: what a NOTIFICATION says.
struct NotificationCause {
  std::uint8_t code = 0;
  std::uint8_t subcode = 0;
  Buffer data;
};

// A place in a configuration text. Lines and columns are physical and count from 1; 0 is "unknown".
struct Location {
  std::string file;
  int line = 0;
  int column = 0;
};

// What a configuration or command error shows beyond its reason.
struct SourceContext {
  Location location;
  std::string section;                    // "neighbor 10.0.0.1/family"
  std::string statement;                  // the statement as tokens
  std::string token;                      // the offending one
  std::vector<std::string> alternatives;  // what would be right, where that is a finite list
  Location related;                       // the first of two, for duplicates; line 0 when there is none
  std::vector<std::string> notes;         // what was odd before it and may be the cause, each with its place
};

class Error {
 public:
  Error() = default;  // what result::error() gives for a success: no reason, never shown
  explicit Error(std::string reason) : reason_(std::move(reason)) {}

  // Made and ended out of line: nearly every file has results, and few of them are errors.
  Error(const Error&);
  Error(Error&&) noexcept;
  Error& operator=(const Error&);
  Error& operator=(Error&&) noexcept;
  ~Error();

  // RFC 4271 section 6: an error that ends the session with this NOTIFICATION.
  [[nodiscard]] static Error notification(std::uint8_t code, std::uint8_t subcode, std::string reason, Buffer data = {});
  // A NOTIFICATION whose data is the reason itself, as text.
  [[nodiscard]] static Error notification_with_text(std::uint8_t code, std::uint8_t subcode, std::string reason);
  [[nodiscard]] static Error at(SourceContext context, std::string reason);

  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
  [[nodiscard]] const NotificationCause* notification() const noexcept { return notification_.get(); }
  [[nodiscard]] const SourceContext* context() const noexcept { return context_.get(); }

 private:
  std::string reason_;
  std::shared_ptr<const NotificationCause> notification_;
  std::shared_ptr<const SourceContext> context_;
};

// result::value() on a failed result is a bug of ours; the library asks for this function by name.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& location);

template <typename T>
using Result = boost::system::result<T, Error>;

}  // namespace tandem::base
