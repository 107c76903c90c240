// One stage for every driver: a test says what there is (configuration, peers, programs), starts the speaker and looks at what
// happens, and the same test runs on each engine (real sockets, real processes, real time) and on the simulator (virtual
// time, no descriptor). Everything a test sees happens in its own thread.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/config/settings.hpp"
#include "common/speaker/speaker.hpp"
#include "conformance/stage/watcher.hpp"
#include "harness/configuration_text.hpp"
#include "harness/scripted_peer.hpp"
#include "harness/scripted_program.hpp"

namespace tandem::conformance {

using namespace std::chrono_literals;
using namespace harness;

class KeptRecording;
class KeptShadow;
// "" when a recording is identical when it is replayed; else the first difference, or why it cannot be played.
[[nodiscard]] std::string replayed(base::Bytes records);

class Stage {
 public:
  // An engine's name or "sim"; the seed matters to the simulator only.
  static std::unique_ptr<Stage> make(const std::string& engine, std::uint64_t seed = 1);
  Stage();
  virtual ~Stage();

  // --- before start ------------------------------------------------------------------------------------------------------
  config::Settings settings;                 // api version 6, no log
  void configuration(const std::string& text) { configurations({text}); }
  virtual void configurations(const std::vector<std::string>& texts) = 0;  // several: debug.rotate
  virtual void rewrite(const std::string& text) = 0;                       // the first file gets new contents
  // A far end: every connection to it gets a new ScriptedPeer. Gives the port to write into `connect`.
  virtual std::uint16_t peer_at(const std::string& address, PeerOptions options = {}) = 0;
  virtual void forget_peer_at(const std::string& address) = 0;             // nobody listens there any more
  // A port the speaker may listen on.
  virtual std::uint16_t listen_port() = 0;
  // `process NAME`: gives the words for `run`. Each start plays a new ScriptedProgram; `programs` collects them.
  virtual std::string program(const std::string& name, std::function<void(ScriptedProgram&)> prepare = nullptr) = 0;
  void record(unsigned rounds = 0);          // all that happens; in files that follow each other, the first of so many rounds
  void record_when_asked();                  // ... from when a command asks for it
  virtual void start() = 0;                  // fails the test when the speaker does not start
  [[nodiscard]] virtual std::string start_error() = 0;  // starts; the reason when it does not

  // --- while it runs -----------------------------------------------------------------------------------------------------
  virtual bool run_until(const std::function<bool()>& condition, base::Duration limit = 20s) = 0;
  virtual void run_for(base::Duration time) = 0;
  [[nodiscard]] virtual base::TimePoint now() = 0;
  virtual void signal(speaker::Signal signal) = 0;
  // A connection to the speaker, and a control client.
  virtual void dial(const std::string& from, const base::Endpoint& to, std::shared_ptr<Remote> remote) = 0;
  virtual std::shared_ptr<ScriptedProgram> control() = 0;
  // The answer to one command on a connection of its own: its lines, the terminator last.
  std::vector<std::string> command(const std::string& line);
  // Asks the speaker to stop and waits for it; true when it did in time. Called by the destructor of the stages, too.
  virtual bool stop(base::Duration limit = 10s) = 0;
  [[nodiscard]] virtual bool stopped() = 0;
  [[nodiscard]] virtual int exit_status() = 0;

  [[nodiscard]] virtual std::string engine() const = 0;
  [[nodiscard]] bool simulated() const { return engine() == "sim"; }
  [[nodiscard]] Watcher& watcher() { return watcher_; }
  // What was recorded, and the first file of it. REQUIRES that the speaker has stopped.
  [[nodiscard]] std::vector<base::Buffer> recordings_made();
  [[nodiscard]] base::Buffer recording();
  [[nodiscard]] KeptShadow& shadow();  // REQUIRES record()

  std::vector<std::shared_ptr<ScriptedPeer>> peers;       // in order of connection
  std::vector<std::string> peer_addresses;                // of `peers`: the far address each was reached at
  std::vector<std::shared_ptr<ScriptedProgram>> programs; // in order of start
  std::vector<std::string> program_names;                 // of `programs`

  // The newest connection of the far end at `address`; null when there was none.
  [[nodiscard]] ScriptedPeer* peer(const std::string& address);
  [[nodiscard]] ScriptedPeer* peer() { return peers.empty() ? nullptr : peers.back().get(); }
  [[nodiscard]] ScriptedProgram* program_running(const std::string& name);
  [[nodiscard]] std::size_t established();                // far ends whose newest connection is up
  // Runs until as many far ends are Established and have got every initial End-of-RIB.
  bool run_until_established(std::size_t count = 1, base::Duration limit = 20s);

 protected:
  // The host as the speaker is to see it.
  [[nodiscard]] process::Host& host_for_speaker(process::Host& host);
  [[nodiscard]] recording::Recorder* recorder();  // null: nothing is recorded
  [[nodiscard]] recording::Recordings* recordings();
  [[nodiscard]] recording::Shadows* shadows();

  Watcher watcher_;

 private:
  std::unique_ptr<KeptRecording> kept_;
};

}  // namespace tandem::conformance
