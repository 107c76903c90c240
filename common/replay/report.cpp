#include "common/replay/report.hpp"

#include <fmt/format.h>


#include "common/base/format.hpp"

namespace tandem::replay {

namespace {

void append_side(std::string& out, std::string_view side, const std::string& words, const std::string& octets) {
  std::string text = words.empty() ? "nothing" : words;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  base::append(out, "  {:9} {}\n", side, text);
  if (!octets.empty()) base::append(out, "  {:9} {}\n", "", octets);
}

}  // namespace

std::string seconds_text(base::Duration time) { return fmt::format("{:.6f} s", base::seconds(time)); }

std::string report(const Difference& difference) {
  std::string out = fmt::format("{} from the beginning (record {}){}{}: {}\n", seconds_text(difference.at), difference.record, difference.where.empty() ? "" : ", ",
                                difference.where, difference.what);
  if (!difference.recorded.empty() || !difference.replayed.empty()) {
    append_side(out, "recorded", difference.recorded, difference.recorded_octets);
    append_side(out, "replayed", difference.replayed, difference.replayed_octets);
  }
  out += "the inputs before it:\n";
  for (const Led& led : difference.led_to) {
    std::string what = led.what;
    for (char& c : what) {
      if (static_cast<unsigned char>(c) < ' ') c = ' ';
    }
    base::append(out, "  {:>14}  record {}  {}\n", seconds_text(led.at), led.record, what);
  }
  return out;
}

}  // namespace tandem::replay
