// The log of a health checker: syslog, unless told otherwise, and the terminal where standard error is one; where there is neither, warnings
// go to standard error. Never waits for syslog: what it does not take at once is lost.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "common/base/unique_fd.hpp"
#include "tandem/healthcheck/options.hpp"

namespace tandem::healthcheck {

enum class Level : std::uint8_t { debug, info, warning, error };

class Journal {
 public:
  explicit Journal(const Options& options, std::string_view syslog = "/dev/log");

  template <typename... Values>
  void operator()(Level level, fmt::format_string<Values...> form, Values&&... values) {
    if (level >= threshold_) write(level, fmt::format(form, std::forward<Values>(values)...));
  }
  // What it ends with is on standard error in any case.
  void last_word(std::string_view text);

 private:
  void write(Level level, std::string_view text);

  Level threshold_;
  bool terminal_;
  int facility_;
  std::string ident_;  // "healthcheck-NAME[PID]"
  base::UniqueFd syslog_;
};

// One line of it, with what terminals would obey made visible.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace tandem::healthcheck
