// Everything around a simulated speaker: peers that can be dialled, programs that can be started, files, the clock, the agenda of the
// test. One seed decides all that chance decides, so that a run can be repeated exactly.
#pragma once

#include <csignal>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/process/host.hpp"
#include "conformance/sim/stream.hpp"
#include "harness/remote.hpp"
#include "harness/scripted_program.hpp"

namespace tandem::conformance::sim {

class World {
 public:
  explicit World(std::uint64_t seed, Weather weather = {});

  // --- what a test sets up ---------------------------------------------------------------------------------------------
  Weather weather;
  base::Random random;
  std::map<std::string, std::string> files;
  // Far ends the speaker may dial. Nobody at an address: the connection is refused.
  std::map<base::Endpoint, Acceptor> acceptors;
  // Programs by name (`process NAME`); null: the program cannot be started.
  std::map<std::string, std::function<std::shared_ptr<ScriptedProgram>()>> programs;
  // Connects to a listener of the speaker (or to its control socket); false when nobody listens there.
  bool dial_speaker(const base::Endpoint& from, const base::Endpoint& to, std::shared_ptr<Remote> remote);
  bool dial_control(std::shared_ptr<Remote> client);
  void at(base::TimePoint when, std::function<void()> what);
  void after(base::Duration delay, std::function<void()> what) { at(now_ + delay, std::move(what)); }
  [[nodiscard]] base::TimePoint now() const { return now_; }

  [[nodiscard]] std::size_t tokens_in_use() const { return static_cast<std::size_t>(next_token_ - k_first_token) - free_tokens_.size(); }

  // --- for the host and the reactor ------------------------------------------------------------------------------------
  int new_token();                                              // the lowest one that is free, as a kernel does
  Stream& new_stream(int token);
  Stream* find(int token);
  [[nodiscard]] std::vector<std::unique_ptr<Stream>>& streams() { return streams_; }
  void set_now(base::TimePoint now) { now_ = std::max(now_, now); }
  [[nodiscard]] base::TimePoint ripe_at();                      // now and a bit
  [[nodiscard]] bool scarce();                                  // no descriptor is left for this once
  void start_connect(Stream& stream, const base::Endpoint& target);
  std::shared_ptr<Remote> answer(Stream& stream);               // the connect is through: who is there
  bool run_agenda();                                            // what is due; false when nothing was
  [[nodiscard]] std::optional<base::TimePoint> next_agenda() const;
  void forget_finished();
  void remove_stream(Stream& stream);

  int control_token = 0;                                        // the control socket's listener
  std::vector<process::ChildEnd> ended_children;
  bool child_signal_due = false;
  std::int64_t next_pid = 5000;
  std::map<int, process::DialPlan> dial_plans;
  std::vector<std::pair<std::int64_t, int>> signals_sent;       // to programs
  std::size_t reaped = 0;

 private:
  base::TimePoint now_{};
  static constexpr int k_first_token = 1 << 28;                 // no kernel gives descriptors like these
  int next_token_ = k_first_token;
  std::set<int> free_tokens_;                                   // of streams that are gone
  std::vector<std::unique_ptr<Stream>> streams_;
  std::multimap<base::TimePoint, std::function<void()>> agenda_;
  std::uint16_t next_port_ = 40000;
};

// TANDEM_SIM_SEED when it is set, else `seed`: a failing run is repeated by exporting what it printed.
[[nodiscard]] std::uint64_t seed_or(std::uint64_t seed);
// The seeds that a scenario is played with: 1 to `count`, those of TANDEM_SIM_SEEDS (`200`: so many; `11-200`: these) instead, or the one of
// TANDEM_SIM_SEED.
struct Seeds {
  std::uint64_t first = 1;
  std::uint64_t last = 1;
};
[[nodiscard]] Seeds seeds_to_play(std::uint64_t count);
// "TANDEM_SIM_SEED=7" for SCOPED_TRACE.
[[nodiscard]] std::string replay_hint(std::uint64_t seed);

}  // namespace tandem::conformance::sim
