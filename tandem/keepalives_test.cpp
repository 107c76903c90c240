// KEEPALIVEs of sessions that nobody serves for the moment. The whole of it, with an engine in front and behind, is in daemon_upgrade_test.cpp.
#include "tandem/keepalives.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "common/base/unique_fd.hpp"
#include "common/bgp/message/header.hpp"
#include "common/process/clock.hpp"

namespace tandem::program {
namespace {

using namespace std::chrono_literals;
using speaker::PausedSession;

constexpr base::TimePoint k_begin{1000s};

base::Buffer keepalives(int count) {
  base::Buffer octets;
  for (int i = 0; i < count; ++i) bgp::append_keepalive(octets);
  return octets;
}

class KeepalivesTest : public ::testing::Test {
 protected:
  KeepalivesTest() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    ours_.reset(ends[0]);
    theirs_.reset(ends[1]);
  }
  [[nodiscard]] std::vector<PausedSession> paused(base::TimePoint due, base::Duration interval, base::Buffer waiting = {}) const {
    PausedSession session;
    session.descriptor = ours_.get();
    session.due = due;
    session.interval = interval;
    session.waiting = std::move(waiting);
    return {session};
  }
  // All that is there by now.
  [[nodiscard]] base::Buffer heard() const {
    base::Buffer octets(1 << 22);
    std::size_t size = 0;
    for (ssize_t count = 0; (count = ::recv(theirs_.get(), octets.data() + size, octets.size() - size, MSG_DONTWAIT)) > 0;) size += static_cast<std::size_t>(count);
    octets.resize(size);
    return octets;
  }
  base::UniqueFd ours_;
  base::UniqueFd theirs_;
};

TEST_F(KeepalivesTest, OneLeavesWhenItIsDueAndTheNextAnIntervalLater) {
  auto sessions = paused(k_begin + 3s, 10s);
  EXPECT_EQ(write_due(sessions, k_begin), k_begin + 3s);
  EXPECT_EQ(heard(), base::Buffer());
  EXPECT_EQ(write_due(sessions, k_begin + 4s), k_begin + 13s) << "a late one does not postpone those behind it";
  EXPECT_EQ(heard(), keepalives(1));
  EXPECT_EQ(write_due(sessions, k_begin + 40s), k_begin + 50s) << "one that was missed is not made up for";
  EXPECT_EQ(heard(), keepalives(1));
  EXPECT_EQ(sessions[0].sent, (std::vector<base::TimePoint>{k_begin + 4s, k_begin + 40s}));
  EXPECT_EQ(sessions[0].written, 2 * bgp::k_header_size);
}

TEST_F(KeepalivesTest, WhatWaitsLeavesInFrontOfIt) {
  auto sessions = paused(k_begin + 3s, 10s, {1, 2, 3});
  EXPECT_EQ(write_due(sessions, k_begin), k_begin + 3s);
  EXPECT_EQ(heard(), (base::Buffer{1, 2, 3}));
  EXPECT_EQ(sessions[0].written, 3U);
}

TEST_F(KeepalivesTest, WhatAPeerDoesNotTakeWaitsAndIsTriedAgainSoon) {
  base::Buffer long_one(1 << 20);
  for (std::size_t i = 0; i < long_one.size(); ++i) long_one[i] = static_cast<std::uint8_t>(i % 251);
  auto sessions = paused(k_begin, 10s, long_one);
  EXPECT_EQ(write_due(sessions, k_begin), k_begin + 50ms);
  EXPECT_GT(sessions[0].written, 0U);
  EXPECT_EQ(sessions[0].written + sessions[0].waiting.size(), long_one.size() + bgp::k_header_size);
  base::Buffer all;
  for (int turns = 0; turns < 1000 && !sessions[0].waiting.empty(); ++turns) {
    const base::Buffer some = heard();
    all.insert(all.end(), some.begin(), some.end());
    static_cast<void>(write_due(sessions, k_begin + 1s));
  }
  const base::Buffer rest = heard();
  all.insert(all.end(), rest.begin(), rest.end());
  const base::Buffer keepalive = keepalives(1);
  long_one.insert(long_one.end(), keepalive.begin(), keepalive.end());
  EXPECT_EQ(all, long_one);
}

TEST_F(KeepalivesTest, AConnectionThatHasFailedIsLeftAlone) {
  auto sessions = paused(k_begin, 10s);
  theirs_.reset();
  EXPECT_EQ(write_due(sessions, k_begin), std::nullopt);
  EXPECT_TRUE(sessions[0].failed);
  EXPECT_EQ(write_due(sessions, k_begin + 10s), std::nullopt);
  EXPECT_EQ(sessions[0].sent.size(), 1U);
}

TEST_F(KeepalivesTest, TheThreadWritesWhatIsDueAndSaysHowFarItHasCome) {
  Keepalives thread(paused(process::now(), 1s));
  pollfd entry{theirs_.get(), POLLIN, 0};
  ASSERT_EQ(::poll(&entry, 1, 20'000), 1);
  const auto sessions = thread.stop();
  EXPECT_EQ(heard(), keepalives(static_cast<int>(sessions[0].sent.size())));
  EXPECT_EQ(sessions[0].written, sessions[0].sent.size() * bgp::k_header_size);
}

TEST_F(KeepalivesTest, WithoutSessionsThereIsNothingToDo) {
  Keepalives thread({});
  EXPECT_TRUE(thread.stop().empty());
}

}  // namespace
}  // namespace tandem::program
