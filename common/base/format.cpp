#include "common/base/format.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>

namespace tandem::base {

void append_text(std::string& out, fmt::string_view format, fmt::format_args arguments) { fmt::vformat_to(std::back_inserter(out), format, arguments); }

std::string iso_time(double seconds_since_1970) {
  // Ten thousand years either way: no rounding or overflow can come of a nonsensical clock.
  constexpr double k_limit = 315'360'000'000.0;
  const auto whole = static_cast<std::int64_t>(std::clamp(seconds_since_1970, -k_limit, k_limit));
  const std::chrono::sys_seconds time{std::chrono::seconds(whole)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace tandem::base
