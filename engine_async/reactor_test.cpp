// The reactor against channels of the test's own, over real descriptors. The speaker is a stand-in that has its place in this
// program (its functions are defined below, so the real ones are not linked): rounds and deadlines are the test's.
// The pair of this file in engine_sync is the same but for the engine's name.
#include "engine_async/reactor.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <functional>
#include <map>
#include <stdexcept>

#include "common/process/clock.hpp"
#include "common/speaker/speaker.hpp"

namespace tandem::speaker {
namespace {

struct Core {
  Runtime runtime;
  std::optional<Exit> exit;
  std::optional<base::TimePoint> deadline;
  std::vector<Signal> signals;
  std::function<bool(base::TimePoint)> on_round;
  int rounds = 0;
};
Core* core = nullptr;

}  // namespace

Runtime& Speaker::runtime() { return core->runtime; }
void Speaker::signal(Signal signal) { core->signals.push_back(signal); }
std::optional<base::TimePoint> Speaker::deadline() const { return core->deadline; }
std::optional<Exit> Speaker::exit() const { return core->exit; }
LoopObserver* Speaker::observer() const { return nullptr; }
bool Speaker::round(base::TimePoint now) {
  ++core->rounds;
  const bool again = core->on_round(now);
  core->runtime.collect();
  return again;
}

}  // namespace tandem::speaker

namespace tandem::engine_async {
namespace {

using namespace std::chrono_literals;
using base::UniqueFd;
using speaker::ChannelKind;
using speaker::core;
using speaker::EndCause;
using speaker::Exit;
using speaker::Interest;

// What became of a channel; outlives it.
struct Fate {
  std::optional<EndCause> cause;
  int error = 0;
  int dial_error = 0;
  std::string received;
};

class TestChannel final : public speaker::Channel {
 public:
  TestChannel(ChannelKind kind, UniqueFd input, UniqueFd output = {}) : Channel(core->runtime, kind, "channel") {
    set_descriptors(std::move(input), std::move(output));
  }

  Interest interest() const override {
    if (over) return {};
    Interest now = want;
    now.write = !now.connect && !out.empty();
    return now;
  }
  base::Endpoint dial_target() const override { return target; }
  void connected(const base::Endpoint& local_end, const base::Endpoint& remote_end, base::TimePoint) override {
    local = local_end;
    remote = remote_end;
    want = {.read = true};
    wake();
  }
  void connect_failed(int error, base::TimePoint) override {
    fate->dial_error = error;
    close_down();
  }
  void receive(base::Bytes bytes, base::TimePoint) override {
    fate->received += base::as_text(bytes);
    largest = std::max(largest, bytes.size());
    octets_in_round[core->rounds] += bytes.size();
    if (on_receive) on_receive(bytes);
  }
  const base::Outbox& outbox() const override { return out; }
  void sent(std::size_t count, base::TimePoint) override { out.consume(count); }
  void accepted(UniqueFd fd, const base::Endpoint&, const base::Endpoint&, base::TimePoint) override {
    accepted_fds.push_back(std::move(fd));
    ++accepts_in_round[core->rounds];
  }
  void accept_failed(int error, base::TimePoint) override {
    accept_error = error;
    want.accept = false;
  }
  void ended(EndCause cause, int error, base::TimePoint) override {
    fate->cause = cause;
    fate->error = error;
    close_down();
  }

  void say(std::string_view text) {
    out.append(base::as_bytes(text));
    wake();
  }
  void now_wants(Interest wanted) {
    want = wanted;
    wake();
  }

  Interest want{.read = true};
  base::Outbox out;
  std::shared_ptr<Fate> fate = std::make_shared<Fate>();
  base::Endpoint target, local, remote;
  std::function<void(base::Bytes)> on_receive;
  std::vector<UniqueFd> accepted_fds;
  std::map<int, int> accepts_in_round;
  std::map<int, std::size_t> octets_in_round;
  std::size_t largest = 0;
  int accept_error = 0;
  bool over = false;

 private:
  void close_down() {
    over = true;
    finish();
    runtime_.retire(*this);
  }
};

struct Socket {
  UniqueFd fd;
  sockaddr_in address{};
};
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
struct Stream {
  Stream() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    near.reset(ends[0]);
    far.reset(ends[1]);
  }
  UniqueFd near, far;
};
struct Pipe {
  Pipe() {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
    from.reset(ends[0]);
    into.reset(ends[1]);
  }
  UniqueFd from, into;
};
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

class ReactorTest : public ::testing::Test {
 protected:
  ReactorTest() {
    core = &core_;
    ::signal(SIGPIPE, SIG_IGN);
  }

  TestChannel& add(ChannelKind kind, UniqueFd input, UniqueFd output = {}) {
    auto channel = std::make_unique<TestChannel>(kind, std::move(input), std::move(output));
    TestChannel& added = *channel;
    core->runtime.adopt(std::move(channel));
    return added;
  }
  Exit run(std::function<bool(base::TimePoint)> on_round) {
    core->exit.reset();
    core->on_round = std::move(on_round);
    // Never constructed, and it need not be: the functions above look at `core` only.
    alignas(speaker::Speaker) std::byte place[sizeof(speaker::Speaker)];
    const Exit exit = Reactor().run(*reinterpret_cast<speaker::Speaker*>(place));
    EXPECT_EQ(core->runtime.driven(), 0U);
    return exit;
  }
  // Runs the engine, with a round every millisecond at least, until the condition holds; false when it does not in ten seconds.
  bool run_until(const std::function<bool()>& condition) {
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

  speaker::Core core_;
};

TEST_F(ReactorTest, BytesComeAndGoAndTheDescriptorSurvivesTheEngine) {
  Stream stream;
  TestChannel& channel = add(ChannelKind::connection, std::move(stream.near));
  channel.on_receive = [&channel](base::Bytes bytes) { channel.say(base::as_text(bytes)); };
  const int before = open_descriptors();
  ASSERT_EQ(::write(stream.far.get(), "hello", 5), 5);
  std::string answer;
  EXPECT_TRUE(run_until([&] { return (answer += read_all(stream.far.get())) == "hello"; }));
  EXPECT_EQ(open_descriptors(), before);
  EXPECT_FALSE(channel.fate->cause);
}

TEST_F(ReactorTest, EndOfFileEndsTheChannelAfterItsBytes) {
  Stream stream;
  const auto fate = add(ChannelKind::connection, std::move(stream.near)).fate;
  ASSERT_EQ(::write(stream.far.get(), "last words", 10), 10);
  stream.far.reset();
  EXPECT_TRUE(run_until([&] { return fate->cause.has_value(); }));
  EXPECT_EQ(fate->cause, EndCause::end_of_file);
  EXPECT_EQ(fate->received, "last words");
  EXPECT_EQ(core->runtime.channels(), 0U);
}

TEST_F(ReactorTest, CloseWaitsForWhatIsToBeWritten) {
  Stream stream;
  TestChannel& channel = add(ChannelKind::connection, std::move(stream.near));
  const auto fate = channel.fate;
  channel.say(std::string(3'000'000, 'x'));
  channel.now_wants({.close = true});
  std::size_t arrived = 0;
  EXPECT_TRUE(run_until([&] {
    arrived += read_all(stream.far.get()).size();
    return fate->cause.has_value();
  }));
  arrived += read_all(stream.far.get()).size();
  EXPECT_EQ(arrived, 3'000'000U);
  EXPECT_EQ(fate->cause, EndCause::asked);
}

TEST_F(ReactorTest, CloseReachesAnIdleReader) {
  Stream stream;
  TestChannel& channel = add(ChannelKind::connection, std::move(stream.near));
  const auto fate = channel.fate;
  EXPECT_TRUE(run_until([&] {
    if (core->rounds == 3) channel.now_wants({.close = true});
    return fate->cause.has_value();
  }));
  EXPECT_EQ(fate->cause, EndCause::asked);
}

TEST_F(ReactorTest, HangUpOfAPausedChannelDoesNotSpinAndItsBytesStayInTheKernel) {
  Stream stream;
  TestChannel& channel = add(ChannelKind::connection, std::move(stream.near));
  const auto fate = channel.fate;
  channel.now_wants({});
  ASSERT_EQ(::write(stream.far.get(), "abc", 3), 3);
  stream.far.reset();
  const base::TimePoint end = process::now() + 50ms;
  core->deadline = end;
  run([&](base::TimePoint now) {
    if (now >= end) core->exit = Exit::stop;
    return false;
  });
  EXPECT_LE(core->rounds, 4);
  EXPECT_EQ(fate->received, "");
  channel.now_wants({.read = true});
  EXPECT_TRUE(run_until([&] { return fate->cause.has_value(); }));
  EXPECT_EQ(fate->received, "abc");
}

TEST_F(ReactorTest, WhatWasSaidBeforeAWriteFailedIsStillRead) {
  Stream stream;
  TestChannel& channel = add(ChannelKind::connection, std::move(stream.near));
  const auto fate = channel.fate;
  ASSERT_TRUE(run_until([] { return core->rounds > 2; }));
  const std::string words(100'000, 'w');
  ASSERT_EQ(::write(stream.far.get(), words.data(), words.size()), static_cast<ssize_t>(words.size()));
  stream.far.reset();
  channel.say("too late");
  EXPECT_TRUE(run_until([&] { return fate->cause.has_value(); }));
  EXPECT_EQ(fate->received, words);
}

TEST_F(ReactorTest, BulkIsReadInLargePiecesOnceARound) {
  Stream stream;
  const int size = 1 << 20;
  ::setsockopt(stream.far.get(), SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  TestChannel& channel = add(ChannelKind::connection, std::move(stream.near));
  const std::string bulk(200'000, 'b');
  ASSERT_EQ(::write(stream.far.get(), bulk.data(), bulk.size()), static_cast<ssize_t>(bulk.size()));
  EXPECT_TRUE(run_until([&] { return channel.fate->received.size() == bulk.size(); }));
  EXPECT_GE(channel.largest, 32768U);
  for (const auto& [round, octets] : channel.octets_in_round) EXPECT_LE(octets, 65536U) << "round " << round;
}

TEST_F(ReactorTest, ProgramThatDoesNotReadIsStillHeard) {
  Pipe output;  // of the program
  Pipe input;
  TestChannel& channel = add(ChannelKind::program, std::move(output.from), std::move(input.into));
  const auto fate = channel.fate;
  channel.say(std::string(1'000'000, 'e'));
  const std::string commands(40'000, 'c');
  ASSERT_EQ(::write(output.into.get(), commands.data(), commands.size()), static_cast<ssize_t>(commands.size()));
  EXPECT_TRUE(run_until([&] { return fate->received.size() == commands.size(); }));
  for (const auto& [round, octets] : channel.octets_in_round) EXPECT_LE(octets, 16384U) << "round " << round;
  ASSERT_EQ(::write(output.into.get(), "bye\n", 4), 4);
  input.from.reset();
  output.into.reset();
  EXPECT_TRUE(run_until([&] { return fate->cause.has_value(); }));
  EXPECT_EQ(fate->received, commands + "bye\n");
}

TEST_F(ReactorTest, ProgramIsWrittenToWhileItSaysNothing) {
  Pipe output;  // of the program
  Pipe input;
  add(ChannelKind::program, std::move(output.from), std::move(input.into)).say(std::string(300'000, 'e'));
  std::size_t arrived = 0;
  EXPECT_TRUE(run_until([&] { return (arrived += read_all(input.from.get()).size()) == 300'000; }));
}

TEST_F(ReactorTest, AtMostTenConnectionsAreAcceptedARound) {
  Socket listener = loopback_socket(true);
  std::vector<UniqueFd> clients;
  for (int i = 0; i < 35; ++i) clients.push_back(client_of(listener));
  TestChannel& channel = add(ChannelKind::listener, std::move(listener.fd));
  channel.now_wants({.accept = true});
  EXPECT_TRUE(run_until([&] { return channel.accepted_fds.size() == clients.size(); }));
  for (const auto& [round, accepts] : channel.accepts_in_round) EXPECT_LE(accepts, 10) << "round " << round;
}

TEST_F(ReactorTest, AcceptingPausesWhenTheKernelRefusesAndGoesOnWhenItIsWantedAgain) {
  Socket listener = loopback_socket(true);
  TestChannel& channel = add(ChannelKind::listener, UniqueFd(::dup(listener.fd.get())));
  channel.now_wants({});
  std::vector<UniqueFd> clients;
  std::vector<UniqueFd> hoard;
  int rounds_at_failure = 0;
  EXPECT_TRUE(run_until([&] {
    if (core->rounds == 3) {
      clients.push_back(client_of(listener));
      for (int fd; (fd = ::dup(0)) >= 0;) hoard.emplace_back(fd);
      channel.now_wants({.accept = true});
    }
    if (channel.accept_error != 0 && rounds_at_failure == 0) rounds_at_failure = core->rounds;
    if (rounds_at_failure != 0 && core->rounds == rounds_at_failure + 3) {  // nobody asked meanwhile
      EXPECT_TRUE(channel.accepted_fds.empty());
      hoard.clear();
      channel.now_wants({.accept = true});
    }
    return channel.accepted_fds.size() == 1;
  }));
  EXPECT_EQ(channel.accept_error, EMFILE);
}

TEST_F(ReactorTest, DialTellsBothEndsOrTheError) {
  Socket listener = loopback_socket(true);
  const Socket deaf = loopback_socket(false);
  const auto dial = [this](const Socket& target) -> TestChannel& {
    TestChannel& channel = add(ChannelKind::connection, UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)));
    channel.target = {*base::IpAddress::parse("127.0.0.1"), ntohs(target.address.sin_port)};
    channel.now_wants({.connect = true});
    return channel;
  };
  TestChannel& good = dial(listener);
  const auto refused = dial(deaf).fate;
  EXPECT_TRUE(run_until([&] { return good.want.read && refused->dial_error != 0; }));
  EXPECT_EQ(good.remote, good.target);
  EXPECT_NE(good.local.port, 0);
  EXPECT_EQ(refused->dial_error, ECONNREFUSED);
  EXPECT_FALSE(refused->cause);
}

TEST_F(ReactorTest, ConnectInProgressIsContinuedByTheNextEngine) {
  Socket listener = loopback_socket(true);
  TestChannel& channel = add(ChannelKind::connection, UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)));
  channel.target = {*base::IpAddress::parse("127.0.0.1"), ntohs(listener.address.sin_port)};
  channel.connect_started = true;  // as another engine would have left it
  ASSERT_EQ(::connect(channel.input_fd(), reinterpret_cast<sockaddr*>(&listener.address), sizeof listener.address), -1);
  ASSERT_EQ(errno, EINPROGRESS);
  channel.now_wants({.connect = true});
  EXPECT_TRUE(run_until([&] { return channel.want.read; }));
}

TEST_F(ReactorTest, ExceptionInOneDriverEndsItsChannelAndNoOther) {
  Stream a;
  Stream b;
  TestChannel& faulty = add(ChannelKind::connection, std::move(a.near));
  const auto fate = faulty.fate;
  faulty.on_receive = [](base::Bytes) { throw std::runtime_error("a bug"); };
  TestChannel& sound = add(ChannelKind::connection, std::move(b.near));
  ASSERT_EQ(::write(a.far.get(), "1", 1), 1);
  EXPECT_TRUE(run_until([&] { return fate->cause.has_value(); }));
  EXPECT_EQ(fate->cause, EndCause::failed);
  ASSERT_EQ(::write(b.far.get(), "2", 1), 1);
  EXPECT_TRUE(run_until([&] { return sound.fate->received == "2"; }));
}

TEST_F(ReactorTest, DeadlineIsKeptAndNothingHappensBetweenDeadlines) {
  base::TimePoint next = process::now() + 20ms;
  core->deadline = next;
  int reached = 0;
  run([&](base::TimePoint now) {
    if (now < next) return false;
    EXPECT_LT(now - next, 500ms);
    if (++reached == 3) core->exit = Exit::stop;
    core->deadline = next = now + 20ms;
    return false;
  });
  EXPECT_LE(core->rounds, 5);
}

TEST_F(ReactorTest, RoundThatSaysAgainIsFollowedByAnotherAtOnce) {
  core->deadline.reset();
  run([](base::TimePoint) {
    if (core->rounds == 100) core->exit = Exit::stop;
    return true;
  });
  EXPECT_EQ(core->rounds, 100);
}

TEST_F(ReactorTest, SignalsAreToldAndOnesRaisedAsTheEngineLeavesWaitForTheNext) {
  sigset_t ours;
  sigset_t before;
  sigset_t after;
  sigemptyset(&ours);
  for (const int number : {SIGHUP, SIGUSR1}) sigaddset(&ours, number);
  ::pthread_sigmask(SIG_BLOCK, &ours, &before);
  const auto told = [](speaker::Signal kind) { return std::count(core->signals.begin(), core->signals.end(), kind); };
  ::kill(::getpid(), SIGUSR1);  // before there is an engine
  EXPECT_TRUE(run_until([&] { return told(speaker::Signal::reload) == 1; }));
  for (int i = 0; i < 10; ++i) {
    core->signals.clear();
    EXPECT_EQ(run([](base::TimePoint) {
      ::kill(::getpid(), SIGHUP);
      core->exit = Exit::switch_engine;
      return false;
    }), Exit::switch_engine);
    if (told(speaker::Signal::hang_up) == 0) run_until([&] { return told(speaker::Signal::hang_up) != 0; });
    EXPECT_EQ(told(speaker::Signal::hang_up), 1);
  }
  ::pthread_sigmask(SIG_SETMASK, &before, &after);
  EXPECT_EQ(sigismember(&after, SIGHUP), 1) << "the mask was not put back";
}

TEST_F(ReactorTest, LeavingAtEveryByteLosesNone) {
  Stream stream;
  TestChannel& channel = add(ChannelKind::connection, std::move(stream.near));
  std::string said;
  std::string answered;
  channel.on_receive = [&channel](base::Bytes bytes) { channel.say(base::as_text(bytes)); };
  for (int i = 0; i < 2000; ++i) {
    const char letter = static_cast<char>('a' + i % 26);
    ASSERT_EQ(::write(stream.far.get(), &letter, 1), 1);
    said += letter;
    run([rounds = i % 3](base::TimePoint) mutable {
      if (rounds-- == 0) core->exit = Exit::switch_engine;
      return true;
    });
    answered += read_all(stream.far.get());
  }
  EXPECT_TRUE(run_until([&] { return (answered += read_all(stream.far.get())).size() >= said.size(); }));
  EXPECT_EQ(answered, said);
  EXPECT_EQ(channel.fate->received, said);
}

}  // namespace
}  // namespace tandem::engine_async
