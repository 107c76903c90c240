// From the configuration of a neighbor to what its sessions and its packer need.
#pragma once

#include "common/config/configuration.hpp"
#include "common/rib/update_packer.hpp"
#include "common/session/parameters.hpp"
#include "common/speaker/speaker_options.hpp"

namespace tandem::speaker {

[[nodiscard]] session::Parameters session_parameters(const config::Neighbor& neighbor, const SpeakerOptions& options);
[[nodiscard]] rib::PackerOptions packer_options(const config::Neighbor& neighbor, const SpeakerOptions& options);

}  // namespace tandem::speaker
