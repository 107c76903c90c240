// Configurations of tests as text.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace tandem::speaker::test {

// A neighbor at 10.0.0.3, AS 65000; we are 10.0.0.2, AS 65533.
inline std::string neighbor(std::string_view more = {}, std::string_view peer = "10.0.0.3") {
  return fmt::format(
      "neighbor {} {{\n  router-id 10.0.0.2;\n  local-address 10.0.0.2;\n  local-as 65533;\n  peer-as 65000;\n"
      "  family {{ ipv4 unicast; }}\n{}\n}}\n",
      peer, more);
}
// `more`: words behind the next hop of each.
inline std::string routes(std::string_view prefixes, std::string_view more = {}) {
  std::string text = "static {\n";
  for (std::size_t at = 0; at < prefixes.size();) {
    const std::size_t end = std::min(prefixes.find(' ', at), prefixes.size());
    text += fmt::format("route {} next-hop 10.0.0.2{};\n", prefixes.substr(at, end - at), more);
    at = end + 1;
  }
  return text + "}\n";
}
inline std::string numbered_routes(std::size_t count, std::string_view more = {}) {
  std::string prefixes;
  for (std::size_t i = 0; i < count; ++i) prefixes += fmt::format("20.{}.{}.{}/32{}", i >> 16, (i >> 8) & 0xFF, i & 0xFF, i + 1 < count ? " " : "");
  return routes(prefixes, more);
}
inline std::string process(std::string_view name = "p", std::string_view more = "encoder json;") {
  return fmt::format("process {} {{\n  run /bin/{};\n  {}\n}}\n", name, name, more);
}
inline std::string api(std::string_view more = {}, std::string_view name = "p") {
  return fmt::format("api {{ processes [ {} ]; {} }}\n", name, more);
}

}  // namespace tandem::speaker::test
