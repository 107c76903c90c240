// The environment file: sections of `name = value` lines.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "common/base/error.hpp"

namespace tandem::config {

struct IniValue {
  std::string text;
  int line = 0;
};

// "exabgp.tcp" + '.' + "port" to its value. Names are lower case; the last of two equal ones wins.
using IniValues = std::map<std::string, IniValue, std::less<>>;

// Without the quotes around it, if it has a pair.
[[nodiscard]] std::string_view unquote(std::string_view value);

// `name` appears in errors.
[[nodiscard]] base::Result<IniValues> parse_ini(std::string_view text, std::string_view name);

}  // namespace tandem::config
