// What is done for each UPDATE of a full table must not ask for memory: this program counts who does.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "common/bgp/message/update.hpp"
#include "common/rib/attribute_pool.hpp"

namespace {

std::atomic<std::size_t> allocations{0};

void* counted(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  std::abort();
}

}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }

namespace tandem::rib {
namespace {

TEST(Allocation, AnUpdateOfKnownAttributesIsReadAndInternedWithoutAny) {
  // AS_PATH of two numbers, communities, three prefixes.
  const base::Buffer body = base::from_hex("00000026" "40010100" "40020A02020000FDE800000001" "4003040A000001" "40050400000064" "C00804FDE80001"
                                           "180A0000" "180A0001" "200A020304").value();
  bgp::Negotiated negotiated;
  negotiated.local_as = negotiated.peer_as = base::Asn{65000};
  negotiated.asn4 = true;
  negotiated.families = {bgp::k_ipv4_unicast};
  negotiated.family_set.insert(*bgp::family_index(bgp::k_ipv4_unicast));
  AttributePool pool;
  const auto read = [&] {
    const auto update = bgp::decode_update(body, negotiated);
    if (!update) return std::size_t{0};
    const AttributeSetRef set = pool.intern_received(update->attributes.wire(), update->attributes.asn4, update->next_hop);
    std::size_t routes = 0;
    update->announced.for_each([&](const bgp::NlriKey&) { ++routes; });
    return routes + (set ? 0 : 100);
  };
  const auto update = bgp::decode_update(body, negotiated);
  ASSERT_TRUE(update.has_value()) << update.error().reason();
  const AttributeSetRef kept = pool.intern_received(update->attributes.wire(), update->attributes.asn4, update->next_hop);
  const std::size_t before = allocations;
  const std::size_t routes = read();
  const std::size_t asked = allocations - before;
  EXPECT_EQ(routes, 3U);
  EXPECT_EQ(asked, 0U);
  EXPECT_EQ(pool.size(), 1U);
}

TEST(Allocation, IsCounted) {
  const std::size_t before = allocations;
  const base::Buffer octets(1000, 0);
  EXPECT_EQ(octets.size(), 1000U);
  EXPECT_EQ(allocations - before, 1U);
}

}  // namespace
}  // namespace tandem::rib
