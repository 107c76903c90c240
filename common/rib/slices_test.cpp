// What is as long as a table is done in slices: none does more than it may, and what comes of them is what one step would have made.
#include <gtest/gtest.h>

#include <map>

#include "common/base/random.hpp"
#include "common/rib/adj_rib_out_fixture.hpp"
#include "common/rib/discards.hpp"
#include "common/rib/fields.hpp"
#include "common/rib/pending_announces.hpp"

namespace tandem::rib {
namespace {

constexpr std::size_t k_slice = 4096;

bgp::NlriKey key_of(std::uint32_t number) {
  const base::IpAddress address = base::IpAddress::v4(number);
  return bgp::make_prefix_key(0, address.bytes(), 32, std::nullopt);
}

TEST(Slices, ManyThatWaitAreSqueezedIntoTheSameOrder) {
  AttributePool pool;
  std::vector<AttributeSetRef> sets;
  for (std::uint32_t i = 0; i < 50; ++i) {
    bgp::NextHop next_hop;
    next_hop.address = base::IpAddress::v4(i + 1);
    sets.push_back(pool.intern({}, next_hop));
  }
  base::Random random(5);
  PendingAnnounces pending;
  for (std::uint32_t i = 0; i < 20'000; ++i) pending.add(key_of(i), sets[random.below(50)], random.below(2) == 0);
  for (std::uint32_t i = 0; i < 5'000; ++i) pending.add(key_of(i), sets[random.below(50)], false);
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    if (random.below(8) != 0) pending.remove(key_of(i));
  }
  ASSERT_TRUE(pending.sparse());
  const auto waiting = [&pending] {
    std::vector<std::tuple<std::string, const AttributeSet*, bool>> out;
    std::size_t next = 0;
    pending.for_some(next, ~std::size_t{0}, [&](const PendingAnnounces::Entry& entry) {
      out.emplace_back(base::to_hex(entry.key.identity()), pending.bucket(entry.bucket).get(), entry.replaces != 0);
    });
    return out;
  };
  const auto before = waiting();
  const std::size_t distinct = pending.distinct();
  PendingAnnounces::Squeeze squeeze;
  int slices = 1;
  for (; !pending.squeeze_some(squeeze, 1000); ++slices) {}
  EXPECT_GE(slices, 20);
  EXPECT_EQ(waiting(), before);
  EXPECT_EQ(pending.distinct(), distinct);
  EXPECT_FALSE(pending.sparse());
  for (std::uint32_t i = 0; i < 20'000; ++i) pending.remove(key_of(i));
  EXPECT_TRUE(pending.empty()) << "each is found where it is now";
}

class LateTest : public test::AdjRibOutTest {
 protected:
  static constexpr std::uint32_t k_count = 10'000;
  static void finish(AdjRibOut& rib) {
    while (rib.busy()) {
      std::size_t budget = k_slice;
      rib.work(budget);
    }
  }
  Route route_of(std::uint32_t number, std::uint32_t med) {
    return test::make_route(pool_, base::IpAddress::v4(0x14000000 + number).text() + "/32 next-hop 1.1.1.1 med " + std::to_string(med));
  }
  // Another one, made of what is written of this one.
  void restore(AdjRibOut& rib) {
    state::Writer writer({}, state::Secrets::left_out);
    writer.section("rib", 1, [&] { writer.value(rib); });
    const base::Buffer octets = std::move(writer).finish();
    AdjRibOut other(true);
    state::Reader reader(octets, {});
    reader.provide(pool_);
    reader.section("rib", 1, [&] { reader.value(other); });
    const auto done = reader.finish();
    ASSERT_TRUE(done) << done.error().reason();
    rib = std::move(other);
  }
  base::Buffer drained(AdjRibOut& rib) {
    UpdatePacker packer(negotiated_, options_);
    return test::drain(rib, packer);
  }
};

// One of them makes everything pending at once, the other when it must.
TEST_F(LateTest, HoweverManySlicesThereAreTheOctetsAreTheSame) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(seed);
    base::Random random(seed);
    options_.group_updates = seed % 2 == 0;
    const bool restored = seed > 2;
    AdjRibOut at_once(true);
    AdjRibOut late(true);
    const auto both = [&](const auto& change) {
      change(at_once);
      finish(at_once);
      change(late);
    };
    const auto change_some = [&](std::uint32_t count) {
      for (std::uint32_t i = 0; i < count; ++i) {
        const Route route = route_of(static_cast<std::uint32_t>(random.below(k_count + 100)), static_cast<std::uint32_t>(random.below(4)));
        if (random.below(2) == 0) both([&](AdjRibOut& rib) { static_cast<void>(rib.announce(route)); });
        else both([&](AdjRibOut& rib) { static_cast<void>(rib.withdraw(route.nlri, route.attributes)); });
        if (random.below(40) == 0) both([](AdjRibOut& rib) { rib.close_pending(); });
        if (restored && random.below(count) < 2) restore(late);
      }
    };
    for (std::uint32_t i = 0; i < k_count; ++i) both([&](AdjRibOut& rib) { static_cast<void>(rib.announce(route_of(i, i % 3))); });
    bgp::FamilySet families;
    families.insert(0);
    for (int session = 0; session < 2; ++session) {
      both([](AdjRibOut& rib) { rib.established({}); });
      EXPECT_TRUE(late.busy() || session == 0);
      change_some(300);
      both([](AdjRibOut& rib) { rib.start_run(); });  // what comes now belongs to the next
      change_some(300);
      ASSERT_EQ(drained(late), drained(at_once)) << session;
      both([&](AdjRibOut& rib) { rib.resend(families, true); });
      change_some(200);
      both([](AdjRibOut& rib) { rib.clear(); });
      EXPECT_TRUE(late.busy());
      change_some(300);
      both([&](AdjRibOut& rib) { rib.resend(families, false); });
      both([](AdjRibOut& rib) { rib.start_run(); });
      change_some(6000);
      ASSERT_EQ(drained(late), drained(at_once)) << session;
      for (std::uint32_t i = 0; i < k_count; ++i) both([&](AdjRibOut& rib) { static_cast<void>(rib.announce(route_of(i, i % 5))); });
      both([](AdjRibOut& rib) { rib.closed(); });
    }
  }
}

TEST_F(LateTest, WhoWaitsForAChangeThatIsNotPendingYetWaitsForTheEndOfItsRun) {
  for (std::uint32_t i = 0; i < k_count; ++i) rib_.announce(route_of(i, 1));
  rib_.established({});
  drained(rib_);
  rib_.closed();
  rib_.established({});
  ASSERT_TRUE(rib_.busy());
  const ChangeMark mark = rib_.announce(route_of(k_count, 2));
  EXPECT_GE(mark, rib_.sent_before());
  rib_.start_run();
  EXPECT_GE(mark, rib_.sent_before());
  drained(rib_);
  EXPECT_LT(mark, rib_.sent_before());
}

TEST_F(LateTest, NoStepDoesMoreThanASlice) {
  Discards discards;
  AdjRibOut rib(true, &discards);
  test::MostWork most;
  for (std::uint32_t i = 0; i < 5 * k_count; ++i) rib.announce(route_of(i, i % 2));
  UpdatePacker packer(negotiated_, options_);
  bgp::FamilySet families;
  families.insert(0);
  const auto play = [&] {
    while (rib.busy()) {
      std::size_t budget = k_slice;
      most.of([&] { rib.work(budget); });
    }
    if (rib.has_pending()) most.of([&] { rib.start_run(); });
    while (rib.run_active()) {
      base::Buffer out;
      most.of([&] { static_cast<void>(rib.next_message(packer, out)); });
    }
    while (!discards.empty()) most.of([&] { discards.work(k_slice); });
  };
  for (const bool grouped : {true, false}) {
    options_.group_updates = grouped;
    most.of([&] { rib.established({}); });
    play();
    most.of([&] { rib.resend(families, true); });
    play();
    most.of([&] { rib.closed(); });
  }
  most.of([&] { rib.established({}); });
  most.of([&] { rib.clear(); });
  play();
  EXPECT_EQ(rib.size(), 0U);
  EXPECT_LE(most.units(), 8 * k_slice) << "a few units a route, of 50,000";
}

// Beside one that moves all routes of a watchdog at once.
TEST_F(LateTest, OfWhatAWatchdogMovesTheSameComesWhateverIsSaidMeanwhile) {
  base::Random random(9);
  AdjRibOut at_once(true);
  const std::string names[] = {"v", "w"};
  constexpr std::uint32_t k_watched = 6'000;
  std::size_t sliced = 0;
  for (std::uint32_t i = 0; i < k_watched; ++i) {
    const Route route = route_of(i, 0);
    for (AdjRibOut* rib : {&rib_, &at_once}) rib->file_watchdog(names[i % 2], route, i % 3 == 0);
  }
  for (int round = 0; round < 3'000; ++round) {
    const std::uint64_t dice = random.below(100);
    const auto number = static_cast<std::uint32_t>(random.below(k_watched));
    const Route route = route_of(number, static_cast<std::uint32_t>(1 + random.below(3)));
    const std::string& name = names[random.below(2)];
    const bool held = random.below(2) == 0;
    for (AdjRibOut* rib : {&rib_, &at_once}) {
      if (dice < 10) rib->set_watchdog(name, held);
      else if (dice < 30) rib->file_watchdog(name, route, held);
      else if (dice < 40) rib->unfile_watchdog(route.nlri);
      else if (dice < 60) rib->announce(route);
      else if (dice < 80) rib->withdraw(route.nlri, {});
    }
    finish(at_once);
    if (rib_.moving()) ++sliced;
    std::size_t budget = random.below(200);
    const std::size_t given = budget;
    const std::uint64_t before = base::Work::done();
    rib_.work(budget);
    EXPECT_LE(base::Work::done() - before, 20 * given + 3 * 2048) << "a few units a route, and small tables are squeezed at once";
    if (round % 500 == 0) restore(rib_);
  }
  EXPECT_GT(sliced, 1'000U);
  finish(rib_);
  const auto cached = [](const AdjRibOut& rib) {
    std::map<bgp::NlriKey, AttributeSetRef> all;
    rib.for_each([&](const bgp::NlriKey& key, const AttributeSetRef& attributes) { all[key] = attributes; });
    return all;
  };
  EXPECT_EQ(cached(rib_), cached(at_once));
}

}  // namespace
}  // namespace tandem::rib
