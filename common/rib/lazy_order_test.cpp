#include "common/rib/lazy_order.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/base/ip.hpp"
#include "common/base/random.hpp"
#include "common/bgp/nlri/codec.hpp"

namespace tandem::rib {
namespace {

std::vector<bgp::NlriKey> random_keys(std::uint64_t seed, std::size_t count, bool with_paths) {
  base::Random random(seed);
  std::vector<bgp::NlriKey> keys;
  for (std::size_t i = 0; i < count; ++i) {
    const auto length = static_cast<std::uint8_t>(random.below(33));
    const auto bits = static_cast<std::uint32_t>(random.next());
    const base::IpAddress address = base::IpAddress::v4(length == 0 ? 0 : bits >> (32 - length) << (32 - length));
    std::optional<std::uint32_t> path;
    if (with_paths && random.below(2) == 0) path = static_cast<std::uint32_t>(random.below(3));
    keys.push_back(bgp::make_prefix_key(0, address.bytes(), length, path));
  }
  return keys;
}

TEST(LazyOrder, GivesAnyKeysInOrderHoweverTheyAreRead) {
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{100}, std::size_t{30000}}) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{811}, std::size_t{65535}}) {
      SCOPED_TRACE(count * 100000 + step);
      const std::vector<bgp::NlriKey> keys = random_keys(count + step, count, step % 2 == 1);
      std::vector<const bgp::NlriKey*> pointers;
      for (const bgp::NlriKey& key : keys) pointers.push_back(&key);
      std::vector<bgp::NlriKey> expected = keys;
      std::sort(expected.begin(), expected.end());

      LazyOrder order;
      order.start(pointers);
      std::vector<bgp::NlriKey> got;
      while (order.left() != 0) {
        const auto piece = order.front(step);
        ASSERT_FALSE(piece.empty());
        const std::size_t taken = std::max<std::size_t>(1, piece.size() / 2);  // fewer fit than were offered
        for (const bgp::NlriKey* key : piece.first(taken)) got.push_back(*key);
        order.advance(taken);
      }
      EXPECT_TRUE(order.front(step).empty());
      EXPECT_EQ(got, expected);
    }
  }
}

TEST(LazyOrder, SortsByMaskLengthBeforeAddress) {
  std::vector<bgp::NlriKey> keys;
  for (const char* text : {"10.0.0.0/24", "9.0.0.0/24", "11.0.0.0/8", "9.0.0.0/8"}) {
    const auto prefix = base::Prefix::parse(text);
    keys.push_back(bgp::make_prefix_key(0, prefix->address.bytes(), prefix->length, std::nullopt));
  }
  std::vector<const bgp::NlriKey*> pointers{&keys[0], &keys[1], &keys[2], &keys[3]};
  LazyOrder order;
  order.start(pointers);
  const auto all = order.front(4);
  EXPECT_EQ((std::vector<const bgp::NlriKey*>(all.begin(), all.end())),
            (std::vector<const bgp::NlriKey*>{&keys[3], &keys[2], &keys[1], &keys[0]}));
}

}  // namespace
}  // namespace tandem::rib
