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

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [sent, received, prefixes_received, prefixes_withdrawn] = self;
    archive.object(self, "peer_counters")("sent", sent)("received", received)("prefixes_received", prefixes_received)(
        "prefixes_withdrawn", prefixes_withdrawn);
  }
};

}  // namespace tandem::speaker
