#include "tandem/healthcheck/announcement.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/format.hpp"

namespace tandem::healthcheck {

base::Result<std::vector<base::IpAddress>> each_address(const std::vector<base::Prefix>& networks) {
  std::vector<base::IpAddress> addresses;
  for (const base::Prefix& network : networks) {
    const unsigned host_bits = network.address.bits() - network.length;
    if (host_bits > 16 || addresses.size() + (std::size_t{1} << host_bits) > k_addresses_max) {
      return base::Error(fmt::format("{} makes more than {} addresses", network.text(), k_addresses_max));
    }
    std::array<std::uint8_t, 16> octets{};
    const base::Bytes first = network.address.bytes();
    for (std::uint32_t i = 0; i < (std::uint32_t{1} << host_bits); ++i) {
      std::copy(first.begin(), first.end(), octets.begin());
      octets[first.size() - 1] = static_cast<std::uint8_t>(octets[first.size() - 1] | (i & 255));
      octets[first.size() - 2] = static_cast<std::uint8_t>(octets[first.size() - 2] | (i >> 8));
      addresses.push_back(base::IpAddress::from_bytes({octets.data(), first.size()}));
    }
  }
  return base::Result<std::vector<base::IpAddress>>(boost::system::in_place_value, std::move(addresses));
}

base::Result<std::vector<base::Prefix>> announced_networks(const Options& options, const std::vector<base::Prefix>& found) {
  using Networks = base::Result<std::vector<base::Prefix>>;
  std::vector<base::Prefix> networks = options.networks;
  for (const OnInterface& other : options.on_interface) {
    if (std::find(networks.begin(), networks.end(), other.network) == networks.end()) networks.push_back(other.network);
  }
  if (networks.empty()) networks = found;
  if (options.deaggregate) {
    auto addresses = each_address(networks);
    if (!addresses) return base::Error("--deaggregate-networks: " + addresses.error().reason());
    networks.clear();
    for (const base::IpAddress& address : *addresses) networks.push_back({address, static_cast<std::uint8_t>(address.bits())});
  }
  if (!networks.empty()) {
    const auto count = static_cast<std::int64_t>(networks.size());
    std::rotate(networks.begin(), networks.begin() + ((options.start_ip % count) + count) % count, networks.end());
  }
  return Networks(boost::system::in_place_value, std::move(networks));
}

namespace {

std::string selector(const Options& options, unsigned api_version) {
  const auto& neighbors = options.neighbors;
  const bool all = std::find(neighbors.begin(), neighbors.end(), "*") != neighbors.end();
  if (api_version == 4) {
    if (neighbors.empty()) return {};
    return all ? "neighbor * " : fmt::format("neighbor {} ", fmt::join(neighbors, ", neighbor "));
  }
  if (all || neighbors.empty()) return "peer * ";
  return neighbors.size() == 1 ? fmt::format("peer {} ", neighbors[0]) : fmt::format("peer [{}] ", fmt::join(neighbors, ", "));
}

struct Shape {
  std::int64_t metric = 0;
  const std::string* as_path = nullptr;
  const std::string* community = nullptr;
};

Shape shape_of(const Options& options, State state) {
  const auto own_path = [&](const std::optional<std::string>& path) { return path ? &*path : &options.as_path; };
  const std::string* other_community = options.disabled_community.empty() ? &options.community : &options.disabled_community;
  switch (state) {
    case State::up: return {options.up_metric, own_path(options.up_as_path), &options.community};
    case State::down: return {options.down_metric, own_path(options.down_as_path), other_community};
    default: return {options.disabled_metric, own_path(options.disabled_as_path), other_community};
  }
}

void append_attributes(std::string& line, const Options& options, const Shape& shape, std::int64_t metric) {
  base::append(line, " med {}", metric);
  if (options.local_preference >= 0) base::append(line, " local-preference {}", options.local_preference);
  const std::pair<std::string_view, const std::string*> lists[] = {{"community", shape.community},
                                                                   {"extended-community", &options.extended_community},
                                                                   {"large-community", &options.large_community},
                                                                   {"as-path", shape.as_path}};
  for (const auto& [word, value] : lists) {
    if (!value->empty()) base::append(line, " {} [ {} ]", word, *value);
  }
}

}  // namespace

std::string commands(const Options& options, const std::vector<base::Prefix>& networks, State state, unsigned api_version) {
  const bool withdraw = state == State::exit || (options.withdraw_on_down && state != State::up);
  const std::string front = selector(options, api_version) + (withdraw ? "withdraw" : "announce");
  const std::string next_hop = options.next_hop ? options.next_hop.text() : "self";
  const Shape shape = shape_of(options, state);
  std::string lines;
  std::int64_t metric = shape.metric;
  for (const base::Prefix& network : networks) {
    base::append(lines, "{} route {} next-hop {}", front, network.text(), next_hop);
    if (!withdraw) append_attributes(lines, options, shape, metric);
    if (options.path_id != 0) base::append(lines, " path-information {}", options.path_id);
    lines += '\n';
    metric += options.increase;
  }
  return lines;
}

}  // namespace tandem::healthcheck
