// What `validate -r` asks of every route: encoded, decoded and encoded again it must be the same octets.
#pragma once

#include <optional>
#include <string>

#include "common/config/configuration.hpp"
#include "common/rib/attribute_pool.hpp"

namespace tandem::program {

// A session with `neighbor` whose peer agrees to everything.
[[nodiscard]] bgp::Negotiated agreeable_session(const config::Neighbor& neighbor);

// The first route of the neighbor that does not survive, in words; nullopt when all do.
[[nodiscard]] std::optional<std::string> check_routes(const config::Neighbor& neighbor, rib::AttributePool& pool);

}  // namespace tandem::program
