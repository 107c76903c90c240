#include "common/replay/rig.hpp"

#include <algorithm>

#include "common/speaker/recorded_options.hpp"

namespace tandem::replay {

using recording::HostCall;
using recording::Kind;
using recording::Record;
using speaker::Channel;

namespace {

constexpr std::size_t k_rounds_max = 10'000;  // for one input: a speaker that wants more of them has gone mad

int g_driver = 0;

// The answers of a recording, by the place of the input under way.
class RigHost final : public process::Host {
 public:
  explicit RigHost(const Inputs& inputs) : inputs_(inputs) {}
  void at(std::size_t place) { place_ = place; }
  [[nodiscard]] base::UniqueFd next_descriptor() { return descriptors_.next(); }

  base::Result<process::Spawned> spawn(const process::SpawnPlan& plan) override { return result<process::Spawned>(HostCall::spawn, recording::asked(plan)); }
  void send_signal(std::int64_t, int) override {}
  bool group_left(std::int64_t) const override { return false; }
  std::vector<process::ChildEnd> reap() override { return value(HostCall::reap, {}, std::vector<process::ChildEnd>()); }
  std::size_t unread(int) const override { return 0; }
  process::ProgramFacts program_facts(const std::string& path) const override {
    return value(HostCall::program_facts, recording::asked(path), process::ProgramFacts());
  }
  std::vector<std::string> program_search_path() const override { return value(HostCall::program_search_path, {}, std::vector<std::string>()); }
  std::string etc_directory() const override { return value(HostCall::etc_directory, {}, Host::etc_directory()); }
  base::Result<base::UniqueFd> open_dial_socket(const process::DialPlan&) override { return descriptors_.next(); }
  base::Result<process::OpenListener> open_listener(const process::ListenPlan&) override { return process::OpenListener{descriptors_.next(), {}}; }
  process::KeyUpdate set_keys(int, const std::vector<process::TcpKey>&) override { return {}; }
  base::Result<void> require_key(int, const process::TcpKey&) override { return {}; }
  base::Result<void> set_minimum_ttl(int, std::uint8_t) override { return {}; }
  base::Result<base::UniqueFd> open_control_socket(const std::string&) override { return descriptors_.next(); }
  base::Result<process::Credentials> peer_credentials(int) const override { return result<process::Credentials>(HostCall::peer_credentials, {}); }
  base::Result<std::uint32_t> find_group(const std::string& name) const override { return result<std::uint32_t>(HostCall::find_group, recording::asked(name)); }
  base::Result<process::ControlPipes> open_control_pipes(const std::string& path) override {
    return result<process::ControlPipes>(HostCall::open_control_pipes, recording::asked(path));
  }
  void remove_file(const std::string&) override {}
  base::Result<process::TextFile> read_file(const std::string& path) const override {
    return result<process::TextFile>(HostCall::read_file, recording::asked(path));
  }
  process::HostIdentity identity() const override { return value(HostCall::identity, {}, process::HostIdentity()); }
  base::WallTime wall_time() const override { return value(HostCall::wall_time, {}, base::WallTime()); }
  std::uint64_t entropy() const override { return value(HostCall::entropy, {}, std::uint64_t{1}); }

 private:
  template <typename T>
  [[nodiscard]] base::Result<T> result(HostCall call, const base::Buffer& asked) const {
    const recording::Owned* const answer = inputs_.answer(call, asked, place_);
    if (answer == nullptr) return base::Error("the recording does not say what came of this");
    recording::FieldReader in(answer->view().octets);
    return recording::get_result<T>(in, descriptors_);
  }
  template <typename T>
  [[nodiscard]] T value(HostCall call, const base::Buffer& asked, T otherwise) const {
    const recording::Owned* const answer = inputs_.answer(call, asked, place_);
    if (answer == nullptr) return otherwise;
    recording::FieldReader in(answer->view().octets);
    T said{};
    recording::get(in, descriptors_, said);
    return said;
  }

  const Inputs& inputs_;
  std::size_t place_ = 0;
  mutable recording::Descriptors descriptors_;
};

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
  Rig(const Inputs& inputs, const ChannelName& channel, base::Bytes wanted, Framing framing)
      : inputs_(inputs), wanted_on_(channel), wanted_(wanted), framing_(framing), host_(inputs), recorder_(kept_),
        recording_host_(host_, recorder_, [](std::string_view text) { return std::string(text); }) {}

  [[nodiscard]] std::optional<base::Buffer> play(const std::vector<std::size_t>& chosen);

 private:
  [[nodiscard]] bool begin();
  void tell(const Record& input);
  void tell_channel(const Record& input);
  void run(base::TimePoint now);
  void run_to(base::TimePoint until);
  void look_after();
  bool look_after(Channel& channel);
  void send_all(Channel& channel);

  const Inputs& inputs_;
  const ChannelName& wanted_on_;
  base::Bytes wanted_;
  Framing framing_;
  RigHost host_;
  Kept kept_;
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
    if (record.kind != Kind::start) continue;
    now_ = record.at;
    return speaker_->start(now_).has_value();
  }
  return false;
}

std::optional<base::Buffer> Rig::play(const std::vector<std::size_t>& chosen) {
  if (!begin()) return std::nullopt;
  run(now_);
  for (const std::size_t place : chosen) {
    const Record input = inputs_.records()[place].view();
    run_to(input.at);
    if (found_ || speaker_->exit()) break;
    now_ = std::max(now_, input.at);
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
  if (!found_) return std::nullopt;
  recorder_.stop(recording::EndReason::stopped, "shrunk");
  return std::move(kept_.octets);
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
      const std::string name(channel->name());
      const ChannelName full{name, made_[name]++};
      channels_[full] = channel;
      names_[channel] = full;
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
  if (names_[&channel] == wanted_on_) {
    std::vector<base::Bytes> pieces(64);
    std::size_t there = channel.outbox().gather(pieces);
    while (there == pieces.size()) {
      pieces.resize(pieces.size() * 4);
      there = channel.outbox().gather(pieces);
    }
    for (std::size_t i = 0; i < there; ++i) begun_.insert(begun_.end(), pieces[i].begin(), pieces[i].end());
    base::Bytes left(begun_);
    for (std::size_t size = first_unit(left, framing_); size > 0 && !found_; size = first_unit(left, framing_)) {
      found_ = size == wanted_.size() && std::equal(wanted_.begin(), wanted_.end(), left.begin());
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

Inputs::Inputs(std::vector<recording::Owned> records) : records_(std::move(records)) {
  std::map<std::string, std::size_t> made;
  bool started = false;
  for (std::size_t place = 0; place < records_.size(); ++place) {
    const Record record = records_[place].view();
    if (record.kind == Kind::channel) {
      const std::string name(base::as_text(record.octets));
      channels_[record.channel] = {name, made[name]++};
    } else if (record.kind == Kind::host) {
      answers_[{record.detail, base::Buffer(record.key.begin(), record.key.end())}].push_back(place);
    } else if (recording::is_input(record.kind)) {
      const bool own = record.kind == Kind::made || record.kind == Kind::start || record.kind == Kind::round || record.kind == Kind::sent || record.kind == Kind::waiting ||
                       record.kind == Kind::resumed ||
                       record.kind == Kind::attached || record.kind == Kind::detached;
      if (!own && started) external_.push_back(place);
      started = started || record.kind == Kind::start;
    }
  }
}

const recording::Owned* Inputs::answer(HostCall call, const base::Buffer& asked, std::size_t place) const {
  const auto found = answers_.find({static_cast<std::uint8_t>(call), asked});
  if (found == answers_.end()) return nullptr;
  const auto next = std::lower_bound(found->second.begin(), found->second.end(), place);
  return &records_[next == found->second.end() ? found->second.back() : *next];
}

std::optional<base::Buffer> play_until_sent(const Inputs& inputs, const std::vector<std::size_t>& chosen, const ChannelName& channel, base::Bytes wanted,
                                            Framing framing) {
  return Rig(inputs, channel, wanted, framing).play(chosen);
}

}  // namespace tandem::replay
