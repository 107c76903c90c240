#include "bench/table/loop.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace tandem::bench {

namespace {

namespace json = boost::json;

constexpr const char* k_perf = "/usr/bin/perf";
constexpr const char* k_strace = "/usr/bin/strace";
constexpr std::string_view k_waits[] = {"poll", "ppoll", "epoll_wait", "epoll_pwait", "io_uring_enter"};
constexpr const char* k_all_calls = "raw_syscalls:sys_enter";
constexpr const char* k_events =
    "raw_syscalls:sys_enter,syscalls:sys_enter_poll,syscalls:sys_enter_ppoll,syscalls:sys_enter_epoll_wait,syscalls:sys_enter_epoll_pwait,syscalls:sys_enter_io_uring_enter";

constexpr std::size_t k_event_count = 6;

// It counts when it has opened its events; it does not say so.
void wait_for_events_of(pid_t counter) {
  const auto limit = Clock::now() + Seconds(5);
  for (std::size_t open = 0; open < k_event_count && Clock::now() < limit;) {
    ::usleep(5'000);
    open = 0;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(fmt::format("/proc/{}/fd", counter), ignored)) {
      if (std::filesystem::read_symlink(entry.path(), ignored) == "anon_inode:[perf_event]") ++open;
    }
  }
  ::usleep(20'000);  // to turn them on
}

// The slices of one process in the order in which they began, wait by wait.
class Reader {
 public:
  explicit Reader(Observation& out) : out_(out) {}
  void take(const json::object& event) {
    const std::string_view kind = event.at("cat").as_string();
    if (kind == "engine" || kind == "lost") return;
    const double begin = event.at("ts").to_number<double>();
    if (kind != "wait") {
      busy_ = busy_ || kind == "driver" || kind == "turn" || kind == "work";
      return;
    }
    if (turn_began_) {
      out_.longest_turn_s = std::max(out_.longest_turn_s, (begin - *turn_began_) / 1e6);
      if (slept_ && !busy_) ++out_.empty_wake_ups;
    }
    const std::string_view woken = event.at("args").at("woken").as_string();
    slept_ = woken != "again";
    ++out_.waits;
    if (slept_) ++out_.wake_ups;
    busy_ = false;
    turn_began_ = begin + event.at("dur").to_number<double>();
  }

 private:
  Observation& out_;
  std::optional<double> turn_began_;
  bool slept_ = false;
  bool busy_ = false;
};

}  // namespace

const std::vector<FigureRow>& loop_figures() {
  static const std::vector<FigureRow> rows{
      {"loop.user", "CPU, user", "ms", 0},
      {"loop.system", "CPU, system", "ms", 0},
      {"loop.wake-ups", "wake-ups", "", 0},
      {"loop.empty", "of them with nothing to do", "", 0},
      {"loop.waits", "looks at the descriptors", "", 0},
      {"loop.wait-calls", "system calls that wait, counted by perf or strace", "", 0},
      {"loop.calls", "system calls, counted by perf or strace", "", 0},
      {"loop.switches", "context switches, of its own will", "", 0},
      {"loop.preempted", "context switches, against it", "", 0},
      {"loop.octets", "octets a wake-up", "", 0},
      {"loop.turn", "longest turn", "ms", 2},
  };
  return rows;
}

bool read_timeline(const std::string& path, Observation& observation) {
  std::ifstream file(path);
  if (!file) return false;
  Reader reader(observation);
  for (std::string line; std::getline(file, line);) {
    if (line.ends_with(',')) line.pop_back();
    boost::system::error_code wrong;
    const auto event = json::parse(line, wrong);
    if (!wrong && event.is_object()) reader.take(event.as_object());
  }
  return observation.waits != 0;
}

bool read_counts(const std::string& path, Observation& observation) {
  std::ifstream file(path);
  std::uint64_t all = 0;
  std::uint64_t waiting = 0;
  bool whole = false;
  for (std::string line; std::getline(file, line);) {
    if (const std::size_t end = line.find(",,"); end != std::string::npos) {  // perf: a count and whose it is
      whole = true;
      (line.find(k_all_calls) == end + 2 ? all : waiting) += std::strtoull(line.c_str(), nullptr, 10);
      continue;
    }
    // strace: share, seconds, microseconds a call, calls, errors (none: not there), whose they are
    std::istringstream words(line);
    std::string share, seconds, each;
    std::uint64_t calls = 0;
    if (!(words >> share >> seconds >> each >> calls)) continue;
    std::string name;
    for (std::string word; words >> word;) name = word;
    if (name == "total") whole = true;
    else all += calls;
    if (std::find(std::begin(k_waits), std::end(k_waits), name) != std::end(k_waits)) waiting += calls;
  }
  if (!whole || all == 0) return false;
  observation.calls = all;
  observation.wait_calls = waiting;
  return true;
}

Counter counter() {
  const auto has_tracepoints = [](const char* folder) { return std::filesystem::exists(std::string(folder) + "/events/raw_syscalls"); };
  if (std::filesystem::exists(k_perf) && (has_tracepoints("/sys/kernel/tracing") || has_tracepoints("/sys/kernel/debug/tracing"))) return Counter::perf;
  return std::filesystem::exists(k_strace) ? Counter::strace : Counter::none;
}

std::vector<std::string> counted_command(const std::string& path) {
  return {k_strace, "-D", "-f", "-b", "execve", "-qq", "-c", "-o", path, "--"};
}

pid_t start_counting(pid_t process, const std::string& path) {
  if (counter() != Counter::perf) return 0;
  const pid_t counter = ::fork();
  if (counter > 0) wait_for_events_of(counter);
  if (counter != 0) return counter;
  const int nowhere = ::open("/dev/null", O_RDWR);
  for (int fd = 0; fd < 3; ++fd) ::dup2(nowhere, fd);
  const std::string number = std::to_string(process);
  ::execl(k_perf, "perf", "stat", "-x,", "-o", path.c_str(), "-e", k_events, "-p", number.c_str(), static_cast<char*>(nullptr));
  ::_exit(127);
}

void end_counting(pid_t counter) {
  if (counter <= 0) return;
  ::kill(counter, SIGINT);
  ::waitpid(counter, nullptr, 0);
}

Figures figures_of(const Observation& seen) {
  Figures out{{"loop.user", seen.user_s * 1000},
              {"loop.system", seen.system_s * 1000},
              {"loop.switches", static_cast<double>(seen.switches)},
              {"loop.preempted", static_cast<double>(seen.preempted)}};
  if (seen.waits != 0) {
    out["loop.waits"] = static_cast<double>(seen.waits);
    out["loop.wake-ups"] = static_cast<double>(seen.wake_ups);
    out["loop.empty"] = static_cast<double>(seen.empty_wake_ups);
    out["loop.octets"] = seen.wake_ups == 0 ? 0 : static_cast<double>(seen.octets) / static_cast<double>(seen.wake_ups);
    out["loop.turn"] = seen.longest_turn_s * 1000;
  }
  if (seen.calls) {
    out["loop.calls"] = static_cast<double>(*seen.calls);
    out["loop.wait-calls"] = static_cast<double>(*seen.wait_calls);
  }
  return out;
}

}  // namespace tandem::bench
