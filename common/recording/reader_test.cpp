#include "common/recording/reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/recording/encoder.hpp"
#include "common/recording/octets.hpp"
#include "common/recording/owned.hpp"

namespace tandem::recording {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

constexpr base::TimePoint at(int ms) { return base::TimePoint(milliseconds(ms)); }

base::Endpoint endpoint(const char* address, std::uint16_t port) { return {*base::IpAddress::parse(address), port}; }

// One of each shape.
base::Buffer sample() {
  base::Buffer out;
  Encoder encoder;
  encoder.append({.kind = Kind::start, .at = at(1000)}, out);
  encoder.append({.kind = Kind::connected, .at = at(1002), .channel = 300, .local = endpoint("10.0.0.1", 50000), .remote = endpoint("2001:db8::1", 179)}, out);
  encoder.append({.kind = Kind::received, .at = at(1001), .channel = 300, .octets = base::as_bytes("abc")}, out);
  encoder.append({.kind = Kind::connect_failed, .at = at(1003), .channel = 2, .value = -7}, out);
  encoder.append({.kind = Kind::accepted, .channel = 1, .remote = endpoint("fe80::1", 179), .key = base::as_bytes("eth0")}, out);
  encoder.append({.kind = Kind::host, .detail = 33, .key = base::as_bytes("k"), .octets = base::as_bytes("answer")}, out);
  encoder.append({.kind = Kind::end, .detail = 1}, out);
  return out;
}

struct ReadAll {
  std::vector<Owned> records;
  std::string error;
};

ReadAll read(base::Bytes octets) {
  Reader reader(std::make_unique<MemorySource>(octets));
  ReadAll all;
  for (;;) {
    const auto record = reader.next();
    if (!record) all.error = record.error().reason();
    if (!record || *record == nullptr) return all;
    all.records.emplace_back(**record);
  }
}

TEST(RecordReader, GivesBackWhatWasWritten) {
  const base::Buffer octets = sample();
  const ReadAll all = read(octets);
  ASSERT_EQ(all.error, "");
  ASSERT_EQ(all.records.size(), 7U);
  EXPECT_EQ(all.records[0].view().at, at(1000));
  const Record connected = all.records[1].view();
  EXPECT_EQ(connected.channel, 300U);
  EXPECT_EQ(connected.local.text(), "10.0.0.1:50000");
  EXPECT_EQ(connected.remote.text(), "[2001:db8::1]:179");
  EXPECT_EQ(all.records[2].view().at, at(1001)) << "times may go back a little";
  EXPECT_EQ(base::as_text(all.records[2].view().octets), "abc");
  EXPECT_EQ(all.records[3].view().value, -7);
  EXPECT_EQ(base::as_text(all.records[4].view().key), "eth0");
  EXPECT_EQ(all.records[4].view().at, at(1003)) << "a record without a time has that of the one in front";
  EXPECT_EQ(base::as_text(all.records[5].view().octets), "answer");
  EXPECT_EQ(all.records[6].view().detail, 1);
}

TEST(RecordReader, TakesOctetsInAnyPieces) {
  class Single final : public Source {
   public:
    explicit Single(base::Bytes octets) : octets_(octets) {}
    base::Result<base::Bytes> more() override {
      const base::Bytes one = octets_.first(std::min<std::size_t>(octets_.size(), 1));
      octets_ = octets_.subspan(one.size());
      return one;
    }

   private:
    base::Bytes octets_;
  };
  const base::Buffer octets = sample();
  Reader reader(std::make_unique<Single>(octets));
  std::size_t count = 0;
  for (auto record = reader.next(); record && *record != nullptr; record = reader.next()) ++count;
  EXPECT_EQ(count, 7U);
}

// Of a recording that is being written: what comes behind a record may be hours away.
TEST(RecordReader, GivesARecordWhenItsOctetsAreThere) {
  class Once final : public Source {
   public:
    explicit Once(int& asked) : asked_(asked), octets_(sample()) {}
    base::Result<base::Bytes> more() override {
      if (++asked_ > 1) return base::Bytes();
      return base::Bytes(octets_);
    }

   private:
    int& asked_;
    base::Buffer octets_;
  };
  int asked = 0;
  Reader reader(std::make_unique<Once>(asked));
  for (int i = 0; i < 7; ++i) ASSERT_NE(*reader.next(), nullptr) << i;
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(*reader.next(), nullptr);
  EXPECT_EQ(asked, 2);
}

TEST(RecordReader, SaysWhereARecordingIsCut) {
  const base::Buffer octets = sample();
  for (std::size_t size = 1; size < octets.size(); ++size) {
    const ReadAll all = read(base::Bytes(octets).first(size));
    if (all.error.empty()) continue;  // between two records
    EXPECT_THAT(all.error, HasSubstr("cut here"));
    EXPECT_THAT(all.error, HasSubstr("record " + std::to_string(all.records.size() + 1) + " "));
  }
}

TEST(RecordReader, RefusesAKindThatIsNotKnown) {
  base::Buffer octets = sample();
  const std::size_t before = octets.size();
  octets.push_back(99);
  octets.push_back(0);
  const ReadAll all = read(octets);
  EXPECT_EQ(all.records.size(), 7U);
  EXPECT_EQ(all.error, "record 8 (octet " + std::to_string(before) + " of the records): records of kind 99 are not known: the recording is of a later version, or damaged");
}

TEST(RecordReader, DoesNotBelieveALengthBeforeTheOctetsAreThere) {
  base::Buffer octets{static_cast<std::uint8_t>(Kind::made)};
  put_number(octets, k_record_max);
  octets.push_back(1);
  EXPECT_THAT(read(octets).error, HasSubstr("are there"));
  octets = {static_cast<std::uint8_t>(Kind::made)};
  put_number(octets, k_record_max + 1);
  EXPECT_THAT(read(octets).error, HasSubstr("are the most"));
}

TEST(RecordReader, RefusesTimesOutsideOfAllTimes) {
  base::Buffer payload;
  put_signed(payload, -1);
  base::Buffer octets{static_cast<std::uint8_t>(Kind::round)};
  put_octets(octets, payload);
  EXPECT_THAT(read(octets).error, HasSubstr("outside of all times"));
}

TEST(RecordReader, RefusesFieldsThatAreTooManyOrTooFew) {
  base::Buffer octets{static_cast<std::uint8_t>(Kind::signal)};
  put_octets(octets, base::as_bytes("12"));
  EXPECT_THAT(read(octets).error, HasSubstr("1 octets more than its fields"));
  octets = {static_cast<std::uint8_t>(Kind::signal), 0};
  EXPECT_THAT(read(octets).error, HasSubstr("do not fit"));
}

TEST(FieldReader, NumbersOfAnySizeComeBack) {
  for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128}, std::uint64_t{1} << 35, ~std::uint64_t{0}}) {
    base::Buffer out;
    put_number(out, number);
    put_signed(out, static_cast<std::int64_t>(number));
    FieldReader in(out);
    EXPECT_EQ(in.number(), number);
    EXPECT_EQ(in.signed_number(), static_cast<std::int64_t>(number));
    EXPECT_TRUE(in.done());
  }
}

TEST(FieldReader, RefusesANumberOfMoreThan64Bits) {
  const base::Buffer octets(11, 0xFF);
  FieldReader in(octets);
  static_cast<void>(in.number());
  EXPECT_FALSE(in.ok());
}

}  // namespace
}  // namespace tandem::recording
