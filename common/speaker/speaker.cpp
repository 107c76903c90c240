#include "common/speaker/speaker.hpp"

#include <algorithm>

#include "common/recording/recordings.hpp"
#include "common/speaker/connection.hpp"
#include "common/speaker/daemon.hpp"
#include "common/speaker/recorded_options.hpp"

namespace tandem::speaker {

namespace {

recording::Recorder* recorder_from_the_beginning(const SpeakerOptions& options) {
  if (options.recorder == nullptr || !options.recorder->on()) return nullptr;
  options.recorder->made(to_made(options));
  return options.recorder;
}

}  // namespace

Speaker::Speaker(process::Host& host, SpeakerOptions options)
    : available_(options.recorder), recordings_(options.recordings), recorder_(recorder_from_the_beginning(options)),
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
  if (daemon_->recording().wanted()) begin_recording(now);
  if (recorder_ != nullptr && recordings_ != nullptr && recordings_->full()) record_into_the_next(now);
  if (recorder_ != nullptr) recorder_->round(now);
  const bool again = daemon_->round(now);
  if (daemon_->recording().take_stop()) end_recording();
  return again || (daemon_->recording().wanted() && !daemon_->reloading() && !daemon_->upgrade().wanted());
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
  const auto sink = recordings_->open(*daemon_->recording().wanted());
  if (!sink) return daemon_->recording().refused(sink.error().reason());
  daemon_->recording().started();
  record_from(**sink, now);
}

void Speaker::record_into_the_next(base::TimePoint now) {
  if (!may_record_from_here()) return;
  const auto sink = recordings_->next();
  recorder_->stop(recording::EndReason::full, sink ? "another file follows" : sink.error().reason());
  if (!sink) return end_recording();
  recordings_->close();
  record_from(**sink, now);
}

// The speaker as it is, then what happens to it. Who has a driver has had it before.
void Speaker::record_from(recording::Sink& sink, base::TimePoint now) {
  recorder_ = daemon_->runtime().recorder = available_;
  recorder_->begin(sink);
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
}

void Speaker::end_recording() {
  if (recorder_ == nullptr) return;
  recorder_->stop(recording::EndReason::stopped, "");
  if (recordings_ != nullptr) recordings_->close();
  recorder_ = daemon_->runtime().recorder = nullptr;
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

void Speaker::set_observer(LoopObserver* observer) { daemon_->set_observer(observer); }
const std::string& Speaker::engine_wanted() const { return daemon_->engine().wanted(); }

void Speaker::engine_started(std::string_view name, base::TimePoint now) {
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
