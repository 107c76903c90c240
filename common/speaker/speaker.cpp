#include "common/speaker/speaker.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/log.hpp"
#include "common/recording/recordings.hpp"
#include "common/recording/shadows.hpp"
#include "common/speaker/connection.hpp"
#include "common/speaker/daemon.hpp"
#include "common/speaker/recorded_options.hpp"

namespace tandem::speaker {

using recording::Purpose;

namespace {

recording::Recorder* recorder_from_the_beginning(const SpeakerOptions& options) {
  if (options.recorder == nullptr || !options.recorder->on()) return nullptr;
  options.recorder->made(to_made(options));
  return options.recorder;
}

}  // namespace

Speaker::Speaker(process::Host& host, SpeakerOptions options)
    : available_(options.recorder), recordings_(options.recordings), shadows_(options.shadows), recorder_(recorder_from_the_beginning(options)),
      daemon_(std::make_unique<Daemon>(host, std::move(options))) {
  daemon_->runtime().recorder = recorder_;
}

Speaker::~Speaker() = default;

// What the program and its engine say is written down here; what drivers say, where the channels are (channel.hpp).
base::Result<void> Speaker::start(base::TimePoint now) {
  if (recorder_ != nullptr) recorder_->start(now);
  return daemon_->start(now);
}

base::Buffer Speaker::snapshot(base::TimePoint now, state::Secrets secrets) const { return daemon_->snapshot(now, secrets); }

bool Speaker::write_ahead(std::size_t budget) { return daemon_->write_ahead(budget); }
const std::vector<base::Buffer>& Speaker::written_ahead() const { return daemon_->written_ahead(); }
base::Buffer Speaker::snapshot_behind(base::TimePoint now) { return daemon_->snapshot_behind(now); }

base::Result<void> Speaker::restore(base::Bytes snapshot, const Restore& with, base::TimePoint now) {
  return daemon_->restore(snapshot, with, now);
}

void Speaker::let_go() { daemon_->let_go(); }

Runtime& Speaker::runtime() { return daemon_->runtime(); }

void Speaker::signal(Signal signal) {
  if (recorder_ != nullptr) recorder_->signal(static_cast<std::uint8_t>(signal));
  daemon_->signal(signal);
}

bool Speaker::round(base::TimePoint now) {
  if (recorder_ != nullptr && recordings_ != nullptr && recordings_->full()) record_into_the_next(now);
  if (recorder_ != nullptr) recorder_->round(now);
  // What the host says to that is part of this round, for whoever hears of it already.
  if (daemon_->recording().wanted()) begin_recording(now);
  if (daemon_->shadow().wanted()) begin_shadow(now);
  const bool again = daemon_->round(now);
  if (daemon_->recording().take_stop()) end_recording();
  if (daemon_->shadow().take_stop()) end_shadow("it was told to stop");
  const bool begins = daemon_->recording().wanted() || daemon_->shadow().wanted();
  return again || (begins && !daemon_->reloading() && !daemon_->upgrade().wanted());
}

// --- recording from here on ------------------------------------------------------------------------------------------------------

// Not during a reload, of which the text and the keys are left out of the state, nor while another program looks at it, which is not in it
// either, nor when there is a driver that only its channel knows.
bool Speaker::may_record_from_here() const {
  if (daemon_->reloading() || daemon_->upgrade().wanted() || daemon_->exit()) return false;
  const auto& channels = daemon_->runtime().all();
  return std::none_of(channels.begin(), channels.end(), [](const auto& one) { return one->notes.retired && one->driver() != nullptr; });
}

void Speaker::begin_recording(base::TimePoint now) {
  if (!may_record_from_here()) return;
  const auto open = daemon_->host().start_recording(*daemon_->recording().wanted());
  if (!open) return daemon_->recording().refused(open.error().reason());
  daemon_->recording().started();
  if (recordings_ == nullptr) return;  // of a daemon that is played again
  record_from_this_round(recordings_->current(), Purpose::recording, now);
}

void Speaker::begin_shadow(base::TimePoint now) {
  if (!may_record_from_here()) return;
  base::ShadowRequest wanted = *daemon_->shadow().wanted();
  wanted.leader = daemon_->engine().name();
  const auto started = daemon_->host().start_shadow(wanted);
  if (!started) {
    base::log(base::LogCategory::reactor, base::LogLevel::warning, "no shadow {}: {}", wanted.engine, started.error().reason());
    return daemon_->shadow().refused(started.error().reason());
  }
  daemon_->shadow().started();
  if (shadows_ == nullptr) return;
  record_from_this_round(shadows_->sink(), Purpose::shadow, now);
}

void Speaker::record_into_the_next(base::TimePoint now) {
  if (!may_record_from_here()) return;
  const auto sink = recordings_->next();
  recorder_->stop(recording::EndReason::full, sink ? "another file follows" : sink.error().reason());
  if (!sink) return end_recording();
  recordings_->close();
  record_from(**sink, Purpose::recording, now);
}

void Speaker::record_from_this_round(recording::Sink& sink, Purpose purpose, base::TimePoint now) {
  record_from(sink, purpose, now);
  recorder_->tell_only(purpose);
  recorder_->round(now);
  recorder_->tell_all();
}

// The speaker as it is, then what happens to it. Who has a driver has had it before.
void Speaker::record_from(recording::Sink& sink, Purpose purpose, base::TimePoint now) {
  recorder_ = daemon_->runtime().recorder = available_;
  recorder_->begin(sink, purpose);
  recorder_->tell_only(purpose);
  recorder_->made(to_made(daemon_->options()));
  daemon_->ask_as_when_made();
  recorder_->snapshot([this, now] { return daemon_->snapshot(now, state::Secrets::left_out); }, now);
  daemon_->ask_as_when_restored();
  for (const auto& channel : daemon_->runtime().all()) {
    if (channel->notes.retired) continue;
    recorder_->channel(channel->notes.id, static_cast<std::uint8_t>(channel->kind()), channel->name());
    const auto* const connection = dynamic_cast<const Connection*>(channel.get());
    if (connection != nullptr && connection->session().remote().address) {
      recorder_->ends(channel->notes.id, connection->session().local(), connection->session().remote());
    }
  }
  for (const auto& channel : daemon_->runtime().all()) {
    if (!channel->notes.retired && channel->driver() != nullptr) recorder_->attached(channel->notes.id);
  }
  recorder_->tell_all();
}

// Of a daemon that is played again nothing ends: what is recorded is how it is played.
void Speaker::end_recording() {
  if (recorder_ == nullptr || recordings_ == nullptr) return;
  recorder_->stop(recording::EndReason::stopped, "");
  recordings_->close();
  rest_recorder();
}

void Speaker::end_shadow(std::string_view why) {
  if (shadows_ == nullptr) return;
  if (recorder_ != nullptr) recorder_->stop(recording::EndReason::stopped, "", Purpose::shadow);
  shadows_->stop(why);  // which one that is coming to its end is told, too
  rest_recorder();
}

void Speaker::rest_recorder() {
  if (recorder_ != nullptr && !recorder_->on()) recorder_ = daemon_->runtime().recorder = nullptr;
}

std::optional<base::TimePoint> Speaker::deadline() const { return daemon_->deadline(); }
std::optional<Exit> Speaker::exit() const { return daemon_->exit(); }
LoopObserver* Speaker::observer() const { return daemon_->observer(); }

void Speaker::waiting(std::optional<base::TimePoint> until, base::TimePoint now) {
  if (recorder_ != nullptr) recorder_->waiting(until, now);
  daemon_->waiting(until, now);
}

bool Speaker::resuming() { return daemon_->measurements().resuming() || daemon_->observer() != nullptr; }

void Speaker::resumed(const Channel& channel, base::TimePoint now) {
  if (recorder_ != nullptr) recorder_->resumed(channel.notes.id, now);
  daemon_->resumed(channel, now);
}

api::Measurement Speaker::measurement() const { return daemon_->measurement(); }
void Speaker::set_observer(LoopObserver* observer) { daemon_->set_observer(observer); }
const std::string& Speaker::engine_wanted() const { return daemon_->engine().wanted(); }

void Speaker::engine_started(std::string_view name, base::TimePoint now) {
  end_shadow(fmt::format("engine {} leads now", name));
  if (recorder_ != nullptr) recorder_->engine_started(name, now);
  daemon_->engine_started(name, now);
}

void Speaker::engine_refused(std::string_view reason) {
  if (recorder_ != nullptr) recorder_->engine_refused(reason);
  daemon_->engine().refused(reason);
}

const std::string& Speaker::upgrade_wanted() const { return *daemon_->upgrade().wanted(); }

void Speaker::upgrade_looked_at_by(std::int64_t pid, base::TimePoint until) { daemon_->upgrade_looked_at_by(pid, until); }
std::optional<process::ChildEnd> Speaker::upgrade_look() const { return daemon_->upgrade().look(); }

void Speaker::upgrade_refused(std::string_view reason) {
  if (recorder_ != nullptr) recorder_->upgrade_refused(reason);
  daemon_->upgrade_refused(reason);
}

std::vector<PausedSession> Speaker::paused_sessions() const { return speaker::paused_sessions(daemon_->runtime()); }
void Speaker::go_on(const std::vector<PausedSession>& paused, base::TimePoint now) { speaker::go_on(daemon_->runtime(), paused, now); }

std::vector<int> Speaker::descriptors() const { return daemon_->descriptors(); }

bool Speaker::engine_failed() {
  if (recorder_ != nullptr) recorder_->engine_failed();
  return daemon_->engine_failed();
}

}  // namespace tandem::speaker
