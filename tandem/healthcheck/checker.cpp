#include "tandem/healthcheck/checker.hpp"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <utility>

#include "common/process/clock.hpp"
#include "common/process/io.hpp"
#include "common/process/signals.hpp"
#include "common/process/system_error.hpp"
#include "tandem/healthcheck/announcement.hpp"
#include "tandem/healthcheck/itself.hpp"

namespace tandem::healthcheck {

namespace {

using namespace std::chrono_literals;

constexpr base::Duration k_hook_limit = 60s;   // nothing is announced while a hook runs
constexpr base::Duration k_last_wait = 1s;     // for the speaker, at the end
constexpr base::Duration k_retry_first = 1s;
constexpr base::Duration k_retry_max = 60s;
constexpr std::size_t k_abandoned_max = 8;     // commands that do not even obey SIGKILL (a file system that hangs)

std::string exit_text(int status) { return status < 0 ? fmt::format("signal {}", -status) : fmt::format("status {}", status); }

}  // namespace

Checker::Checker(Options options, unsigned api_version)
    : options_(std::move(options)),
      api_version_(api_version),
      journal_(options_),
      health_(options_.rise, options_.fall),
      holdings_(options_, journal_) {}

Checker::~Checker() {
  if (!options_.pid_file.empty()) (void)::unlink(options_.pid_file.c_str());
}

int Checker::run() {
  if (auto prepared = prepare(); !prepared) fail(prepared.error());
  while (!over(process::now())) {
    run_tasks();
    if (over(process::now())) break;
    wait();
  }
  return failed_ ? 1 : 0;
}

base::Result<void> Checker::prepare() {
  parent_ = ::getppid();
  listening_ = ::isatty(STDOUT_FILENO) == 0;  // started by hand there is nobody who answers
  sigset_t set;
  ::sigemptyset(&set);
  for (const int number : {SIGTERM, SIGINT, SIGCHLD}) ::sigaddset(&set, number);
  process::block_signals(set);
  signals_.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals_) return process::system_error("signalfd", "", errno);
  if (!options_.pid_file.empty()) {
    if (auto written = write_pid_file(options_.pid_file); !written) return written;
  }
  if (auto found = find_networks(); !found) return found;
  if (options_.setup) tasks_.push_back({Task::Kind::set_up});
  tasks_.push_back({Task::Kind::become});
  tasks_.push_back({Task::Kind::check});
  return boost::system::in_place_value;
}

base::Result<void> Checker::find_networks() {
  std::vector<base::Prefix> there;
  if (options_.networks.empty() && options_.on_interface.empty()) {
    auto found = holdings_.found();
    if (!found) return found.error();
    there = std::move(*found);
  }
  auto networks = announced_networks(options_, there);
  if (!networks) return networks.error();
  networks_ = std::move(*networks);
  if (networks_.empty()) return base::Error("there is no IP address to announce: give --ip, or addresses to the loopback interface");
  if (!options_.setup && !options_.dynamic_setup) return boost::system::in_place_value;
  if (auto managed = holdings_.manage(networks_); !managed) return base::Error(managed.error().reason() + " to set up: give --no-ip-setup");
  return boost::system::in_place_value;
}

void Checker::fail(const base::Error& reason) {
  journal_.last_word(reason.reason());
  failed_ = true;
}

// --- waiting -------------------------------------------------------------------------------------------------------------------

bool Checker::over(base::TimePoint now) const {
  if (failed_ || speaker_gone_) return true;
  if (!leave_at_) return false;
  return *leave_at_ <= now || (commands_.waiting().empty() && (unanswered_ == 0 || !options_.acknowledged || !listening_));
}

void Checker::wait() {
  enum : std::size_t { k_signals, k_input, k_output, k_command };
  std::array<pollfd, 4> entries{};
  entries[k_signals] = {signals_.get(), POLLIN, 0};
  entries[k_input] = {listening_ ? STDIN_FILENO : -1, POLLIN, 0};
  entries[k_output] = {STDOUT_FILENO, static_cast<short>(commands_.waiting().empty() ? 0 : POLLOUT), 0};
  entries[k_command] = {command_ ? command_->output_fd() : -1, POLLIN, 0};
  std::optional<base::TimePoint> until = base::earliest(base::earliest(command_until_, next_check_), base::earliest(retry_at_, leave_at_));
  int limit = -1;
  if (until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until - process::now()).count();
    limit = static_cast<int>(std::clamp<long long>(left, 0, INT_MAX));
  }
  const int ready = ::poll(entries.data(), entries.size(), limit);
  if (ready < 0 && errno != EINTR) {
    return fail(process::system_error("poll", "", errno));
  }
  if (ready > 0) {
    if (entries[k_command].revents != 0) command_->read_output();
    if (entries[k_input].revents != 0) read_answers();
    if ((entries[k_output].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) speaker_gone_ = true;
    else if ((entries[k_output].revents & POLLOUT) != 0) write_commands();
    if (entries[k_signals].revents != 0) take_signals();
  }
  const base::TimePoint now = process::now();
  command_expired(now);
  retry(now);
  if (next_check_ && *next_check_ <= now) {
    next_check_.reset();
    tasks_.push_back({Task::Kind::check});
  }
}

void Checker::take_signals() {
  std::array<signalfd_siginfo, 8> signals{};
  const ssize_t count = ::read(signals_.get(), signals.data(), sizeof signals);
  for (std::size_t i = 0; count > 0 && i < static_cast<std::size_t>(count) / sizeof signals[0]; ++i) {
    if (signals[i].ssi_signo == SIGCHLD) continue;
    if (leaving_) leave_at_ = process::now();  // asked twice
    else leave(State::exit);
  }
  std::erase_if(abandoned_, [](const auto& command) { return command->collect(); });
  if (command_ && command_->collect()) command_ended(command_->status() == 0);
}

void Checker::read_answers() {
  std::array<std::uint8_t, 65536> space;
  const process::IoResult read = process::read_some(STDIN_FILENO, space);
  if (read.status == process::IoStatus::would_block) return;
  if (read.status != process::IoStatus::done) {
    listening_ = false;
    return;
  }
  const Answers::Found found = answers_.receive({space.data(), read.count});
  unanswered_ -= std::min(unanswered_, found.done + found.refused);
  if (found.refused > 0) {
    journal_(Level::warning, "the speaker has refused {} command(s)", found.refused);
    if (options_.debounce && !retry_at_) {  // else it is said again behind the next check
      retry_delay_ = std::clamp<base::Duration>(retry_delay_ * 2, k_retry_first, k_retry_max);
      retry_at_ = process::now() + retry_delay_;
    }
  } else if (unanswered_ == 0 && !retry_at_) {
    retry_delay_ = {};
  }
}

// A pipe that poll(2) calls writable takes PIPE_BUF octets at once, so this never waits, though the descriptor may be a blocking one.
void Checker::write_commands() {
  const std::string_view text = commands_.waiting().substr(0, PIPE_BUF);
  ssize_t count = 0;
  do {
    count = ::write(STDOUT_FILENO, text.data(), text.size());
  } while (count < 0 && errno == EINTR);
  if (count > 0) unanswered_ += commands_.written(static_cast<std::size_t>(count));
  else if (count < 0 && errno != EAGAIN) speaker_gone_ = true;
}

void Checker::retry(base::TimePoint now) {
  if (!retry_at_ || *retry_at_ > now) return;
  retry_at_.reset();
  if (announced_ && !leaving_) commands_.say(commands(options_, networks_, *announced_, api_version_));
}

// --- tasks ---------------------------------------------------------------------------------------------------------------------

void Checker::run_tasks() {
  while (!command_ && !tasks_.empty() && !failed_) {
    const Task task = std::move(tasks_.front());
    tasks_.pop_front();
    perform(task);
  }
}

void Checker::perform(const Task& task) {
  switch (task.kind) {
    case Task::Kind::set_up: return change_addresses(holdings_.missing());
    case Task::Kind::take_down: return change_addresses(holdings_.removable());
    case Task::Kind::change: return start(task, sudo_words(task.change), {}, k_hook_limit);
    case Task::Kind::become:
      if (auto done = become(options_.user, options_.group); !done) fail(done.error());
      return;
    case Task::Kind::check: return begin_check();
    case Task::Kind::hook: return start(task, {"/bin/sh", "-c", task.command}, fmt::format("STATE={}", to_string(task.state)), k_hook_limit);
    case Task::Kind::announce: return announce(task.state);
    case Task::Kind::rest: return rest();
    case Task::Kind::leave: leave_at_ = process::now() + k_last_wait; return;
  }
}

void Checker::start(const Task& task, const std::vector<std::string>& words, const std::string& variable, base::Duration limit) {
  current_ = task;
  if (abandoned_.size() >= k_abandoned_max) {
    journal_(Level::error, "{} commands cannot be ended, not even by SIGKILL: no more are started", abandoned_.size());
    return command_ended(false);
  }
  command_ = std::make_unique<ShellCommand>();
  if (auto started = command_->start(words, variable, task.kind == Task::Kind::check); !started) {
    journal_(Level::error, "{}", started.error().reason());
    return command_ended(false);
  }
  if (limit > base::Duration{}) command_until_ = process::now() + limit;
}

void Checker::command_ended(bool successful) {
  const std::unique_ptr<ShellCommand> command = std::move(command_);
  command_until_.reset();
  const Task task = std::exchange(current_, Task());
  if (task.kind == Task::Kind::change) return holdings_.made(task.change, successful);
  const int status = command ? command->status() : 0;
  if (task.kind == Task::Kind::hook) {
    if (!successful) journal_(Level::warning, "the hook for {} has ended with {}: {}", to_string(task.state), exit_text(status), task.command);
    return;
  }
  if (!successful && status != 0) {
    journal_(Level::warning, "the check has failed with {}", exit_text(status));
    if (!command->output().empty()) journal_(Level::info, "it says: {}", command->output());
  }
  check_ended(false, successful);
}

void Checker::command_expired(base::TimePoint now) {
  if (!command_ || !command_until_ || *command_until_ > now) return;
  journal_(Level::warning, "killed, as its time is over: {}", current_.kind == Task::Kind::check ? options_.command : current_.command);
  command_->kill();
  abandoned_.push_back(std::move(command_));
  command_ended(false);
}

void Checker::begin_check() {
  if (::getppid() != parent_) {
    journal_(Level::warning, "whoever has started this health checker has gone");
    speaker_gone_ = true;
    return;
  }
  const bool disabled = !options_.disable.empty() && ::access(options_.disable.c_str(), F_OK) == 0;
  if (disabled || options_.command.empty()) return check_ended(disabled, true);
  journal_(Level::debug, "checking: {}", options_.command);
  start({Task::Kind::check}, {"/bin/sh", "-c", options_.command}, {}, options_.timeout);
}

void Checker::check_ended(bool disabled, bool successful) {
  if (const auto entered = health_.check(disabled, successful)) {
    journal_(Level::debug, "the service is {} now", to_string(*entered));
    static const std::vector<std::string> k_none;
    const auto& own = *entered == State::up         ? options_.up_execute
                      : *entered == State::down     ? options_.down_execute
                      : *entered == State::disabled ? options_.disabled_execute
                                                    : k_none;
    for (const auto* hooks : {&own, static_cast<const std::vector<std::string>*>(&options_.execute)}) {
      for (const std::string& hook : *hooks) tasks_.push_back({Task::Kind::hook, *entered, hook});
    }
  }
  const State state = health_.state();
  if (health_.decided()) {
    if (options_.dynamic_setup && state == State::up) tasks_.push_back({Task::Kind::set_up});
    tasks_.push_back({Task::Kind::announce, state});
    if (options_.dynamic_setup && state != State::up) tasks_.push_back({Task::Kind::take_down});
  }
  tasks_.push_back({Task::Kind::rest});
}

void Checker::change_addresses(std::vector<AddressChange> changes) {
  if (!options_.sudo) {
    for (const AddressChange& change : changes) holdings_.make(change);
    return;
  }
  for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
    tasks_.push_front({Task::Kind::change, State::init, fmt::format("{}", fmt::join(sudo_words(*change), " ")), std::move(*change)});
  }
}

void Checker::announce(State state) {
  if (options_.debounce && announced_ == state) return;
  if (announced_ != state) journal_(Level::info, "announcing for state {}", to_string(state));
  announced_ = state;
  retry_at_.reset();
  retry_delay_ = {};
  commands_.say(commands(options_, networks_, state, api_version_));
}

void Checker::rest() {
  if (options_.interval == base::Duration{} && !health_.about_to_change()) {
    journal_(Level::info, "the interval is 0: this is the end, the routes stay");
    leave(std::nullopt);
    return;
  }
  next_check_ = process::now() + (health_.about_to_change() ? options_.fast_interval : options_.interval);
}

void Checker::leave(std::optional<State> last_word) {
  leaving_ = true;
  next_check_.reset();
  retry_at_.reset();
  command_until_.reset();
  tasks_.clear();
  if (command_) {
    command_->kill();
    abandoned_.push_back(std::move(command_));
  }
  if (last_word) {
    tasks_.push_back({Task::Kind::announce, *last_word});
    if (options_.setup || options_.dynamic_setup) tasks_.push_back({Task::Kind::take_down});
  }
  tasks_.push_back({Task::Kind::leave});
}

}  // namespace tandem::healthcheck
