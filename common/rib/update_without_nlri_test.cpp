// An UPDATE without NLRI: its attributes are in no route, and nothing takes it back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/log.hpp"
#include "common/rib/adj_rib_out_fixture.hpp"

namespace tandem::rib {
namespace {

using test::AdjRibOutTest;
using test::make_route;
using test::wire;
using ::testing::ElementsAre;

class UpdateWithoutNlri : public AdjRibOutTest {
 protected:
  void announce_alone(std::string_view attributes) {
    rib_.announce(Route{{}, make_route(pool_, "10.0.0.0/24 next-hop 1.1.1.1 " + std::string(attributes)).attributes});
  }
  static constexpr std::string_view k_alone = "0033 02 0000 001C 40010100 400200 400304 01010101 80040400000005 40050400000064";
};

TEST_F(UpdateWithoutNlri, GoesOutInItsTurnAndNeverWithTheRoutesOfItsAttributes) {
  options_.group_updates = true;
  end_first_run();
  announce("10.0.0.0/24 next-hop 1.1.1.1 med 1");
  announce("10.0.1.0/24 next-hop 1.1.1.1 med 5");
  announce_alone("med 5");
  announce("10.0.2.0/24 next-hop 1.1.1.1 med 5");
  announce("10.0.3.0/24 next-hop 1.1.1.1 med 2");
  EXPECT_EQ(told(), "+10.0.0.0/24(1) | +10.0.1.0/24(5) +10.0.2.0/24(5) |  | +10.0.3.0/24(2)");
  announce_alone("med 5");
  EXPECT_FALSE(rib_.has_pending()) << "as it was sent last";
}

TEST_F(UpdateWithoutNlri, IsSentAgainInTheNextSessionOnlyAndCannotBeTakenBack) {
  end_first_run();
  announce_alone("med 5");
  EXPECT_EQ(sent(), wire({k_alone}));
  bgp::FamilySet families;
  families.insert(0);
  rib_.resend(families, false);
  EXPECT_FALSE(rib_.has_pending()) << "it belongs to no family that is refreshed";
  rib_.closed();
  rib_.established({});
  EXPECT_EQ(sent(), wire({k_alone}));
  const ChangeMark mark = rib_.withdraw({}, {});
  EXPECT_EQ(mark.run, 0U) << "nobody waits for what is not sent";
  EXPECT_FALSE(rib_.has_pending());
  announce_alone("med 5");
  rib_.clear();
  EXPECT_FALSE(rib_.has_pending());
  EXPECT_EQ(rib_.size(), 0U);
}

TEST_F(UpdateWithoutNlri, NeedsNoFamilyAndIsNoRouteThatIsShown) {
  negotiated_.family_set = {};
  end_first_run();
  announce_alone("med 5");
  announce("10.0.0.0/24 next-hop 1.1.1.1 med 5");
  EXPECT_EQ(sent(), wire({k_alone}));
  std::vector<std::string> shown;
  RibCursor cursor;
  for (bgp::FamilyIndex family = 0; family < bgp::k_family_count; ++family) cursor.families.insert(family);
  EXPECT_FALSE(rib_.walk(cursor, [&](const bgp::NlriKey& key, const AttributeSetRef& attributes) {
    shown.push_back(describe({key, attributes}));
    return true;
  }));
  EXPECT_THAT(shown, ElementsAre("10.0.0.0/24 next-hop 1.1.1.1 med 5"));
}

TEST_F(UpdateWithoutNlri, ThatDoesNotFitIsLeftOut) {
  end_first_run();
  announce_alone("med 5");
  EXPECT_EQ(sent(), wire({k_alone}));
  negotiated_.message_size = 40;
  announce_alone("med 6");
  EXPECT_TRUE(sent().empty());
}

}  // namespace
}  // namespace tandem::rib
