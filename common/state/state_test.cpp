#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/state/reader.hpp"

namespace tandem::state {
namespace {

using namespace std::chrono_literals;
using base::TimePoint;
using testing::ElementsAre;
using testing::HasSubstr;

enum class Colour : std::uint8_t { red, green, blue };

struct Leaf {
  std::uint16_t number = 0;
  std::string text;
  friend bool operator==(const Leaf&, const Leaf&) = default;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [number, text] = self;
    archive.object(self, "leaf")("number", number)("text", text);
  }
};

// Everything that has a form of its own.
struct Tree {
  bool flag = false;
  std::int64_t below_zero = 0;
  std::uint64_t large = 0;
  double share = 0;
  Colour colour = Colour::red;
  base::Buffer octets;
  base::IpAddress address;
  base::Duration duration{};
  TimePoint due{};
  base::WallTime wall{};
  std::optional<TimePoint> maybe;
  std::unique_ptr<Leaf> owned;
  std::shared_ptr<const Leaf> left;
  std::shared_ptr<const Leaf> right;
  std::vector<Leaf> leaves;
  std::vector<bool> bits;
  std::map<std::string, std::uint32_t, std::less<>> map;
  std::array<std::uint8_t, 3> array{};
  std::string password;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [flag, below_zero, large, share, colour, octets, address, duration, due, wall, maybe, owned, left, right, leaves, bits, map, array,
           password] = self;
    archive.object(self, "tree")("flag", flag)("below_zero", below_zero)("large", large)("share", share)("colour", up_to(colour, Colour::blue))(
        "octets", octets)("address", address)("duration", duration)("due", due)("wall", wall)("maybe", maybe)("owned", owned)("left", left)(
        "right", right)("leaves", leaves)("bits", bits)("map", map)("array", array)("password", secret(password));
  }
};

constexpr TimePoint k_written_at{100s};
constexpr TimePoint k_read_at{7s};

Tree full_tree() {
  Tree tree;
  tree.flag = true;
  tree.below_zero = -300;
  tree.large = ~std::uint64_t{0};
  tree.share = 0.25;
  tree.colour = Colour::blue;
  tree.octets = {0, 1, 0xFF};
  tree.address = *base::IpAddress::parse("2001:db8::1");
  tree.duration = -5ms;
  tree.due = k_written_at + 3s;
  tree.wall = base::WallTime(1'800'000'000s);
  tree.maybe = k_written_at - 1s;
  tree.owned = std::make_unique<Leaf>(Leaf{1, "one"});
  tree.left = tree.right = std::make_shared<const Leaf>(Leaf{2, "two"});
  tree.leaves = {{3, "three"}, {4, ""}};
  tree.bits = {true, false, false, true, true, false, true, true, true};
  tree.map = {{"a", 1}, {"b", 2}};
  tree.array = {7, 8, 9};
  tree.password = "secret";
  return tree;
}

template <typename T>
base::Buffer written(const T& value, Secrets secrets = Secrets::included) {
  Writer writer(k_written_at, secrets);
  writer.section("values", 1, [&] { writer.value(value); });
  return std::move(writer).finish();
}

template <typename T>
base::Result<void> read(const base::Buffer& octets, T& value) {
  Reader reader(octets, k_read_at);
  reader.section("values", 1, [&] { reader.value(value); });
  return reader.finish();
}

template <typename T>
std::string reason_for(const base::Buffer& octets, T& value) {
  const auto done = read(octets, value);
  return done ? "" : done.error().reason();
}

// With a sum that is right: somebody did it on purpose.
base::Buffer summed(base::Buffer octets) {
  constexpr std::size_t k_tail = 8 + 8 + 2 + 3 + 1;
  base::Buffer right;
  base::ByteWriter(right).u64(sum(base::Bytes(octets).first(octets.size() - k_tail)));
  std::copy(right.begin(), right.end(), octets.end() - 8);
  return octets;
}

TEST(State, EveryKindOfValueIsReadAsItWasWritten) {
  Tree tree;
  ASSERT_EQ(reason_for(written(full_tree()), tree), "");
  const Tree expected = full_tree();
  EXPECT_EQ(tree.flag, expected.flag);
  EXPECT_EQ(tree.below_zero, expected.below_zero);
  EXPECT_EQ(tree.large, expected.large);
  EXPECT_EQ(tree.share, expected.share);
  EXPECT_EQ(tree.colour, expected.colour);
  EXPECT_EQ(tree.octets, expected.octets);
  EXPECT_EQ(tree.address, expected.address);
  EXPECT_EQ(tree.duration, expected.duration);
  EXPECT_EQ(tree.wall, expected.wall);
  EXPECT_EQ(*tree.owned, *expected.owned);
  EXPECT_EQ(*tree.left, *expected.left);
  EXPECT_EQ(tree.leaves, expected.leaves);
  EXPECT_EQ(tree.bits, expected.bits);
  EXPECT_EQ(tree.map, expected.map);
  EXPECT_EQ(tree.array, expected.array);
  EXPECT_EQ(tree.password, expected.password);
}

TEST(State, InstantsAreWhatWasLeftUntilThem) {
  Tree tree;
  ASSERT_EQ(reason_for(written(full_tree()), tree), "");
  EXPECT_EQ(tree.due, k_read_at + 3s);
  EXPECT_EQ(tree.maybe, k_read_at - 1s);
}

TEST(State, AnObjectThatSeveralHoldIsWrittenOnceAndHeldBySeveral) {
  Tree tree;
  ASSERT_EQ(reason_for(written(full_tree()), tree), "");
  EXPECT_EQ(tree.left, tree.right);
  Tree apart = full_tree();
  apart.right = std::make_shared<const Leaf>(*apart.left);
  EXPECT_GT(written(apart).size(), written(full_tree()).size());
}

// A link of a chain: one stands in another.
struct Link {
  std::uint16_t number = 0;
  std::shared_ptr<Link> next;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [number, next] = self;
    archive.value(number);
    archive.value(next);
  }
};

TEST(State, AnObjectThatIsMetInAnotherOfItsTypeKeepsItsNumber) {
  auto last = std::make_shared<Link>(Link{3, nullptr});
  const std::vector<std::shared_ptr<Link>> written{std::make_shared<Link>(Link{1, std::make_shared<Link>(Link{2, last})}), last};
  Writer writer(k_written_at, Secrets::left_out);
  writer.section("chain", 1, [&] { writer.value(written); });
  const base::Buffer octets = std::move(writer).finish();
  Reader reader(octets, k_written_at);
  std::vector<std::shared_ptr<Link>> read;
  reader.section("chain", 1, [&] { reader.value(read); });
  ASSERT_TRUE(reader.finish());
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0]->number, 1);
  EXPECT_EQ(read[0]->next->number, 2);
  EXPECT_EQ(read[0]->next->next, read[1]);
  EXPECT_EQ(read[1]->number, 3);
}

// A table has as many attribute sets as it has routes, at worst.
TEST(State, WhatAMillionObjectsCostGrowsWithTheirNumber) {
  constexpr std::size_t k_objects = 1'000'000;
  std::vector<std::shared_ptr<Leaf>> written;
  for (std::size_t i = 0; i < k_objects; ++i) written.push_back(std::make_shared<Leaf>(Leaf{static_cast<std::uint16_t>(i), {}}));
  Writer writer(k_written_at, Secrets::left_out);
  writer.section("leaves", 1, [&] { writer.value(written); });
  const base::Buffer octets = std::move(writer).finish();
  Reader reader(octets, k_written_at);
  std::vector<std::shared_ptr<Leaf>> read;
  reader.section("leaves", 1, [&] { reader.value(read); });
  ASSERT_TRUE(reader.finish());
  ASSERT_EQ(read.size(), k_objects);
  EXPECT_EQ(read.back()->number, static_cast<std::uint16_t>(k_objects - 1));
}

TEST(State, SecretsAreWrittenWhereThatIsAllowedOnly) {
  const base::Buffer octets = written(full_tree(), Secrets::left_out);
  EXPECT_EQ(base::as_text(octets).find("secret"), std::string_view::npos);
  Tree tree;
  ASSERT_EQ(reason_for(octets, tree), "");
  EXPECT_EQ(tree.password, "");
  EXPECT_FALSE(Reader(octets, {}).with_secrets());
  EXPECT_TRUE(Reader(written(full_tree()), {}).with_secrets());
}

TEST(State, WhatIsCutAnywhereIsRefused) {
  const base::Buffer whole = written(full_tree());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Tree tree;
    EXPECT_NE(reason_for({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}, tree), "") << size;
  }
}

TEST(State, AnOctetThatWasChangedIsFound) {
  const base::Buffer whole = written(full_tree());
  for (std::size_t at = 0; at < whole.size(); ++at) {
    base::Buffer changed = whole;
    changed[at] ^= 0x10;
    Tree tree;
    EXPECT_NE(reason_for(changed, tree), "") << at;
  }
}

// Under a right sum any octet may be anything: it is read within its bounds, or refused with a place.
TEST(State, WhatSomebodyMadeUpIsReadWithinItsBounds) {
  const base::Buffer whole = written(full_tree());
  for (std::size_t at = k_head_size; at < whole.size() - 22; ++at) {
    for (const unsigned octet : {0x00U, 0x01U, 0x7FU, 0x80U, 0xFFU}) {
      base::Buffer changed = whole;
      changed[at] = static_cast<std::uint8_t>(octet);
      Tree tree;
      const std::string reason = reason_for(summed(changed), tree);
      EXPECT_TRUE(reason.empty() || reason.starts_with("octet ")) << at << ": " << reason;
    }
  }
}

struct Older {
  std::uint8_t first = 1;
  std::uint8_t last = 3;
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [first, last] = self;
    archive.object(self, "thing")("first", first)("last", last);
  }
};
struct Newer {
  std::uint8_t first = 10;
  std::uint8_t between = 20;
  std::uint8_t last = 30;
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [first, between, last] = self;
    archive.object(self, "thing")("first", first)("between", between)("last", last);
  }
};

TEST(State, AFieldThatAnOlderVersionHasNotKeepsItsDefault) {
  std::vector<Newer> newer;
  ASSERT_EQ(reason_for(written(std::vector<Older>{{1, 3}, {4, 6}}), newer), "");
  ASSERT_EQ(newer.size(), 2U);
  EXPECT_EQ(newer[1].first, 4);
  EXPECT_EQ(newer[1].between, 20);
  EXPECT_EQ(newer[1].last, 6);
}

TEST(State, AFieldOfANewerVersionIsNamedAndRefused) {
  std::vector<Older> older;
  const std::string reason = reason_for(written(std::vector<Newer>(2)), older);
  EXPECT_THAT(reason, HasSubstr("section 'values', thing: its field 'between' is not known to this version of tandem"));
  EXPECT_THAT(reason, HasSubstr("octet "));
}

TEST(State, AnotherTypeIsRefused) {
  Leaf leaf;
  EXPECT_THAT(reason_for(written(Older{}), leaf), HasSubstr("a 'thing' stands where a 'leaf' is expected"));
}

TEST(State, AnEnumeratorBeyondTheLastOneIsRefused) {
  Colour colour = Colour::red;
  Writer writer(k_written_at, Secrets::left_out);
  writer.section("values", 1, [&] { writer.count(3); });
  const base::Buffer octets = std::move(writer).finish();
  auto limited = up_to(colour, Colour::blue);
  EXPECT_THAT(reason_for(octets, limited), HasSubstr("3 is more than 2"));
  EXPECT_EQ(colour, Colour::red);
}

TEST(State, ACountThatCannotBeIsRefusedBeforeAnythingIsMade) {
  std::vector<Leaf> leaves;
  Writer writer(k_written_at, Secrets::left_out);
  writer.section("values", 1, [&] { writer.count(std::uint64_t{1} << 40); });
  EXPECT_THAT(reason_for(std::move(writer).finish(), leaves), HasSubstr("things cannot stand in the 0 octets that are left"));
  EXPECT_TRUE(leaves.empty());
}

TEST(State, SectionsAreNamedAndHaveVersions) {
  Writer writer(k_written_at, Secrets::left_out);
  writer.section("one", 1, [&] { writer.value(std::uint8_t{1}); });
  writer.section("two", 3, [&] { writer.value(std::uint8_t{2}); });
  const base::Buffer octets = std::move(writer).finish();

  const auto found = sections(octets);
  ASSERT_TRUE(found) << found.error().reason();
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ(found->at(1).name, "two");
  EXPECT_EQ(found->at(1).version, 3);
  EXPECT_EQ(found->at(1).size, 1U);

  std::uint8_t number = 0;
  const auto reason = [&](auto&& take) {
    Reader reader(octets, k_read_at);
    take(reader);
    const auto done = reader.finish();
    return done ? "" : done.error().reason();
  };
  EXPECT_THAT(reason([&](Reader& r) { r.section("two", 3, [&] { r.value(number); }); }), HasSubstr("section 'one' stands where 'two' is expected"));
  EXPECT_THAT(reason([&](Reader& r) { r.section("one", 1, [&] { r.value(number); }); }), HasSubstr("section 'two' is not known"));
  EXPECT_THAT(reason([&](Reader& r) {
                r.section("one", 1, [&] { r.value(number); });
                r.section("two", 2, [&] { r.value(number); });
              }),
              HasSubstr("section 'two' has version 3, this version of tandem reads 2 and older ones"));
  EXPECT_THAT(reason([&](Reader& r) { r.section("one", 1, [&] {}); }), HasSubstr("1 octets of section 'one' are left over"));
}

TEST(State, WhatIsForeignOrOfAnotherFormatIsRefused) {
  Leaf leaf;
  EXPECT_THAT(reason_for(base::Buffer(100, 'x'), leaf), HasSubstr("octet 0: this is no state of tandem"));
  base::Buffer octets = written(Leaf{1, "one"});
  octets[k_magic.size() + 1] = 9;
  EXPECT_THAT(reason_for(octets, leaf), HasSubstr("it has format 9, this version of tandem reads format 1"));
  octets = written(Leaf{1, "one"});
  octets[k_magic.size() + 3] |= 0x80;
  EXPECT_THAT(reason_for(octets, leaf), HasSubstr("flags (0x81) that this version"));
}

TEST(State, DescriptorsAreWhatTheReaderSaysTheyAreNow) {
  base::UniqueFd fd(1 << 28);
  const base::Buffer octets = written(fd);
  base::UniqueFd restored;
  Reader reader(octets, k_read_at);
  reader.set_descriptors([](int number) { return base::UniqueFd(number + 1); });
  reader.section("values", 1, [&] { reader.value(restored); });
  ASSERT_TRUE(reader.finish());
  EXPECT_EQ(restored.release(), (1 << 28) + 1);
  EXPECT_EQ(fd.release(), 1 << 28);
}

TEST(State, TheSumIsTheSameHoweverTheOctetsAreCut) {
  base::Buffer octets;
  for (int i = 0; i < 100; ++i) octets.push_back(static_cast<std::uint8_t>(i * 7));
  for (std::size_t part = 1; part <= octets.size(); ++part) {
    Sum all;
    for (std::size_t at = 0; at < octets.size(); at += part) all.add(base::Bytes(octets).subspan(at, std::min(part, octets.size() - at)));
    EXPECT_EQ(all.value(), sum(octets)) << part;
  }
}

TEST(State, WhoWantsOneSectionLeavesOutThoseInFrontOfIt) {
  Writer writer(k_written_at, Secrets::left_out);
  writer.section("one", 1, [&] { writer.value(std::uint8_t{1}); });
  writer.section("two", 1, [&] { writer.value(std::uint8_t{2}); });
  const base::Buffer octets = std::move(writer).finish();
  std::uint8_t number = 0;
  Reader reader(octets, k_read_at);
  EXPECT_FALSE(reader.at("two"));
  reader.skip_to("two");
  EXPECT_TRUE(reader.at("two"));
  reader.section("two", 1, [&] { reader.value(number); });
  EXPECT_TRUE(reader.finish());
  EXPECT_EQ(number, 2);
  Reader none(octets, k_read_at);
  none.skip_to("three");
  none.section("three", 1, [] {});
  EXPECT_THAT(none.finish().error().reason(), HasSubstr("section 'three' is missing"));
}

}  // namespace
}  // namespace tandem::state
