// KEEPALIVEs while no engine serves the sessions: one program writes its state, another one reads it, and takes its place (docs/engines.md).
// A thread beside that writes them when they are due, so that it does not matter to the peers how large the state is.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "common/base/time.hpp"
#include "common/speaker/paused_session.hpp"

namespace tandem::program {

// Writes what waits and is due, as far as the kernel takes it; a session that has failed is left to the engine that finds out. When to come
// again; nullopt: there is nothing to do.
[[nodiscard]] std::optional<base::TimePoint> write_due(std::vector<speaker::PausedSession>& sessions, base::TimePoint now);

class Keepalives {
 public:
  // A program that has not taken over by then does not: its peers are to find out.
  static constexpr base::Duration k_longest = std::chrono::minutes(1);

  explicit Keepalives(std::vector<speaker::PausedSession> sessions);  // begins
  ~Keepalives();
  Keepalives(const Keepalives&) = delete;
  Keepalives& operator=(const Keepalives&) = delete;

  // Ends it. How far it has come: whoever serves the sessions next goes on from there.
  [[nodiscard]] std::vector<speaker::PausedSession> stop();

 private:
  void run();

  std::vector<speaker::PausedSession> sessions_;  // of the thread, until it has ended
  std::mutex mutex_;
  std::condition_variable stopping_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace tandem::program
