// A neighbor that only waits, where nobody listens, waits for ever.
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "common/config/parser_state.hpp"

namespace tandem::config {

namespace {

// Where connections for a neighbor can arrive: at its own address, or anywhere of its IP version when the kernel chooses.
bool reaches(const std::set<base::IpAddress>& listening, const Neighbor& neighbor) {
  const base::IpAddress any = neighbor.peer.address.is_v4() ? base::IpAddress::v4(0) : *base::IpAddress::parse("::");
  if (neighbor.local_address) return listening.contains(any) || listening.contains(neighbor.local_address);
  return std::any_of(listening.begin(), listening.end(),
                     [&any](const base::IpAddress& address) { return address.is_v4() == any.is_v4(); });
}

}  // namespace

void warn_of_deaf_neighbors(ParserState& state) {
  std::set<base::IpAddress> listening;
  for (const std::string& text : state.options.bound) {
    if (const auto address = base::IpAddress::parse(text)) listening.insert(*address);
  }
  for (const Neighbor& neighbor : state.result.neighbors) {
    if (neighbor.listen_port != 0) listening.insert(neighbor.md5_address ? neighbor.md5_address : neighbor.local_address);
  }
  for (const Neighbor& neighbor : state.result.neighbors) {
    if (!neighbor.passive || neighbor.listen_port != 0 || reaches(listening, neighbor)) continue;
    state.warn_at({neighbor.location.line, neighbor.location.column}, "neighbor",
                  fmt::format("{} is passive and nothing listens for it: write listen, or set tcp.bind", neighbor.peer.address.text()));
  }
}

}  // namespace tandem::config
