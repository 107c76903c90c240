#include "common/rib/attribute_pool.hpp"

#include <gtest/gtest.h>

#include "common/base/random.hpp"
#include "common/bgp/attribute/attributes.hpp"

namespace tandem::rib {
namespace {

base::Buffer hex(std::string_view digits) {
  std::string packed;
  for (const char c : digits) {
    if (c != ' ') packed += c;
  }
  return base::from_hex(packed).value();
}

bgp::NextHop next_hop(std::string_view address, std::string_view link_local = {}) {
  bgp::NextHop out;
  out.address = *base::IpAddress::parse(address);
  if (!link_local.empty()) out.link_local = *base::IpAddress::parse(link_local);
  return out;
}

const base::Buffer k_origin_path = hex("40010100 4002 06 0201 00000001");

TEST(AttributePool, EqualAttributesAndNextHopAreOneSet) {
  AttributePool pool;
  const AttributeSetRef one = pool.intern(k_origin_path, next_hop("1.2.3.4"));
  const AttributeSetRef two = pool.intern(k_origin_path, next_hop("1.2.3.4"));
  EXPECT_EQ(one, two);
  EXPECT_EQ(one.get(), two.get());
  EXPECT_EQ(pool.size(), 1U);
  EXPECT_TRUE(std::equal(k_origin_path.begin(), k_origin_path.end(), one->canonical().begin(), one->canonical().end()));
}

TEST(AttributePool, EveryPartOfTheNextHopCounts) {
  AttributePool pool;
  bgp::NextHop self;
  self.self = true;
  const std::vector<AttributeSetRef> sets{
      pool.intern(k_origin_path, next_hop("1.2.3.4")), pool.intern(k_origin_path, next_hop("1.2.3.5")),
      pool.intern(k_origin_path, next_hop("2001::1")), pool.intern(k_origin_path, next_hop("2001::1", "fe80::1")),
      pool.intern(k_origin_path, bgp::NextHop{}),      pool.intern(k_origin_path, self),
      pool.intern({}, bgp::NextHop{})};
  EXPECT_EQ(pool.size(), sets.size());
}

TEST(AttributePool, ASetDiesWithItsLastReference) {
  AttributePool pool;
  AttributeSetRef one = pool.intern(k_origin_path, next_hop("1.2.3.4"));
  AttributeSetRef copy = one;
  AttributeSetRef moved = std::move(one);
  EXPECT_FALSE(one);  // NOLINT: what is left behind is part of the rule
  copy = AttributeSetRef();
  EXPECT_EQ(pool.size(), 1U);
  const AttributeSetRef& same = moved;
  moved = same;  // assigning to itself must not lose it
  EXPECT_EQ(pool.size(), 1U);
  moved = AttributeSetRef();
  EXPECT_EQ(pool.size(), 0U);
}

TEST(AttributePool, ReceivedOctetsThatMeanTheSameAreOneSet) {
  AttributePool pool;
  const bgp::NextHop hop = next_hop("1.2.3.4");
  const AttributeSetRef canonical = pool.intern(k_origin_path, hop);
  EXPECT_EQ(pool.intern_received(k_origin_path, true, hop), canonical);
  EXPECT_EQ(pool.intern_received(hex("40010100 4002 06 0201 00000001 400304 01020304"), true, hop), canonical);
  EXPECT_EQ(pool.intern_received(hex("4002 06 0201 00000001 40010100"), true, hop), canonical);
  EXPECT_EQ(pool.intern_received(hex("40010100 4002 04 0201 0001"), false, hop), canonical);
  EXPECT_EQ(pool.size(), 1U);
  EXPECT_EQ(pool.received_forms(), 4U);
  EXPECT_EQ(pool.intern_received(hex("4002 06 0201 00000001 40010100"), true, hop), canonical);
  EXPECT_EQ(pool.received_forms(), 4U);
}

TEST(AttributePool, TheSameOctetsMeanSomethingElseWithAnotherAsNumberWidthOrNextHop) {
  AttributePool pool;
  // One sequence of one four-octet number, or an odd block of two-octet ones: what matters is that they are kept apart.
  const base::Buffer path = hex("40010100 4002 0A 0202 00010002 0201 0003");
  const base::Buffer wide = hex("40010100 4002 0A 0202 00010002 00030004");
  const AttributeSetRef narrow = pool.intern_received(path, false, next_hop("1.2.3.4"));
  const AttributeSetRef four = pool.intern_received(wide, true, next_hop("1.2.3.4"));
  const AttributeSetRef other = pool.intern_received(wide, true, next_hop("1.2.3.5"));
  EXPECT_FALSE(narrow == four);
  EXPECT_FALSE(four == other);
  EXPECT_EQ(pool.intern_received(path, false, next_hop("1.2.3.4")), narrow);
  EXPECT_EQ(pool.intern_received(wide, true, next_hop("1.2.3.4")), four);
}

TEST(AttributePool, ReceivedFormsDoNotKeepASetAliveAndDieWithIt) {
  AttributePool pool;
  AttributeSetRef set = pool.intern_received(hex("4002 00 40010100"), true, next_hop("1.2.3.4"));
  EXPECT_EQ(pool.received_forms(), 1U);
  set = AttributeSetRef();
  EXPECT_EQ(pool.size(), 0U);
  EXPECT_EQ(pool.received_forms(), 0U);
  set = pool.intern_received(hex("4002 00 40010100"), true, next_hop("1.2.3.4"));
  EXPECT_EQ(set->canonical().size(), 7U);
}

TEST(AttributePool, OneSetIsRememberedInAFewReceivedFormsOnly) {
  AttributePool pool;
  const bgp::NextHop hop = next_hop("1.2.3.4");
  AttributeSetRef set;
  for (std::uint8_t last = 1; last <= 50; ++last) {
    base::Buffer wire = hex("40010100 400200 400304 010203");
    wire.push_back(last);  // NEXT_HOP is not part of the canonical form
    const AttributeSetRef again = pool.intern_received(wire, true, hop);
    if (set) {
      EXPECT_EQ(again, set);
    }
    set = again;
  }
  EXPECT_EQ(pool.size(), 1U);
  EXPECT_EQ(pool.received_forms(), 4U);
}

// The octets of a NEXT_HOP in its place, anywhere, in an unusual form, of another address, or cut off: each form is found again, and as itself.
TEST(AttributePool, EachFormOfTheNextHopAttributeIsItsOwn) {
  AttributePool pool;
  const bgp::NextHop hop = next_hop("1.2.3.4");
  for (const char* form : {"40010100 400200 400304 01020304 800404 00000005", "400304 01020304 40010100 400200 800404 00000005",
                           "40010100 400200 800404 00000005 400304 01020304", "40010100 400200 50030004 01020304 800404 00000005",
                           "40010100 400200 400304 01020305 800404 00000005", "40010100 400200 400303 010203 800404 00000005",
                           "40010100 400200 800404 00000005 400300"}) {
    SCOPED_TRACE(form);
    AttributeSetRef set = pool.intern_received(hex(form), true, hop);
    EXPECT_EQ(base::to_hex(set->canonical()), base::to_hex(hex("40010100 400200 800404 00000005")));
    const std::size_t forms = pool.received_forms();
    EXPECT_EQ(pool.intern_received(hex(form), true, hop), set);
    EXPECT_EQ(pool.received_forms(), forms);
  }
  EXPECT_EQ(pool.size(), 0U);
  EXPECT_EQ(pool.octets(), 0U);
}

TEST(AttributePool, WithNextHopKeepsTheAttributes) {
  AttributePool pool;
  bgp::NextHop self;
  self.self = true;
  const AttributeSetRef before = pool.intern(k_origin_path, self);
  const AttributeSetRef after = pool.with_next_hop(*before, next_hop("10.0.0.1"));
  EXPECT_EQ(after, pool.intern(k_origin_path, next_hop("10.0.0.1")));
}

TEST(AttributePool, RendersJsonAndTextOnce) {
  AttributePool pool;
  const AttributeSetRef set = pool.intern(hex("40010100 800404 00000005"), next_hop("1.2.3.4"));
  const std::string_view text = set->text();
  EXPECT_EQ(text, " origin igp med 5");
  EXPECT_EQ(set->text().data(), text.data());
  const std::string_view json = set->json();
  EXPECT_NE(json.find("\"med\": 5"), std::string_view::npos) << json;
  EXPECT_EQ(set->json().data(), json.data());
  EXPECT_EQ(pool.intern({}, bgp::NextHop{})->text(), "");
}

TEST(AttributePool, ManySetsComeAndGo) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    base::Random random(seed);
    AttributePool pool;
    std::vector<AttributeSetRef> held(200);
    for (int step = 0; step < 20000; ++step) {
      const std::uint64_t number = random.below(400);
      base::Buffer wire = hex("40010100 800404 0000");
      wire.push_back(static_cast<std::uint8_t>(number >> 8));
      wire.push_back(static_cast<std::uint8_t>(number));
      AttributeSetRef set = random.below(2) == 0 ? pool.intern(wire, next_hop("1.2.3.4"))
                                                 : pool.intern_received(wire, random.below(2) == 0, next_hop("1.2.3.4"));
      ASSERT_TRUE(std::equal(wire.begin(), wire.end(), set->canonical().begin(), set->canonical().end()));
      held[random.below(held.size())] = std::move(set);
    }
    EXPECT_LE(pool.size(), held.size());
    held.clear();
    EXPECT_EQ(pool.size(), 0U);
    EXPECT_EQ(pool.received_forms(), 0U);
    EXPECT_EQ(pool.octets(), 0U);
  }
}

}  // namespace
}  // namespace tandem::rib
