#include "common/recording/blocks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace tandem::recording {
namespace {

using ::testing::HasSubstr;

base::Buffer file_of(const std::vector<std::string>& blocks) {
  base::Buffer file = file_head();
  for (const std::string& block : blocks) pack_block(base::as_bytes(block), file);
  return file;
}

struct Unpacked {
  std::string records;
  std::string error;
};

// Read by three octets, so that nothing depends on where a read ends.
Unpacked unpack(base::Bytes file) {
  FileSource source([&file](std::span<std::uint8_t> into) -> base::Result<std::size_t> {
    const std::size_t count = std::min({into.size(), file.size(), std::size_t{3}});
    std::copy_n(file.begin(), count, into.begin());
    file = file.subspan(count);
    return count;
  });
  Unpacked unpacked;
  for (;;) {
    const auto more = source.more();
    if (!more) unpacked.error = more.error().reason();
    if (!more || more->empty()) return unpacked;
    unpacked.records += base::as_text(*more);
  }
}

TEST(RecordingFile, GivesBackWhatWasPacked) {
  const Unpacked unpacked = unpack(file_of({"first ", std::string(1000, 'x'), " last"}));
  EXPECT_EQ(unpacked.error, "");
  EXPECT_EQ(unpacked.records, "first " + std::string(1000, 'x') + " last");
}

TEST(RecordingFile, WithMoreEffortIsSmallerAndSaysTheSame) {
  std::string records;
  for (int i = 0; i < 5000; ++i) records += "neighbor 10.0.0." + std::to_string(i % 250) + " route 192.0.2." + std::to_string(i * 7 % 256) + "/32\n";
  Packer packer;
  std::size_t sizes[2] = {};
  for (const Effort effort : {Effort::least, Effort::some}) {
    const base::Bytes block = packer.pack(base::as_bytes(records), effort);
    base::Buffer file = file_head();
    file.insert(file.end(), block.begin(), block.end());
    EXPECT_EQ(unpack(file).records, records);
    sizes[static_cast<std::size_t>(effort)] = block.size();
  }
  EXPECT_LT(sizes[1], sizes[0]);
}

TEST(RecordingFile, CutAnywhereGivesWhatIsWholeAndSaysWhere) {
  const base::Buffer file = file_of({"first ", "second"});
  const std::size_t first = file_of({"first "}).size();
  for (std::size_t size = 1; size < file.size(); ++size) {
    const Unpacked unpacked = unpack(base::Bytes(file).first(size));
    if (size == 12 || size == first) continue;  // between two blocks
    EXPECT_THAT(unpacked.error, HasSubstr("octet " + std::to_string(size) + " of the file")) << size;
    EXPECT_THAT(unpacked.error, HasSubstr("cut")) << size;
    EXPECT_EQ(unpacked.records, size < first ? "" : "first ");
  }
}

TEST(RecordingFile, AnyOctetThatIsChangedIsNoticed) {
  const base::Buffer file = file_of({"first ", "second"});
  for (std::size_t at = 0; at < file.size(); ++at) {
    base::Buffer changed = file;
    changed[at] ^= 0x41;
    EXPECT_NE(unpack(changed).error, "") << at;
  }
}

TEST(RecordingFile, AForeignOneIsRefused) {
  EXPECT_EQ(unpack(base::as_bytes("neighbor 10.0.0.1 { }")).error, "octet 0 of the file: this is no recording of tandem");
  EXPECT_EQ(unpack({}).error, "octet 0 of the file: the file is empty");
}

TEST(RecordingFile, ALaterFormatIsRefusedWithBothNumbers) {
  base::Buffer file = file_of({"x"});
  file[11] = 9;
  EXPECT_THAT(unpack(file).error, HasSubstr("format 9, this version of tandem reads formats up to 1"));
}

TEST(RecordingFile, ABlockThatClaimsTooMuchIsRefused) {
  base::Buffer file = file_head();
  base::ByteWriter writer(file);
  writer.u32(0xFFFFFFFF);
  writer.u32(10);
  writer.fill(10, 0);
  EXPECT_THAT(unpack(file).error, HasSubstr("octet 12 of the file: a block that claims to have 4294967295 octets"));
}

}  // namespace
}  // namespace tandem::recording
