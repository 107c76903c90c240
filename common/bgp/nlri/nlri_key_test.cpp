#include "common/bgp/nlri/nlri_key.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "common/base/random.hpp"
#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using testing::octets;

TEST(NlriKey, HoldsAnIpv6HostRouteWithAPathIdentifierInPlace) {
  base::Buffer identity = octets("00000007 80 20010db8000000000000000000000001");
  ASSERT_EQ(identity.size(), 21U);
  const NlriKey key(10, true, identity);
  EXPECT_EQ(sizeof key, 24U);
  const auto* address = reinterpret_cast<const std::uint8_t*>(&key);
  EXPECT_TRUE(key.identity().data() >= address && key.identity().data() < address + sizeof key);
  EXPECT_EQ(key.path_id(), 7U);
  EXPECT_EQ(testing::hex(key.nlri()), "8020010db8000000000000000000000001");
}

TEST(NlriKey, ADefaultOneIsEmpty) {
  const NlriKey key;
  EXPECT_TRUE(key.identity().empty());
  EXPECT_TRUE(key.extra().empty());
  EXPECT_EQ(key.path_id(), 0U);
  EXPECT_EQ(key, NlriKey());
}

TEST(NlriKey, PathZeroAndNoPathAreDifferentRoutes) {
  const NlriKey with(0, true, octets("00000000 180a0000"));
  const NlriKey without(0, false, octets("180a0000"));
  EXPECT_NE(with, without);
  EXPECT_EQ(with.path_id(), 0U);
  EXPECT_EQ(without.path_id(), 0U);
  const NlriKey same_octets(0, false, octets("00000000 180a0000"));
  EXPECT_NE(with, same_octets);
  EXPECT_NE(with.hash(), same_octets.hash());
  EXPECT_NE(with <=> same_octets, std::strong_ordering::equal);
}

TEST(NlriKey, ExtraOctetsAreNoPartOfTheIdentity) {
  const NlriKey one(2, false, octets("180a0000"), octets("000011"));
  const NlriKey two(2, false, octets("180a0000"), octets("000021"));
  const NlriKey plain(2, false, octets("180a0000"));
  EXPECT_EQ(one, two);
  EXPECT_EQ(one, plain);
  EXPECT_EQ(one.hash(), two.hash());
  EXPECT_EQ(one <=> two, std::strong_ordering::equal);
  EXPECT_EQ(testing::hex(one.extra()), "000011");
  EXPECT_EQ(testing::hex(two.extra()), "000021");
}

TEST(NlriKey, ItsHeadIsTheFirstEightOctetsOfTheIdentityAndNothingElse) {
  EXPECT_EQ(NlriKey().head(), 0U);
  EXPECT_EQ(NlriKey(0, false, octets("180a0102")).head(), 0x180A010200000000U);
  EXPECT_EQ(NlriKey(2, false, octets("180a0102"), octets("ffffff")).head(), 0x180A010200000000U);  // a label is no part of it
  EXPECT_EQ(NlriKey(0, true, octets("00000007 180a0102 03")).head(), 0x00000007180A0102U);
  EXPECT_EQ(NlriKey(0, false, base::Buffer(300, 0x5A)).head(), 0x5A5A5A5A5A5A5A5AU);
  EXPECT_EQ(NlriKey(0, false, octets("0102"), base::Buffer(300, 0x5A)).head(), 0x0102000000000000U);
}

TEST(NlriKey, LongPayloadsAreSharedByCopiesAndMovedWhole) {
  base::Buffer identity(300, 0x5A);
  const base::Buffer extra(10, 0x11);
  NlriKey key(8, false, identity, extra);
  NlriKey copy(key);
  EXPECT_EQ(copy, key);
  EXPECT_EQ(copy.identity().data(), key.identity().data());
  EXPECT_EQ(testing::hex(copy.extra()), testing::hex(extra));
  NlriKey moved(std::move(copy));
  EXPECT_EQ(moved, key);
  identity[299] = 0;
  NlriKey other(8, false, identity);
  EXPECT_NE(other, key);
  other = key;
  EXPECT_EQ(other, key);
  other = NlriKey(0, false, octets("00"));
  EXPECT_EQ(other.identity().size(), 1U);
  key = std::move(moved);
  EXPECT_EQ(key.identity().size(), 300U);
  key = *&key;
  EXPECT_EQ(key.identity().size(), 300U);
}

TEST(NlriKey, ASharedPayloadLivesAsLongAsItsLastKey) {
  const base::Buffer identity(64, 0x5A);
  std::vector<NlriKey> copies;
  {
    const NlriKey key(8, true, identity);
    copies.assign(5, key);
  }
  NlriKey last = copies[3];
  copies[1] = NlriKey(0, false, octets("180a0000"));
  copies[2] = std::move(copies[4]);
  copies.clear();
  EXPECT_EQ(testing::hex(last.identity()), testing::hex(identity));
  EXPECT_EQ(last, NlriKey(8, true, identity)) << "by value, not by block";
}

TEST(NlriKey, OrdersByFamilyThenByOctets) {
  std::vector<NlriKey> keys{NlriKey(0, false, octets("180a0000")), NlriKey(1, false, octets("0809")),
                            NlriKey(0, false, octets("1809 0000")), NlriKey(0, false, octets("080b")), NlriKey(0, false, octets("0809"))};
  std::sort(keys.begin(), keys.end());
  // 9/8, 11/8, 9.0.0/24, 10.0.0/24: the mask octet comes first.
  EXPECT_EQ(testing::hex(keys[0].identity()), "0809");
  EXPECT_EQ(testing::hex(keys[1].identity()), "080b");
  EXPECT_EQ(testing::hex(keys[2].identity()), "18090000");
  EXPECT_EQ(testing::hex(keys[3].identity()), "180a0000");
  EXPECT_EQ(keys[4].family(), 1);
}

TEST(NlriKey, EqualityHashAndOrderAgreeOnRandomKeys) {
  base::Random random(7);
  std::vector<NlriKey> keys;
  for (int i = 0; i < 300; ++i) {
    base::Buffer identity(4 + random.below(30));
    for (auto& octet : identity) octet = static_cast<std::uint8_t>(random.below(2));
    const base::Buffer extra(random.below(4), static_cast<std::uint8_t>(i));
    keys.emplace_back(static_cast<FamilyIndex>(random.below(2)), random.below(2) == 0, identity, extra);
  }
  for (const auto& a : keys) {
    for (const auto& b : keys) {
      EXPECT_EQ(a == b, (a <=> b) == 0);
      if (a == b) {
        EXPECT_EQ(a.hash(), b.hash());
      }
      EXPECT_EQ((a <=> b) < 0, (b <=> a) > 0);
    }
  }
}

}  // namespace
}  // namespace tandem::bgp
