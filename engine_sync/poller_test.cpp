#include "engine_sync/poller.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <functional>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/unique_fd.hpp"
#include "common/process/clock.hpp"

namespace tandem::engine_sync {
namespace {

using namespace std::chrono_literals;
using base::UniqueFd;

struct Pair {
  Pair() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    near.reset(ends[0]);
    far.reset(ends[1]);
  }
  void say() const { EXPECT_EQ(::write(far.get(), "x", 1), 1); }
  UniqueFd near;
  UniqueFd far;
};

struct Recorder final : Poller::Waiter {
  void ready(WakeReason reason) override {
    reasons.push_back(reason);
    if (then) then();
  }
  std::vector<WakeReason> reasons;
  std::function<void()> then;
};

std::size_t look(Poller& poller) {
  const base::TimePoint now = process::now();
  const std::size_t found = poller.wait(now, now);
  poller.dispatch();
  return found;
}

TEST(Poller, WakesForWhatWasAskedAndNothingElse) {
  Poller poller;
  Pair pair;
  Recorder waiter;
  poller.add(pair.near.get(), waiter);
  pair.say();
  EXPECT_EQ(look(poller), 0U);
  poller.modify(pair.near.get(), true, false);
  EXPECT_EQ(look(poller), 1U);
  poller.modify(pair.near.get(), false, true);
  EXPECT_EQ(look(poller), 1U);
  poller.modify(pair.near.get(), true, true);
  EXPECT_EQ(look(poller), 1U);
  EXPECT_EQ(waiter.reasons, (std::vector{WakeReason::ready_read, WakeReason::ready_write, WakeReason::ready_both}));
}

TEST(Poller, ReadinessIsReportedAgainUntilItIsUsed) {
  Poller poller;
  Pair pair;
  Recorder waiter;
  poller.add(pair.near.get(), waiter);
  poller.modify(pair.near.get(), true, false);
  pair.say();
  EXPECT_EQ(look(poller), 1U);
  EXPECT_EQ(look(poller), 1U);
}

TEST(Poller, HangUpOfADescriptorNobodyWatchesDoesNotWake) {
  Poller poller;
  Pair pair;
  Recorder waiter;
  poller.add(pair.near.get(), waiter);
  pair.far.reset();
  EXPECT_EQ(look(poller), 0U);
  poller.modify(pair.near.get(), true, false);
  EXPECT_EQ(look(poller), 1U);
}

TEST(Poller, BrokenPipeWakesItsWriter) {
  Poller poller;
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_NONBLOCK), 0);
  UniqueFd reader(ends[0]);
  const UniqueFd writer(ends[1]);
  Recorder waiter;
  poller.add(writer.get(), waiter);
  poller.modify(writer.get(), false, true);
  reader.reset();
  EXPECT_EQ(look(poller), 1U);
  EXPECT_EQ(waiter.reasons, (std::vector{WakeReason::ready_write}));
}

TEST(Poller, RemovedDescriptorIsNeverWaitedOnAgain) {
  Poller poller;
  Pair pair;
  Recorder waiter;
  poller.add(pair.near.get(), waiter);
  poller.modify(pair.near.get(), true, false);
  poller.remove(pair.near.get());
  EXPECT_FALSE(poller.contains(pair.near.get()));
  pair.near.reset();  // a closed descriptor in the set would be reported at once (POLLNVAL)
  EXPECT_EQ(look(poller), 0U);
  EXPECT_EQ(poller.size(), 0U);
}

TEST(Poller, RemovingOneKeepsTheMapOfTheOthers) {
  Poller poller;
  std::vector<Pair> pairs(50);
  std::vector<Recorder> waiters(50);
  for (std::size_t i = 0; i < 50; ++i) {
    poller.add(pairs[i].near.get(), waiters[i]);
    poller.modify(pairs[i].near.get(), true, false);
  }
  for (std::size_t i = 0; i < 50; i += 2) poller.remove(pairs[i].near.get());
  for (const Pair& pair : pairs) pair.say();
  EXPECT_EQ(look(poller), 25U);
  for (std::size_t i = 0; i < 50; ++i) EXPECT_EQ(waiters[i].reasons.size(), i % 2) << i;
}

TEST(Poller, DescriptorReusedInTheSameRoundDoesNotWakeAForeignWaiter) {
  Poller poller;
  Pair first;
  Pair second;
  Recorder a;
  Recorder b;
  Recorder stranger;
  poller.add(first.near.get(), a);
  poller.add(second.near.get(), b);
  poller.modify(first.near.get(), true, false);
  poller.modify(second.near.get(), true, false);
  first.say();
  second.say();
  Pair third;
  a.then = [&] {  // closes the second connection, whose number the third gets
    const int number = second.near.get();
    poller.remove(number);
    second.near.reset();
    ASSERT_EQ(::dup2(third.near.get(), number), number);
    second.near.reset(number);
    poller.add(number, stranger);
    poller.modify(number, true, false);
  };
  EXPECT_EQ(look(poller), 2U);
  EXPECT_EQ(a.reasons.size(), 1U);
  EXPECT_TRUE(b.reasons.empty());
  EXPECT_TRUE(stranger.reasons.empty());
  third.say();
  a.then = nullptr;
  poller.modify(first.near.get(), false, false);
  EXPECT_EQ(look(poller), 1U);
  EXPECT_EQ(stranger.reasons.size(), 1U);
}

TEST(Poller, WaitsUntilTheDeadlineAndNotMuchLonger) {
  Poller poller;
  const base::TimePoint start = process::now();
  EXPECT_EQ(poller.wait(start + 3ms, start), 0U);
  const base::Duration slept = process::now() - start;
  EXPECT_GE(slept, 3ms);
  EXPECT_LT(slept, 500ms);
}

TEST(Poller, TellsATimeThatIsOverFromAWaitThatWasCutShort) {
  Poller poller;
  Pair pair;
  Recorder waiter;
  poller.add(pair.near.get(), waiter);
  poller.modify(pair.near.get(), true, false);
  look(poller);
  EXPECT_TRUE(poller.timed_out());
  pair.say();
  look(poller);
  EXPECT_FALSE(poller.timed_out());
}

TEST(Poller, DeadlineInThePastDoesNotSleep) {
  Poller poller;
  const base::TimePoint start = process::now();
  EXPECT_EQ(poller.wait(start - 10s, start), 0U);
  EXPECT_LT(process::now() - start, 100ms);
}

TEST(Poller, ReadyDescriptorEndsAWaitWithoutDeadline) {
  Poller poller;
  Pair pair;
  Recorder waiter;
  poller.add(pair.near.get(), waiter);
  poller.modify(pair.near.get(), true, false);
  pair.say();
  EXPECT_EQ(poller.wait(std::nullopt, process::now()), 1U);
}

TEST(Poller, GoesOnWithWhatItHasWhenFewerDescriptorsAreAllowedThanAreOpen) {
  Poller poller;
  Pair pair;
  Recorder near;
  Recorder far;
  poller.add(pair.near.get(), near);
  poller.add(pair.far.get(), far);
  poller.modify(pair.near.get(), true, false);
  poller.modify(pair.far.get(), true, true);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit small{1, before.rlim_max};  // fewer than are watched
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &small), 0);
  EXPECT_EQ(poller.wait(std::nullopt, process::now()), 1U);
  poller.dispatch();
  poller.modify(pair.far.get(), true, false);
  EXPECT_EQ(poller.wait(process::now() + 1ms, process::now()), 0U);
  EXPECT_TRUE(poller.timed_out());
  pair.say();
  EXPECT_EQ(poller.wait(std::nullopt, process::now()), 1U);
  poller.dispatch();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(far.reasons, std::vector{WakeReason::ready_write});
  EXPECT_EQ(near.reasons, std::vector{WakeReason::ready_read});
}

}  // namespace
}  // namespace tandem::engine_sync
