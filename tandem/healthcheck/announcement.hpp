// The commands that a state of the service stands for.
#pragma once

#include <string>
#include <vector>

#include "common/base/ip.hpp"
#include "tandem/healthcheck/health.hpp"
#include "tandem/healthcheck/options.hpp"

namespace tandem::healthcheck {

// What is announced, in its order: --ip and --ip-ifname, or else `found`; each address by itself where that is asked for; the first one is
// --start-ip. An error where single addresses would be too many.
[[nodiscard]] base::Result<std::vector<base::Prefix>> announced_networks(const Options& options, const std::vector<base::Prefix>& found);

// Each address of the networks. More than `k_addresses_max` are an error: nobody means to set up an IPv6 network address by address.
inline constexpr std::size_t k_addresses_max = 65536;
[[nodiscard]] base::Result<std::vector<base::IpAddress>> each_address(const std::vector<base::Prefix>& networks);

// Complete lines in the words of api.version 4 or 6, one a network. REQUIRES that routes say something in `state`.
[[nodiscard]] std::string commands(const Options& options, const std::vector<base::Prefix>& networks, State state, unsigned api_version);

}  // namespace tandem::healthcheck
