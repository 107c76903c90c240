#include "common/process/io.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

namespace tandem::process {
namespace {

struct Pair {
  base::UniqueFd near;
  base::UniqueFd far;
  explicit Pair(int type) {
    std::array<int, 2> fds{-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds.data()), 0);
    near.reset(fds[0]);
    far.reset(fds[1]);
  }
};

// A socket that keeps records shows how many calls wrote them.
TEST(Io, AllPiecesOfAnOutboxLeaveInOneCall) {
  Pair pair(SOCK_SEQPACKET);
  base::Outbox outbox;
  for (int i = 0; i < 10; ++i) outbox.append_shared(std::make_shared<const base::Buffer>(1000, 0x2A));
  std::array<base::Bytes, 64> pieces;
  ASSERT_GT(outbox.gather(pieces), 1U) << "one piece proves nothing";
  const IoResult written = write_some(pair.near.get(), outbox);
  EXPECT_EQ(written.status, IoStatus::done);
  EXPECT_EQ(written.count, outbox.size());
  base::Buffer record(20'000);
  EXPECT_EQ(read_some(pair.far.get(), record).count, outbox.size());
  EXPECT_EQ(read_some(pair.far.get(), record).status, IoStatus::would_block);
}

TEST(Io, TellsWaitingFromTheEndAndFromAFailure) {
  Pair pair(SOCK_STREAM);
  base::Buffer into(10);
  EXPECT_EQ(read_some(pair.near.get(), into).status, IoStatus::would_block);
  base::Outbox outbox;
  EXPECT_EQ(write_some(pair.near.get(), outbox).status, IoStatus::done) << "nothing to write";
  pair.far.reset();
  EXPECT_EQ(read_some(pair.near.get(), into).status, IoStatus::closed);
  EXPECT_EQ(read_some(-1, into).status, IoStatus::failed);
  EXPECT_EQ(read_some(-1, into).error, EBADF);
}

}  // namespace
}  // namespace tandem::process
