// Memory of what nobody needs any more: tables go in slices, and what is free is given back to the system.
#include <gtest/gtest.h>

#include <utility>

#include "common/speaker/limits.hpp"
#include "common/speaker/test_support.hpp"

namespace tandem::speaker {
namespace {

using namespace test;

// `octets` of communities, a set of attributes for each number.
base::Buffer announcement_with(std::size_t number, std::size_t octets) {
  base::Buffer out;
  const std::size_t start = bgp::begin_message(out, bgp::MessageType::update);
  base::ByteWriter writer(out);
  writer.u16(0);
  writer.u16(static_cast<std::uint16_t>(4 + 9 + 7 + 4 + octets));
  for (const std::uint8_t octet : {0x40, 1, 1, 0, 0x40, 2, 6, 2, 1, 0, 0, 0xFD, 0xE8, 0x40, 3, 4, 10, 0, 0, 3, 0xD0, 8}) writer.u8(octet);
  writer.u16(static_cast<std::uint16_t>(octets));
  for (std::size_t i = 0; i < octets / 4; ++i) writer.u32(static_cast<std::uint32_t>(number * 4096 + i));
  writer.u8(32);
  writer.u32(static_cast<std::uint32_t>(0x0A000000 + number));
  bgp::finish_message(out, start);
  return out;
}

TEST(TablesThatAreGone, TheTableOfASessionThatIsGoneGoesInSlices) {
  Scene scene(neighbor());
  scene.start();
  Wire& first = scene.establish_quiet();
  constexpr std::size_t k_routes = 2 * k_turn_rib_slice + 100;
  base::Buffer many;
  for (std::size_t i = 0; i < k_routes; ++i) many = std::move(many) + announcement_with(i, 4);
  scene.hear(first, many);
  const rib::AdjRibIn& table = std::as_const(*scene.daemon->peers().all()[0]).rib_in();
  ASSERT_EQ(table.size(), k_routes);
  scene.end(first);
  EXPECT_EQ(table.size(), k_routes) << "until the peer is back";
  scene.advance(1s);
  Wire& second = scene.connect();
  second.channel->receive(PeerOpen{}.bytes() + keepalive(), scene.now);
  for (const std::size_t left : {k_turn_rib_slice + 100, std::size_t{100}, std::size_t{0}}) {
    scene.daemon->round(scene.now);
    EXPECT_EQ(table.size(), 0U);
    EXPECT_EQ(scene.daemon->discards().size(), left);
  }
  EXPECT_EQ(scene.daemon->pool().size(), 0U);
}

TEST(TablesThatAreGone, WhatHasGoneIsGivenBackToTheSystem) {
  Scene scene(neighbor());
  scene.start();
  Wire& wire = scene.establish_quiet();
  constexpr std::size_t k_octets = 3'600;
  constexpr std::size_t k_sets = k_give_back / k_octets + 10;
  for (std::size_t i = 0; i < k_sets; ++i) scene.hear(wire, announcement_with(i, k_octets));
  ASSERT_EQ(scene.daemon->pool().size(), k_sets);
  EXPECT_EQ(scene.host.gave_back, 0);
  for (std::size_t i = 0; i < k_sets; ++i) scene.hear(wire, announcement_with(i, 4));
  EXPECT_EQ(scene.host.gave_back, 1);
}

// Of /32 prefixes, all with the same attributes.
base::Buffer update_of(std::size_t first, std::size_t count, bool announced) {
  base::Buffer out;
  const std::size_t start = bgp::begin_message(out, bgp::MessageType::update);
  base::ByteWriter writer(out);
  writer.u16(static_cast<std::uint16_t>(announced ? 0 : 5 * count));
  const auto prefixes = [&] {
    for (std::size_t i = first; i < first + count; ++i) {
      writer.u8(32);
      writer.u32(static_cast<std::uint32_t>(0x0A000000 + i));
    }
  };
  if (!announced) prefixes();
  writer.u16(announced ? 20 : 0);
  if (announced) {
    for (const std::uint8_t octet : {0x40, 1, 1, 0, 0x40, 2, 6, 2, 1, 0, 0, 0xFD, 0xE8, 0x40, 3, 4, 10, 0, 0, 3}) writer.u8(octet);
    prefixes();
  }
  bgp::finish_message(out, start);
  return out;
}

TEST(TablesThatAreGone, WhatATableHasLetGoIsGivenBackToTheSystem) {
  Scene scene(neighbor());
  scene.start();
  Wire& wire = scene.establish_quiet();
  constexpr std::size_t k_an_update = 800;
  constexpr std::size_t k_updates = k_give_back / sizeof(rib::Route) / k_an_update + 10;
  for (std::size_t i = 0; i < k_updates; ++i) scene.hear(wire, update_of(i * k_an_update, k_an_update, true));
  ASSERT_EQ(std::as_const(*scene.daemon->peers().all()[0]).rib_in().size(), k_updates * k_an_update);
  const int before = scene.host.gave_back;
  for (std::size_t i = 0; i < k_updates; ++i) scene.hear(wire, update_of(i * k_an_update, k_an_update, false));
  EXPECT_GT(scene.host.gave_back, before);
}

}  // namespace
}  // namespace tandem::speaker
