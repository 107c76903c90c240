// Who said what to whom in a recording: connections, programs and clients, with their ends, and the messages and lines of both directions.
// Nothing is played; octets are followed as they are.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/bgp/negotiated.hpp"
#include "common/recording/reader.hpp"
#include "common/replay/unit.hpp"
#include "common/speaker/channel.hpp"

namespace tandem::replay {

enum class Direction : std::uint8_t { sent, received };

struct Dialogue {
  recording::ChannelId id = 0;
  speaker::ChannelKind kind{};
  std::string name;        // of the channel
  base::Endpoint local;    // of a connection that was made
  base::Endpoint remote;
  bool incoming = false;
  std::optional<bgp::Negotiated> agreed[2];  // how the UPDATEs of a Direction are to be read; after both OPENs
  std::uint32_t as[2] = {0, 0};              // that the OPEN of a Direction said

  [[nodiscard]] bool is_session() const { return kind == speaker::ChannelKind::connection; }
  [[nodiscard]] std::string peer() const { return remote.address.text(); }
};

class DialogueVisitor {
 public:
  virtual ~DialogueVisitor() = default;
  virtual void opened(const Dialogue&, base::WallTime) {}
  virtual void octets(const Dialogue&, Direction, base::Bytes, base::WallTime) {}
  virtual void unit(const Dialogue&, Direction, base::Bytes, base::WallTime) {}  // a whole message, or a line without its end
  virtual void closed(const Dialogue&, base::WallTime) {}
};

struct DialogueLimits {
  std::optional<base::Duration> until;  // from the beginning
  std::string neighbor;                 // address; empty: all, and the programs
};

// The error says why the rest could not be read.
[[nodiscard]] base::Result<void> visit_dialogues(recording::Reader& reader, const DialogueLimits& limits, DialogueVisitor& visitor);

}  // namespace tandem::replay
