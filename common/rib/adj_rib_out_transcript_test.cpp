// What programs may rely on when commands come in one batch or in two, octet by octet.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rib/adj_rib_out_fixture.hpp"

namespace tandem::rib {
namespace {

using test::AdjRibOutTest;
using test::make_route;
using test::wire;
using ::testing::IsEmpty;

TEST_F(AdjRibOutTest, ApiRibTranscript) {
  const std::string_view head = "0031 02 0000 0015 40010100 400200 400304";
  const auto route = [&head](std::string_view next_hop, std::string_view nlri) {
    return std::string(head) + std::string(next_hop) + "40050400000064" + std::string(nlri);
  };
  const std::string two = route("0A000002", "20C0A80002");
  const std::string three = route("0A000003", "20C0A80003");
  const std::string four = route("0A000004", "20C0A80004");
  bgp::FamilySet families;
  families.insert(0);
  rib_.established({});
  EXPECT_FALSE(rib_.has_pending());
  announce("192.168.0.0/32 next-hop 10.0.0.0");
  rib_.clear();
  EXPECT_TRUE(rib_.has_pending());
  EXPECT_THAT(sent(), IsEmpty());
  announce("192.168.0.1/32 next-hop 10.0.0.1");
  EXPECT_EQ(sent(), wire({route("0A000001", "20C0A80001")}));
  rib_.clear();
  EXPECT_EQ(sent(), wire({"001C 02 0005 20C0A80001 0000"}));
  announce("192.168.0.2/32 next-hop 10.0.0.2");
  announce("192.168.0.3/32 next-hop 10.0.0.3");
  EXPECT_EQ(sent(), wire({two, three}));
  rib_.resend(families, false);
  EXPECT_EQ(sent(), wire({two, three}));
  announce("192.168.0.4/32 next-hop 10.0.0.4");
  EXPECT_EQ(sent(), wire({four}));
  rib_.resend(families, false);
  EXPECT_EQ(sent(), wire({two, three, four}));
  rib_.clear();
  EXPECT_EQ(sent(), wire({"001C 02 0005 20C0A80002 0000", "001C 02 0005 20C0A80003 0000", "001C 02 0005 20C0A80004 0000"}));
  announce("192.168.0.5/32 next-hop 10.0.0.5");
  EXPECT_EQ(sent(), wire({route("0A000005", "20C0A80005")}));
  EXPECT_EQ(rib_.size(), 1U);
}

TEST_F(AdjRibOutTest, ApiFastTranscript) {
  rib_.established({});
  announce("1.1.0.0/24 next-hop 101.1.101.1");
  announce("1.1.0.0/25 next-hop 101.1.101.1");
  withdraw("1.1.0.0/24");
  announce("1.1.0.0/25 next-hop 101.1.101.1");
  EXPECT_EQ(sent(), wire({"0031 02 0000 0015 40010100 400200 40030465016501 40050400000064 1901010000"}));
  announce("2.2.0.0/25 next-hop 101.1.101.1");
  announce("2.2.0.0/24 next-hop 101.1.101.1");
  withdraw("2.2.0.0/25");
  EXPECT_EQ(sent(), wire({"001C 02 0005 1902020000 0000",
                          "0030 02 0000 0015 40010100 400200 40030465016501 40050400000064 18020200"}));
  announce("0.0.0.0/0 next-hop 1.101.1.101");
  EXPECT_EQ(sent(), wire({"002D 02 0000 0015 40010100 400200 40030401650165 40050400000064 00"}));
}

TEST_F(AdjRibOutTest, WatchdogTranscript) {
  options_.group_updates = true;
  announce("66.66.66.66 next-hop 1.2.3.4");
  rib_.file_watchdog("dnsr", make_route(pool_, "77.77.77.77 next-hop 1.2.3.4"), true);
  announce("88.88.88.88 next-hop 1.2.3.4");
  announce("100.100.100.100 next-hop 192.168.1.100");
  rib_.established({});
  EXPECT_EQ(sent(), wire({"0036 02 0000 0015 40010100 400200 40030401020304 40050400000064 2042424242 2058585858",
                          "0031 02 0000 0015 40010100 400200 400304C0A80164 40050400000064 2064646464"}));
  for (int round = 0; round < 3; ++round) {
    rib_.set_watchdog("dnsr", false);
    rib_.set_watchdog("dnsr", false);
    EXPECT_EQ(sent(), wire({"0031 02 0000 0015 40010100 400200 40030401020304 40050400000064 204D4D4D4D"}));
    rib_.set_watchdog("dnsr", true);
    rib_.set_watchdog("dnsr", true);
    EXPECT_EQ(sent(), wire({"001C 02 0005 204D4D4D4D 0000"}));
  }
  rib_.set_watchdog("nobody", false);
  EXPECT_FALSE(rib_.has_pending());
}

}  // namespace
}  // namespace tandem::rib
