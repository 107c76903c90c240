#include "conformance/reactor/stand_in.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>

#include "common/process/clock.hpp"
#include "tandem/engines/engines.hpp"

namespace tandem::speaker {

Core* core = nullptr;

Runtime& Speaker::runtime() { return core->runtime; }
void Speaker::signal(Signal signal) {
  core->signals.push_back(signal);
  if (core->on_signal) core->on_signal(signal);
}
std::optional<base::TimePoint> Speaker::deadline() const { return core->deadline; }
std::optional<Exit> Speaker::exit() const { return core->exit; }
LoopObserver* Speaker::observer() const { return nullptr; }
void Speaker::waiting(std::optional<base::TimePoint>, base::TimePoint) {}
bool Speaker::resuming() { return false; }
void Speaker::resumed(const Channel&, base::TimePoint) {}
bool Speaker::round(base::TimePoint now) {
  ++core->rounds;
  const bool again = core->on_round(now);
  core->runtime.collect();
  return again;
}

}  // namespace tandem::speaker

namespace tandem::conformance {

using namespace std::chrono_literals;

Socket loopback_socket(bool listening) {
  Socket made;
  made.fd.reset(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  made.address.sin_family = AF_INET;
  made.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof made.address;
  auto* const address = reinterpret_cast<sockaddr*>(&made.address);
  EXPECT_EQ(::bind(made.fd.get(), address, length), 0);
  if (listening) {
    EXPECT_EQ(::listen(made.fd.get(), 200), 0);
  }
  EXPECT_EQ(::getsockname(made.fd.get(), address, &length), 0);
  return made;
}

UniqueFd client_of(const Socket& listener) {
  UniqueFd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(::connect(client.get(), reinterpret_cast<const sockaddr*>(&listener.address), sizeof listener.address), 0);
  return client;
}

Stream::Stream() {
  int ends[2];
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
  near.reset(ends[0]);
  far.reset(ends[1]);
}

Pipe::Pipe() {
  int ends[2];
  EXPECT_EQ(::pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
  from.reset(ends[0]);
  into.reset(ends[1]);
}

std::string read_all(int fd) {
  std::string all;
  char buffer[65536];
  for (ssize_t count; (count = ::read(fd, buffer, sizeof buffer)) > 0;) all.append(buffer, static_cast<std::size_t>(count));
  return all;
}

int open_descriptors() {
  int open = 0;
  for (int fd = 0; fd < 1024; ++fd) open += ::fcntl(fd, F_GETFD) != -1 ? 1 : 0;
  return open;
}

ReactorTest::ReactorTest() {
  core = &core_;
  ::signal(SIGPIPE, SIG_IGN);
}

TestChannel& ReactorTest::add(ChannelKind kind, UniqueFd input, UniqueFd output) {
  auto channel = std::make_unique<TestChannel>(kind, std::move(input), std::move(output));
  TestChannel& added = *channel;
  core->runtime.adopt(std::move(channel));
  return added;
}

Exit ReactorTest::run(std::function<bool(base::TimePoint)> on_round) {
  core->exit.reset();
  core->on_round = std::move(on_round);
  // Never constructed, and it need not be: the functions above look at `core` only.
  alignas(speaker::Speaker) std::byte place[sizeof(speaker::Speaker)];
  const Exit exit = program::make_reactor(engine)->run(*reinterpret_cast<speaker::Speaker*>(place));
  EXPECT_EQ(core->runtime.driven(), 0U);
  return exit;
}

bool ReactorTest::run_until(const std::function<bool()>& condition) {
  const base::TimePoint limit = process::now() + 10s;
  bool held = false;
  run([&](base::TimePoint now) {
    held = condition();
    if (held || now > limit) core->exit = Exit::stop;
    core->deadline = now + 1ms;
    return false;
  });
  return held;
}

}  // namespace tandem::conformance
