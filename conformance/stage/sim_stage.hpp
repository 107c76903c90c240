// The stage in the simulated world.
#pragma once

#include "conformance/sim/host.hpp"
#include "conformance/sim/reactor.hpp"
#include "conformance/sim/world.hpp"
#include "conformance/stage/stage.hpp"

namespace tandem::conformance {

class SimStage : public Stage {
 public:
  explicit SimStage(std::uint64_t seed, sim::Weather weather = {});
  ~SimStage() override;

  void configurations(const std::vector<std::string>& texts) override;
  void rewrite(const std::string& text) override;
  std::uint16_t peer_at(const std::string& address, PeerOptions options) override;
  using Stage::peer_at;
  void forget_peer_at(const std::string& address) override;
  std::uint16_t listen_port() override { return next_port_++; }
  std::string program(const std::string& name, std::function<void(ScriptedProgram&)> prepare) override;
  using Stage::program;
  void start() override;
  [[nodiscard]] std::string start_error() override;
  bool run_until(const std::function<bool()>& condition, base::Duration limit) override;
  using Stage::run_until;
  void run_for(base::Duration time) override;
  [[nodiscard]] base::TimePoint now() override { return world.now(); }
  void signal(speaker::Signal signal) override;
  void dial(const std::string& from, const base::Endpoint& to, std::shared_ptr<Remote> remote) override;
  std::shared_ptr<ScriptedProgram> control() override;
  bool stop(base::Duration limit) override;
  using Stage::stop;
  [[nodiscard]] bool stopped() override { return speaker_ == nullptr || speaker_->exit().has_value(); }
  [[nodiscard]] int exit_status() override { return speaker_->exit() == speaker::Exit::stop ? 0 : 1; }
  [[nodiscard]] std::string engine() const override { return "sim"; }

  // Before so many percent of the passes another speaker goes on from a snapshot of the one that ran. Nothing that can be seen depends on it.
  void hand_over(unsigned percent, std::uint64_t seed);
  // ... and this takes it up to so long, in which nobody serves the sessions, but for KEEPALIVEs that are due.
  void hand_over_in(base::Duration pause, unsigned percent, std::uint64_t seed);
  [[nodiscard]] std::size_t handed_over() const { return handed_over_; }
  [[nodiscard]] std::size_t kept_alive() const { return kept_alive_; }  // KEEPALIVEs, meanwhile

  sim::World world;
  sim::Host host;
  sim::Reactor reactor;
  [[nodiscard]] speaker::Speaker& speaker() { return *speaker_; }

 private:
  static constexpr std::uint64_t k_routes_ahead = 64;  // that are written ahead before a pass, at most

  void hand_over_now(base::Duration pause);
  [[nodiscard]] base::Buffer snapshot_in_parts(base::TimePoint taken);
  [[nodiscard]] std::optional<std::size_t> write_some(int descriptor, base::Bytes octets);

  std::size_t handed_over_ = 0;
  std::size_t kept_alive_ = 0;
  speaker::SpeakerOptions options_;
  std::vector<std::string> files_;
  std::unique_ptr<speaker::Speaker> speaker_;
  std::uint16_t next_port_ = 2000;
};

}  // namespace tandem::conformance
