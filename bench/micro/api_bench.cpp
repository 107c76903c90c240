// What programs are told and say: an UPDATE as JSON, a command line read.
#include <benchmark/benchmark.h>

#include "bench/micro/routes.hpp"
#include "common/api/event_encoder.hpp"
#include "common/api/route_command.hpp"
#include "common/bgp/message/header.hpp"
#include "common/bgp/message/update.hpp"
#include "common/rib/adj_rib_out.hpp"

namespace tandem::bench {
namespace {

// The first UPDATE that announces `prefixes` of one set.
base::Buffer update_of(rib::AttributePool& pool, std::size_t prefixes, const bgp::Negotiated& session) {
  rib::AdjRibOut out(true);
  for (const rib::Route& route : routes(pool, prefixes, prefixes)) out.announce(route);
  out.established({});
  out.start_run();
  rib::UpdatePacker packer(session, {});
  base::Buffer message;
  while (out.run_active() && !out.next_message(packer, message).message) continue;
  return message;
}

void encode_update(benchmark::State& state) {
  const auto prefixes = static_cast<std::size_t>(state.range(0));
  rib::AttributePool pool;
  const bgp::Negotiated session = negotiated();
  const base::Buffer octets = update_of(pool, prefixes, session);
  const auto update = bgp::decode_update(base::Bytes(octets).subspan(bgp::k_header_size), session);
  api::MessageEvent event;
  event.message = {static_cast<std::uint8_t>(bgp::MessageType::update), octets};
  event.update = &*update;
  event.attributes = pool.intern_received(update->attributes.wire(), update->attributes.asn4, update->next_hop);
  api::NeighborIdentity neighbor;
  neighbor.peer = base::IpAddress::v4(0x7F000001);
  neighbor.local_as = neighbor.peer_as = base::Asn{65533};
  const api::EventEncoder encoder{api::DaemonIdentity{"host", 4100, 1}};
  std::string line;
  for (auto _ : state) {
    line.clear();
    encoder.message(api::EventForm::json_v6, neighbor, 1.5, event, nullptr, line);
    benchmark::DoNotOptimize(line.data());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * prefixes));
  state.counters["octets"] = static_cast<double>(line.size());
}
BENCHMARK(encode_update)->Name("an UPDATE as JSON: prefixes")->Arg(1)->Arg(5)->Arg(100);

constexpr const char* k_lines[] = {
    "announce route 10.0.0.0/24 next-hop 192.0.2.1",
    "announce route 10.0.0.0/24 next-hop 192.0.2.1 med 100 local-preference 200 as-path [ 65001 65002 ] community [ 65001:1 65001:2 ]",
    "announce ipv4 flow destination 10.0.0.0/24 protocol udp source-port [ =53 =123 ] discard",
};

void read_command(benchmark::State& state) {
  rib::AttributePool pool;
  rib::RouteParser parser(pool);
  const std::string_view line = k_lines[state.range(0)];
  for (auto _ : state) {
    const auto command = api::parse_route_command(line, parser);
    if (!command) {
      state.SkipWithError(command.error().reason().c_str());
      return;
    }
    benchmark::DoNotOptimize(command->parsed.routes.size());
  }
  state.SetLabel(std::string(line));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK(read_command)->Name("a command line read:")->DenseRange(0, std::size(k_lines) - 1);

}  // namespace
}  // namespace tandem::bench
