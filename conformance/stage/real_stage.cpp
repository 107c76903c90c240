#include "conformance/stage/real_stage.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "common/config/parser.hpp"
#include "common/process/clock.hpp"
#include "common/process/posix_host.hpp"
#include "common/process/signals.hpp"
#include "common/speaker/engine_loop.hpp"
#include "tandem/engines/engines.hpp"

namespace tandem::conformance {

namespace {

int number_of(speaker::Signal signal) {
  for (const speaker::HandledSignal& handled : speaker::k_handled_signals) {
    if (handled.signal == signal) return handled.number;
  }
  return 0;
}

// The kernel, and a moment to do something in the middle of a start or a reload.
class InterruptedHost final : public process::PosixHost {
 public:
  explicit InterruptedHost(const RealStage& stage) : stage_(stage) {}
  [[nodiscard]] std::optional<base::Result<process::TextFile>> read_on(process::FileReading& reading) const override {
    if (!reading.fd && stage_.before_reading) stage_.before_reading();
    return PosixHost::read_on(reading);
  }
  [[nodiscard]] base::Result<process::Spawned> spawn(const process::SpawnPlan& plan) override {
    if (stage_.before_spawning) stage_.before_spawning();
    return PosixHost::spawn(plan);
  }

 private:
  const RealStage& stage_;
};

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "tandem-XXXXXX").string();
  if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

void TemporaryDirectory::write(const std::string& name, const std::string& text) const {
  std::ofstream(path_ + "/" + name, std::ios::binary) << text;
}

RealStage::RealStage(const std::string& engine) : engine_(engine) {
  process::block_signals(speaker::handled_signal_set());  // the engine's thread must be the only one that may take them
}

RealStage::~RealStage() {
  stop(10s);
  if (!thread_.joinable()) return;
  if (!stopped_) {
    std::fputs("the engine did not stop within 10 s\n", stderr);
    std::abort();  // joining would hang for ever, and leaving would pull the world from under its feet
  }
  thread_.join();
}

void RealStage::configurations(const std::vector<std::string>& texts) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string name = fmt::format("{}.conf", i);
    directory_.write(name, texts[i]);
    files_.push_back(directory_.path() + "/" + name);
  }
}

void RealStage::rewrite(const std::string& text) { directory_.write("0.conf", text); }

std::uint16_t RealStage::peer_at(const std::string& address, PeerOptions options) { return peer_at(address, std::move(options), {}); }

std::uint16_t RealStage::peer_at(const std::string& address, PeerOptions options, SocketHabits habits) {
  const auto accept = [this, options, address](const base::Endpoint&, const base::Endpoint&) {
    peers.push_back(std::make_shared<ScriptedPeer>(options));
    peer_addresses.push_back(address);
    return peers.back();
  };
  // An address that was used before keeps its port, so that a peer can come back.
  const std::uint16_t port = loopback_.listen(address, accept, ports_.contains(address) ? ports_[address] : std::uint16_t{0}, habits);
  ports_[address] = port;
  return port;
}

void RealStage::forget_peer_at(const std::string& address) { loopback_.stop_listening(ports_[address]); }

std::string RealStage::program(const std::string& name, std::function<void(ScriptedProgram&)> prepare) {
  const std::string path = directory_.path() + "/relay";
  prepare_[name] = std::move(prepare);
  if (!relaying_) {
    relaying_ = loopback_.listen_relay(path, [this](const std::string& started) {
      programs.push_back(std::make_shared<ScriptedProgram>());
      program_names.push_back(started);
      if (prepare_[started]) prepare_[started](*programs.back());
      return programs.back();
    });
  }
  return fmt::format("{} {} {}", TANDEM_RELAY, path, name);
}

std::string RealStage::make_control_pipes() {
  control_pipes_ = directory_.path() + "/pipes";
  for (const char* end : {".in", ".out"}) EXPECT_EQ(::mkfifo((control_pipes_ + end).c_str(), 0600), 0);
  return control_pipes_;
}

void RealStage::start() {
  const std::string error = start_error();
  ASSERT_EQ(error, "");
}

std::string RealStage::start_error() {
  thread_ = std::thread([this] { body(); });
  loopback_.run_until([this] { return running_ || stopped_; }, 30s);
  return error_;
}

bool RealStage::run_until(const std::function<bool()>& condition, base::Duration limit) { return loopback_.run_until(condition, limit); }

void RealStage::body() {
  clockid_t clock = 0;
  pthread_getcpuclockid(pthread_self(), &clock);
  engine_clock_ = clock;
  InterruptedHost host(*this);
  speaker::SpeakerOptions options;
  options.settings = settings;
  options.configurations = files_;
  options.engines = program::engine_names();
  options.control_socket = directory_.path() + "/control";
  options.control_pipes = control_pipes_;
  options.version = "test";
  options.recorder = recorder();
  options.recordings = recordings();
  options.shadows = shadows();
  speaker::Speaker speaker(host_for_speaker(host), options);
  speaker.set_observer(&watcher_);
  const auto started = speaker.start(process::now());
  if (!started) {
    error_ = config::render(started.error());
    stopped_ = true;
    return;
  }
  const auto make = [this](std::string_view name) {
    ++engine_starts_;
    running_ = true;
    return program::make_reactor(name);
  };
  exit_status_ = speaker::run_engines(speaker, engine_, make, process::now) ? 0 : 1;
  stopped_ = true;
}

void RealStage::signal(speaker::Signal signal) { ::kill(::getpid(), number_of(signal)); }

void RealStage::dial(const std::string& from, const base::Endpoint& to, std::shared_ptr<Remote> remote) {
  loopback_.dial(from, to, std::move(remote));
}

std::shared_ptr<ScriptedProgram> RealStage::control() {
  auto client = std::make_shared<ScriptedProgram>();
  return loopback_.dial_unix(directory_.path() + "/control", client) ? client : nullptr;
}

bool RealStage::stop(base::Duration limit) {
  if (!thread_.joinable()) return true;
  if (!stopped_) {
    if (const auto client = control()) client->say("daemon shutdown");
  }
  return loopback_.run_until([this] { return stopped_.load(); }, limit);
}

double RealStage::engine_cpu() const {
  timespec used{};
  if (stopped_ || ::clock_gettime(static_cast<clockid_t>(engine_clock_.load()), &used) != 0) return 0;
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

}  // namespace tandem::conformance
