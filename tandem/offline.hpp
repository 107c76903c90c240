// What the subcommands that run nothing share.
#pragma once

#include <string>

#include "common/base/error.hpp"
#include "common/bgp/family.hpp"
#include "common/config/configuration.hpp"
#include "common/rib/attribute_pool.hpp"

namespace tandem::program {

// A configuration file, checked. Its routes are interned in `pool`. The error is rendered with its place.
[[nodiscard]] base::Result<config::Configuration> read_configuration(const std::string& name, bool passive, rib::AttributePool& pool,
                                                                    bgp::Dialect dialect = bgp::Dialect::main);

// False when it could not be written, which has been said.
[[nodiscard]] bool write_file(const std::string& path, std::string_view text);

// "ipv4 unicast", also "ipv4/unicast".
[[nodiscard]] base::Result<bgp::Family> read_family(std::string_view text);

}  // namespace tandem::program
