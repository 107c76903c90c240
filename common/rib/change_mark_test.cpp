// Who waits for a change: a mark is passed when the change has been sent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rib/adj_rib_out_fixture.hpp"

namespace tandem::rib {
namespace {

using test::make_route;

using ChangeMarkTest = test::AdjRibOutTest;

TEST_F(ChangeMarkTest, AMarkIsPassedWhenItsOwnChangeIsSentAndNotBefore) {
  end_first_run();
  const auto mark_of = [this](std::string_view statement) { return rib_.announce(make_route(pool_, statement)); };
  const ChangeMark first = mark_of("10.0.0.0/24 next-hop 1.1.1.1");
  const ChangeMark second = mark_of("10.0.1.0/24 next-hop 1.1.1.1");
  const ChangeMark other = mark_of("10.0.2.0/24 next-hop 1.1.1.2");
  const ChangeMark gone = rib_.withdraw(make_route(pool_, "10.9.0.0/24", RouteUse::withdraw).nlri, {});
  EXPECT_LT(gone, first) << "withdraws are sent before announces";
  EXPECT_LT(first, second);
  EXPECT_LT(second, other);
  EXPECT_EQ(mark_of("10.0.2.0/24 next-hop 1.1.1.2").run, 0U) << "nothing changes, nothing is waited for";
  rib_.start_run();
  const ChangeMark next = mark_of("10.0.3.0/24 next-hop 1.1.1.1");
  UpdatePacker packer(negotiated_, options_);
  base::Buffer out;
  for (const ChangeMark& mark : {gone, first, second, other}) {
    EXPECT_FALSE(mark < rib_.sent_before());
    ASSERT_EQ(step(packer, out), 1U);
    EXPECT_TRUE(mark < rib_.sent_before());
  }
  EXPECT_FALSE(next < rib_.sent_before()) << "of the next run";
  rib_.closed();
  EXPECT_TRUE(next < rib_.sent_before()) << "dropped with the session";
}

TEST_F(ChangeMarkTest, WhatIsAnnouncedWhileSomebodyWaitsIsSentBehindThat) {
  end_first_run();
  const auto mark_of = [this](std::string_view statement) { return rib_.announce(make_route(pool_, statement)); };
  mark_of("10.0.0.0/24 next-hop 1.1.1.1");
  const ChangeMark waited_for = mark_of("10.0.1.0/24 next-hop 1.1.1.2");
  rib_.close_pending();
  const ChangeMark later = mark_of("10.0.2.0/24 next-hop 1.1.1.1");
  EXPECT_LT(waited_for, later) << "although its attributes have waited for longer";
  EXPECT_EQ(mark_of("10.0.3.0/24 next-hop 1.1.1.1").bucket, later.bucket) << "and they are grouped again";
  for (int i = 0; i < 200; ++i) {  // dead entries, so that the list is compacted
    mark_of("10.1.0.0/24 next-hop 1.1.1.2 med " + std::to_string(i));
    rib_.withdraw(make_route(pool_, "10.1.0.0/24", RouteUse::withdraw).nlri, {});
  }
  EXPECT_EQ(mark_of("10.0.4.0/24 next-hop 1.1.1.1").bucket, later.bucket);
}

}  // namespace
}  // namespace tandem::rib
