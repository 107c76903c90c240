#include "common/base/changed_octets.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace tandem::base::testing {
namespace {

// By the place: what the octet there is changed to.
std::map<std::size_t, std::set<unsigned>> changed(const Buffer& octets, std::size_t from, Change change) {
  std::map<std::size_t, std::set<unsigned>> out;
  change_each_octet(octets, from, change, [&](const Buffer& now) {
    ASSERT_EQ(now.size(), octets.size());
    std::size_t different = 0;
    for (std::size_t at = 0; at < octets.size(); ++at) {
      if (now[at] == octets[at]) continue;
      ++different;
      EXPECT_TRUE(out[at].insert(now[at]).second) << "twice";
    }
    EXPECT_EQ(different, 1U) << "of one octet";
  });
  return out;
}

TEST(ChangedOctets, EachHasEveryOtherValue) {
  const auto values = changed({5, 0, 255}, 1, Change::every_value);
  ASSERT_EQ(values.size(), 2U) << "the first is left alone";
  EXPECT_EQ(values.at(1).size(), 255U);
  EXPECT_EQ(values.at(2).size(), 255U);
}

TEST(ChangedOctets, TellingValuesAreEndsNeighboursAndBits) {
  const auto values = changed({0, 0x42}, 1, Change::telling_values).at(1);
  for (const unsigned value : {0x00U, 0x01U, 0x02U, 0x7FU, 0x80U, 0xFEU, 0xFFU, 0x41U, 0x43U}) EXPECT_TRUE(values.contains(value)) << value;
  for (unsigned bit = 0; bit < 8; ++bit) EXPECT_TRUE(values.contains(0x42U ^ (1U << bit))) << bit;
  EXPECT_LE(values.size(), 33U);
  EXPECT_TRUE(changed({0xFF}, 0, Change::telling_values).at(0).contains(0)) << "one more than the last is the first";
}

TEST(ChangedOctets, SixteenPlacesHaveEveryValueAmongThem) {
  std::set<unsigned> values;
  for (const auto& [at, some] : changed(Buffer(16, 0x42), 0, Change::telling_values)) values.insert(some.begin(), some.end());
  EXPECT_EQ(values.size(), 255U);
}

TEST(ChangedOctets, BitsAreChangedEachAloneOrOneAPlace) {
  EXPECT_EQ(changed({0}, 0, Change::every_bit).at(0), (std::set<unsigned>{1, 2, 4, 8, 16, 32, 64, 128}));
  EXPECT_EQ(changed({0, 0}, 0, Change::one_bit).at(1), std::set<unsigned>{2});
}

}  // namespace
}  // namespace tandem::base::testing
