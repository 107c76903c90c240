#include "common/replay/rig.hpp"

#include <algorithm>

#include "common/recording/recording_host.hpp"
#include "common/replay/recorded_host.hpp"
#include "common/speaker/recorded_options.hpp"
#include "common/speaker/speaker.hpp"

namespace tandem::replay {

using recording::Kind;
using recording::Record;
using speaker::Channel;

namespace {

constexpr std::size_t k_rounds_max = 10'000;  // for one input: a speaker that wants more of them has gone mad

int g_driver = 0;

class Kept final : public recording::Sink {
 public:
  bool put(base::Bytes records) override {
    octets.insert(octets.end(), records.begin(), records.end());
    return true;
  }
  base::Buffer octets;
};

class Rig {
 public:
  struct Wanted {
    ChannelName on{};
    base::Bytes unit{};  // empty: nothing
    Framing framing{};
  };
  Rig(const Inputs& inputs, const Wanted& wanted, recording::Sink& sink)
      : inputs_(inputs), wanted_(wanted), host_(inputs), recorder_(sink),
        recording_host_(host_, recorder_, [](std::string_view text) { return std::string(text); }) {}

  // True: what is wanted was sent.
  [[nodiscard]] bool play(const Choice& chosen);

 private:
  [[nodiscard]] bool begin();
  [[nodiscard]] bool restore(const Record& snapshot);
  void name(Channel& channel, const ChannelName& name);
  void tell(const Record& input);
  void tell_channel(const Record& input);
  void run(base::TimePoint now);
  void run_to(base::TimePoint until);
  void look_after();
  bool look_after(Channel& channel);
  void send_all(Channel& channel);

  const Inputs& inputs_;
  Wanted wanted_;
  RecordedHost host_;
  recording::Recorder recorder_;
  recording::RecordingHost recording_host_;
  std::unique_ptr<speaker::Speaker> speaker_;
  std::map<ChannelName, Channel*> channels_;
  std::map<Channel*, ChannelName> names_;
  std::map<std::string, std::size_t> made_;  // of each name
  std::vector<Channel*> woken_;
  base::Buffer begun_;  // of the channel that is looked at
  base::TimePoint now_{};
  bool found_ = false;
};

// Made and started with what the recording says.
bool Rig::begin() {
  for (const recording::Owned& owned : inputs_.records()) {
    const Record record = owned.view();
    if (record.kind == Kind::made) {
      auto made = recording::read_made(record.octets);
      if (!made) return false;
      auto options = speaker::from_made(std::move(*made));
      if (!options) return false;
      options->recorder = &recorder_;
      speaker_ = std::make_unique<speaker::Speaker>(recording_host_, std::move(*options));
    }
    if (speaker_ == nullptr) continue;
    if (record.kind == Kind::engine_started && now_ == base::TimePoint()) speaker_->engine_started(base::as_text(record.octets), record.at);
    if (record.kind != Kind::start && record.kind != Kind::snapshot) continue;
    now_ = record.at;
    return record.kind == Kind::start ? speaker_->start(now_).has_value() : restore(record);
  }
  return false;
}

// Its channels have the numbers that they had.
bool Rig::restore(const Record& snapshot) {
  recorder_.snapshot(snapshot.octets, now_);
  const speaker::Restore with{[this](int) { return host_.next_descriptor(); }};
  if (!speaker_->restore(snapshot.octets, with, now_)) return false;
  for (const auto& channel : speaker_->runtime().all()) {
    const auto known = inputs_.channels().find(channel->notes.id);
    if (known == inputs_.channels().end()) return false;
    name(*channel, known->second);
    if (known->second == wanted_.on) begun_ = begun_unit(channel->outbox(), wanted_.framing);
  }
  return true;
}

void Rig::name(Channel& channel, const ChannelName& name) {
  channels_[name] = &channel;
  names_[&channel] = name;
  made_[name.name] = std::max(made_[name.name], name.ordinal + 1);
}

bool Rig::play(const Choice& chosen) {
  if (!begin()) return false;
  run(now_);
  base::TimePoint recorded = now_;  // of the input in front, and when it was played
  base::TimePoint played = now_;
  for (const std::size_t place : chosen.places) {
    const Record input = inputs_.records()[place].view();
    played += std::min(input.at - recorded, chosen.gap_max);
    recorded = input.at;
    run_to(played);
    if (found_ || speaker_->exit()) break;
    now_ = std::max(now_, played);
    host_.at(place);
    tell(input);
    run(now_);
  }
  // What the last input causes may take its time.
  for (int i = 0; i < 100 && !found_ && !speaker_->exit(); ++i) {
    const auto due = speaker_->deadline();
    if (!due) break;
    now_ = std::max(now_, *due);
    run(now_);
  }
  if (found_) recorder_.stop(recording::EndReason::stopped, "shrunk");
  return found_;
}

void Rig::run_to(base::TimePoint until) {
  for (std::size_t i = 0; i < k_rounds_max && !found_ && !speaker_->exit(); ++i) {
    const auto due = speaker_->deadline();
    if (!due || *due > until) return;
    now_ = std::max(now_, *due);
    run(now_);
  }
}

void Rig::run(base::TimePoint now) {
  bool again = true;
  for (std::size_t i = 0; again && i < k_rounds_max && !found_ && !speaker_->exit(); ++i) {
    again = speaker_->round(now);
    look_after();
    again = again || speaker_->runtime().has_woken();
  }
}

void Rig::look_after() {
  speaker_->runtime().take_woken(woken_);
  for (Channel* const channel : std::vector<Channel*>(woken_)) {
    if (found_) return;
    if (channel->driver() == nullptr) {
      const std::string named(channel->name());
      if (!names_.contains(channel)) name(*channel, {named, made_[named]});
      channel->attach(&g_driver);
    }
    if (look_after(*channel)) continue;
    channels_.erase(names_[channel]);
    names_.erase(channel);
  }
}

// False: it has ended.
bool Rig::look_after(Channel& channel) {
  if (channel.interest().write) send_all(channel);
  if (found_ || !channel.interest().ends()) return true;
  channel.ended(speaker::EndCause::asked, 0, now_);
  channel.detach();
  return false;
}

void Rig::send_all(Channel& channel) {
  const std::size_t count = channel.outbox().size();
  if (!wanted_.unit.empty() && names_[&channel] == wanted_.on) {
    std::vector<base::Bytes> pieces(64);
    std::size_t there = channel.outbox().gather(pieces);
    while (there == pieces.size()) {
      pieces.resize(pieces.size() * 4);
      there = channel.outbox().gather(pieces);
    }
    for (std::size_t i = 0; i < there; ++i) begun_.insert(begun_.end(), pieces[i].begin(), pieces[i].end());
    base::Bytes left(begun_);
    for (std::size_t size = first_unit(left, wanted_.framing); size > 0 && !found_; size = first_unit(left, wanted_.framing)) {
      found_ = size == wanted_.unit.size() && std::equal(wanted_.unit.begin(), wanted_.unit.end(), left.begin());
      left = left.subspan(size);
    }
    begun_.erase(begun_.begin(), begun_.end() - static_cast<std::ptrdiff_t>(left.size()));
  }
  channel.sent(count, now_);
}

void Rig::tell(const Record& input) {
  switch (input.kind) {
    case Kind::engine_started: speaker_->engine_started(base::as_text(input.octets), now_); break;
    case Kind::engine_refused: speaker_->engine_refused(base::as_text(input.octets)); break;
    case Kind::signal:
      if (input.detail < speaker::k_handled_signals.size()) speaker_->signal(static_cast<speaker::Signal>(input.detail));
      break;
    default: tell_channel(input);
  }
}

void Rig::tell_channel(const Record& input) {
  const auto name = inputs_.channels().find(input.channel);
  if (name == inputs_.channels().end()) return;
  const auto found = channels_.find(name->second);
  if (found == channels_.end() || found->second->finished()) return;
  Channel& channel = *found->second;
  const int error = static_cast<int>(input.value);
  bool over = false;
  switch (input.kind) {
    case Kind::connected: channel.connected(input.local, input.remote, now_); break;
    case Kind::connect_failed:
      channel.connect_failed(error, now_);
      over = true;
      break;
    case Kind::received: channel.receive(input.octets, now_); break;
    case Kind::input_ended: static_cast<void>(channel.input_ended(now_)); break;
    case Kind::accepted: channel.accepted({host_.next_descriptor(), input.local, input.remote, std::string(base::as_text(input.key))}); break;
    case Kind::accept_failed: channel.accept_failed(error, now_); break;
    case Kind::ended:
      channel.ended(static_cast<speaker::EndCause>(std::min<std::uint8_t>(input.detail, 2)), error, now_);
      over = true;
      break;
    default: break;
  }
  if (!over) return;
  names_.erase(&channel);
  channels_.erase(found);
  channel.detach();
}

}  // namespace

std::optional<base::Buffer> play_until_sent(const Inputs& inputs, const Choice& chosen, const ChannelName& channel, base::Bytes wanted, Framing framing) {
  Kept kept;
  if (!Rig(inputs, {channel, wanted, framing}, kept).play(chosen)) return std::nullopt;
  return std::move(kept.octets);
}

void play_to_the_end(const Inputs& inputs, const Choice& chosen, recording::Sink& sink) {
  static_cast<void>(Rig(inputs, {}, sink).play(chosen));
}

}  // namespace tandem::replay
