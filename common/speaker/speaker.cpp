#include "common/speaker/speaker.hpp"

#include "common/recording/recorder.hpp"
#include "common/speaker/daemon.hpp"
#include "common/speaker/recorded_options.hpp"

namespace tandem::speaker {

namespace {

recording::Recorder* begin_recording(const SpeakerOptions& options) {
  if (options.recorder != nullptr) options.recorder->made(to_made(options));
  return options.recorder;
}

}  // namespace

Speaker::Speaker(process::Host& host, SpeakerOptions options)
    : recorder_(begin_recording(options)), daemon_(std::make_unique<Daemon>(host, std::move(options))) {
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
  if (recorder_ != nullptr) recorder_->round(now);
  return daemon_->round(now);
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

bool Speaker::engine_failed() {
  if (recorder_ != nullptr) recorder_->engine_failed();
  return daemon_->engine_failed();
}

}  // namespace tandem::speaker
