// Writes a configuration: two spaces a level.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "common/base/format.hpp"

namespace tandem::config {

class Printer {
 public:
  template <typename... Arguments>
  void line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    out_.append(2 * depth_, ' ');
    base::append(out_, format, std::forward<Arguments>(arguments)...);
    out_ += '\n';
  }
  void open(std::string_view title) {
    line("{} {{", title);
    ++depth_;
  }
  void close() {
    --depth_;
    line("}}");
  }
  void blank() { out_ += '\n'; }
  // A value that is written by leaving the keyword out is "".
  void value(std::string_view keyword, std::string_view text) {
    if (!text.empty()) line("{} {};", keyword, text);
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
  std::size_t depth_ = 0;
};

}  // namespace tandem::config
