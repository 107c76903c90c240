#include "common/log/destination.hpp"

namespace tandem::log {

Place parse_destination(std::string_view text, std::string_view home) {
  if (text.empty() || text == "stdout" || text == "stderr") return {};
  if (text == "syslog") return {Destination::syslog, {}, true};
  if (text.starts_with("host:")) return {Destination::remote, std::string(text.substr(5)), true};
  if (text.starts_with("file:")) text.remove_prefix(5);
  else if (!text.starts_with('/') && !text.starts_with("~/")) return {Destination::standard_error, {}, false};
  if (text.starts_with("~/")) return {Destination::file, std::string(home) + std::string(text.substr(1)), true};
  return {Destination::file, std::string(text), true};
}

}  // namespace tandem::log
