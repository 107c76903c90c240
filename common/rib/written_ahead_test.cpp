// What is long is written ahead of a state, in pieces, and the pieces that have not changed are not written again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rib/adj_rib_in.hpp"
#include "common/rib/fields.hpp"
#include "common/rib/shared_routes.hpp"
#include "common/rib/test_support.hpp"
#include "common/state/reader.hpp"

namespace tandem::rib {
namespace {

using ::testing::HasSubstr;

constexpr std::uint32_t k_count = 10'000;

class WrittenAhead : public ::testing::Test {
 protected:
  Route route(std::uint32_t number, std::uint32_t med = 0) {
    return test::make_route(pool_, base::IpAddress::v4(0x14000000 + number).text() + "/32 next-hop 1.1.1.1 med " + std::to_string(med));
  }
  void announce(std::uint32_t number, std::uint32_t med = 0) {
    const Route one = route(number, med);
    rib_.announce(one.nlri, one.attributes);
  }
  // In slices of so many routes.
  void write_ahead(std::size_t slice) {
    writer_.begin_ahead();
    std::size_t next = 0;
    for (bool over = false; !over; ++slices_) {
      std::size_t budget = slice;
      over = rib_.write_ahead(writer_, 0, next, budget);
      add(writer_.take());
    }
    next = 0;
    std::size_t budget = ~std::size_t{0};
    EXPECT_TRUE(list_.gather(budget)) << "one that is growing is not written ahead";
    EXPECT_TRUE(list_.write_ahead(writer_, next, budget));
    add(writer_.take());
  }
  // The octets of it.
  std::size_t write_rest() {
    writer_.section("rest", 1, [&] {
      writer_.value(rib_);
      writer_.value(list_);
    });
    const base::Buffer rest = std::move(writer_).finish();
    add(rest);
    return rest.size();
  }
  std::string read() {
    state::Reader reader(octets_, {});
    reader.provide(other_pool_);
    if (reader.at(state::k_ahead)) {
      reader.begin_ahead();
      while (load_piece(reader)) {
      }
    }
    reader.section("rest", 1, [&] {
      reader.value(read_);
      reader.value(read_list_);
    });
    const auto done = reader.finish();
    return done ? "" : std::string(done.error().reason());
  }
  void add(const base::Buffer& octets) { octets_.insert(octets_.end(), octets.begin(), octets.end()); }
  static std::vector<std::string> lines(const AdjRibIn& rib) {
    std::vector<std::string> all;
    rib.for_each([&all](const bgp::NlriKey& key, const AttributeSetRef& attributes) { all.push_back(describe(Route{key, attributes})); });
    return all;
  }
  static std::vector<std::string> lines(const SharedRoutes& list) {
    std::vector<std::string> all;
    for (const Route& one : list) all.push_back(describe(one));
    return all;
  }
  void expect_the_same() {
    ASSERT_EQ(read(), "");
    EXPECT_EQ(lines(read_), lines(rib_));
    EXPECT_EQ(lines(read_list_), lines(list_));
  }

  AttributePool pool_;
  AttributePool other_pool_;
  state::Writer writer_{{}, state::Secrets::left_out};
  AdjRibIn rib_;
  SharedRoutes list_;
  AdjRibIn read_;
  SharedRoutes read_list_;
  base::Buffer octets_;
  std::size_t slices_ = 0;
};

TEST_F(WrittenAhead, InTheRestStandsWhatHasChangedSince) {
  for (std::uint32_t i = 0; i < k_count; ++i) announce(i, i % 7);
  for (std::uint32_t i = 0; i < k_count; ++i) list_.push_back(route(i, i % 5));
  write_ahead(4000);
  EXPECT_GE(slices_, k_count / 4000);
  announce(17, 99);
  rib_.withdraw(route(18).nlri);
  announce(k_count);
  const std::size_t ahead = octets_.size();
  const std::size_t rest = write_rest();
  EXPECT_LT(rest, ahead * 2 / 5) << "two blocks of ten pieces";
  expect_the_same();
  EXPECT_EQ(read_.size(), k_count);
}

TEST_F(WrittenAhead, WhatHasNotChangedIsNotWrittenAgain) {
  for (std::uint32_t i = 0; i < k_count; ++i) announce(i);
  for (std::uint32_t i = 0; i < k_count; ++i) list_.push_back(route(i));
  write_ahead(4000);
  const std::size_t ahead = octets_.size();
  EXPECT_LT(write_rest(), ahead / 50);
  expect_the_same();
}

// A set that nobody has any more gives its address to another one.
TEST_F(WrittenAhead, AttributesThatAreGoneSinceAreNotTakenForOthers) {
  for (std::uint32_t i = 0; i < 100; ++i) announce(i, i);
  write_ahead(1000);
  for (std::uint32_t i = 0; i < 100; ++i) announce(i, 1000 + i);
  write_rest();
  expect_the_same();
}

TEST_F(WrittenAhead, AListThatIsEditedSinceIsWrittenAsItIsThen) {
  for (std::uint32_t i = 0; i < k_count; ++i) list_.push_back(route(i));
  write_ahead(1000);
  list_.edit()[5] = route(5, 99);
  list_.push_back(route(k_count));
  write_rest();
  expect_the_same();
}

TEST_F(WrittenAhead, WhatIsEmptyHasNoPieces) {
  write_ahead(1000);
  write_rest();
  expect_the_same();
}

// The stamp of another writer says nothing about this one.
TEST_F(WrittenAhead, APieceIsOfTheWriterThatHasWrittenIt) {
  for (std::uint32_t i = 0; i < 100; ++i) announce(i);
  write_ahead(1000);
  octets_.clear();
  writer_ = state::Writer({}, state::Secrets::left_out);
  writer_.begin_ahead();
  add(writer_.take());
  write_rest();
  expect_the_same();
}

TEST_F(WrittenAhead, APieceThatIsNotThereOrOfAnotherLengthIsRefused) {
  const auto refused = [this](std::uint64_t places, std::uint64_t piece) {
    state::Writer writer({}, state::Secrets::left_out);
    writer.begin_ahead();
    writer.section(SharedRoutes::k_section, 1, [&] {
      writer.count(1);  // its number
      writer.count(1);  // its routes
      writer.value(route(1));
    });
    writer.section("list", 1, [&] {
      writer.count(1);  // the first list
      writer.count(places);
      writer.count(piece);
    });
    const base::Buffer octets = std::move(writer).finish();
    state::Reader reader(octets, {});
    reader.provide(other_pool_);
    reader.begin_ahead();
    EXPECT_TRUE(load_piece(reader));
    SharedRoutes list;
    reader.section("list", 1, [&] { reader.value(list); });
    const auto done = reader.finish();
    return done ? "" : std::string(done.error().reason());
  };
  EXPECT_EQ(refused(1, 1), "");
  EXPECT_THAT(refused(1, 2), HasSubstr("section 'list': a piece is meant that is not there"));
  EXPECT_THAT(refused(1, 3), HasSubstr("3 is more than 2"));
  EXPECT_THAT(refused(2, 1), HasSubstr("a piece has not as many routes as its list wants"));
  EXPECT_THAT(refused(3000, 1), HasSubstr("a piece has not as many routes as its list wants"));
}

TEST_F(WrittenAhead, APieceIsTakenOnce) {
  for (std::uint32_t i = 0; i < 100; ++i) announce(i);
  write_ahead(1000);
  writer_.section("rest", 1, [&] {
    writer_.value(rib_);
    writer_.value(rib_);
  });
  add(std::move(writer_).finish());
  state::Reader reader(octets_, {});
  reader.provide(other_pool_);
  reader.begin_ahead();
  EXPECT_TRUE(load_piece(reader));
  reader.section("rest", 1, [&] {
    reader.value(read_);
    reader.value(read_);
  });
  ASSERT_FALSE(reader.finish());
  EXPECT_THAT(std::string(reader.finish().error().reason()), HasSubstr("a piece has not as many values as places are filled"));
}

}  // namespace
}  // namespace tandem::rib
