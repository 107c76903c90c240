#include "common/config/ini.hpp"

#include <algorithm>

#include "common/config/diagnostics.hpp"
#include "common/config/value.hpp"

namespace tandem::config {

namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view k_blank = " \t\r\v\f";
  const std::size_t first = text.find_first_not_of(k_blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(k_blank) - first + 1);
}

base::Error fail(std::string_view name, int line, std::string_view text, std::string reason) {
  base::SourceContext context;
  context.location = {std::string(name), line, 1};
  context.token = printable_word(text);
  return base::Error::at(std::move(context), std::move(reason));
}

// `%` starts an interpolation in ExaBGP's files; only `%%`, a percent sign, has a meaning here.
bool expand_percent(std::string_view value, std::string& out) {
  for (std::size_t i = 0; i < value.size(); ++i) {
    out += value[i];
    if (value[i] != '%') continue;
    if (i + 1 == value.size() || value[i + 1] != '%') return false;
    ++i;
  }
  return true;
}

}  // namespace

std::string_view unquote(std::string_view value) {
  const bool quoted = value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front();
  return quoted ? value.substr(1, value.size() - 2) : value;
}

base::Result<IniValues> parse_ini(std::string_view text, std::string_view name) {
  IniValues values;
  std::string section;
  int number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      if (line.size() < 3 || line.back() != ']') return fail(name, number, line, "a section is written [name]");
      section = lower_case(trim(line.substr(1, line.size() - 2)));
      continue;
    }
    const std::size_t separator = line.find_first_of("=:");
    if (separator == std::string_view::npos) return fail(name, number, line, "'name = value' expected");
    const std::string key = lower_case(trim(line.substr(0, separator)));
    if (section.empty()) return fail(name, number, key, "a setting outside a section: [exabgp.tcp] or the like must stand before it");
    std::string value;
    if (!expand_percent(unquote(trim(line.substr(separator + 1))), value)) {
      return fail(name, number, key, "a '%' in a value must be doubled");
    }
    values[section + '.' + key] = {std::move(value), number};
  }
  return values;
}

}  // namespace tandem::config
