#include "common/capture/mrt.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/capture/test_support.hpp"

namespace tandem::capture {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using test::octets;
using test::operator+;

class Memory : public Input {
 public:
  explicit Memory(base::Buffer content) : content_(std::move(content)) {}
  base::Result<std::size_t> read(std::span<std::uint8_t> into) override {
    const std::size_t count = std::min({into.size(), content_.size() - at_, std::size_t{1000}});
    std::copy_n(content_.begin() + static_cast<std::ptrdiff_t>(at_), count, into.begin());
    at_ += count;
    return count;
  }

 private:
  base::Buffer content_;
  std::size_t at_ = 0;
};

base::Buffer record(std::uint16_t type, std::uint16_t subtype, base::Bytes body) {
  base::Buffer out;
  base::ByteWriter writer(out);
  writer.u32(1700000000);
  writer.u16(type);
  writer.u16(subtype);
  writer.u32(static_cast<std::uint32_t>(body.size()));
  writer.bytes(body);
  return out;
}

// What is in a file, and how it is to be read.
struct Read : MrtVisitor {
  explicit Read(base::Buffer content) {
    Reader file(std::make_unique<Memory>(std::move(content)));
    const auto done = reader.read(file);
    if (!done) trouble = done.error().reason();
  }
  static std::string head(const api::MessageSource& source, double time) {
    return fmt::format("{:.1f} {} AS{}{}{} ", time - 1700000000, source.neighbor.peer.text(), base::value(source.neighbor.peer_as),
                       *source.asn4 ? "" : " asn2", source.add_path.empty() ? "" : " add-path");
  }
  void message(const FoundMessage& found) override { found_.push_back(head(*found.source, found.time) + base::to_hex(found.whole.subspan(19))); }
  void state(const StateChange& change) override { found_.push_back(head(*change.source, change.time) + (change.up ? "up" : "down")); }
  void bad_record(std::uint64_t number, std::string reason) override { found_.push_back(fmt::format("record {}: {}", number, reason)); }

  MrtReader reader{*this};
  std::vector<std::string> found_;
  std::string trouble;
};

const std::string k_path4 = "40020602010000FDE9";
const std::string k_origin = "40010100";
const std::string k_v6_hop = "20010DB8000000000000000000000001";
const std::string k_next_hop = "400304C0000201";

std::string size16(std::string_view hex) { return fmt::format("{:04x}", octets(hex).size()); }
std::string entry(const std::string& attributes, const std::string& peer = "0000", const std::string& path_id = {}) {
  return peer + "00000001" + path_id + size16(attributes) + attributes;
}
// Two peers: 192.0.2.1 of AS 65001 in two octets, 2001:db8::9 of AS 65537 in four.
const base::Buffer k_peers = record(13, 1, octets("0A000001 0002 7669 0002 00 0A0B0C0D C0000201 FDE9 03 0A0B0C0E 20010DB8000000000000000000000009 00010001"));

TEST(Mrt, EntriesOfATableAreUpdates) {
  const Read read(base::Buffer(k_peers) + record(13, 2, octets("00000000 18 0A0000 0001" + entry(k_origin + k_path4 + k_next_hop))));
  EXPECT_THAT(read.found_, ElementsAre("0.0 192.0.2.1 AS65001 " "0000" "0014" "40010100" "40020602010000fde9" "400304c0000201" "180a0000"));
  EXPECT_EQ(read.trouble, "");
}

TEST(Mrt, TheNextHopOfAnIpv6EntryIsMadeWhole) {
  const std::string expected = "0.0 2001:db8::9 AS65537 " "0000" "002a" "40010100" "40020602010000fde9" "800e1a" "000201" "10" "20010db8000000000000000000000001" "00" "2020010db8";
  const std::string abbreviated = k_origin + k_path4 + "800E11" "10" + k_v6_hop;
  const std::string whole = k_origin + k_path4 + "800E1A" "000201" "10" + k_v6_hop + "00" "2020010DB8";
  for (const std::string& attributes : {abbreviated, whole}) {
    const Read read(base::Buffer(k_peers) + record(13, 4, octets("00000000 20 20010DB8 0001" + entry(attributes, "0001"))));
    EXPECT_THAT(read.found_, ElementsAre(expected));
  }
}

TEST(Mrt, EntriesMayHavePathIdentifiers) {
  const std::string attributes = k_origin + k_next_hop;
  const Read read(base::Buffer(k_peers) +
                  record(13, 8, octets("00000000 18 0A0000 0002" + entry(attributes, "0000", "00000001") + entry(attributes, "0000", "00000002"))));
  EXPECT_THAT(read.found_, ElementsAre("0.0 192.0.2.1 AS65001 add-path " "0000000b" "40010100400304c0000201" "00000001180a0000",
                                       "0.0 192.0.2.1 AS65001 add-path " "0000000b" "40010100400304c0000201" "00000002180a0000"));
}

TEST(Mrt, TheGenericTableHasAnyFamily) {
  // A VPN route: 24 bits of label, 64 of distinguisher, 24 of prefix.
  const std::string nlri = "70" "000641" "0000FDE800000001" "0A0000";
  const std::string attributes = k_origin + "800E0D" "0C" "0000000000000000" "C0000201";
  const Read read(base::Buffer(k_peers) + record(13, 6, octets("00000000 0001 80" + nlri + "0001" + entry(attributes))));
  EXPECT_THAT(read.found_, ElementsAre("0.0 192.0.2.1 AS65001 " "00000027" "40010100" "800e20" "000180" "0c" "0000000000000000c0000201" "00" "70000641" "0000fde800000001" "0a0000"));
  const Read unknown(base::Buffer(k_peers) + record(13, 6, octets("00000000 0063 63 00 0001" + entry(attributes))));
  EXPECT_THAT(unknown.found_, ElementsAre(HasSubstr("record 2: NLRI of unknown-afi-0x63")));
}

TEST(Mrt, TheFirstFormOfATableHasNarrowAsNumbers) {
  const std::string attributes = k_origin + "4002040201FDE9" + k_next_hop;
  const Read read(record(12, 1, octets("0000 0001 0A000000 18 01 00000001 C0000201 FDE9" + size16(attributes) + attributes)));
  EXPECT_THAT(read.found_, ElementsAre("0.0 192.0.2.1 AS65001 asn2 " "00000012" "40010100" "4002040201fde9" "400304c0000201" "180a0000"));
}

TEST(Mrt, MessagesSayWhoseTheyAreAndHowTheyAreRead) {
  const base::Buffer keepalive = test::message(bgp::MessageType::keepalive);
  const std::string narrow = "FDE9 FDEA 0000 0001 C0000201 C0000202";
  const std::string wide = "00010001 0000FDEA 0000 0002 20010DB8000000000000000000000009 20010DB8000000000000000000000001";
  base::Buffer file;
  for (const std::uint16_t subtype : {1, 6}) file = std::move(file) + record(16, subtype, octets(narrow) + keepalive);
  for (const std::uint16_t subtype : {8, 10}) file = std::move(file) + record(16, subtype, octets(narrow) + keepalive);
  for (const std::uint16_t subtype : {4, 7}) file = std::move(file) + record(16, subtype, octets(wide) + keepalive);
  for (const std::uint16_t subtype : {9, 11}) file = std::move(file) + record(17, subtype, octets("0007A120") + octets(wide) + keepalive);
  const Read read(file);
  const std::string one = "0.0 192.0.2.1 AS65001 asn2 ";
  const std::string one_paths = "0.0 192.0.2.1 AS65001 asn2 add-path ";
  const std::string two = "0.0 2001:db8::9 AS65537 ";
  const std::string two_paths = "0.5 2001:db8::9 AS65537 add-path ";
  EXPECT_THAT(read.found_, ElementsAre(one, one, one_paths, one_paths, two, two, two_paths, two_paths));
}

TEST(Mrt, ARecordOfOneMessageHoldsNothingElse) {
  const std::string head = "FDE9 FDEA 0000 0001 C0000201 C0000202";
  const base::Buffer keepalive = test::message(bgp::MessageType::keepalive);
  const base::Buffer cut(keepalive.begin(), keepalive.end() - 1);
  const Read read(record(16, 1, octets(head) + cut) + record(16, 1, octets(head) + keepalive + keepalive) + record(16, 1, octets(head + std::string(38, '0'))));
  EXPECT_THAT(read.found_, ElementsAre("record 1: it holds something else than one whole message", "record 2: it holds something else than one whole message",
                                       HasSubstr("record 3: ")));
}

TEST(Mrt, SessionsThatComeUpAndGoDownAreTold) {
  const std::string narrow = "FDE9 FDEA 0000 0001 C0000201 C0000202";
  const Read read(record(16, 0, octets(narrow + "0005 0006")) + record(16, 0, octets(narrow + "0006 0001")) + record(16, 0, octets(narrow + "0001 0002")) +
                  record(17, 5, octets("0007A120 00010001 0000FDEA 0000 0001 C0000201 C0000202 0005 0006")));
  EXPECT_THAT(read.found_, ElementsAre("0.0 192.0.2.1 AS65001 asn2 up", "0.0 192.0.2.1 AS65001 asn2 down", "0.5 192.0.2.1 AS65537 up"));
}

TEST(Mrt, OtherRecordsArePassedOver) {
  const Read read(record(11, 0, octets("00")) + record(33, 0, octets("00")) + record(13, 7, octets("00000000")) + record(16, 99, octets("00")) +
                  record(13, 1, octets("0A000001 0000 0000")));
  EXPECT_THAT(read.found_, IsEmpty());
  EXPECT_EQ(read.reader.passed_over(), 4U);
  EXPECT_EQ(read.reader.records(), 5U);
}

TEST(Mrt, AFileThatEndsWithinARecordIsSaid) {
  const base::Buffer whole = record(13, 1, octets("0A000001 0000 0000"));
  for (std::size_t size = 1; size < whole.size(); ++size) {
    const Read read(base::Buffer(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    EXPECT_THAT(read.trouble, HasSubstr("record 1 is cut short"));
  }
  EXPECT_THAT(Read(octets("00000000 000D 0001 7FFFFFFF")).trouble, HasSubstr("record 1 has 2147483647 octets"));
}

TEST(Mrt, RecordsCutShortAnywhereOrWithAnyOctetChangedAreSafe) {
  const std::string attributes = k_origin + k_path4 + "800E11" "10" + k_v6_hop;
  const std::vector<std::tuple<std::uint16_t, std::uint16_t, base::Buffer>> records = {
      {13, 1, base::Buffer(k_peers.begin() + 12, k_peers.end())},
      {13, 4, octets("00000000 20 20010DB8 0001" + entry(attributes))},
      {13, 10, octets("00000000 20 20010DB8 0001" + entry(attributes, "0001", "00000007"))},
      {13, 6, octets("00000000 0001 80" "70" "000641" "0000FDE800000001" "0A0000" "0001" + entry(attributes))},
      {12, 2, octets("0000 0001 20010DB8000000000000000000000000 20 01 00000001 20010DB8000000000000000000000009 FDE9" + size16(attributes) + attributes)},
      {17, 9, octets("0007A120 00010001 0000FDEA 0000 0001 C0000201 C0000202") + test::message(bgp::MessageType::keepalive)},
      {16, 0, octets("FDE9 FDEA 0000 0001 C0000201 C0000202 0005 0006")},
  };
  for (const auto& [type, subtype, body] : records) {
    for (std::size_t size = 0; size < body.size(); ++size) {
      const base::Buffer cut(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_EQ(Read(base::Buffer(k_peers) + record(type, subtype, cut)).trouble, "") << "the records behind it can be read";
    }
    for (std::size_t at = 0; at < body.size(); ++at) {
      for (const unsigned value : {0U, 1U, 4U, 0x7FU, 0x80U, 0xFFU}) {
        base::Buffer changed = body;
        changed[at] = static_cast<std::uint8_t>(value);
        EXPECT_EQ(Read(base::Buffer(k_peers) + record(type, subtype, changed)).trouble, "");
      }
    }
  }
}

TEST(Mrt, IsKnownByItsFirstRecord) {
  EXPECT_TRUE(is_mrt(k_peers));
  EXPECT_FALSE(is_mrt(octets("303030303030303030303030")));
  EXPECT_FALSE(is_mrt(octets("00000000 000D 0001 7FFFFFFF")));
  EXPECT_FALSE(is_mrt(octets("00000000 000D")));
}

}  // namespace
}  // namespace tandem::capture
