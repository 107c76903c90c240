#include "harness/scripted_peer.hpp"

#include <algorithm>

namespace tandem::harness {

ScriptedPeer::ScriptedPeer(PeerOptions options) : options_(std::move(options)) {}

void ScriptedPeer::connected(base::TimePoint now) {
  if (!options_.open_first.empty()) send(options_.open_first);
  run_script(now);
}

void ScriptedPeer::closed(base::TimePoint now) {
  closed_at_ = now;
  keepalive_at_.reset();
  pause_until_.reset();
  outbox_.clear();
}

void ScriptedPeer::receive(base::Bytes bytes, base::TimePoint now) {
  octets_received_ += bytes.size();
  inbox_.insert(inbox_.end(), bytes.begin(), bytes.end());
  std::size_t start = 0;
  while (broken_.empty() && inbox_.size() - start >= 19) {
    const auto rest = base::Bytes(inbox_).subspan(start);
    const std::size_t length = static_cast<std::size_t>(rest[16]) << 8 | rest[17];
    const bool marker = std::all_of(rest.begin(), rest.begin() + 16, [](std::uint8_t octet) { return octet == 0xFF; });
    if (!marker || length < 19) {
      broken_ = "not a message header: " + base::to_hex(rest.first(19));
      break;
    }
    if (rest.size() < length) break;
    take(Message{now, base::Buffer(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(length))});
    start += length;
  }
  inbox_.erase(inbox_.begin(), inbox_.begin() + static_cast<std::ptrdiff_t>(start));
  run_script(now);
}

void ScriptedPeer::take(Message message) {
  const std::uint8_t type = message.type();
  ++counts_[type];
  if (type == k_update) {
    if (is_end_of_rib(message.bytes)) ++ends_of_rib_;
    table_.apply(message.bytes);
  }
  transcript_.push_back(std::move(message));
  const Message& kept = transcript_.back();
  answer(kept, kept.at);
  if (on_message) on_message(*this, kept);
}

void ScriptedPeer::answer(const Message& message, base::TimePoint now) {
  if (message.type() == k_open && received_open_.empty()) {
    received_open_ = message.bytes;
    if (options_.answer_open) {
      const base::Buffer mine = options_.open_first.empty() ? mirror_open(message.bytes, options_.mirror) : options_.open_first;
      if (options_.open_first.empty()) send(mine);
      if (options_.confirm_open) send(keepalive());
      const auto hold_of = [](base::Bytes open) { return open[22] << 8 | open[23]; };
      keepalive_interval_ = std::chrono::seconds(std::min(hold_of(message.bytes), hold_of(mine)) / 3);
      if (options_.keepalives && keepalive_interval_.count() > 0) keepalive_at_ = now + keepalive_interval_;
      open_answered_ = true;
    }
    return;
  }
  if (message.type() == k_keepalive && !received_open_.empty() && !established_at_) established_at_ = now;
  if (options_.chatty && open_answered_ && message.type() != k_notification) send(keepalive());
}

void ScriptedPeer::send(base::Bytes message) {
  if (!closed_at_) outbox_.append(message);
}

std::optional<base::TimePoint> ScriptedPeer::deadline() const { return base::earliest(keepalive_at_, pause_until_); }

void ScriptedPeer::expired(base::TimePoint now) {
  while (keepalive_at_ && *keepalive_at_ <= now) {
    send(keepalive());
    keepalive_at_ = *keepalive_at_ + keepalive_interval_;
  }
  run_script(now);
}

void ScriptedPeer::run_script(base::TimePoint now) {
  while (!closed_at_ && next_step_ < options_.script.size() && done(options_.script[next_step_], now)) ++next_step_;
}

bool ScriptedPeer::done(const Step& step, base::TimePoint now) {
  switch (step.kind) {
    case Step::Kind::await:
      return step.type == 0 ? is_established() : counts_[step.type] >= step.count;
    case Step::Kind::send:
      send(step.bytes);
      return true;
    case Step::Kind::pause:
      if (!pause_until_) pause_until_ = now + step.duration;
      if (*pause_until_ > now) return false;
      pause_until_.reset();
      return true;
    case Step::Kind::stop_reading:
    case Step::Kind::read_again:
      reading_ = step.kind == Step::Kind::read_again;
      return true;
    case Step::Kind::close:
    case Step::Kind::reset:
      ending_ = step.kind == Step::Kind::close ? Ending::close : Ending::reset;
      return true;
  }
  return true;
}

}  // namespace tandem::harness
