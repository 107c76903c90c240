// Whose command is being carried out.
#pragma once

#include <cstdint>

namespace tandem::speaker {

struct Acting {
  std::uint64_t client = 0;  // Client::serial(); 0: nobody's
  std::uint32_t owner = 0;   // ClientState::owner
};

}  // namespace tandem::speaker
