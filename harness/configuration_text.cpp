#include "harness/configuration_text.hpp"

#include <fmt/format.h>

#include <string_view>

namespace tandem::harness {

namespace {

void append_section(std::string& out, std::string_view name, const std::vector<std::string>& lines, std::string_view ending = "") {
  if (lines.empty()) return;
  out += fmt::format("  {} {{\n", name);
  for (const auto& line : lines) out += fmt::format("    {}{}\n", line, ending);
  out += "  }\n";
}

}  // namespace

std::string to_text(const NeighborText& neighbor) {
  std::string out = fmt::format("neighbor {} {{\n", neighbor.peer);
  out += fmt::format("  router-id {};\n  local-address {};\n", neighbor.router_id, neighbor.local);
  out += fmt::format("  local-as {};\n  peer-as {};\n  hold-time {};\n", neighbor.local_as, neighbor.peer_as, neighbor.hold_time);
  if (neighbor.connect != 0) out += fmt::format("  connect {};\n", neighbor.connect);
  for (const auto& statement : neighbor.statements) out += fmt::format("  {}\n", statement);
  append_section(out, "capability", neighbor.capabilities);
  append_section(out, "family", neighbor.families, ";");
  append_section(out, "api", neighbor.api);
  std::vector<std::string> routes;
  routes.reserve(neighbor.routes.size());
  for (const auto& route : neighbor.routes) routes.push_back("route " + route + ";");
  append_section(out, "static", routes);
  out += "}\n";
  return out;
}

std::string process_text(const std::string& name, const std::string& run, const std::string& encoder, const std::string& statements) {
  return fmt::format("process {} {{\n  run {};\n  encoder {};\n  {}\n}}\n", name, run, encoder, statements);
}

std::string prefix_of(std::size_t i) { return fmt::format("20.{}.{}.{}/32", i >> 16 & 0xFF, i >> 8 & 0xFF, i & 0xFF); }

std::vector<std::string> many_routes(std::size_t count, std::size_t per_set) {
  std::vector<std::string> out;
  out.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(fmt::format("{} next-hop 10.0.0.1 med {}", prefix_of(i), i / per_set + 1));
  }
  return out;
}

}  // namespace tandem::harness
