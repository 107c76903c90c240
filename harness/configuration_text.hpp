// Configuration files for tests, from values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tandem::harness {

struct NeighborText {
  std::string peer = "127.0.0.1";
  std::string local = "127.0.0.1";
  std::string local_as = "65001";
  std::string peer_as = "65001";
  std::string router_id = "10.0.0.1";
  std::uint16_t connect = 0;               // 0: the setting tcp.port
  int hold_time = 180;
  std::vector<std::string> statements;     // of the neighbor: "passive;", "rate-limit 10;"
  std::vector<std::string> capabilities;   // "route-refresh;"
  std::vector<std::string> families{"ipv4 unicast"};
  std::vector<std::string> api;            // "processes [ p ];", "neighbor-changes;"
  std::vector<std::string> routes;         // "10.0.0.0/24 next-hop 10.0.0.1"
};
[[nodiscard]] std::string to_text(const NeighborText& neighbor);

// process NAME { run PROGRAM; encoder text|json; STATEMENTS }
[[nodiscard]] std::string process_text(const std::string& name, const std::string& run, const std::string& encoder = "text", const std::string& statements = "");

// `count` static routes "A.B.C.D/32 next-hop 10.0.0.1", from 20.0.0.0 upwards; every `per_set` share one MED.
[[nodiscard]] std::vector<std::string> many_routes(std::size_t count, std::size_t per_set = 1);
// The prefix of route `i` of many_routes.
[[nodiscard]] std::string prefix_of(std::size_t i);

}  // namespace tandem::harness
