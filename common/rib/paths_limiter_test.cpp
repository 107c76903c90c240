// The limit of the peer as it acts on an adj-RIB-out: what is sent, what waits, and when it is its turn.
#include "common/rib/paths_limiter.hpp"

#include <gtest/gtest.h>

#include "common/rib/adj_rib_out_fixture.hpp"

namespace tandem::rib {
namespace {

using test::AdjRibOutTest;

class PathsLimiterTest : public AdjRibOutTest {
 protected:
  PathsLimiterTest() {
    for (const bgp::Family family : negotiated_.families) negotiated_.add_path_send.insert(*bgp::family_index(family));
    negotiated_.paths_limits = {{bgp::k_ipv4_unicast, 2}};
  }
  void path(int id, std::string_view rest = " next-hop 1.1.1.1") {
    announce("10.0.0.0/24 path-information " + std::to_string(id) + std::string(rest));
  }
  void no_path(int id) { withdraw("10.0.0.0/24 path-information " + std::to_string(id)); }
  // As told(), which reads what a peer would.
  std::string heard() {
    negotiated_.add_path_receive = negotiated_.add_path_send;
    std::string out = told();
    for (std::size_t at; (at = out.find(" path-information 0.0.0.")) != std::string::npos;) out.replace(at, 24, "#");
    return out;
  }
};

TEST_F(PathsLimiterTest, TheFirstPathsOfAPrefixAreSentAndTheOthersWithheld) {
  path(1);
  path(2);
  path(3);
  announce("10.0.1.0/24 path-information 3 next-hop 1.1.1.1");
  announce("2001:db8::/32 path-information 1 next-hop 1.1.1.1");
  announce("2001:db8::/32 path-information 2 next-hop 1.1.1.1");
  announce("2001:db8::/32 path-information 3 next-hop 1.1.1.1");
  rib_.established(negotiated_.paths_limits);
  EXPECT_EQ(heard(), "+10.0.0.0/24#1 | +10.0.0.0/24#2 | +10.0.1.0/24#3 | +2001:db8::/32#1 | +2001:db8::/32#2 | +2001:db8::/32#3");
  EXPECT_EQ(rib_.size(), 7U);
  path(4);
  path(2, " next-hop 1.1.1.1 med 7");
  EXPECT_EQ(heard(), "+10.0.0.0/24#2(7)");
}

TEST_F(PathsLimiterTest, APathThatIsWithdrawnMakesRoomForTheOneThatWaitedLongest) {
  rib_.established(negotiated_.paths_limits);
  for (int id = 1; id <= 4; ++id) path(id);
  EXPECT_EQ(heard(), "+10.0.0.0/24#1 | +10.0.0.0/24#2");
  path(3, " next-hop 1.1.1.1 med 5");
  no_path(1);
  EXPECT_EQ(heard(), "-10.0.0.0/24#1 | +10.0.0.0/24#3(5)");
  no_path(4);
  EXPECT_FALSE(rib_.has_pending()) << "the peer never had it";
  no_path(2);
  EXPECT_EQ(heard(), "-10.0.0.0/24#2");
  rib_.clear();
  EXPECT_EQ(heard(), "-10.0.0.0/24#3");
}

TEST_F(PathsLimiterTest, ARefreshKeepsToIt) {
  rib_.established(negotiated_.paths_limits);
  for (int id = 1; id <= 3; ++id) path(id);
  heard();
  bgp::FamilySet families;
  families.insert(*bgp::family_index(bgp::k_ipv4_unicast));
  rib_.resend(families, false);
  EXPECT_EQ(heard(), "+10.0.0.0/24#1 | +10.0.0.0/24#2");
}

TEST_F(PathsLimiterTest, ItEndsWithTheSession) {
  rib_.established(negotiated_.paths_limits);
  for (int id = 1; id <= 3; ++id) path(id);
  heard();
  rib_.closed();
  rib_.established({});
  EXPECT_EQ(heard(), "+10.0.0.0/24#1 | +10.0.0.0/24#2 | +10.0.0.0/24#3");
}

}  // namespace
}  // namespace tandem::rib
