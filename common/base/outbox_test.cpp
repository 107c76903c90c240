#include "common/base/outbox.hpp"

#include <gtest/gtest.h>

#include <array>

#include "common/base/random.hpp"

namespace tandem::base {
namespace {

TEST(Outbox, GivesBackWhatWasPutInWhateverTheKernelTakes) {
  Random random(7);
  Outbox outbox;
  Buffer in;
  Buffer out;
  std::uint8_t next = 0;
  for (int step = 0; step < 2000; ++step) {
    if (random.below(2) == 0) {
      Buffer piece(random.below(3000));
      for (auto& octet : piece) octet = next++;
      in.insert(in.end(), piece.begin(), piece.end());
      if (random.below(3) == 0) {
        outbox.append_shared(std::make_shared<const Buffer>(piece));
      } else {
        outbox.append(piece);
      }
    } else {
      std::array<Bytes, 4> pieces;
      const std::size_t count = outbox.gather(pieces);
      std::size_t available = 0;
      for (std::size_t i = 0; i < count; ++i) available += pieces[i].size();
      std::size_t taken = available == 0 ? 0 : random.below(available + 1);
      const std::size_t consumed = taken;
      for (std::size_t i = 0; i < count && taken != 0; ++i) {
        const Bytes part = pieces[i].first(std::min(taken, pieces[i].size()));
        out.insert(out.end(), part.begin(), part.end());
        taken -= part.size();
      }
      outbox.consume(consumed);
    }
    EXPECT_EQ(outbox.size(), in.size() - out.size());
  }
  std::array<Bytes, 64> rest;
  while (!outbox.empty()) {
    const std::size_t count = outbox.gather(rest);
    ASSERT_GT(count, 0U);
    out.insert(out.end(), rest[0].begin(), rest[0].end());
    outbox.consume(rest[0].size());
  }
  EXPECT_EQ(out, in);
}

TEST(Outbox, IsEmptyAfterClear) {
  Outbox outbox;
  outbox.append(as_bytes("text"));
  outbox.clear();
  std::array<Bytes, 1> piece;
  EXPECT_TRUE(outbox.empty());
  EXPECT_EQ(outbox.gather(piece), 0U);
}

TEST(Outbox, GoesAwayHoweverManyPiecesItHas) {
  const auto block = std::make_shared<const Buffer>(3, std::uint8_t{7});
  Outbox outbox;
  for (int i = 0; i < 500'000; ++i) outbox.append_shared(block);  // as a chain of destructors this would need more stack than there is
  EXPECT_EQ(outbox.size(), 1'500'000U);
  Outbox moved = std::move(outbox);
  EXPECT_EQ(moved.size(), 1'500'000U);
  outbox = Outbox();
  outbox.append(Bytes(*block));
  EXPECT_EQ(outbox.size(), 3U);
  moved = std::move(outbox);
  EXPECT_EQ(moved.size(), 3U);
  EXPECT_EQ(block.use_count(), 1);
}

}  // namespace
}  // namespace tandem::base
