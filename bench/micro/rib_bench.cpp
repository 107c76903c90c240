// Codec and RIB: decode and pack of UPDATEs with 1 and 5 prefixes an attribute set, interning, and what a RIB does per route.
#include <benchmark/benchmark.h>

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

// What a speaker that stores nothing does with a full table.
void decode_known(benchmark::State& state) {
  rib::AttributePool pool;
  std::vector<rib::Route> all = routes(pool, k_routes, static_cast<std::size_t>(state.range(0)));
  std::vector<base::Buffer> messages;
  pack(all, [&](base::Bytes octets) { messages.emplace_back(octets.begin(), octets.end()); });
  const bgp::Negotiated n = negotiated();
  std::vector<rib::AttributeSetRef> kept;
  std::size_t octets = 0;
  for (auto _ : state) {
    for (const base::Buffer& message : messages) {
      const auto update = bgp::decode_update(base::Bytes(message).subspan(bgp::k_header_size), n);
      const auto set = pool.intern_received(update->attributes.wire(), update->attributes.asn4, update->next_hop);
      update->announced.for_each([&](const bgp::NlriKey& key) { octets += key.identity().size(); });
      if (kept.size() < messages.size()) kept.push_back(set);
    }
  }
  benchmark::DoNotOptimize(octets);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * k_routes));
}
BENCHMARK(decode_known)->Name("decode, intern what is known: routes, prefixes a set")->Arg(1)->Arg(5)->Arg(1000)->Unit(benchmark::kMillisecond);

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
