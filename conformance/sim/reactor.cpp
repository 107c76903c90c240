#include "conformance/sim/reactor.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "common/speaker/engine_loop.hpp"

namespace tandem::conformance::sim {

using speaker::EndCause;
using speaker::Interest;

speaker::Exit Reactor::run(speaker::Speaker& speaker) {
  while (!speaker.exit()) {
    if (!run_until(speaker, [&] { return speaker.exit().has_value(); }, std::chrono::hours(24 * 365))) break;
  }
  leave(speaker);
  return speaker.exit().value_or(speaker::Exit::failure);
}

void Reactor::run_for(speaker::Speaker& speaker, base::Duration time) {
  static_cast<void>(run_until(speaker, [] { return false; }, time));
}

bool Reactor::run_until(speaker::Speaker& first, const std::function<bool()>& condition, base::Duration limit) {
  const base::TimePoint end = world_.now() + limit;
  if (first.exit() && !take_over(first)) return run_out(condition);
  if (first.runtime().driven() == 0) first.runtime().wake_all();
  again_ = true;
  while (!condition()) {
    speaker::Speaker& speaker = who_goes_on ? who_goes_on() : first;
    const bool moved = pass(speaker);
    if (condition()) return true;
    if (speaker.exit() && !take_over(speaker)) return run_out(condition);
    if (barren_ >= k_spin) return false;
    if (leave_percent > 0 && world_.random.below(100) < leave_percent) {
      leave(speaker);
      speaker.runtime().wake_all();
      continue;
    }
    if (!moved && !again_ && !speaker.runtime().has_woken() && !wait(speaker, end)) return false;
  }
  return true;
}

// The speaker is gone and its descriptors are closed: what it wrote still arrives.
bool Reactor::run_out(const std::function<bool()>& condition) {
  for (const auto& stream : world_.streams()) {
    if (stream->channel != nullptr) std::exchange(stream->channel, nullptr)->detach();
    stream->speaker_gone = true;
    stream->to_channel.clear();
  }
  while (!condition()) {
    bool moved = false;
    std::optional<base::TimePoint> next;
    for (const auto& stream : world_.streams()) {
      if (stream->remote == nullptr || stream->finished) continue;
      moved = drive_remote(*stream) || moved;
      if (stream->remote->reading()) next = base::earliest(next, stream->to_remote.next());
    }
    if (!moved && !next) return false;
    if (!moved) world_.set_now(*next);
  }
  return true;
}

void Reactor::pause(base::TimePoint end, const std::function<std::optional<base::TimePoint>()>& write) {
  while (world_.now() < end) {
    std::optional<base::TimePoint> next = write();
    bool moved = false;
    const auto later = [this, &next](std::optional<base::TimePoint> at) {  // of a far end that has ended there may be something that is never done
      if (at && *at > world_.now()) next = base::earliest(next, at);
    };
    for (const auto& stream : world_.streams()) {
      if (stream->remote == nullptr || stream->finished) continue;
      moved = drive_remote(*stream) || moved;
      later(stream->remote->deadline());
      if (stream->remote->reading()) later(stream->to_remote.next());
    }
    if (!moved) world_.set_now(std::min(next.value_or(end), end));
  }
}

// Whatever engine or program is wanted, it is this one again, which has left and comes anew.
bool Reactor::take_over(speaker::Speaker& speaker) {
  const bool upgrade = speaker.exit() == speaker::Exit::upgrade;
  if (!upgrade && speaker.exit() != speaker::Exit::switch_engine) return false;
  leave(speaker);
  if (upgrade) speaker.upgrade_refused(speaker::k_no_upgrade);
  else speaker.engine_started(speaker.engine_wanted(), world_.now());
  speaker.runtime().wake_all();
  again_ = true;
  return true;
}

void Reactor::leave(speaker::Speaker& speaker) {
  for (const auto& stream : world_.streams()) {
    if (stream->channel == nullptr) continue;
    std::exchange(stream->channel, nullptr)->detach();
  }
  speaker.runtime().collect();
}

// Deliver what is there, one round, drain: as the engines, but in an order that chance picks.
bool Reactor::pass(speaker::Speaker& speaker) {
  attach_woken(speaker);
  bool moved = world_.run_agenda();
  if (world_.child_signal_due) {
    world_.child_signal_due = false;
    speaker.signal(speaker::Signal::child);
    moved = true;
  }
  order_.clear();
  for (const auto& stream : world_.streams()) order_.push_back(stream.get());
  for (std::size_t i = order_.size(); i > 1; --i) std::swap(order_[i - 1], order_[world_.random.below(i)]);
  const std::vector<Stream*> order = order_;
  for (Stream* stream : order) moved = drive(speaker, *stream) || moved;
  world_.forget_finished();
  const auto deadline = speaker.deadline();
  if (moved || again_ || speaker.runtime().has_woken() || (deadline && *deadline <= world_.now())) {
    again_ = speaker.round(world_.now());
    ++rounds_;
    barren_ = moved ? 0 : barren_ + 1;
    most_barren_ = std::max(most_barren_, barren_);
    moved = true;
    speaker.runtime().collect();
  }
  return moved;
}

void Reactor::attach_woken(speaker::Speaker& speaker) {
  speaker.runtime().take_woken(woken_);
  for (speaker::Channel* channel : woken_) {
    if (channel->driver() != nullptr) continue;
    Stream* stream = world_.find(channel->input_fd());
    if (stream == nullptr) stream = &world_.new_stream(channel->input_fd());  // a descriptor the world did not make: never ready
    stream->channel = channel;
    channel->attach(stream);
  }
}

bool Reactor::drive(speaker::Speaker& speaker, Stream& stream) {
  if (stream.finished) return false;
  bool moved = false;
  if (stream.channel != nullptr) moved = drive_channel(speaker, stream);
  if (stream.remote != nullptr && !stream.finished) moved = drive_remote(stream) || moved;
  return moved;
}

bool Reactor::drive_channel(speaker::Speaker& speaker, Stream& stream) {
  const Interest interest = stream.channel->interest();
  if (interest != Interest{} && speaker.resuming()) speaker.resumed(*stream.channel, world_.now());
  if (interest.ends()) {
    end(stream, EndCause::asked, 0);
    return true;
  }
  if (interest.connect) return connect_channel(stream);
  bool moved = false;
  if (interest.accept) moved = accept(stream) || moved;
  if (stream.remote == nullptr) return moved;
  if (end_of_remote(stream, interest)) return true;
  if (interest.write) moved = write(stream) || moved;
  if (stream.channel != nullptr && interest.read) moved = read(stream) || moved;
  return moved;
}

bool Reactor::connect_channel(Stream& stream) {
  if (!stream.channel->connect_started) {
    stream.channel->connect_started = true;
    world_.start_connect(stream, stream.channel->dial_target());
    return true;
  }
  if (!stream.connect_at || *stream.connect_at > world_.now()) return false;
  stream.connect_at.reset();
  if (stream.connect_error == 0) {
    stream.remote = world_.answer(stream);
    if (stream.remote == nullptr) stream.connect_error = ECONNREFUSED;
  }
  if (stream.connect_error != 0) {
    speaker::Channel* const channel = std::exchange(stream.channel, nullptr);
    channel->connect_failed(stream.connect_error, world_.now());
    channel->detach();
    world_.remove_stream(stream);
  } else {
    stream.remote->connected(world_.now());
    stream.channel->connected(stream.local, stream.far, world_.now());
  }
  return true;
}

bool Reactor::accept(Stream& stream) {
  if (stream.backlog.empty()) return false;
  if (world_.scarce()) {
    stream.channel->accept_failed(EMFILE, world_.now());
    return true;
  }
  Stream& incoming = *stream.backlog.front();
  stream.backlog.pop_front();
  stream.channel->accepted({base::UniqueFd(incoming.token), incoming.local, incoming.far, {}});
  return true;
}

bool Reactor::write(Stream& stream) {
  const base::Outbox& outbox = stream.channel->outbox();
  const std::size_t room = world_.weather.window - std::min(world_.weather.window, stream.to_remote.octets());
  const std::size_t count = cut(std::min(room, outbox.size()), world_.weather, world_.random);
  if (count == 0) return false;
  base::Buffer bytes;
  base::Bytes pieces[64];
  const std::size_t found = outbox.gather(pieces);
  for (std::size_t i = 0; i < found && bytes.size() < count; ++i) {
    const auto part = pieces[i].first(std::min(pieces[i].size(), count - bytes.size()));
    bytes.insert(bytes.end(), part.begin(), part.end());
  }
  const std::size_t written = bytes.size();
  if (on_written) on_written(stream, bytes);
  stream.to_remote.put(std::move(bytes), world_.ripe_at());
  stream.channel->sent(written, world_.now());
  return true;
}

bool Reactor::read(Stream& stream) {
  if (!stream.to_channel.ripe(world_.now())) return false;
  if (world_.random.below(1'000'000) < world_.weather.reset_per_million && stream.pid == 0) {
    stream.reset = true;
    stream.end_at = world_.now();
    stream.to_channel.clear();
    stream.remote->closed(world_.now());
    stream.closed_told = true;
    return true;
  }
  const base::Buffer bytes = stream.to_channel.take(world_.now(), world_.weather, world_.random);
  stream.channel->receive(bytes, world_.now());
  return true;
}

// The remote closed (the speaker learns it by reading to the end, or by writing into the void) or reset (it learns at once).
bool Reactor::end_of_remote(Stream& stream, const Interest& interest) {
  if (stream.silent_at && *stream.silent_at <= world_.now() && interest.read && stream.to_channel.empty()) {
    if (!stream.channel->input_ended(world_.now())) end(stream, EndCause::end_of_file, 0);
    return true;
  }
  if (!stream.end_at || *stream.end_at > world_.now()) return false;
  if (!stream.reset && interest.read && !stream.to_channel.empty()) return false;
  if (!stream.reset && !interest.read && !interest.write) return false;
  if (!stream.reset && interest.read && stream.channel->input_ended(world_.now())) return true;
  const bool broken = stream.reset || !interest.read;
  const int error = stream.reset ? ECONNRESET : EPIPE;
  end(stream, broken ? EndCause::failed : EndCause::end_of_file, broken ? error : 0);
  return true;
}

void Reactor::end(Stream& stream, EndCause cause, int error) {
  speaker::Channel* const channel = std::exchange(stream.channel, nullptr);
  stream.speaker_gone = true;
  channel->ended(cause, error, world_.now());
  channel->detach();
  if (stream.listening || stream.remote == nullptr) world_.remove_stream(stream);
}

bool Reactor::drive_remote(Stream& stream) {
  bool moved = collect_remote(stream);
  const auto now = world_.now();
  if (stream.end_at) {
    if (stream.speaker_gone) world_.remove_stream(stream);
    return moved;
  }
  if (const auto due = stream.remote->deadline(); due && *due <= now) {
    stream.remote->expired(now);
    moved = true;
  }
  if (stream.remote->reading() && stream.to_remote.ripe(now)) {
    const base::Buffer bytes = stream.to_remote.take(now, world_.weather, world_.random);
    stream.remote->receive(bytes, now);
    moved = true;
  }
  if (stream.speaker_gone && stream.to_remote.empty()) {
    if (!stream.closed_told) stream.remote->closed(now);
    stream.closed_told = true;
    if (stream.pid != 0 && stream.remote->ending() == Remote::Ending::no) return moved;  // lives on, deaf and dumb
    world_.remove_stream(stream);
    moved = true;
  }
  return collect_remote(stream) || moved;
}

// Moves what the remote wants to say onto the wire, and notices that it has ended.
bool Reactor::collect_remote(Stream& stream) {
  if (stream.end_at || stream.finished) return false;
  bool moved = false;
  while (!stream.remote->outbox().empty() && stream.to_channel.octets() < world_.weather.window) {
    base::Bytes piece;
    stream.remote->outbox().gather({&piece, 1});
    const bool trickle = world_.weather.octet_gap.count() > 0;
    const std::size_t count = trickle ? 1 : cut(piece.size(), world_.weather, world_.random);
    const base::Buffer bytes(piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(count));
    stream.remote->sent(count, world_.now());
    stream.to_channel.put(bytes, trickle ? std::max(stream.to_channel.last(), world_.now()) + world_.weather.octet_gap : world_.ripe_at());
    moved = true;
  }
  const Remote::Ending ending = stream.remote->ending();
  if (ending == Remote::Ending::no || !stream.remote->outbox().empty()) return moved;
  if (ending == Remote::Ending::silence) {
    if (!stream.silent_at) stream.silent_at = std::max(stream.to_channel.last(), world_.ripe_at());
    return moved;
  }
  stream.reset = ending == Remote::Ending::reset;
  if (stream.reset) stream.to_channel.clear();
  stream.end_at = std::max(stream.to_channel.last(), world_.ripe_at());
  stream.to_remote.clear();
  if (stream.pid != 0) {
    world_.ended_children.push_back({stream.pid, 0, 0});
    world_.child_signal_due = true;
  }
  if (!stream.closed_told) stream.remote->closed(world_.now());
  stream.closed_told = true;
  return true;
}

std::optional<base::TimePoint> Reactor::next_event(speaker::Speaker& speaker) {
  std::optional<base::TimePoint> next = base::earliest(speaker.deadline(), world_.next_agenda());
  for (const auto& stream : world_.streams()) {
    next = base::earliest(next, stream->connect_at);
    if (stream->channel != nullptr && stream->channel->interest().read) next = base::earliest(next, stream->to_channel.next());
    if (stream->remote == nullptr || stream->finished) continue;
    if (stream->end_at) {
      if (*stream->end_at > world_.now()) next = base::earliest(next, stream->end_at);
      continue;
    }
    if (stream->silent_at && *stream->silent_at > world_.now()) next = base::earliest(next, stream->silent_at);
    next = base::earliest(next, stream->remote->deadline());
    if (stream->remote->reading()) next = base::earliest(next, stream->to_remote.next());
  }
  return next;
}

// Lets time pass to the next thing that can happen; false when it lies beyond `limit` (then only up to there).
bool Reactor::wait(speaker::Speaker& speaker, base::TimePoint limit) {
  const auto next = next_event(speaker);
  speaker.waiting(next, world_.now());
  if (!next || *next > limit) {
    world_.set_now(limit);
    return false;
  }
  world_.set_now(*next);
  ++wake_ups_;
  barren_ = 0;
  const auto deadline = speaker.deadline();
  const bool timer = deadline && *deadline <= world_.now();
  if (auto* observer = speaker.observer()) observer->woke(timer ? speaker::WakeCause::deadline : speaker::WakeCause::ready);
  return true;
}

}  // namespace tandem::conformance::sim
