#include "harness/loopback.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

namespace tandem::harness {
namespace {

using namespace std::chrono_literals;

// Says one thing, then no more, and listens on.
class Silent final : public Remote {
 public:
  Silent() { outbox_.append(base::as_bytes("last")); }
  void receive(base::Bytes octets, base::TimePoint) override { heard += base::as_text(octets); }
  [[nodiscard]] Ending ending() const override { return Ending::silence; }
  std::string heard;
};

// What comes out of a descriptor, up to its end.
struct Read {
  std::string text;
  bool ended = false;
  void some(int fd) {
    char octets[64];
    for (ssize_t count = 0; (count = ::read(fd, octets, sizeof octets)) >= 0;) {
      ended = count == 0;
      if (ended) return;
      text.append(octets, static_cast<std::size_t>(count));
    }
  }
};

void expect_silence(base::UniqueFd fd, base::UniqueFd out, int reads, int writes) {
  Loopback loopback;
  const auto remote = std::make_shared<Silent>();
  loopback.adopt(std::move(fd), std::move(out), remote);
  Read read;
  EXPECT_TRUE(loopback.run_until([&] {
    read.some(reads);
    return read.ended;
  }, 20s));
  EXPECT_EQ(read.text, "last");
  ASSERT_EQ(::write(writes, "more", 4), 4);
  EXPECT_TRUE(loopback.run_until([&] { return remote->heard == "more"; }, 20s)) << remote->heard;
  std::size_t looks = 0;
  EXPECT_FALSE(loopback.run_until([&] { return ++looks > 1000; }, 200ms)) << "nothing is to be done, and nothing is waited for";
}

TEST(Loopback, WhoSaysNoMoreOnASocketIsUnderstoodAndListensOn) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
  const base::UniqueFd theirs(ends[1]);
  expect_silence(base::UniqueFd(ends[0]), {}, theirs.get(), theirs.get());
}

TEST(Loopback, WhoSaysNoMoreOnTwoPipesIsUnderstoodAndListensOn) {
  int to_remote[2];
  int from_remote[2];
  ASSERT_EQ(::pipe2(to_remote, O_NONBLOCK | O_CLOEXEC), 0);
  ASSERT_EQ(::pipe2(from_remote, O_NONBLOCK | O_CLOEXEC), 0);
  const base::UniqueFd writes(to_remote[1]);
  const base::UniqueFd reads(from_remote[0]);
  expect_silence(base::UniqueFd(to_remote[0]), base::UniqueFd(from_remote[1]), reads.get(), writes.get());
}

}  // namespace
}  // namespace tandem::harness
