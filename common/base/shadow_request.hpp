// Another engine beside the one that leads (docs/recording.md): what is asked for, and what has become of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/time.hpp"

namespace tandem::base {

struct ShadowRequest {
  std::string engine{};
  std::string leader{};  // the one that runs then
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [engine, leader] = self;
    archive.object(self, "shadow_request")("engine", engine)("leader", leader);
  }
};

// What the shadow says of itself, from its own process.
struct ShadowReport {
  std::string verdict;        // one word; empty: it has not said anything yet
  std::string difference;     // the first: whose, and both messages in words, in lines; empty: there is none
  std::string session;        // in which it is
  WallTime differs_at{};      // when the leader sent its message; 1970: it did not
  std::string line;           // the first line that a program or client was told in another way; empty: there is none
  std::string note;           // what else is to be known
  std::uint64_t sessions = 0;
  std::uint64_t messages = 0;
  std::uint64_t octets = 0;   // to peers, of which these were compared
  std::uint64_t lines = 0;    // likewise, to programs and clients
  std::int64_t behind_ns = 0; // the leader
  std::vector<double> measured;  // of its loop (api::Measurement::numbers); empty: nothing yet
  bool last = false;          // it has come to its end
};

struct ShadowFacts {
  bool on = false;
  std::string engine;         // that runs, or ran last; empty: there was none
  std::string leader;         // beside this one
  WallTime since{};
  std::uint64_t given = 0;    // octets of records
  std::uint64_t waiting = 0;  // of them, to be written to it
  bool finishing = false;     // it is given nothing any more, and has not said its last word
  std::string ended;          // why; empty: it has not
  ShadowReport said;
};

}  // namespace tandem::base
