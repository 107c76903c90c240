#include "common/bgp/message/route_refresh.hpp"

#include <gtest/gtest.h>

#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

TEST(RouteRefresh, IsReadAndWritten) {
  base::Buffer out;
  encode_route_refresh({k_ipv6_unicast, RefreshSubtype::begin}, out);
  EXPECT_EQ(testing::hex(out), "ffffffffffffffffffffffffffffffff00170500020101");
  const RouteRefresh read = decode_route_refresh(base::Bytes(out).subspan(19));
  EXPECT_EQ(read.family, k_ipv6_unicast);
  EXPECT_EQ(read.subtype, RefreshSubtype::begin);
}

TEST(RouteRefresh, UnknownFamiliesAndSubtypesAreKeptAsTheyCame) {
  const RouteRefresh read = decode_route_refresh(testing::octets("00630763"));
  EXPECT_EQ(to_string(read.family), "unknown-afi-0x63 unknown safi 99");
  EXPECT_EQ(to_string(read.subtype), "invalid");
  EXPECT_EQ(to_string(RefreshSubtype::end), "end");
}

}  // namespace
}  // namespace tandem::bgp
