#include "common/base/bytes.hpp"

#include <gtest/gtest.h>

namespace tandem::base {
namespace {

TEST(ByteReader, FailsForGoodAtTheFirstReadBeyondTheEnd) {
  const std::uint8_t octets[] = {1, 2, 3};
  ByteReader reader(octets);
  EXPECT_EQ(reader.u16(), 0x0102);
  EXPECT_EQ(reader.u16(), 0);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.u8(), 0) << "one octet is left, but the reader has failed";
  EXPECT_TRUE(reader.take(1).empty());
}

TEST(ByteReader, TakesWhatIsThereAndKnowsWhereItIs) {
  const std::uint8_t octets[] = {0xFF, 0, 0, 1, 9};
  ByteReader reader(octets);
  EXPECT_EQ(reader.u8(), 255);
  EXPECT_EQ(reader.u24(), 1U);
  EXPECT_EQ(reader.position(), 4U);
  EXPECT_EQ(reader.rest().size(), 1U);
  reader.skip(1);
  EXPECT_TRUE(reader.ok() && reader.empty());
}

TEST(ByteWriter, WritesNetworkOrderAndPatchesLengths) {
  Buffer out;
  ByteWriter writer(out);
  writer.u16(0);
  writer.u24(0x010203);
  writer.u32(0x0A0B0C0D);
  writer.u64(1);
  writer.patch_u16(0, static_cast<std::uint16_t>(writer.size()));
  EXPECT_EQ(to_hex(out), "00110102030a0b0c0d0000000000000001");
}

TEST(Hex, ReadsPairsOfDigitsAndNothingElse) {
  EXPECT_EQ(from_hex("00fFaB"), (Buffer{0, 255, 171}));
  EXPECT_EQ(from_hex(""), Buffer());
  EXPECT_FALSE(from_hex("0"));
  EXPECT_FALSE(from_hex("0x"));
  EXPECT_FALSE(from_hex("0 "));
}

}  // namespace
}  // namespace tandem::base
