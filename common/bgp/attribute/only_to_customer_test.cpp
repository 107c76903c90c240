#include <gtest/gtest.h>

#include "common/bgp/attribute/walk.hpp"
#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using testing::octets;

TEST(OnlyToCustomer, IsKeptAndShown) {
  const base::Buffer canonical = testing::canonical("c02304 0000fde8");
  EXPECT_EQ(testing::hex(canonical), "c023040000fde8");
  EXPECT_EQ(testing::json_of(canonical), R"("only-to-customer":65000)");
  EXPECT_EQ(testing::text_of(canonical), " only-to-customer 65000");
  EXPECT_EQ(testing::block("only-to-customer 65000"), canonical);
}

// RFC 9234 section 5.
TEST(OnlyToCustomer, OfAnotherLengthWithdrawsTheRoute) {
  const auto walked = walk_attributes(octets("40010100 c02303 0000fd"), testing::plain_session());
  ASSERT_TRUE(walked.has_value());
  EXPECT_EQ(walked->treat_as_withdraw, "only-to-customer");
}

}  // namespace
}  // namespace tandem::bgp
