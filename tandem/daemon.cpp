#include "tandem/daemon.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>

#include "common/base/log.hpp"
#include "common/config/parser.hpp"
#include "common/config/secrets.hpp"
#include "common/log/spdlog_sink.hpp"
#include "common/process/clock.hpp"
#include "common/process/posix_host.hpp"
#include "common/process/privileges.hpp"
#include "common/process/signals.hpp"
#include "common/process/system_error.hpp"
#include "common/recorder/file_recordings.hpp"
#include "common/recorder/shadow_process.hpp"
#include "common/recording/recording_host.hpp"
#include "common/speaker/speaker.hpp"
#include "tandem/engines/engines.hpp"
#include "tandem/engines/run.hpp"
#include "tandem/environment.hpp"
#include "tandem/keepalives.hpp"
#include "tandem/limits.hpp"
#include "tandem/memory_file.hpp"
#include "tandem/subcommand.hpp"
#include "tandem/trace/timeline.hpp"
#include "tandem/upgrade.hpp"

namespace tandem::program {

namespace {

using base::LogCategory;
using base::LogLevel;

// Logged, one line a line; on standard error when the log would swallow it.
void report(LogCategory category, std::string_view text) {
  if (!base::log_enabled(category, LogLevel::critical)) {
    complain(text);
    return;
  }
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    base::log(category, LogLevel::critical, "{}", text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
}

base::Result<std::string> read_standard_input() {
  using Text = base::Result<std::string>;
  if (::isatty(STDIN_FILENO) == 1) return base::Error("the configuration is to come from standard input, which is a terminal");
  std::string text;
  char buffer[65536];
  for (;;) {
    const ssize_t count = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return process::system_error("read", "standard input", errno);
    if (count == 0) break;
    text.append(buffer, static_cast<std::size_t>(count));
    if (text.size() > process::PosixHost::k_file_size_max) return base::Error("the configuration on standard input is larger than 256 MiB");
  }
  if (text.empty()) return base::Error("the configuration is to come from standard input, which is empty");
  return Text(boost::system::in_place_value, std::move(text));
}

// This program as it runs, whatever lies on the disk by now.
base::Result<process::SpawnPlan> shadow_plan(const std::string& engine, const std::string& folder) {
  if (const auto refusal = find_engine(engine)->refusal()) return base::Error(fmt::format("engine {} cannot begin: {}", engine, *refusal));
  return process::SpawnPlan{"the shadow " + engine, {"/proc/self/exe", "replay", "--follow", "--shadow", folder, "--engine", engine, "-"}};
}

// The process that `tandem server` is, around the speaker.
class ServerProcess {
 public:
  explicit ServerProcess(DaemonOptions options) : options_(std::move(options)) {}
  ~ServerProcess() { base::set_log_sink(nullptr); }
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  int run();
  [[nodiscard]] base::Result<void> resume(Handed handed, const Resumption& with);
  void go_on(const std::vector<speaker::PausedSession>& paused) { speaker_->go_on(paused, process::now()); }
  int drive(std::string_view engine);

 private:
  void upgrade();
  [[nodiscard]] base::Result<void> begin_check(const std::string& program);
  void wait_for_check() { speaker_->upgrade_looked_at_by(check_->pid(), process::now() + StateCheck::k_patience); }
  [[nodiscard]] base::Error go_on_with(const StateCheck& check);
  [[nodiscard]] int log_descriptor() const;
  [[nodiscard]] std::string objection_to_upgrade();
  [[nodiscard]] base::Result<void> hold_pid_file();
  void settle_log_destination();
  [[nodiscard]] bool prepare_log(int open = -1);
  [[nodiscard]] bool prepare_process();
  [[nodiscard]] bool prepare_configuration();
  [[nodiscard]] bool prepare_recording();
  [[nodiscard]] bool prepare_timeline();
  [[nodiscard]] bool start();
  [[nodiscard]] bool logs_to_terminal() const {
    return log::parse_destination(options_.settings.log_destination, "").kind == log::Destination::standard_error;
  }
  void warn_of_reloads() const;
  void wait_for_minute();
  void arm_reload();

  DaemonOptions options_;
  std::unique_ptr<log::SpdlogSink> log_;
  bool detached_ = false;     // standard error is /dev/null
  process::PosixHost host_;
  // These outlive the speaker.
  recorder::FileRecordings recordings_;
  recorder::ProcessShadows shadows_{host_, shadow_plan};
  recording::Recorder recorder_;
  recording::RecordingHost recording_host_{host_, recorder_, config::without_secrets, &recordings_, &shadows_};
  std::unique_ptr<trace::TraceFile> trace_file_;  // null: there is no timeline
  std::unique_ptr<trace::Timeline> timeline_;
  std::optional<process::PidFile> pid_file_;  // dies after the speaker
  std::unique_ptr<speaker::Speaker> speaker_;
  std::unique_ptr<StateCheck> check_;  // null: no other program looks at a state
};

// It is opened again (a reload, `log rotate`, another program that goes on) from another folder than this one: in the background it is /.
void ServerProcess::settle_log_destination() {
  const log::Options log = log_options(options_.settings);
  const log::Place place = log::parse_destination(log.destination, log.home);
  if (place.kind != log::Destination::file || place.argument.starts_with('/')) return;
  std::error_code failure;
  const auto whole = std::filesystem::absolute(place.argument, failure);
  if (!failure) options_.settings.log_destination = "file:" + whole.string();
}

// `open`: a descriptor of the log file, for whoever may not open it again.
bool ServerProcess::prepare_log(int open) {
  settle_log_destination();
  ::umask(static_cast<mode_t>(options_.settings.umask));  // of the log file, too
  const log::Options options = log_options(options_.settings);
  auto sink = log::SpdlogSink::open(options);
  if (!sink && open >= 0) sink = log::SpdlogSink::to_descriptor(open, options.short_form);
  if (!sink) {
    complain(sink.error().reason());
    return false;
  }
  log_ = std::move(sink.value());
  base::set_log_sink(log_.get());
  log::apply_thresholds(options);
  return true;
}

bool ServerProcess::prepare_process() {
  const config::Settings& settings = options_.settings;
  std::optional<process::Account> account;
  if (process::is_privileged()) {
    auto found = process::find_account(settings.user);
    if (!found) {
      report(LogCategory::daemon, found.error().reason());
      return false;
    }
    account = std::move(found.value());
  }
  if (!settings.pid_file.empty()) {
    // It is made and removed when the privileges are gone, and then the sessions run.
    auto allowed = process::may_own_file(settings.pid_file, account ? &*account : nullptr);
    if (!allowed) {
      report(LogCategory::daemon, fmt::format("daemon.pid {}: {}", settings.pid_file, allowed.error().reason()));
      return false;
    }
  }
  if (settings.daemonize) {
    if (settings.log_enable && logs_to_terminal()) {
      base::log(LogCategory::daemon, LogLevel::critical, "tandem does not go to the background while it logs to standard output or error");
    } else if (process::may_go_to_background()) {
      for (std::string& path : options_.configurations) {
        if (path != "-") path = std::filesystem::absolute(path).string();
      }
      if (!settings.pid_file.empty()) options_.settings.pid_file = std::filesystem::absolute(settings.pid_file).string();
      for (std::string* path : {&options_.record, &options_.trace}) {
        if (!path->empty()) *path = std::filesystem::absolute(*path).string();
      }
      auto gone = process::go_to_background();
      if (gone && ::chdir("/") != 0) gone = process::system_error("chdir", "/", errno);
      if (!gone) {
        report(LogCategory::daemon, gone.error().reason());
        return false;
      }
      detached_ = true;
    }
  }
  log_->start();  // it has a thread, which no fork would take along
  if (account) host_.set_account(std::move(*account), settings.drop_privileges);
  process::block_signals(speaker::handled_signal_set());
  return true;
}

bool ServerProcess::prepare_configuration() {
  if (options_.configurations.size() != 1 || options_.configurations[0] != "-") return true;
  auto text = read_standard_input();
  if (!text) {
    report(LogCategory::configuration, text.error().reason());
    return false;
  }
  host_.provide_file("-", std::move(text.value()));
  return true;
}

bool ServerProcess::prepare_recording() {
  if (options_.record.empty()) return true;
  const auto opened = recordings_.open({options_.record, options_.record_size, options_.record_keep});
  if (!opened) {
    report(LogCategory::daemon, opened.error().reason());
    return false;
  }
  recorder_.begin(recordings_.current());
  return true;
}

bool ServerProcess::prepare_timeline() {
  if (options_.trace.empty()) return true;
  auto file = trace::TraceFile::open({.path = options_.trace, .size = options_.trace_size});
  if (!file) {
    report(LogCategory::daemon, file.error().reason());
    return false;
  }
  trace_file_ = std::move(*file);
  trace_file_->start();
  timeline_ = std::make_unique<trace::Timeline>(*trace_file_, trace::Timeline::Time{process::now, process::ticks});
  return true;
}

bool ServerProcess::start() {
  speaker::SpeakerOptions options;
  options.settings = options_.settings;
  options.configurations = options_.configurations;
  options.engines = engine_names();
  options.control_socket = control_socket_for_daemon(options_.settings);
  options.control_pipes = control_pipes_for_daemon(options_.settings);
  options.log_program_errors = detached_ || (options_.settings.log_enable && !logs_to_terminal());
  options.version = told_version(options_.settings);
  options.recorder = &recorder_;
  options.recordings = &recordings_;
  options.shadows = &shadows_;
  speaker_ = std::make_unique<speaker::Speaker>(recording_host_, std::move(options));
  speaker_->set_observer(timeline_.get());
  // The listeners are opened first, then the host gives up privileges, before the first program (or below, when there is none).
  auto started = speaker_->start(process::now());
  if (!started) {
    report(LogCategory::configuration, config::render(started.error()));
    return false;
  }
  auto dropped = host_.drop_privileges();
  if (!dropped) {
    report(LogCategory::daemon, dropped.error().reason());
    return false;
  }
  warn_of_reloads();
  if (auto held = hold_pid_file(); !held) {
    report(LogCategory::daemon, held.error().reason());
    return false;
  }
  return true;
}

base::Result<void> ServerProcess::hold_pid_file() {
  if (options_.settings.pid_file.empty()) return {};
  auto file = process::PidFile::create(options_.settings.pid_file);
  if (!file) return file.error();
  pid_file_.emplace(std::move(file.value()));
  return {};
}

// What the start could read as root, its user may not be able to read again.
void ServerProcess::warn_of_reloads() const {
  for (const std::string& path : options_.configurations) {
    if (path == "-" || ::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) == 0) continue;
    base::log(LogCategory::configuration, LogLevel::warning, "{}: {} for the user of the daemon (daemon.user), a reload will be refused", path,
              process::errno_text(errno));
  }
}

// tcp.delay: start in a minute that is a multiple of it, so that many daemons do not dial at once. Signals are taken meanwhile.
void ServerProcess::wait_for_minute() {
  const unsigned delay = options_.settings.tcp_delay_min;
  const sigset_t signals = speaker::handled_signal_set();
  while (delay > 0) {
    const time_t now = ::time(nullptr);
    tm local{};
    ::localtime_r(&now, &local);
    if (static_cast<unsigned>(local.tm_min) % delay == 0) return;
    const timespec rest{60 - local.tm_sec, 0};
    const int number = ::sigtimedwait(&signals, nullptr, &rest);
    const auto meaning = number > 0 ? speaker::signal_of(number) : std::nullopt;
    if (!meaning) continue;
    speaker_->signal(*meaning);
    if (number == SIGTERM || number == SIGHUP || number == SIGINT) return;
  }
}

void ServerProcess::arm_reload() {
  if (options_.reload_after_s == 0) return;
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGUSR1;
  timer_t timer{};
  itimerspec when{};
  when.it_value.tv_sec = static_cast<time_t>(options_.reload_after_s);
  if (::timer_create(CLOCK_MONOTONIC, &event, &timer) != 0 || ::timer_settime(timer, 0, &when, nullptr) != 0) {
    base::log(LogCategory::daemon, LogLevel::error, "timer_create: {}", process::errno_text(errno));
  }
}

int ServerProcess::run() {
  // Standard input is read before it may become /dev/null.
  if (!prepare_log() || !prepare_configuration() || !prepare_process() || !prepare_recording() || !prepare_timeline() || !start()) return k_exit_failure;
  wait_for_minute();
  arm_reload();
  return drive(options_.engine);
}

// `engine`: "" for the one that ran.
int ServerProcess::drive(std::string_view engine) {
  const int status = run_engines(*speaker_, engine, [this] { upgrade(); });
  speaker_->end_shadow("the daemon ends");
  base::log(LogCategory::daemon, LogLevel::info, "tandem ends, status {}", status);
  return status;
}

// --- another program in this process ---------------------------------------------------------------------------------------------

// Why it cannot be now: "", or what would be lost.
std::string ServerProcess::objection_to_upgrade() {
  if (const auto facts = recordings_.facts(); facts.on) return fmt::format("{} is being recorded: 'record stop' ends it", facts.file);
  if (recordings_.ending() > 0) return "a recording that has ended is still being written";
  if (std::string shadow = shadows_.in_the_way(); !shadow.empty()) return shadow;
  if (timeline_ != nullptr) return "a timeline is being written (--trace)";
  return {};
}

// The other one looks at the state first, while this one goes on: what it takes then, it takes with what has changed since. If it does not,
// it executes this one again.
void ServerProcess::upgrade() {
  if (check_ && !speaker_->upgrade_look() && check_->works(process::now())) return wait_for_check();
  const auto check = std::exchange(check_, nullptr);
  if (const std::string objection = objection_to_upgrade(); !objection.empty()) return speaker_->upgrade_refused(objection);
  const auto checked = check ? check->verdict(speaker_->upgrade_look()) : begin_check(program_to_run(speaker_->upgrade_wanted()));
  if (!checked) return speaker_->upgrade_refused(checked.error().reason());
  if (check) speaker_->upgrade_refused(go_on_with(*check).reason());
}

base::Result<void> ServerProcess::begin_check(const std::string& program) {
  auto check = StateCheck::begin(program, log_descriptor() >= 0, [this](int file) { return write_state(file, *speaker_, process::now()); });
  if (!check) return check.error();
  check_ = std::move(*check);
  host_.adopt_child(process::AdoptedChild(check_->pid()));
  wait_for_check();
  return {};
}

// Comes back when that was not possible.
base::Error ServerProcess::go_on_with(const StateCheck& check) {
  const base::TimePoint taken = process::now();
  Keepalives keepalives(speaker_->paused_sessions());
  const auto written = write_state_behind(check.state(), *speaker_, taken);
  base::log(LogCategory::daemon, LogLevel::info, "{} goes on", check.program());
  log_->flush();
  const base::UniqueFd before = this_program();
  const auto paused = keepalives.stop();
  const auto file = memory_file("tandem-paused", speaker::to_octets(paused));
  base::Error refusal = !written ? written.error() : file ? replace_by(check.program(), {check.state(), file->get(), taken, log_descriptor(), before.get(), speaker_->descriptors()}) : file.error();
  speaker_->go_on(paused, process::now());
  return refusal;
}

// Of the log file; -1: there is none.
int ServerProcess::log_descriptor() const {
  const log::Options log = log_options(options_.settings);
  const log::Place place = log::parse_destination(log.destination, log.home);
  return place.kind == log::Destination::file ? descriptor_of(place.argument) : -1;
}

// As the start of run(), with what is there already: sockets, programs, the user, the mask of signals. An error: it is all there still.
base::Result<void> ServerProcess::resume(Handed handed, const Resumption& with) {
  if (!prepare_log(with.log)) return base::Error("its log cannot be opened");
  log_->start();
  process::block_signals(speaker::handled_signal_set());
  host_.set_starter(handed.around.identity.starter);
  speaker::SpeakerOptions options = std::move(handed.around.options);
  options.engines = engine_names();
  options.version = told_version(options_.settings);
  options.recorder = &recorder_;
  options.recordings = &recordings_;
  options.shadows = &shadows_;
  speaker_ = std::make_unique<speaker::Speaker>(recording_host_, std::move(options));
  if (auto restored = speaker_->restore(handed.octets, {}, base::TimePoint(base::Duration(with.taken))); !restored) return restored;
  if (auto held = hold_pid_file(); !held) base::log(LogCategory::daemon, LogLevel::error, "{}", held.error().reason());
  if (with.refusal.empty()) {
    const double pause = base::seconds(process::now() - base::TimePoint(base::Duration(with.taken)));
    base::log(LogCategory::daemon, LogLevel::info, "tandem {} goes on with the sessions of another program, {:.0f} ms behind it", version(), pause * 1000);
  } else {
    speaker_->upgrade_refused(with.refusal);
  }
  return {};
}

// How far another program has come with the sessions that nobody serves.
base::Result<std::vector<speaker::PausedSession>> paused_before(int file) {
  if (file < 0) return std::vector<speaker::PausedSession>();
  const auto octets = read_all(file);
  if (!octets) return octets.error();
  return speaker::paused_from(*octets);
}

}  // namespace

int resume_daemon(const Resumption& with) {
  set_limits();
  const std::vector<int> handed_descriptors = keep_descriptors_to_ourselves();
  base::UniqueFd state(with.state);
  base::UniqueFd paused_file(with.paused);
  base::UniqueFd before(with.before);
  auto paused = paused_before(with.paused);
  Keepalives keepalives(paused ? std::move(*paused) : std::vector<speaker::PausedSession>());
  auto handed = paused ? handed_over(with.state) : base::Result<Handed>(paused.error());
  DaemonOptions options;
  if (handed) {
    options.settings = handed->around.options.settings;
    options.configurations = handed->around.options.configurations;
  }
  ServerProcess server(std::move(options));
  const auto resumed = handed ? server.resume(std::move(*handed), with) : base::Result<void>(handed.error());
  const auto now_paused = keepalives.stop();
  if (resumed) {
    server.go_on(now_paused);
    state.reset();
    paused_file.reset();
    before.reset();
    return server.drive({});
  }
  complain(resumed.error().reason());
  if (paused && paused_file) static_cast<void>(write_over(paused_file.get(), speaker::to_octets(now_paused)));
  if (with.refusal.empty()) complain(go_back(with, resumed.error().reason(), handed_descriptors).reason());
  return k_exit_failure;
}

int run_daemon(DaemonOptions options) {
  set_limits();
  return ServerProcess(std::move(options)).run();
}

int run_daemons(const DaemonOptions& options) {
  process::block_signals(speaker::handled_signal_set());  // before the forks: no signal is lost between a fork and the wait
  std::vector<pid_t> running;
  for (const std::string& configuration : options.configurations) {
    const pid_t pid = ::fork();
    if (pid < 0) {
      complain(process::system_error("fork", configuration, errno).reason());
      for (const pid_t started : running) ::kill(started, SIGTERM);
      return k_exit_failure;
    }
    if (pid == 0) {
      DaemonOptions mine = options;
      mine.configurations = {configuration};
      const int status = run_daemon(std::move(mine));
      ::fflush(nullptr);
      ::_exit(status);
    }
    running.push_back(pid);
  }
  int result = k_exit_ok;
  const sigset_t signals = speaker::handled_signal_set();
  while (!running.empty()) {
    const int number = ::sigwaitinfo(&signals, nullptr);
    if (number < 0) continue;  // EINTR
    if (number != SIGCHLD) {
      for (const pid_t pid : running) ::kill(pid, number);
      continue;
    }
    int status = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
      std::erase(running, pid);
      const int code = WIFEXITED(status) ? WEXITSTATUS(status) : k_exit_failure;
      if (result == k_exit_ok) result = code;
    }
  }
  return result;
}

}  // namespace tandem::program
