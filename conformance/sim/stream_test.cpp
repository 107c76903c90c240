#include "conformance/sim/stream.hpp"

#include <gtest/gtest.h>

#include "conformance/sim/world.hpp"

namespace tandem::conformance::sim {
namespace {

using namespace std::chrono_literals;

base::Buffer numbers(std::size_t count) {
  base::Buffer out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<std::uint8_t>(i);
  return out;
}

TEST(SimFlow, DeliversEveryOctetOnceAndInOrderWhateverTheCuts) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(replay_hint(seed));
    base::Random random(seed);
    Flow flow;
    const base::Buffer sent = numbers(2000);
    base::TimePoint now{};
    for (std::size_t at = 0; at < sent.size(); at += 100) {
      flow.put(base::Buffer(sent.begin() + static_cast<std::ptrdiff_t>(at), sent.begin() + static_cast<std::ptrdiff_t>(at + 100)),
               now + base::Duration(random.below(1000)));
    }
    base::Buffer received;
    while (!flow.empty()) {
      now = std::max(now, *flow.next());
      const auto part = flow.take(now, Weather{}, random);
      ASSERT_FALSE(part.empty());
      received.insert(received.end(), part.begin(), part.end());
    }
    ASSERT_EQ(received, sent);
    EXPECT_EQ(flow.octets(), 0U);
  }
}

TEST(SimFlow, HoldsBackWhatHasNotArrived) {
  base::Random random(1);
  Flow flow;
  flow.put(numbers(3), base::TimePoint(5s));
  EXPECT_FALSE(flow.ripe(base::TimePoint(4s)));
  EXPECT_TRUE(flow.ripe(base::TimePoint(5s)));
  flow.put(numbers(3), base::TimePoint(1s));  // never overtakes
  EXPECT_EQ(flow.take(base::TimePoint(5s), Weather::calm(), random).size(), 6U);
}

TEST(SimWorld, RunsItsAgendaInOrderOfTime) {
  World world(1);
  std::string order;
  world.at(base::TimePoint(2s), [&] { order += "b"; });
  world.at(base::TimePoint(1s), [&] { order += "a"; });
  world.at(base::TimePoint(3s), [&] { order += "c"; });
  world.set_now(base::TimePoint(2s));
  EXPECT_TRUE(world.run_agenda());
  EXPECT_EQ(order, "ab");
  EXPECT_EQ(world.next_agenda(), base::TimePoint(3s));
}

}  // namespace
}  // namespace tandem::conformance::sim
