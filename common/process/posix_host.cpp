#include "common/process/posix_host.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "common/base/log.hpp"
#include "common/process/control_pipes.hpp"
#include "common/process/control_socket.hpp"
#include "common/process/io.hpp"
#include "common/process/socket_options.hpp"
#include "common/process/spawn.hpp"
#include "common/process/system_error.hpp"

namespace tandem::process {

void PosixHost::provide_file(std::string name, std::string text) { provided_[std::move(name)] = std::move(text); }

void PosixHost::set_account(Account account, bool before_programs) {
  account_ = std::move(account);
  drop_before_programs_ = before_programs;
}

base::Result<void> PosixHost::drop_privileges() {
  if (!account_) return boost::system::in_place_value;
  auto done = become(*account_);
  if (!done) return done.error();
  user_ = account_->name;
  account_.reset();
  return boost::system::in_place_value;
}

base::Result<Spawned> PosixHost::spawn(const SpawnPlan& plan) {
  if (drop_before_programs_) {
    auto dropped = drop_privileges();
    if (!dropped) return dropped.error();
  }
  auto spawned = spawn_program(plan, user_);
  if (!spawned) return spawned;
  adopt_child(AdoptedChild(*spawned));
  return spawned;
}

void PosixHost::adopt_child(const AdoptedChild& child) {
  children_.push_back(child.pid);
  if (auto probe = RestProbe::open(child)) rest_probes_.insert_or_assign(child.pid, std::move(*probe));
}

Rest PosixHost::at_rest(std::int64_t pid, int output) {
  const auto probe = rest_probes_.find(pid);
  return probe == rest_probes_.end() ? Rest::unknown : probe->second.at_rest(output);
}

void PosixHost::send_signal(std::int64_t pid, int signal) {
  if (pid <= 1) return;
  const auto process = static_cast<pid_t>(pid);
  if (::kill(-process, signal) == 0) return;
  // It has left its group. Once it has been collected its number may be somebody else's.
  if (std::find(children_.begin(), children_.end(), pid) != children_.end()) (void)::kill(process, signal);
}

// While somebody is in the group its number is given to no new process.
bool PosixHost::group_left(std::int64_t pid) const { return pid > 1 && (::kill(-static_cast<pid_t>(pid), 0) == 0 || errno == EPERM); }

namespace {

ChildEnd end_of(std::int64_t pid, int status) {
  ChildEnd end;
  end.pid = pid;
  if (WIFEXITED(status)) {
    end.exit_code = WEXITSTATUS(status);
  } else {
    end.exit_code = -1;
    end.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  }
  return end;
}

// Whether processes whose parents have ended become our children.
bool orphans_come_to_us() {
  int subreaper = 0;
  return ::getpid() == 1 || (::prctl(PR_GET_CHILD_SUBREAPER, &subreaper) == 0 && subreaper != 0);
}

pid_t collect(pid_t pid, int& status) {
  pid_t got = 0;
  do {
    got = ::waitpid(pid, &status, WNOHANG);
  } while (got < 0 && errno == EINTR);
  return got;
}

}  // namespace

std::vector<ChildEnd> PosixHost::reap() {
  std::vector<ChildEnd> ends;
  int status = 0;
  if (orphans_come_to_us()) {
    for (pid_t pid = 0; (pid = collect(-1, status)) > 0;) {
      if (std::erase(children_, pid) > 0) ends.push_back(end_of(pid, status));
    }
  }
  // One by one, as other children of this program are not ours to collect.
  std::erase_if(children_, [&](std::int64_t pid) {
    const pid_t got = collect(static_cast<pid_t>(pid), status);
    if (got == 0) return false;
    ends.push_back(end_of(pid, status));
    if (got < 0) ends.back() = {pid, -1, 0};  // somebody else has collected it
    return true;
  });
  for (const ChildEnd& end : ends) rest_probes_.erase(end.pid);
  return ends;
}

ProgramFacts PosixHost::program_facts(const std::string& path) const {
  ProgramFacts facts;
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) {
    facts.hidden = errno == EACCES;
    return facts;
  }
  facts.exists = true;
  facts.readable = ::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) == 0;
  facts.directory = S_ISDIR(found.st_mode);
  facts.regular = S_ISREG(found.st_mode);
  facts.set_uid = (found.st_mode & S_ISUID) != 0;
  facts.set_gid = (found.st_mode & S_ISGID) != 0;
  // Mode bits only, as the program will be started by another user than root.
  facts.executable = (found.st_mode & S_IXOTH) != 0 || ((found.st_mode & S_IXUSR) != 0 && found.st_uid == ::geteuid()) ||
                     ((found.st_mode & S_IXGRP) != 0 && found.st_gid == ::getegid());
  return facts;
}

std::vector<std::string> PosixHost::program_search_path() const {
  std::vector<std::string> result;
  const char* value = ::getenv("PATH");
  std::string_view rest = value == nullptr ? std::string_view() : std::string_view(value);
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    const std::string_view entry = rest.substr(0, colon);
    if (!entry.empty()) result.emplace_back(entry);
    rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
  }
  return result;
}

std::string PosixHost::etc_directory() const {
  const char* value = ::getenv("EXABGP_ETC");
  return value == nullptr || *value == '\0' ? Host::etc_directory() : std::string(value);
}

base::Result<base::UniqueFd> PosixHost::open_dial_socket(const DialPlan& plan) { return make_dial_socket(plan); }

base::Result<OpenListener> PosixHost::open_listener(const ListenPlan& plan) {
  HeldKeys held;
  auto listener = make_listener(plan, held);
  if (listener) listener_keys_[listener->fd.get()] = std::move(held);  // also forgets an older listener with this number
  return listener;
}

base::Result<void> PosixHost::set_minimum_ttl(int socket, std::uint8_t ttl) { return process::set_minimum_ttl(socket, ttl); }

KeyUpdate PosixHost::set_keys(int listener, const std::vector<TcpKey>& keys) {
  KeyUpdate result;
  KeyChanges changes = change_keys(listener, keys, listener_keys_[listener]);
  result.missing = std::move(changes.missing);
  if (changes.changed.empty()) return result;
  // What waits was guarded by the keys before. As many as can wait: more come with the keys of now.
  for (int i = 0; i <= k_session_backlog; ++i) {
    Accepted waiting = accept_one(listener);
    if (waiting.status != IoStatus::done) break;
    const auto covers = [&](const base::Prefix& prefix) { return prefix.contains(waiting.connection.remote.address); };
    if (std::none_of(changes.changed.begin(), changes.changed.end(), covers)) result.waiting.push_back(std::move(waiting.connection));
  }
  return result;
}

base::Result<void> PosixHost::require_key(int connection, const TcpKey& key) { return process::require_key(connection, key); }

base::Result<base::UniqueFd> PosixHost::open_control_socket(const std::string& path) {
  auto fd = make_control_socket(path);
  // Made before the change of user: it must be the new user's.
  if (fd && account_ && is_privileged()) {
    if (auto given = give_control_socket(path, account_->user, account_->group); !given) return given.error();
  }
  return fd;
}

base::Result<Credentials> PosixHost::peer_credentials(int connection) const { return process::peer_credentials(connection); }

base::Result<std::uint32_t> PosixHost::find_group(const std::string& name) const { return process::find_group(name); }

base::Result<ControlPipes> PosixHost::open_control_pipes(const std::string& path) {
  auto commands = open_command_pipe(path);
  if (!commands) return commands.error();
  if (!is_fifo(path + ".out")) return base::Error(path + ".out is not a named pipe: mkfifo makes one");
  auto answers = AnswerPipe::make(path, account_ && is_privileged());
  if (!answers) return answers.error();
  answers_ = std::move(*answers);
  return ControlPipes{std::move(*commands), answers_->take_daemons_end()};
}

void PosixHost::adopt_answers(const std::string& path, int answers) {
  auto adopted = AnswerPipe::adopt(path, answers);
  if (adopted) answers_ = std::move(*adopted);
  else base::log(base::LogCategory::daemon, base::LogLevel::error, "named pipes: {}", adopted.error().reason());
}

void PosixHost::remove_file(const std::string& path) { (void)::unlink(path.c_str()); }

namespace {

std::int64_t changed_at(const struct stat& facts) { return facts.st_mtim.tv_sec * 1'000'000'000 + facts.st_mtim.tv_nsec; }

// What is asked for behind the end, to see that it is there; and so much at once of a file that does not know how long it is.
constexpr std::size_t k_beyond = std::size_t{4} * 1024;

base::Error too_large(const std::string& path) {
  return base::Error(fmt::format("{} is larger than {} MiB", path, PosixHost::k_file_size_max >> 20));
}

base::Result<void> open_file(FileReading& reading) {
  const std::string& path = reading.path;
  // Non-blocking: opening a FIFO must not wait for a writer.
  reading.fd.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!reading.fd) return system_error("open", path, errno);
  struct stat facts {};
  if (::fstat(reading.fd.get(), &facts) != 0) return system_error("fstat", path, errno);
  if (S_ISDIR(facts.st_mode)) return base::Error(path + " is a directory, not a file");
  if (!S_ISREG(facts.st_mode)) return base::Error(path + " is not a regular file");
  reading.size = static_cast<std::size_t>(facts.st_size);
  reading.changed = changed_at(facts);
  if (reading.size > PosixHost::k_file_size_max) return too_large(path);
  reading.text.clear();
  reading.text.reserve(reading.size + k_beyond);
  return boost::system::in_place_value;
}

// True: it has been read to its end.
base::Result<bool> read_piece(FileReading& reading, std::size_t room) {
  std::string& text = reading.text;
  while (room > 0) {
    const std::size_t before = text.size();
    const std::size_t left = reading.size > before ? reading.size - before : 0;
    const std::size_t wanted = std::min(room, left + k_beyond);
    text.resize(before + wanted);
    const ssize_t count = ::read(reading.fd.get(), text.data() + before, wanted);
    text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count == 0) return true;
    if (count < 0 && errno != EINTR) return system_error("read", reading.path, errno);
    if (text.size() > PosixHost::k_file_size_max) return too_large(reading.path);
    room -= static_cast<std::size_t>(std::max<ssize_t>(count, 0));
  }
  return false;
}

base::Result<bool> was_changed(const FileReading& reading) {
  struct stat facts {};
  if (::fstat(reading.fd.get(), &facts) != 0) return system_error("fstat", reading.path, errno);
  return changed_at(facts) != reading.changed || static_cast<std::size_t>(facts.st_size) != reading.size;
}

base::Result<TextFile> finished(FileReading& reading) {
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(reading.path.c_str(), nullptr), ::free);
  if (!real) return system_error("realpath", reading.path, errno);
  const std::string_view name(real.get());
  const std::size_t slash = name.rfind('/');
  return TextFile{slash == 0 ? "/" : std::string(name.substr(0, slash)), std::move(reading.text)};
}

}  // namespace

base::Result<TextFile> PosixHost::read_file(const std::string& path) const {
  FileReading reading{.path = path};
  for (;;) {
    if (auto read = read_on(reading)) return std::move(*read);
  }
}

std::optional<base::Result<TextFile>> PosixHost::read_on(FileReading& reading) const {
  constexpr int k_tries = 3;
  if (const auto found = provided_.find(reading.path); found != provided_.end()) {
    const std::unique_ptr<char, void (*)(void*)> here(::getcwd(nullptr, 0), ::free);
    return TextFile{here ? std::string(here.get()) : std::string("/"), found->second};
  }
  if (!reading.fd) {
    if (auto opened = open_file(reading); !opened) return base::Result<TextFile>(opened.error());
  }
  const auto whole = read_piece(reading, k_file_piece);
  if (!whole) return base::Result<TextFile>(whole.error());
  if (!*whole) return std::nullopt;
  const auto changed = was_changed(reading);
  if (!changed) return base::Result<TextFile>(changed.error());
  if (!*changed) return finished(reading);
  if (++reading.tries == k_tries) return base::Result<TextFile>(base::Error(reading.path + " is changed while it is read"));
  reading.fd.reset();
  return std::nullopt;
}

HostIdentity PosixHost::identity() const {
  HostIdentity result;
  char name[HOST_NAME_MAX + 1] = {};
  if (::gethostname(name, sizeof name - 1) == 0) result.host_name = name;
  result.pid = ::getpid();
  result.parent_pid = ::getppid();
  result.starter = starter_.value_or(::getuid());
  result.user = account_ ? account_->user : ::geteuid();
  return result;
}

Usage usage_of(int who) {
  Usage usage;
  rusage used{};
  if (::getrusage(who, &used) == 0) {
    for (const timeval& time : {used.ru_utime, used.ru_stime}) usage.processor += std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
  }
  // "size resident ..." in pages.
  const base::UniqueFd file(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC));
  char text[128];
  const ssize_t length = file ? ::read(file.get(), text, sizeof text - 1) : 0;
  if (length <= 0) return usage;
  text[length] = 0;
  const char* const resident = std::strchr(text, ' ');
  if (resident != nullptr) usage.memory = std::strtoull(resident, nullptr, 10) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return usage;
}

Usage PosixHost::usage() const { return usage_of(RUSAGE_SELF); }
Usage usage_of_thread() { return usage_of(RUSAGE_THREAD); }

void PosixHost::give_back_memory() { ::malloc_trim(0); }

base::WallTime PosixHost::wall_time() const { return std::chrono::system_clock::now(); }

std::uint64_t PosixHost::entropy() const {
  std::uint64_t value = 0;
  if (::getrandom(&value, sizeof value, GRND_NONBLOCK) == static_cast<ssize_t>(sizeof value)) return value;
  // Early in boot the pool is not ready; what the kernel gave this process for its own stack protector is there always.
  if (const auto* given = reinterpret_cast<const std::uint8_t*>(::getauxval(AT_RANDOM))) std::memcpy(&value, given + 8, sizeof value);
  return value ^ static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

}  // namespace tandem::process
