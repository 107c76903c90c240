#include "common/speaker/speaker.hpp"

#include "common/speaker/daemon.hpp"

namespace tandem::speaker {

Speaker::Speaker(process::Host& host, SpeakerOptions options) : daemon_(std::make_unique<Daemon>(host, std::move(options))) {}
Speaker::~Speaker() = default;

base::Result<void> Speaker::start(base::TimePoint now) { return daemon_->start(now); }
Runtime& Speaker::runtime() { return daemon_->runtime(); }
void Speaker::signal(Signal signal) { daemon_->signal(signal); }
bool Speaker::round(base::TimePoint now) { return daemon_->round(now); }
std::optional<base::TimePoint> Speaker::deadline() const { return daemon_->deadline(); }
std::optional<Exit> Speaker::exit() const { return daemon_->exit(); }
LoopObserver* Speaker::observer() const { return daemon_->observer(); }
void Speaker::waiting(std::optional<base::TimePoint> until, base::TimePoint now) { daemon_->waiting(until, now); }
bool Speaker::resuming() { return daemon_->measurements().resuming() || daemon_->observer() != nullptr; }
void Speaker::resumed(const Channel& channel, base::TimePoint now) { daemon_->resumed(channel, now); }
void Speaker::set_observer(LoopObserver* observer) { daemon_->set_observer(observer); }
const std::string& Speaker::engine_wanted() const { return daemon_->engine().wanted(); }
void Speaker::engine_started(std::string_view name, base::TimePoint now) { daemon_->engine_started(name, now); }
void Speaker::engine_refused(std::string_view reason) { daemon_->engine().refused(reason); }
bool Speaker::engine_failed() { return daemon_->engine_failed(); }

}  // namespace tandem::speaker
