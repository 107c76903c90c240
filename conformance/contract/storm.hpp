// A storm: hours of virtual time in which everything that can happen does, in an order one seed decides, and then a calm in which
// everything must be as if nothing had. The invariants of docs/contract.md are looked at while it blows and after it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "conformance/contract/scene.hpp"

namespace tandem::conformance {

class Storm {
 public:
  explicit Storm(std::uint64_t seed);
  // What the speaker wrote, and when. Before start().
  struct Written {
    base::TimePoint at;
    int token;             // of the stream
    base::Buffer octets;
    friend bool operator==(const Written&, const Written&) = default;
  };
  void keep(std::vector<Written>& written);
  // Before so many percent of the passes another speaker goes on from a snapshot. Before start().
  void hand_over(unsigned percent) { stage_.hand_over(percent, 1); }
  // ... after a pause in which nobody serves the sessions, but for KEEPALIVEs. While it blows.
  void hand_over_in(base::Duration pause, unsigned percent) { stage_.hand_over_in(pause, percent, 1); }
  void hand_over_no_more() { stage_.reactor.who_goes_on = nullptr; }
  [[nodiscard]] std::size_t kept_alive() const { return stage_.kept_alive(); }
  [[nodiscard]] std::size_t handed_over() const { return stage_.handed_over(); }
  // All that happens, in files that follow each other, the first of so many rounds. Before start().
  void record(unsigned rounds) { stage_.record(rounds); }
  [[nodiscard]] std::vector<base::Buffer> recordings_made() { return stage_.recordings_made(); }
  // Each adds failures to the test that runs. The order is the order of a test.
  void start();
  void blow(std::size_t steps);
  void calm_down();
  void expect_everything_in_place();
  void expect_rest();          // idle: hardly a wake-up, no round without a reason
  void expect_a_clean_end();

 private:
  struct Site {                // of a neighbor
    NeighborText text;
    PeerOptions options;
    std::uint16_t listen = 0;  // 0: it is only dialled
    bool wanted = true;        // in the configuration
    bool reachable = true;
  };

  // what happens
  void happen();
  void command(ScriptedProgram& client);
  void trouble_a_peer(ScriptedPeer& peer);
  void trouble_a_program();
  void trouble_a_control_client();
  void change_the_weather();
  void change_the_configuration();
  void dial_in();
  void toggle_reachable();
  void pass_time();
  void look();                 // what must hold at every moment

  [[nodiscard]] bool chance(unsigned percent) { return random_.below(100) < percent; }
  [[nodiscard]] std::size_t pick(std::size_t count) { return static_cast<std::size_t>(random_.below(count)); }
  [[nodiscard]] Site make_site(std::size_t i);
  [[nodiscard]] std::string random_route();
  [[nodiscard]] std::string random_command();
  [[nodiscard]] std::string configuration() const;
  [[nodiscard]] static bool alive(const ScriptedProgram& client);
  [[nodiscard]] static bool alive(const ScriptedPeer& peer) { return !peer.has_closed(); }
  [[nodiscard]] std::vector<ScriptedPeer*> alive_at(const std::string& address) const;
  [[nodiscard]] std::vector<ScriptedProgram*> programs(const std::string& name) const;  // that run
  [[nodiscard]] bool all_up() const;
  [[nodiscard]] static std::size_t answers(const ScriptedProgram& client);
  [[nodiscard]] bool all_answered() const;
  void expect_tables();
  void expect_answers();
  void expect_events();
  void expect_wire();
  void expect_nothing_left_over();

  SimStage stage_;
  base::Random random_;        // what the storm does; the weather has its own
  std::vector<Site> sites_;
  std::vector<std::shared_ptr<ScriptedProgram>> controls_;
  std::map<const ScriptedProgram*, std::size_t> said_;
  std::size_t fresh_ = 0;      // sites made so far
};

}  // namespace tandem::conformance
