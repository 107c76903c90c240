// A reactor against channels of the test's own: what an engine owes to any core (docs/architecture.md, "the seam").
#include "conformance/reactor/stand_in.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <utility>
#include <vector>

#include "common/process/clock.hpp"
#include "conformance/stage/drivers.hpp"

namespace tandem::conformance {
namespace {

using namespace std::chrono_literals;

INSTANTIATE_TEST_SUITE_P(Engine, ReactorTest, ::testing::ValuesIn(engines_to_play()), [](const auto& info) { return info.param; });

TEST_P(ReactorTest, BytesComeAndGoAndTheDescriptorSurvivesTheEngine) {
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

TEST_P(ReactorTest, EndOfFileEndsTheChannelAfterItsBytes) {
  Stream stream;
  const auto fate = add(ChannelKind::connection, std::move(stream.near)).fate;
  ASSERT_EQ(::write(stream.far.get(), "last words", 10), 10);
  stream.far.reset();
  EXPECT_TRUE(run_until([&] { return fate->cause.has_value(); }));
  EXPECT_EQ(fate->cause, EndCause::end_of_file);
  EXPECT_EQ(fate->received, "last words");
  EXPECT_EQ(core->runtime.channels(), 0U);
}

TEST_P(ReactorTest, WhoHasSaidHisLastWordMayStillBeAnswered) {
  Stream stream;
  TestChannel& channel = add(ChannelKind::control_client, std::move(stream.near));
  channel.last_answer = "goodbye";
  const auto fate = channel.fate;
  ASSERT_EQ(::write(stream.far.get(), "last words", 10), 10);
  ASSERT_EQ(::shutdown(stream.far.get(), SHUT_WR), 0);
  EXPECT_TRUE(run_until([&] { return fate->cause.has_value(); }));
  EXPECT_EQ(fate->cause, EndCause::asked);
  EXPECT_EQ(fate->received, "last words");
  EXPECT_EQ(read_all(stream.far.get()), "goodbye");
}

TEST_P(ReactorTest, CloseWaitsForWhatIsToBeWritten) {
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

TEST_P(ReactorTest, ARoundFollowsAWriteOnlyIfSomethingWaitedForIt) {
  Stream streams[2];  // neither ends while the other is looked at
  for (const bool waited_for : {true, false}) {
    Stream& stream = streams[waited_for ? 0 : 1];
    TestChannel& channel = add(ChannelKind::program, std::move(stream.near));
    channel.waits_for_sent = waited_for;
    base::TimePoint end{};
    core->deadline.reset();
    int behind = 0;
    run([&](base::TimePoint now) {
      if (end == base::TimePoint{}) {
        channel.say("answer");
        core->deadline = end = now + 20ms;
        return false;
      }
      ++behind;
      if (now >= end) core->exit = Exit::stop;
      return false;
    });
    EXPECT_EQ(read_all(stream.far.get()), "answer");
    EXPECT_EQ(behind, waited_for ? 2 : 1);  // that of the deadline included
    core->exit.reset();
  }
}

TEST_P(ReactorTest, CloseReachesAnIdleReader) {
  Stream stream;
  TestChannel& channel = add(ChannelKind::connection, std::move(stream.near));
  const auto fate = channel.fate;
  EXPECT_TRUE(run_until([&] {
    if (core->rounds == 3) channel.now_wants({.close = true});
    return fate->cause.has_value();
  }));
  EXPECT_EQ(fate->cause, EndCause::asked);
}

TEST_P(ReactorTest, HangUpOfAPausedChannelDoesNotSpinAndItsBytesStayInTheKernel) {
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

TEST_P(ReactorTest, WhatWasSaidBeforeAWriteFailedIsStillRead) {
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

TEST_P(ReactorTest, BulkIsReadInLargePiecesOnceARound) {
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

TEST_P(ReactorTest, ProgramThatDoesNotReadIsStillHeard) {
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

TEST_P(ReactorTest, ProgramIsWrittenToWhileItSaysNothing) {
  Pipe output;  // of the program
  Pipe input;
  add(ChannelKind::program, std::move(output.from), std::move(input.into)).say(std::string(300'000, 'e'));
  std::size_t arrived = 0;
  EXPECT_TRUE(run_until([&] { return (arrived += read_all(input.from.get()).size()) == 300'000; }));
}

TEST_P(ReactorTest, AtMostTenConnectionsAreAcceptedARound) {
  Socket listener = loopback_socket(true);
  std::vector<UniqueFd> clients;
  for (int i = 0; i < 35; ++i) clients.push_back(client_of(listener));
  TestChannel& channel = add(ChannelKind::listener, std::move(listener.fd));
  channel.now_wants({.accept = true});
  EXPECT_TRUE(run_until([&] { return channel.accepted_fds.size() == clients.size(); }));
  for (const auto& [round, accepts] : channel.accepts_in_round) EXPECT_LE(accepts, 10) << "round " << round;
}

TEST_P(ReactorTest, AcceptingPausesWhenTheKernelRefusesAndGoesOnWhenItIsWantedAgain) {
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

TEST_P(ReactorTest, DialTellsBothEndsOrTheError) {
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

TEST_P(ReactorTest, ConnectInProgressIsContinuedByTheNextEngine) {
  Socket listener = loopback_socket(true);
  TestChannel& channel = add(ChannelKind::connection, UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)));
  channel.target = {*base::IpAddress::parse("127.0.0.1"), ntohs(listener.address.sin_port)};
  channel.connect_started = true;  // as another engine would have left it
  ASSERT_EQ(::connect(channel.input_fd(), reinterpret_cast<sockaddr*>(&listener.address), sizeof listener.address), -1);
  ASSERT_EQ(errno, EINPROGRESS);
  channel.now_wants({.connect = true});
  EXPECT_TRUE(run_until([&] { return channel.want.read; }));
}

TEST_P(ReactorTest, ExceptionInOneDriverEndsItsChannelAndNoOther) {
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

// What an engine keeps of its operations is used again: the entries of a ring after 16384 of them. None may pass for another one then.
TEST_P(ReactorTest, TwentyThousandConnectionsThatComeAndGoDisturbNoOther) {
  struct Guest {
    TestChannel* channel;
    std::shared_ptr<Fate> fate;
    UniqueFd far;
  };
  constexpr int k_at_once = 50;
  Stream lasting;
  TestChannel& host = add(ChannelKind::connection, std::move(lasting.near));
  host.on_receive = [&host](base::Bytes bytes) { host.say(base::as_text(bytes)); };
  std::vector<Guest> reading;
  std::vector<Guest> leaving;
  std::string said;
  std::string answered;
  int left = 0;
  int lost = 0;
  EXPECT_TRUE(run_until([&] {
    for (const Guest& guest : leaving) {
      if (!guest.fate->cause) return false;
    }
    for (const Guest& guest : leaving) ++(guest.fate->cause == EndCause::asked ? left : lost);
    leaving = std::exchange(reading, {});
    for (const Guest& guest : leaving) {
      if (!guest.fate->cause) guest.channel->now_wants({.close = true});  // its read is under way
    }
    for (int i = 0; i < k_at_once; ++i) {
      Stream stream;
      TestChannel& channel = add(ChannelKind::connection, std::move(stream.near));
      reading.push_back({&channel, channel.fate, std::move(stream.far)});
    }
    EXPECT_EQ(::write(lasting.far.get(), "x", 1), 1);
    said += 'x';
    answered += read_all(lasting.far.get());
    return left + lost >= 20'000;
  }));
  EXPECT_TRUE(run_until([&] { return (answered += read_all(lasting.far.get())) == said; }));
  EXPECT_EQ(lost, 0);
  EXPECT_FALSE(host.fate->cause);
}

// Wherever an exception leaves the engine: the loop's own code, or what is called when a signal comes.
TEST_P(ReactorTest, ExceptionThatNoDriverCausedEndsTheEngineAndGivesEverythingBack) {
  Stream stream;
  Pipe output;
  Pipe input;
  TestChannel& channel = add(ChannelKind::connection, std::move(stream.near));
  TestChannel& program = add(ChannelKind::program, std::move(output.from), std::move(input.into));
  const int before = open_descriptors();
  for (const bool in_handler : {true, false}) {
    core->exit.reset();
    core->on_signal = [](speaker::Signal signal) {
      if (signal == speaker::Signal::reload) throw std::runtime_error("a bug");
    };
    EXPECT_EQ(run([&, rounds = 0](base::TimePoint) mutable {
      if (++rounds < 3) return true;
      if (!in_handler) throw std::runtime_error("a bug");
      if (rounds == 3) ::kill(::getpid(), SIGUSR1);
      return true;
    }), Exit::failure);
    EXPECT_EQ(core->runtime.driven(), 0U);
    EXPECT_EQ(open_descriptors(), before);
    core->on_signal = nullptr;
    core->exit.reset();
    // Whoever comes next finds everything as it was.
    engine = another_engine(engine);
    ASSERT_EQ(::write(stream.far.get(), "1", 1), 1);
    ASSERT_EQ(::write(output.into.get(), "2", 1), 1);
    channel.fate->received.clear();
    program.fate->received.clear();
    EXPECT_TRUE(run_until([&] { return channel.fate->received == "1" && program.fate->received == "2"; }));
    engine = GetParam();
  }
}

TEST_P(ReactorTest, GoesOnWithWhatIsOpenWhenFewerDescriptorsAreAllowed) {
  Stream stream;
  TestChannel& channel = add(ChannelKind::connection, std::move(stream.near));
  channel.on_receive = [&channel](base::Bytes bytes) { channel.say(base::as_text(bytes)); };
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  std::string answer;
  EXPECT_TRUE(run_until([&] {
    if (core->rounds == 3) {
      const rlimit small{1, before.rlim_max};
      EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &small), 0);
      EXPECT_EQ(::write(stream.far.get(), "hello", 5), 5);
    }
    return (answer += read_all(stream.far.get())) == "hello";
  }));
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST_P(ReactorTest, DeadlineIsKeptAndNothingHappensBetweenDeadlines) {
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

// A pause of the whole process may come between the look at the descriptors and the round: SIGSTOP, a busy machine, a driver that takes
// its time. What came during it has not been looked at, and a hold timer would end a session whose KEEPALIVE is there.
TEST_P(ReactorTest, DeadlineIsActedUponWhenWhatCameBeforeItHasBeenDelivered) {
  for (const base::Duration overdue : {5ms, 250ms}) {
    Stream slow;
    Stream other;
    base::TimePoint hold_timer{};
    add(ChannelKind::connection, std::move(slow.near)).on_receive = [&](base::Bytes) {
      EXPECT_EQ(::write(other.far.get(), "keepalive", 9), 9);
      while (process::now() < hold_timer + overdue) {
      }
    };
    const auto fate = add(ChannelKind::connection, std::move(other.near)).fate;
    core->deadline.reset();
    run([&, rounds = 0](base::TimePoint now) mutable {
      if (++rounds < 3) return true;
      if (rounds == 3) {  // both channels are waited for by now
        core->deadline = hold_timer = now + 30ms;
        EXPECT_EQ(::write(slow.far.get(), "x", 1), 1);
      }
      if (now >= hold_timer) core->exit = Exit::stop;
      return false;
    });
    EXPECT_EQ(fate->received, "keepalive") << std::chrono::duration_cast<std::chrono::milliseconds>(overdue).count() << " ms late";
    slow.far.reset();
    other.far.reset();
    EXPECT_TRUE(run_until([&] { return core->runtime.channels() == 0; }));
  }
}

TEST_P(ReactorTest, DeadlineThatPassesDuringARoundWaitsForALook) {
  Stream stream;
  const auto fate = add(ChannelKind::connection, std::move(stream.near)).fate;
  base::TimePoint hold_timer{};
  core->deadline.reset();
  run([&, rounds = 0](base::TimePoint now) mutable {
    if (++rounds < 3) return true;
    if (rounds == 3) {
      core->deadline = hold_timer = now + 20ms;
      while (process::now() < hold_timer + 5ms) {  // a long round: a reload, a batch of commands
      }
      EXPECT_EQ(::write(stream.far.get(), "keepalive", 9), 9);
    } else if (now >= hold_timer) {
      core->exit = Exit::stop;
    }
    return false;
  });
  EXPECT_EQ(fate->received, "keepalive");
}

TEST_P(ReactorTest, RoundThatSaysAgainIsFollowedByAnotherAtOnce) {
  core->deadline.reset();
  run([](base::TimePoint) {
    if (core->rounds == 100) core->exit = Exit::stop;
    return true;
  });
  EXPECT_EQ(core->rounds, 100);
}

TEST_P(ReactorTest, SignalsAreToldAndOnesRaisedAsTheEngineLeavesWaitForTheNext) {
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

// Back to the same engine and to the other one, in turn.
TEST_P(ReactorTest, LeavingAtEveryByteLosesNone) {
  Stream stream;
  TestChannel& channel = add(ChannelKind::connection, std::move(stream.near));
  std::string said;
  std::string answered;
  const std::string other = another_engine(GetParam());
  channel.on_receive = [&channel](base::Bytes bytes) { channel.say(base::as_text(bytes)); };
  for (int i = 0; i < 2000; ++i) {
    const char letter = static_cast<char>('a' + i % 26);
    ASSERT_EQ(::write(stream.far.get(), &letter, 1), 1);
    said += letter;
    engine = i / 2 % 2 == 0 ? GetParam() : other;
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
}  // namespace tandem::conformance
