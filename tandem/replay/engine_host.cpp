#include "tandem/replay/engine_host.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "common/process/control_socket.hpp"
#include "common/process/io.hpp"
#include "common/process/posix_host.hpp"
#include "common/process/system_error.hpp"
#include "common/speaker/listener.hpp"
#include "tandem/replay/descriptors.hpp"

namespace tandem::replay {

using recording::ChannelId;
using recording::Kind;
using recording::Record;

namespace {

constexpr std::size_t k_unasked_max = 4096;  // answers to one question: the oldest go, and what is asked then gets another one

bool is_dialled(std::string_view name) { return name.ends_with(" out"); }

bool is_asked_by_commands(HostCall call) {
  return call == HostCall::recording || call == HostCall::start_recording || call == HostCall::shadow || call == HostCall::start_shadow;
}

}  // namespace

base::Result<base::UniqueFd> hand_over(const std::string& relay, const std::string& name, base::UniqueFd input, base::UniqueFd output) {
  auto connection = process::connect_control_socket(relay, std::chrono::seconds(5), "the replay");
  if (!connection) return connection;
  std::string octets = name;
  iovec part{octets.data(), octets.size()};
  const std::array<int, 2> descriptors{input.get(), output.get()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof descriptors)> control{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  cmsghdr* const passed = CMSG_FIRSTHDR(&header);
  passed->cmsg_level = SOL_SOCKET;
  passed->cmsg_type = SCM_RIGHTS;
  passed->cmsg_len = CMSG_LEN(sizeof descriptors);
  std::memcpy(CMSG_DATA(passed), descriptors.data(), sizeof descriptors);
  if (::sendmsg(connection->get(), &header, 0) <= 0) return process::system_error("sendmsg", relay, errno);
  return connection;
}

EngineHost::EngineHost(const Inputs& inputs, std::string folder, bool goes_on) : RecordedHost(inputs), folder_(std::move(folder)), goes_on_(goes_on) {
  for (const recording::Owned& owned : inputs.records()) learn(owned.view());
  nobody_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  static_cast<void>(bind_to_loopback(nobody_.get()));
  silent_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  static_cast<void>(bind_to_loopback(silent_.get()));
  static_cast<void>(::listen(silent_.get(), 0));  // one may wait
  caller_of_silent_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  static_cast<void>(connect_to_loopback(caller_of_silent_.get(), own_port(silent_.get())));
  process::set_told_ends(this);
}

EngineHost::~EngineHost() { process::set_told_ends(nullptr); }

process::Usage EngineHost::usage() const {
  if (!own_usage_) return RecordedHost::usage();
  return process::usage_of_thread();
}

// A command has asked, and the same one does here: how often is known, and when is not.
std::optional<base::Buffer> EngineHost::find(HostCall call, const base::Buffer& asked) const {
  if (!is_asked_by_commands(call)) {
    const auto held = hold_inputs();
    return RecordedHost::find(call, asked);
  }
  const std::lock_guard lock(mutex_);
  const auto answers = in_order_.find({call, asked});
  if (answers == in_order_.end() || answers->second.empty()) return std::nullopt;
  base::Buffer first = std::move(answers->second.front());
  answers->second.pop_front();
  return first;
}

base::Result<process::Spawned> EngineHost::spawn(const process::SpawnPlan& plan) {
  auto spawned = RecordedHost::spawn(plan);
  if (!spawned) return spawned;
  auto input = make_pipe();
  auto output = make_pipe();
  auto errors = make_pipe();
  if (!input) return input.error();
  if (!output) return output.error();
  if (!errors) return errors.error();
  auto guard = hand_over(relay_in(folder_), plan.name, std::move(input->reader), std::move(output->writer));
  if (!guard) return guard.error();
  guards_.push_back(std::move(*guard));
  spawned->input = std::move(input->writer);
  spawned->output = std::move(output->reader);
  if (!spawned->errors) return spawned;
  spawned->errors = std::move(errors->reader);
  const std::lock_guard lock(mutex_);
  errors_[plan.name].push_back(std::move(errors->writer));
  return spawned;
}

void EngineHost::learn(const Record& record) {
  const std::lock_guard lock(mutex_);
  if (record.kind == Kind::channel) {
    const std::string& name = names_[record.channel] = std::string(base::as_text(record.octets));
    if (static_cast<speaker::ChannelKind>(record.detail) != speaker::ChannelKind::connection || !is_dialled(name)) return;
    attempts_[name].push_back({record.channel});
    ports_.try_emplace(name, std::uint16_t{0});
    return;
  }
  if (const auto call = static_cast<HostCall>(record.detail); record.kind == Kind::host && is_asked_by_commands(call)) {
    std::deque<base::Buffer>& answers = in_order_[{call, base::Buffer(record.key.begin(), record.key.end())}];
    answers.emplace_back(record.octets.begin(), record.octets.end());
    if (answers.size() > k_unasked_max) answers.pop_front();
    return;
  }
  const auto name = names_.find(record.channel);
  if (name == names_.end()) return;
  switch (record.kind) {
    case Kind::ends: std::erase_if(attempts_[name->second], [&record](const Attempt& one) { return one.id == record.channel; }); break;  // it was connected before
    case Kind::connect_failed: settle(record.channel, Outcome::refused); break;
    case Kind::connected: settle(record.channel, Outcome::connected); break;
    case Kind::ended: settle(record.channel, Outcome::abandoned); break;
    default: break;
  }
  if (record.kind == Kind::connected || (record.kind == Kind::accepted && record.remote.address)) {
    ends_[name->second].push_back({record.local, record.remote, std::string(base::as_text(record.key))});
  }
  if (record.kind == Kind::ended) names_.erase(name);
}

// What it has come to first is what counts.
void EngineHost::settle(ChannelId id, Outcome outcome) {
  for (Attempt& attempt : attempts_[names_[id]]) {
    if (attempt.id == id && attempt.outcome == Outcome::pending) attempt.outcome = outcome;
  }
}

std::vector<std::string> EngineHost::without_port() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, port] : ports_) {
    if (port == 0) names.push_back(name);
  }
  return names;
}

void EngineHost::set_port(const std::string& name, std::uint16_t port) {
  const std::lock_guard lock(mutex_);
  ports_[name] = port;
}

// One that was never dialled then, or not as often, hears nothing; neither does one of which it is not known yet what came of it, until it is.
EngineHost::Outcome EngineHost::next_outcome(const std::string& name) {
  const std::lock_guard lock(mutex_);
  std::deque<Attempt>& attempts = attempts_[name];
  if (attempts.empty()) return Outcome::abandoned;
  const Outcome first = attempts.front().outcome;
  if (first != Outcome::pending || !goes_on_) attempts.pop_front();
  return first;
}

void EngineHost::let_connect(const std::string& name) {
  const std::lock_guard lock(mutex_);
  std::deque<Attempt>& attempts = attempts_[name];
  while (!attempts.empty() && attempts.front().outcome != Outcome::connected) attempts.pop_front();
}

// Every connection goes to whoever has the part of the peer, to nobody where it was refused, and to silence where nothing came of it.
std::uint16_t EngineHost::way_to(const std::string& name, Outcome outcome) {
  dialling_ = outcome == Outcome::connected ? name : std::string();
  const std::lock_guard lock(mutex_);
  const auto port = ports_.find(name);
  if (outcome == Outcome::connected && port != ports_.end()) return port->second;
  return own_port(outcome == Outcome::refused ? nobody_.get() : silent_.get());
}

void EngineHost::redirect(process::DialPlan& plan) {
  const auto opened = result<base::UniqueFd>(HostCall::open_dial_socket, recording::asked(plan));
  no_socket_ = opened ? std::nullopt : std::optional(opened.error());
  const std::string name = plan.remote.address.text() + " out";
  plan = {};
  plan.remote = {base::IpAddress::v4(INADDR_LOOPBACK), way_to(name, no_socket_ ? Outcome::abandoned : next_outcome(name))};
}

base::Result<base::UniqueFd> EngineHost::open_dial_socket(const process::DialPlan&) {
  if (no_socket_) return *std::exchange(no_socket_, std::nullopt);
  auto fd = make_socket();
  if (fd) take_ends(fd->get());
  return fd;
}

// What will be said of the connection that begins here.
void EngineHost::take_ends(int fd) {
  dialled_.erase(fd);
  const std::lock_guard lock(mutex_);
  std::deque<process::TcpEnds>& ends = ends_[dialling_];
  if (ends.empty()) return;
  dialled_[fd] = std::move(ends.front());
  ends.pop_front();
}

base::Result<base::UniqueFd> EngineHost::dial(int number, const std::string& name) {
  auto fd = make_socket();
  if (!fd) return fd;
  if (auto begun = connect_to_loopback(fd->get(), way_to(name, next_outcome(name))); !begun) return begun.error();
  take_ends(number);
  return fd;
}

void EngineHost::listens(int fd, const std::string& name, std::uint16_t port) {
  listeners_[fd] = name;
  const std::lock_guard lock(mutex_);
  listening_[name] = port;
}

std::optional<process::TcpEnds> EngineHost::of_dialled(int fd) {
  const auto found = dialled_.find(fd);
  return found == dialled_.end() ? std::nullopt : std::optional(found->second);
}

base::Result<process::OpenListener> EngineHost::open_listener(const process::ListenPlan& plan) {
  auto opened = result<process::OpenListener>(HostCall::open_listener, recording::asked(plan));
  if (!opened) return opened;
  auto fd = make_listening();
  if (!fd) return fd.error();
  listens(fd->get(), speaker::ListenPlace{plan.at, plan.interface}.text(), own_port(fd->get()));
  opened->fd = std::move(*fd);
  return opened;
}

std::optional<process::TcpEnds> EngineHost::of_accepted(int listener) {
  const auto name = listeners_.find(listener);
  if (name == listeners_.end()) return std::nullopt;
  const std::lock_guard lock(mutex_);
  std::deque<process::TcpEnds>& ends = ends_[name->second];
  if (ends.empty()) return std::nullopt;
  process::TcpEnds first = std::move(ends.front());
  ends.pop_front();
  return first;
}

base::Result<base::UniqueFd> EngineHost::open_control_socket(const std::string& path) {
  auto opened = result<base::UniqueFd>(HostCall::open_control_socket, recording::asked(path));
  if (!opened) return opened;
  auto fd = process::make_control_socket(control_socket_in(folder_));
  if (fd) listeners_.erase(fd->get());
  return fd;
}

base::Result<process::ControlPipes> EngineHost::open_control_pipes(const std::string& path) {
  auto opened = RecordedHost::open_control_pipes(path);
  if (!opened) return opened;
  auto commands = make_pipe();
  auto answers = make_pipe();
  if (!commands) return commands.error();
  if (!answers) return answers.error();
  auto guard = hand_over(relay_in(folder_), k_pipes_of_clients, std::move(answers->reader), std::move(commands->writer));
  if (!guard) return guard.error();
  guards_.push_back(std::move(*guard));
  return base::Result<process::ControlPipes>(boost::system::in_place_value, process::ControlPipes{std::move(commands->reader), std::move(answers->writer)});
}

std::uint16_t EngineHost::port_of(const std::string& listener) const {
  const std::lock_guard lock(mutex_);
  const auto found = listening_.find(listener);
  return found == listening_.end() ? std::uint16_t{0} : found->second;
}

base::UniqueFd EngineHost::take_errors(const std::string& program) {
  const std::lock_guard lock(mutex_);
  std::deque<base::UniqueFd>& waiting = errors_[program];
  if (waiting.empty()) return {};
  base::UniqueFd first = std::move(waiting.front());
  waiting.pop_front();
  return first;
}

}  // namespace tandem::replay
