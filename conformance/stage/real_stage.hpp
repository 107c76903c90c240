// The stage on real sockets: the speaker and its engine in a thread, peers and programs in the test's thread.
#pragma once

#include <map>
#include <thread>

#include "conformance/stage/stage.hpp"
#include "harness/loopback.hpp"

namespace tandem::conformance {

// A directory of its own, removed with all it holds.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }
  void write(const std::string& name, const std::string& text) const;

 private:
  std::string path_;
};

class RealStage : public Stage {
 public:
  explicit RealStage(const std::string& engine);
  ~RealStage() override;

  void configurations(const std::vector<std::string>& texts) override;
  void rewrite(const std::string& text) override;
  std::uint16_t peer_at(const std::string& address, PeerOptions options) override;
  std::uint16_t peer_at(const std::string& address, PeerOptions options, SocketHabits habits);
  using Stage::peer_at;
  void forget_peer_at(const std::string& address) override;
  std::uint16_t listen_port() override { return free_port(); }
  std::string program(const std::string& name, std::function<void(ScriptedProgram&)> prepare) override;
  using Stage::program;
  void start() override;
  [[nodiscard]] std::string start_error() override;
  bool run_until(const std::function<bool()>& condition, base::Duration limit) override;
  using Stage::run_until;
  void run_for(base::Duration time) override { loopback_.run_for(time); }
  [[nodiscard]] base::TimePoint now() override { return Loopback::now(); }
  void signal(speaker::Signal signal) override;
  void dial(const std::string& from, const base::Endpoint& to, std::shared_ptr<Remote> remote) override;
  std::shared_ptr<ScriptedProgram> control() override;
  bool stop(base::Duration limit) override;
  using Stage::stop;
  [[nodiscard]] bool stopped() override { return stopped_; }
  [[nodiscard]] int exit_status() override { return exit_status_; }
  [[nodiscard]] std::string engine() const override { return engine_; }

  // Called in the engine's thread before the configuration is read, and before a program is started.
  std::function<void()> before_reading;
  std::function<void()> before_spawning;

  // Makes a pair of named pipes that start() hands to the speaker; their path without .in and .out.
  [[nodiscard]] std::string make_control_pipes();

  [[nodiscard]] Loopback& loopback() { return loopback_; }
  [[nodiscard]] const TemporaryDirectory& directory() const { return directory_; }
  [[nodiscard]] std::uint64_t engine_starts() const { return engine_starts_; }
  // Seconds of processor time the engine's thread has used.
  [[nodiscard]] double engine_cpu() const;

 private:
  void body();

  std::string engine_;
  TemporaryDirectory directory_;
  std::string control_pipes_;
  std::vector<std::string> files_;
  std::map<std::string, std::function<void(ScriptedProgram&)>> prepare_;
  std::map<std::string, std::uint16_t> ports_;
  Loopback loopback_;
  bool relaying_ = false;
  std::thread thread_;
  std::atomic<bool> running_{false};
  std::atomic<bool> stopped_{false};
  std::atomic<int> exit_status_{-1};
  std::atomic<std::uint64_t> engine_starts_{0};
  std::atomic<long> engine_clock_{0};
  std::string error_;
};

}  // namespace tandem::conformance
