// What is configured of a peer, as far as it has taken effect.
#pragma once

#include <memory>
#include <string>

#include "common/config/configuration.hpp"
#include "common/speaker/provenance.hpp"

namespace tandem::speaker {

struct PeerDefinition {
  PeerDefinition(std::shared_ptr<const config::Neighbor> its_neighbor, Provenance its_provenance)
      : neighbor(std::move(its_neighbor)), provenance(std::move(its_provenance)), key(config::peer_key(*neighbor)) {}

  std::shared_ptr<const config::Neighbor> neighbor;
  Provenance provenance;
  std::string key;

  // A member of a range has those of the range.
  [[nodiscard]] const rib::RouteList& routes() const { return provenance.range ? provenance.range->routes : neighbor->routes; }
};

}  // namespace tandem::speaker
