// A speaker in a process of its own, so that its CPU time, memory and system calls are its own. A second kind of run counts system
// calls with ptrace(2), which slows the process down: its times are not used.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/unique_fd.hpp"
#include "common/config/settings.hpp"
#include "common/speaker/speaker.hpp"

namespace tandem::harness {

// Shared between the processes.
struct Counters {
  std::atomic<std::uint64_t> wake_ups{0};
  std::atomic<std::uint64_t> system_calls{0};
  std::atomic<std::int64_t> daemon_pid{0};
  std::atomic<bool> counting{false};  // system calls are being counted
};

struct DaemonPlan {
  std::function<int(speaker::Speaker&)> drive;    // runs the engines on it, to the exit status of the process
  std::vector<std::string> engines;               // that a command may switch to
  std::string configuration;                      // path
  config::Settings settings;
  std::string control_socket;                     // path
  std::map<std::string, std::uint16_t> ports;     // peer key -> port on 127.0.0.1 to connect to
  bool count_system_calls = false;
  std::string log_file;                           // what it would have said; empty: nowhere
};

class MeasuredDaemon {
 public:
  // Forks at once, so that the daemon starts from a small process whatever the comparison has collected meanwhile; it does nothing
  // before go().
  explicit MeasuredDaemon(DaemonPlan plan);
  void go();
  ~MeasuredDaemon();  // ends it, if it lives
  MeasuredDaemon(const MeasuredDaemon&) = delete;
  MeasuredDaemon& operator=(const MeasuredDaemon&) = delete;

  [[nodiscard]] const Counters& counters() const { return *counters_; }
  // CPU time so far and the highest resident size; zero once the process is gone.
  [[nodiscard]] double cpu_s() const;
  [[nodiscard]] std::uint64_t peak_rss_kib() const;
  // Resident memory that is its own: not the pages it still shares with the process it was forked from.
  [[nodiscard]] std::uint64_t private_kib() const;
  // The exit status once it has ended (128 + signal when one ended it).
  std::optional<int> poll();

 private:
  [[nodiscard]] std::uint64_t memory_kib(const char* file, std::string_view line) const;  // of /proc/PID/FILE
  Counters* counters_ = nullptr;
  pid_t pid_ = 0;
  base::UniqueFd starter_;  // closing it without a word tells the child to leave
  std::optional<int> status_;
};

}  // namespace tandem::harness
