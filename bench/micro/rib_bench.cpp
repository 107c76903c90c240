// Codec and RIB: decode and pack of UPDATEs with 1 and 5 prefixes an attribute set, interning, and what a RIB does per route.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <functional>

#include "bench/micro/routes.hpp"
#include "common/base/hash.hpp"
#include "common/bgp/message/header.hpp"
#include "common/bgp/message/update.hpp"
#include "common/rib/adj_rib_in.hpp"
#include "common/rib/adj_rib_out.hpp"

namespace tandem::bench {
namespace {

constexpr std::size_t k_routes = 10000;

// Calls visit with each UPDATE that announces k_routes routes.
std::size_t pack(const std::vector<rib::Route>& all, const std::function<void(base::Bytes)>& visit) {
  const bgp::Negotiated n = negotiated();
  rib::AdjRibOut out(true);
  for (const rib::Route& route : all) out.announce(route);
  out.established({});
  out.start_run();
  rib::UpdatePacker packer(n, {});
  base::Buffer message;
  std::size_t messages = 0;
  while (out.run_active()) {
    message.clear();
    if (out.next_message(packer, message).message) {
      ++messages;
      visit(message);
    }
  }
  return messages;
}

void pack_updates(benchmark::State& state) {
  rib::AttributePool pool;
  const auto all = routes(pool, k_routes, static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(pack(all, [](base::Bytes octets) { benchmark::DoNotOptimize(octets.data()); }));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * k_routes));
}
BENCHMARK(pack_updates)->Name("announce, pack: routes, prefixes a set")->Arg(1)->Arg(5)->Arg(1000)->Unit(benchmark::kMillisecond);

void decode_and_store(benchmark::State& state) {
  rib::AttributePool pool;
  std::vector<base::Buffer> messages;
  pack(routes(pool, k_routes, static_cast<std::size_t>(state.range(0))),
       [&](base::Bytes octets) { messages.emplace_back(octets.begin(), octets.end()); });
  const bgp::Negotiated n = negotiated();
  for (auto _ : state) {
    rib::AdjRibIn in;
    for (const base::Buffer& message : messages) {
      const auto update = bgp::decode_update(base::Bytes(message).subspan(bgp::k_header_size), n);
      const auto set = pool.intern_received(update->attributes.wire(), update->attributes.asn4, update->next_hop);
      update->announced.for_each([&](const bgp::NlriKey& key) { in.announce(key, set); });
    }
    benchmark::DoNotOptimize(in.size());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * k_routes));
}
BENCHMARK(decode_and_store)->Name("decode, intern, store: routes, prefixes a set")->Arg(1)->Arg(5)->Arg(1000)->Unit(benchmark::kMillisecond);

// A rule of 22 octets in an UPDATE of its own, as routers under attack get them.
void decode_and_store_flow(benchmark::State& state) {
  rib::AttributePool pool;
  bgp::Negotiated n = negotiated();
  const bgp::Family flow{bgp::Afi::ipv4, bgp::Safi::flow};
  n.families.push_back(flow);
  n.family_set.insert(*bgp::family_index(flow));
  std::vector<base::Buffer> bodies;
  for (std::uint32_t i = 0; i < k_routes; ++i) {
    base::Buffer& body = bodies.emplace_back();
    base::ByteWriter writer(body);
    constexpr std::uint8_t k_attributes[] = {0x40, 1, 1, 0, 0x40, 2, 0, 0x40, 5, 4, 0, 0, 0, 100, 0xC0, 16, 8, 0x80, 6, 0, 0, 0, 0, 0, 0};
    constexpr std::uint8_t k_reach[] = {0x80, 14, 28, 0, 1, 133, 0, 0, 22, 1, 32};
    constexpr std::uint8_t k_rest[] = {2, 24, 192, 0, 2, 3, 0x81, 17, 6, 0x01, 53, 0x81, 123, 12, 0x80, 2};
    writer.u16(0);
    writer.u16(static_cast<std::uint16_t>(sizeof k_attributes + 31));
    writer.bytes(k_attributes);
    writer.bytes(k_reach);
    writer.u32(0x0A000000U + i);
    writer.bytes(k_rest);
  }
  std::size_t octets = 0;
  for (auto _ : state) {
    const std::size_t before = mallinfo2().uordblks;
    rib::AdjRibIn in;
    for (const base::Buffer& body : bodies) {
      const auto update = bgp::decode_update(body, n);
      const auto set = pool.intern_received(update->attributes.wire(), update->attributes.asn4, update->next_hop);
      update->mp_announced.for_each([&](const bgp::NlriKey& key) { in.announce(key, set); });
    }
    if (in.size() != k_routes) state.SkipWithError("rules were left out");
    octets = mallinfo2().uordblks - before;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * k_routes));
  state.counters["octets a rule"] = static_cast<double>(octets) / k_routes;
}
BENCHMARK(decode_and_store_flow)->Name("decode, intern, store: flow rules")->Unit(benchmark::kMillisecond);

void intern_known(benchmark::State& state) {
  rib::AttributePool pool;
  const auto set = attributes(pool, 7);
  for (auto _ : state) benchmark::DoNotOptimize(pool.intern(set->canonical(), set->next_hop()));
}
BENCHMARK(intern_known)->Name("intern an attribute set that is known");

void rib_replace(benchmark::State& state) {
  rib::AttributePool pool;
  const auto one = routes(pool, k_routes, 1);
  const auto other = attributes(pool, 1000000);
  rib::AdjRibIn in;
  for (const auto& route : one) in.announce(route.nlri, route.attributes);
  bool flip = false;
  for (auto _ : state) {
    for (const auto& route : one) in.announce(route.nlri, flip ? route.attributes : other);
    flip = !flip;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * k_routes));
}
BENCHMARK(rib_replace)->Name("adj-RIB-in: replace a route")->Unit(benchmark::kMillisecond);

void rib_insert_withdraw(benchmark::State& state) {
  rib::AttributePool pool;
  const auto all = routes(pool, k_routes, 5);
  for (auto _ : state) {
    rib::AdjRibIn in;
    for (const auto& route : all) in.announce(route.nlri, route.attributes);
    for (const auto& route : all) in.withdraw(route.nlri);
    benchmark::DoNotOptimize(in.size());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * k_routes));
}
BENCHMARK(rib_insert_withdraw)->Name("adj-RIB-in: insert and withdraw a route")->Unit(benchmark::kMillisecond);

void hash_octets(benchmark::State& state) {
  const base::Buffer octets(static_cast<std::size_t>(state.range(0)), 7);
  std::uint64_t seed = 0;
  for (auto _ : state) benchmark::DoNotOptimize(seed = base::hash_bytes(octets, seed));
}
BENCHMARK(hash_octets)->Name("hash a key: octets")->Arg(5)->Arg(17)->Arg(100);

void hand_over_long_key(benchmark::State& state) {
  const bgp::NlriKey key(0, false, base::Buffer(60, 7));
  for (auto _ : state) {
    bgp::NlriKey copy(key);
    benchmark::DoNotOptimize(copy);
  }
}
BENCHMARK(hand_over_long_key)->Name("copy an NLRI key of 60 octets");

}  // namespace
}  // namespace tandem::bench
