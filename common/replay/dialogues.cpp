#include "common/replay/dialogues.hpp"

#include <algorithm>

#include "common/bgp/message/header.hpp"
#include "common/bgp/message/open.hpp"
#include "common/recording/host_answers.hpp"
#include "common/replay/explain.hpp"

namespace tandem::replay {

using recording::Kind;
using recording::Record;
using speaker::ChannelKind;

namespace {

constexpr std::size_t k_unit_max = 1024 * 1024;  // of a line that never ends

class Walk {
 public:
  Walk(const DialogueLimits& limits, DialogueVisitor& visitor) : limits_(limits), visitor_(visitor) {}

  // False: the rest lies beyond the limits.
  [[nodiscard]] bool take(const Record& record);
  void finish();

 private:
  struct Known {
    Dialogue dialogue;
    base::Buffer begun[2];
    base::Buffer open[2];
    bool is_open = false;
  };

  void host(const Record& record);
  void channel(const Record& record);
  void open(Known& known, const base::Endpoint& local, const base::Endpoint& remote);
  void close(Known& known);
  void octets(Known& known, Direction direction, base::Bytes octets);
  void unit(Known& known, Direction direction, base::Bytes octets);
  [[nodiscard]] bool wanted(const Dialogue& dialogue) const {
    return limits_.neighbor.empty() || (dialogue.is_session() && dialogue.peer() == limits_.neighbor);
  }
  [[nodiscard]] base::WallTime wall() const { return wall_ + (at_ - start_); }

  const DialogueLimits& limits_;
  DialogueVisitor& visitor_;
  std::map<recording::ChannelId, Known> known_;
  struct Accepted {
    base::Endpoint local, remote;
  };
  std::vector<Accepted> accepted_;  // and not given to a channel yet
  base::TimePoint at_{};
  base::TimePoint start_{};
  base::WallTime wall_{};
};

bool Walk::take(const Record& record) {
  at_ = record.at;
  if (limits_.until && record.at > start_ + *limits_.until && start_ != base::TimePoint()) return false;
  if (record.kind == Kind::start || record.kind == Kind::snapshot) start_ = record.at;
  if (record.kind == Kind::host) host(record);
  if (record.kind == Kind::channel) channel(record);
  if (record.kind == Kind::accepted && record.remote.address) accepted_.push_back({record.local, record.remote});
  const auto found = known_.find(record.channel);
  if (found == known_.end()) return true;
  Known& known = found->second;
  switch (record.kind) {
    case Kind::ends:
      known.dialogue.incoming = known.dialogue.name.ends_with(" in");
      [[fallthrough]];
    case Kind::connected: open(known, record.local, record.remote); break;
    case Kind::received: octets(known, Direction::received, record.octets); break;
    case Kind::sent: octets(known, Direction::sent, record.octets); break;
    case Kind::connect_failed: known_.erase(found); break;
    case Kind::ended:
      close(known);
      known_.erase(found);
      break;
    default: break;
  }
  return true;
}

void Walk::finish() {
  for (auto& [id, known] : known_) close(known);
}

void Walk::host(const Record& record) {
  if (record.detail != static_cast<std::uint8_t>(recording::HostCall::wall_time)) return;
  recording::FieldReader in(record.octets);
  recording::Descriptors none;
  recording::get(in, none, wall_);
}

void Walk::channel(const Record& record) {
  const auto kind = static_cast<ChannelKind>(record.detail);
  if (kind == ChannelKind::listener || kind == ChannelKind::control_listener || kind > ChannelKind::control_client) return;
  Known& known = known_[record.channel];
  known.dialogue.id = record.channel;
  known.dialogue.kind = kind;
  known.dialogue.name = std::string(base::as_text(record.octets));
  if (kind != ChannelKind::connection) return open(known, {}, {});
  // A connection that was accepted is there already: the channel is named after who it came from.
  if (known.dialogue.name.ends_with(" out")) return;
  const std::string_view address = std::string_view(known.dialogue.name).substr(0, known.dialogue.name.find(' '));
  auto from = std::find_if(accepted_.begin(), accepted_.end(), [address](const Accepted& one) { return one.remote.address.text() == address; });
  if (from == accepted_.end()) from = accepted_.begin();
  if (from == accepted_.end()) return;
  known.dialogue.incoming = true;
  open(known, from->local, from->remote);
  accepted_.erase(from);
}

void Walk::open(Known& known, const base::Endpoint& local, const base::Endpoint& remote) {
  if (known.is_open) return;
  known.is_open = true;
  known.dialogue.local = local;
  known.dialogue.remote = remote;
  if (wanted(known.dialogue)) visitor_.opened(known.dialogue, wall());
}

void Walk::close(Known& known) {
  if (known.is_open && wanted(known.dialogue)) visitor_.closed(known.dialogue, wall());
  known.is_open = false;
}

void Walk::octets(Known& known, Direction direction, base::Bytes octets) {
  if (!known.is_open || !wanted(known.dialogue)) return;
  visitor_.octets(known.dialogue, direction, octets, wall());
  const Framing framing = known.dialogue.is_session() ? Framing::messages : Framing::lines;
  base::Buffer& begun = known.begun[static_cast<std::size_t>(direction)];
  begun.insert(begun.end(), octets.begin(), octets.end());
  base::Bytes left(begun);
  for (std::size_t size = first_unit(left, framing); size > 0; size = first_unit(left, framing)) {
    unit(known, direction, left.first(framing == Framing::lines ? size - 1 : size));
    left = left.subspan(size);
  }
  if (left.size() > k_unit_max) left = {};
  begun.erase(begun.begin(), begun.end() - static_cast<std::ptrdiff_t>(left.size()));
}

void Walk::unit(Known& known, Direction direction, base::Bytes octets) {
  Dialogue& dialogue = known.dialogue;
  const auto side = static_cast<std::size_t>(direction);
  constexpr std::uint8_t k_open = 1;
  if (dialogue.is_session() && octets.size() > bgp::k_header_size && octets[bgp::k_header_size - 1] == k_open) {
    known.open[side].assign(octets.begin(), octets.end());
    if (const auto open = bgp::decode_open(octets.subspan(bgp::k_header_size))) dialogue.as[side] = static_cast<std::uint32_t>(open->asn());
    dialogue.agreed[0] = read_as_sent(known.open[0], known.open[1]);
    dialogue.agreed[1] = read_as_sent(known.open[1], known.open[0]);
  }
  visitor_.unit(dialogue, direction, octets, wall());
}

}  // namespace

base::Result<void> visit_dialogues(recording::Reader& reader, const DialogueLimits& limits, DialogueVisitor& visitor) {
  Walk walk(limits, visitor);
  base::Result<void> result;
  for (;;) {
    const auto record = reader.next();
    if (!record) result = record.error();
    if (!record || *record == nullptr || !walk.take(**record)) break;
  }
  walk.finish();
  return result;
}

}  // namespace tandem::replay
