// The words of the setting log.destination.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tandem::log {

enum class Destination : std::uint8_t { standard_error, file, syslog, remote };
struct Place {
  Destination kind = Destination::standard_error;
  std::string argument;     // path or address
  bool recognised = true;   // false: unknown words, which stand for standard error and deserve a warning
};
// stdout, stderr, syslog, host:ADDRESS, file:PATH, /PATH, ~/PATH; `home` is what ~ stands for. Both stdout and stderr are standard error:
// standard output belongs to what people asked for.
[[nodiscard]] Place parse_destination(std::string_view text, std::string_view home);

}  // namespace tandem::log
