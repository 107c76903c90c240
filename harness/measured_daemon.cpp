#include "harness/measured_daemon.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <new>

#include "common/process/clock.hpp"
#include "common/process/posix_host.hpp"
#include "common/process/signals.hpp"
#include "common/speaker/signals.hpp"

namespace tandem::harness {

namespace {

class WakeCounter final : public speaker::LoopObserver {
 public:
  explicit WakeCounter(Counters& counters) : counters_(counters) {}
  void woke(speaker::WakeCause) override { counters_.wake_ups.fetch_add(1, std::memory_order_relaxed); }

 private:
  Counters& counters_;
};

int run_daemon(const DaemonPlan& plan, Counters& counters) {
  process::block_signals(speaker::handled_signal_set());
  process::PosixHost host;
  speaker::SpeakerOptions options;
  options.settings = plan.settings;
  options.configurations = {plan.configuration};
  options.engines = plan.engines;
  options.control_socket = plan.control_socket;
  options.version = plan.settings.version;
  options.redirect = [&plan](std::string_view key, process::DialPlan& dial) {
    const auto port = plan.ports.find(std::string(key));
    if (port == plan.ports.end()) return;
    dial = {};
    dial.remote = {base::IpAddress::v4(0x7F000001), port->second};
  };
  speaker::Speaker speaker(host, std::move(options));
  WakeCounter observer(counters);
  speaker.set_observer(&observer);
  if (auto started = speaker.start(process::now()); !started) return 1;
  return plan.drive(speaker);
}

// Blocks until go(); the parent that is gone means that nothing is to be done.
void wait_for_start(int starter) {
  char word = 0;
  if (read(starter, &word, 1) != 1) _exit(0);
}

[[noreturn]] void become_daemon(const DaemonPlan& plan, Counters& counters) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int null = open(plan.log_file.empty() ? "/dev/null" : plan.log_file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (null >= 0) {
    dup2(null, 1);
    dup2(null, 2);
  }
  counters.daemon_pid = getpid();
  if (plan.count_system_calls) {
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0) raise(SIGSTOP);
  }
  const int status = run_daemon(plan, counters);
  _exit(status);
}

// Counts the entries into the kernel until the daemon ends; hands signals on. One process between us and the daemon.
[[noreturn]] void become_counter(const DaemonPlan& plan, Counters& counters) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const pid_t daemon = fork();
  if (daemon == 0) become_daemon(plan, counters);
  int status = 0;
  if (daemon < 0 || waitpid(daemon, &status, 0) != daemon) _exit(1);
  if (WIFSTOPPED(status) && ptrace(PTRACE_SETOPTIONS, daemon, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) == 0) {
    counters.counting = true;
    bool entering = true;
    long deliver = 0;
    for (;;) {
      if (ptrace(PTRACE_SYSCALL, daemon, nullptr, deliver) != 0) break;
      if (waitpid(daemon, &status, 0) != daemon || !WIFSTOPPED(status)) break;
      deliver = 0;
      if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
        if (entering) counters.system_calls.fetch_add(1, std::memory_order_relaxed);
        entering = !entering;
      } else {
        deliver = WSTOPSIG(status);
      }
    }
  } else if (!WIFEXITED(status)) {
    waitpid(daemon, &status, 0);
  }
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

}  // namespace

MeasuredDaemon::MeasuredDaemon(DaemonPlan plan) {
  void* shared = mmap(nullptr, sizeof(Counters), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) std::abort();
  counters_ = new (shared) Counters;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) std::abort();
  const base::UniqueFd waiter(ends[0]);
  starter_.reset(ends[1]);
  pid_ = fork();
  if (pid_ == 0) {
    starter_.reset();
    wait_for_start(waiter.get());
    if (plan.count_system_calls) become_counter(plan, *counters_);
    become_daemon(plan, *counters_);
  }
  if (pid_ < 0) status_ = 1;
}

void MeasuredDaemon::go() {
  const char word = 'g';
  static_cast<void>(write(starter_.get(), &word, 1) == 1);  // a child that is gone is noticed by poll()
}

MeasuredDaemon::~MeasuredDaemon() {
  if (!status_) {
    if (const std::int64_t daemon = counters_->daemon_pid; daemon > 0) kill(static_cast<pid_t>(daemon), SIGKILL);
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  munmap(counters_, sizeof(Counters));
}

double MeasuredDaemon::cpu_s() const {
  clockid_t clock{};
  timespec used{};
  if (clock_getcpuclockid(static_cast<pid_t>(counters_->daemon_pid.load()), &clock) != 0 || clock_gettime(clock, &used) != 0) return 0;
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

std::uint64_t MeasuredDaemon::memory_kib(const char* which, std::string_view name) const {
  std::ifstream file("/proc/" + std::to_string(counters_->daemon_pid.load()) + "/" + which);
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with(name)) return std::strtoull(line.c_str() + name.size(), nullptr, 10);
  }
  return 0;
}

std::uint64_t MeasuredDaemon::peak_rss_kib() const { return memory_kib("status", "VmHWM:"); }
std::uint64_t MeasuredDaemon::private_kib() const {
  return memory_kib("smaps_rollup", "Private_Dirty:") + memory_kib("smaps_rollup", "Private_Clean:");
}

std::optional<int> MeasuredDaemon::poll() {
  if (status_) return status_;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) == pid_) status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return status_;
}

}  // namespace tandem::harness
