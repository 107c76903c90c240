// The host of a speaker that an engine drives through a recording: it answers as was recorded, and where an engine needs a descriptor to wait
// on there is one, whose other end is with whoever plays the surroundings. What the kernel says of connections it says as it was.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "common/process/told_ends.hpp"
#include "common/replay/recorded_host.hpp"

namespace tandem::replay {

// Where the surroundings wait in this folder: for clients of the speaker, and for the pipes of its programs.
[[nodiscard]] inline std::string control_socket_in(const std::string& folder) { return folder + "/control"; }
[[nodiscard]] inline std::string relay_in(const std::string& folder) { return folder + "/relay"; }

// The named pipes of clients, among the names of programs.
inline const std::string k_pipes_of_clients = "the named pipes";

// Gives the other ends of two pipes to who listens there (harness::Loopback::listen_relay). They belong to the name for as long as what comes
// back is open.
[[nodiscard]] base::Result<base::UniqueFd> hand_over(const std::string& relay, const std::string& name, base::UniqueFd input, base::UniqueFd output);

class EngineHost final : public RecordedHost, public process::ToldEnds {
 public:
  // `goes_on`: more is learnt later, and what has not come about by then may still do.
  EngineHost(const Inputs& inputs, std::string folder, bool goes_on = false);
  ~EngineHost();

  // --- for the speaker and its engine ------------------------------------------------------------------------------------
  [[nodiscard]] base::Result<process::Spawned> spawn(const process::SpawnPlan& plan) override;
  [[nodiscard]] base::Result<base::UniqueFd> open_dial_socket(const process::DialPlan& plan) override;
  [[nodiscard]] base::Result<process::OpenListener> open_listener(const process::ListenPlan& plan) override;
  [[nodiscard]] base::Result<base::UniqueFd> open_control_socket(const std::string& path) override;
  [[nodiscard]] base::Result<process::ControlPipes> open_control_pipes(const std::string& path) override;
  [[nodiscard]] std::optional<process::TcpEnds> of_dialled(int fd) override;
  [[nodiscard]] std::optional<process::TcpEnds> of_accepted(int listener) override;
  void redirect(process::DialPlan& plan);  // SpeakerOptions::redirect
  // Of the thread that asks, and the memory of this process; else what was recorded.
  [[nodiscard]] process::Usage usage() const override;
  void count_own_usage() { own_usage_ = true; }

  // --- for whoever makes a speaker that goes on, before it does (stand_ins.hpp) --------------------------------------------------
  // A socket that is being connected under this name: its number will be this one.
  [[nodiscard]] base::Result<base::UniqueFd> dial(int number, const std::string& name);
  void connects(int number, process::TcpEnds ends) { dialled_[number] = std::move(ends); }
  void listens(int number, const std::string& name, std::uint16_t port);

  // --- for the surroundings, in another thread ---------------------------------------------------------------------------
  // While it is held nothing is looked up in the inputs, which may change.
  [[nodiscard]] std::unique_lock<std::mutex> hold_inputs() const { return std::unique_lock(inputs_mutex_); }
  // What a record says of connections.
  void learn(const recording::Record& record);
  // The names of connections that the speaker dials and that have no port yet.
  [[nodiscard]] std::vector<std::string> without_port() const;
  void set_port(const std::string& name, std::uint16_t port);
  // Of 127.0.0.1, where the listener of this name listens; 0: nowhere.
  [[nodiscard]] std::uint16_t port_of(const std::string& listener) const;
  // The next connection that the speaker dials under this name comes about: those that did not are over.
  void let_connect(const std::string& name);
  // What the next instance of a program has for its errors.
  [[nodiscard]] base::UniqueFd take_errors(const std::string& program);

 protected:
  [[nodiscard]] std::optional<base::Buffer> find(HostCall call, const base::Buffer& asked) const override;

 private:
  enum class Outcome : std::uint8_t { pending, abandoned, refused, connected };
  struct Attempt {
    recording::ChannelId id = 0;
    Outcome outcome = Outcome::pending;
  };
  using Question = std::pair<HostCall, base::Buffer>;
  void settle(recording::ChannelId id, Outcome outcome);
  [[nodiscard]] Outcome next_outcome(const std::string& name);
  [[nodiscard]] std::uint16_t way_to(const std::string& name, Outcome outcome);
  void take_ends(int fd);

  const std::string folder_;
  const bool goes_on_;
  bool own_usage_ = false;
  base::UniqueFd nobody_;            // has a port, and does not listen
  base::UniqueFd silent_;            // listens, has as many callers as may wait, and answers no other one
  base::UniqueFd caller_of_silent_;
  std::string dialling_;             // between redirect() and the socket: the channel that connects, or nothing
  std::optional<base::Error> no_socket_;  // likewise: there was none
  std::map<int, process::TcpEnds> dialled_;
  std::map<int, std::string> listeners_;
  std::vector<base::UniqueFd> guards_;

  mutable std::mutex inputs_mutex_;
  mutable std::mutex mutex_;
  std::map<recording::ChannelId, std::string> names_;
  std::map<std::string, std::deque<process::TcpEnds>> ends_;  // of each channel, in their order: the thread of the engine takes them
  std::map<std::string, std::uint16_t> ports_;                // 0: it has none yet
  std::map<std::string, std::deque<Attempt>> attempts_;       // of each name, in their order
  std::map<std::string, std::uint16_t> listening_;
  std::map<std::string, std::deque<base::UniqueFd>> errors_;
  mutable std::map<Question, std::deque<base::Buffer>> in_order_;  // answers that nobody has asked for yet
};

}  // namespace tandem::replay
