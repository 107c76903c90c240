#include "harness/piped_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <string_view>

#include "harness/loopback.hpp"

extern char** environ;

namespace tandem::harness {

namespace {

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  for (std::string& text : strings) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> environment_with(const std::vector<std::pair<std::string, std::string>>& more) {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto replaces = [&text](const auto& variable) { return text.starts_with(variable.first + "="); };
    if (text.starts_with("exabgp") || text.starts_with("tandem") || std::any_of(more.begin(), more.end(), replaces)) continue;
    out.emplace_back(text);
  }
  for (const auto& [name, value] : more) out.push_back(name + "=" + value);
  return out;
}

}  // namespace

PipedProcess::PipedProcess(const std::vector<std::string>& arguments, const std::vector<std::pair<std::string, std::string>>& environment) {
  ::signal(SIGPIPE, SIG_IGN);
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) return;
  const base::UniqueFd theirs_in(in[0]);
  const base::UniqueFd theirs_out(out[1]);
  input_.reset(in[1]);
  output_.reset(out[0]);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, theirs_in.get(), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, theirs_out.get(), STDOUT_FILENO);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t all;
  sigset_t none;
  ::sigfillset(&all);
  ::sigemptyset(&none);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  std::vector<std::string> words = arguments;
  std::vector<std::string> variables = environment_with(environment);
  if (::posix_spawnp(&pid_, words[0].c_str(), &actions, &attributes, pointers(words).data(), pointers(variables).data()) != 0) pid_ = 0;
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
}

PipedProcess::~PipedProcess() {
  if (pid_ <= 0) return;
  ::kill(-pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void PipedProcess::signal(int number) const { ::kill(pid_, number); }

void PipedProcess::say(const std::string& text) {
  if (input_) (void)!::write(input_.get(), text.data(), text.size());
}

bool PipedProcess::read_more(base::TimePoint until) {
  if (!output_) return false;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Loopback::now()).count();
  pollfd entry{output_.get(), POLLIN, 0};
  if (left <= 0 || ::poll(&entry, 1, static_cast<int>(left)) != 1) return false;
  std::array<char, 65536> buffer;
  const ssize_t count = ::read(output_.get(), buffer.data(), buffer.size());
  if (count <= 0) return false;
  rest_.append(buffer.data(), static_cast<std::size_t>(count));
  for (std::size_t end = 0; (end = rest_.find('\n')) != std::string::npos;) {
    lines_.push_back(rest_.substr(0, end));
    rest_.erase(0, end + 1);
    if (!answer_.empty()) say(answer_ + "\n");
  }
  return true;
}

bool PipedProcess::read_lines(std::size_t count, base::Duration limit) {
  const base::TimePoint until = Loopback::now() + limit;
  while (lines_.size() < count && read_more(until)) {
  }
  return lines_.size() >= count;
}

bool PipedProcess::read_until(const std::string& line, base::Duration limit) {
  const base::TimePoint until = Loopback::now() + limit;
  const auto before = static_cast<std::ptrdiff_t>(lines_.size());
  const auto found = [&] { return std::find(lines_.begin() + before, lines_.end(), line) != lines_.end(); };
  while (!found() && read_more(until)) {
  }
  return found();
}

int PipedProcess::wait(base::Duration limit) {
  const base::TimePoint until = Loopback::now() + limit;
  while (read_more(until)) {
  }
  int status = 0;
  while (::waitpid(pid_, &status, WNOHANG) != pid_) {
    if (Loopback::now() > until) return -1000;
    const timespec nap{0, 2'000'000};
    ::nanosleep(&nap, nullptr);
  }
  pid_ = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace tandem::harness
