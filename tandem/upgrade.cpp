#include "tandem/upgrade.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "common/log/spdlog_sink.hpp"
#include "common/process/clock.hpp"
#include "common/process/posix_host.hpp"
#include "common/process/signals.hpp"
#include "common/process/spawn_setup.hpp"
#include "common/process/system_error.hpp"
#include "common/speaker/speaker.hpp"
#include "tandem/engines/engines.hpp"
#include "tandem/environment.hpp"
#include "tandem/memory_file.hpp"
#include "tandem/subcommand.hpp"

namespace tandem::program {

namespace {

constexpr const char* k_program_name = "tandem";        // whatever its file is called: by other names it takes other words
constexpr std::size_t k_said_max = 4096;
constexpr int k_politeness = 10;  // of a program that looks at the state of another one, which serves its peers meanwhile
constexpr base::Duration k_worked = std::chrono::milliseconds(50);  // more than it takes to be started
constexpr std::string_view k_replaced = " (deleted)";

void set_close_on_exec(int descriptor, bool close) {
  const int flags = ::fcntl(descriptor, F_GETFD);
  if (flags >= 0) ::fcntl(descriptor, F_SETFD, close ? flags | FD_CLOEXEC : flags & ~FD_CLOEXEC);
}

// Where the program lay when this one was started, if it was replaced since.
std::string own_path() {
  std::error_code none;
  std::string path = std::filesystem::read_symlink("/proc/self/exe", none).string();
  if (path.ends_with(k_replaced)) path.resize(path.size() - k_replaced.size());
  return path;
}

// Executes a program with these descriptors and closes the others; comes back, and keeps them, when that was not possible.
base::Error execute(const std::string& program, std::vector<std::string> words, const std::vector<int>& descriptors) {
  const std::vector<char*> arguments = process::argument_pointers(words);
  for (const int descriptor : descriptors) set_close_on_exec(descriptor, false);
  ::execve(program.c_str(), arguments.data(), environ);
  const int number = errno;
  for (const int descriptor : descriptors) set_close_on_exec(descriptor, true);
  return process::system_error("exec", program, number);
}

// `paused`: -1 where the program before is one that knows nothing of it.
std::vector<std::string> words_to_go_on(int state, int paused, std::int64_t taken, int log, int before) {
  std::vector<std::string> words{k_program_name, "server", "--resume-state", fmt::format("{}", state), "--taken-at", fmt::format("{}", taken),
                                 fmt::format("--log-descriptor={}", log), fmt::format("--or-else={}", before)};
  if (paused >= 0) words.push_back(fmt::format("--paused={}", paused));
  return words;
}

// The child that becomes the program. What goes wrong before it has is said where that would say it.
[[noreturn]] void look(const std::string& program, bool log_is_open, const StateCheck::WriteState& write, int state, int output) {
  ::setpgid(0, 0);
  static_cast<void>(::nice(k_politeness));
  const auto written = write(state);
  // Whoever does not know how to go back, or that KEEPALIVEs have left, is found out here.
  std::vector<std::string> words{k_program_name, "server", "--check-state", "--or-else=-1", "--paused=-1"};
  if (log_is_open) words.emplace_back("--log-is-open");
  std::string said = written ? std::string() : written.error().reason();
  if (written) {
    for (const auto& [from, to] : {std::pair(state, STDIN_FILENO), std::pair(output, STDOUT_FILENO), std::pair(output, STDERR_FILENO)}) ::dup2(from, to);
    ::closefrom(STDERR_FILENO + 1);
    process::forget_signals();
    said = execute(program, std::move(words), {}).reason();
  }
  static_cast<void>(!::write(written ? STDERR_FILENO : output, said.data(), said.size()));
  ::_exit(k_exit_failure);
}

// Whether everything that resume_daemon() does would succeed. Of the descriptors that the state names none is here: numbers that no kernel gives
// stand for them.
base::Result<void> check(Handed handed, bool log_is_open) {
  const config::Settings settings = handed.around.options.settings;
  if (auto log = log::SpdlogSink::open(log_options(settings)); !log && !log_is_open) return log.error();
  process::PosixHost host;
  handed.around.options.engines = engine_names();
  speaker::Speaker speaker(host, std::move(handed.around.options));
  int next = 1 << 28;
  const auto restored = speaker.restore(handed.octets, {[&next](int) { return base::UniqueFd(next++); }}, process::now());
  if (!restored) return restored.error();
  speaker.let_go();
  const auto& engines = engines_that_run();
  if (std::find(engines.begin(), engines.end(), speaker.engine_wanted()) != engines.end()) return {};
  return base::Error(fmt::format("it cannot run the engine '{}', which runs now ({})", speaker.engine_wanted(), fmt::join(engines, ", ")));
}

}  // namespace

std::string program_to_run(const std::string& wanted) { return wanted.empty() ? own_path() : wanted; }

base::Result<void> write_state(int file, speaker::Speaker& speaker, base::TimePoint now) {
  std::size_t place = 0;
  for (const base::Buffer& octets : speaker.written_ahead()) {
    if (auto written = write_over(file, octets, place); !written) return written;
    place += octets.size();
  }
  return write_state_behind(file, speaker, now);
}

base::Result<void> write_state_behind(int file, speaker::Speaker& speaker, base::TimePoint now) {
  std::size_t ahead = 0;
  for (const base::Buffer& octets : speaker.written_ahead()) ahead += octets.size();
  return write_over(file, speaker.snapshot_behind(now), ahead);
}

base::Result<Handed> handed_over(int state) {
  auto octets = read_all(state);
  if (!octets) return octets.error();
  auto around = speaker::surroundings(*octets);
  if (!around) return around.error();
  return base::Result<Handed>(boost::system::in_place_value, Handed{std::move(*octets), std::move(*around)});
}

// The child has the memory of this process as it is now, so it writes the state, and nobody waits for that. Of its threads it has this one
// alone: it logs nothing.
base::Result<std::unique_ptr<StateCheck>> StateCheck::begin(const std::string& program, bool log_is_open, const WriteState& write) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return process::system_error("pipe2", program, errno);
  base::UniqueFd output(ends[0]);
  const base::UniqueFd input(ends[1]);
  auto state = memory_file("tandem-state", {});
  if (!state) return state.error();
  ::fcntl(output.get(), F_SETFL, O_NONBLOCK);  // somebody else may have the other end when it has ended
  const pid_t pid = ::fork();
  if (pid < 0) return process::system_error("fork", program, errno);
  if (pid == 0) look(program, log_is_open, write, state->get(), input.get());
  ::setpgid(pid, pid);  // it does so itself, too: whoever is the first
  return std::unique_ptr<StateCheck>(new StateCheck(program, pid, std::move(*state), std::move(output)));
}

StateCheck::StateCheck(std::string program, pid_t pid, base::UniqueFd state, base::UniqueFd output)
    : program_(std::move(program)), pid_(pid), state_(std::move(state)), output_(std::move(output)), begun_(process::now()) {}

StateCheck::~StateCheck() {
  if (pid_ > 0) ::kill(-pid_, SIGKILL);  // it has a group of its own; whoever collects children collects it
}

bool StateCheck::works(base::TimePoint now) {
  clockid_t clock{};
  timespec used{};
  if (now - begun_ >= k_longest || ::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return false;
  const base::Duration until_now = std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
  if (until_now - worked_ < k_worked) return false;
  worked_ = until_now;
  return true;
}

base::Result<void> StateCheck::verdict(const std::optional<process::ChildEnd>& end) {
  const auto refused = [this](std::string_view why) { return base::Error(fmt::format("{} does not take the state: {}", program_, why)); };
  if (!end) return refused(fmt::format("it has not looked at it in {:.0f} s", base::seconds(process::now() - begun_)));
  pid_ = 0;
  if (end->exit_code == 0) return {};
  std::string said(k_said_max, '\0');
  const ssize_t count = ::read(output_.get(), said.data(), said.size());  // it has ended: what it has said is there
  said.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return refused(said.empty() ? "it does not say why" : said.substr(0, said.find('\n')));
}

base::Error replace_by(const std::string& program, const Handover& handover) {
  std::vector<int> handed = handover.descriptors;
  handed.insert(handed.end(), {handover.state, handover.paused});
  for (const int descriptor : {handover.log, handover.before}) {
    if (descriptor >= 0) handed.push_back(descriptor);
  }
  return execute(program, words_to_go_on(handover.state, handover.paused, handover.taken.time_since_epoch().count(), handover.log, handover.before), handed);
}

base::UniqueFd this_program() { return base::UniqueFd(::open("/proc/self/exe", O_PATH | O_CLOEXEC)); }

base::Error go_back(const Resumption& with, std::string_view reason, const std::vector<int>& descriptors) {
  if (with.before < 0) return base::Error("there is no program to go back to");
  std::vector<std::string> words = words_to_go_on(with.state, with.paused, with.taken, with.log, with.before);
  words.push_back(fmt::format("--refused=it could not go on: {}", reason));
  return execute(fmt::format("/proc/self/fd/{}", with.before), std::move(words), descriptors);
}

int descriptor_of(const std::string& path) {
  struct stat wanted {};
  if (::stat(path.c_str(), &wanted) != 0) return -1;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", none)) {
    const int descriptor = std::atoi(entry.path().filename().c_str());
    struct stat facts {};
    if (descriptor > STDERR_FILENO && ::fstat(descriptor, &facts) == 0 && facts.st_dev == wanted.st_dev && facts.st_ino == wanted.st_ino) return descriptor;
  }
  return -1;
}

std::vector<int> keep_descriptors_to_ourselves() {
  std::vector<int> all;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", none)) {
    const int descriptor = std::atoi(entry.path().filename().c_str());
    if (descriptor > STDERR_FILENO) all.push_back(descriptor);
  }
  for (const int descriptor : all) set_close_on_exec(descriptor, true);
  return all;
}

int check_state(bool log_is_open) {
  auto handed = handed_over(STDIN_FILENO);
  const auto checked = handed ? check(std::move(*handed), log_is_open) : base::Result<void>(handed.error());
  if (checked) return k_exit_ok;
  complain(checked.error().reason());
  return k_exit_failure;
}

}  // namespace tandem::program
