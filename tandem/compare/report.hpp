// What one run of one engine leaves behind, the comparison of two of them, and the table of all. Values only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/replay/comparison.hpp"
#include "harness/messages.hpp"

namespace tandem::compare {

// One session as the peer saw it. Sessions of two runs are matched by `name`.
struct SessionTranscript {
  std::string name;  // "neighbor 10.0.0.1 ... connection 1"
  harness::Transcript messages;
  base::Buffer answered_with;  // the peer's OPEN: with ours it says how the octets are to be read
  // Of a session that was up before: that, and what these OPENs had agreed on.
  bool goes_on = false;
  std::optional<bgp::Negotiated> agreed;
  std::size_t before = 0;  // messages in front of these that were compared before, KEEPALIVEs aside
};

// Taken before the live switch: only one engine has worked until then.
struct Figures {
  double established_s = 0;  // from the start of the process to the last session up
  double routes_per_s = 0;
  std::uint64_t routes = 0;  // announced prefixes received by the peer
  std::uint64_t octets = 0;
  std::uint64_t messages = 0;
  std::uint64_t wake_ups = 0;
  std::optional<std::uint64_t> system_calls;  // nullopt: this machine does not let us count
  double cpu_s = 0;
  std::uint64_t peak_rss_kib = 0;
};

struct EngineReport {
  std::string engine;
  std::string failure;  // empty: the run went to its end
  std::uint64_t switches = 0;
  Figures figures;
  std::vector<SessionTranscript> sessions;
};

struct Judgement {
  replay::Verdict verdict = replay::Verdict::identical;
  std::string difference{};  // the first one, decoded, in lines; empty when they are identical
  std::string session{};     // its name
  base::TimePoint at{};    // of the message of the first run; none: it has none there, or they have no times
};
// KEEPALIVEs do not count: they follow the clock. The verdict is that of the worst session.
[[nodiscard]] Judgement judge(const EngineReport& a, const EngineReport& b);

// The table of the runs, side by side.
[[nodiscard]] std::string table(const std::vector<EngineReport>& reports);

}  // namespace tandem::compare
