// What is counted of one session.
#pragma once

#include <cstdint>

#include "common/api/executor.hpp"

namespace tandem::speaker {

struct PeerCounters {
  api::MessageCounters sent;
  api::MessageCounters received;
  std::uint64_t prefixes_received = 0;
  std::uint64_t prefixes_withdrawn = 0;
};

}  // namespace tandem::speaker
