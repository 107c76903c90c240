// Families beside unicast: what a route costs that is received and stored, and one that a configuration announces; and a configuration of
// very many static routes.
#include <benchmark/benchmark.h>
#include <malloc.h>
#include <unistd.h>

#include <fstream>

#include "bench/micro/routes.hpp"
#include "common/bgp/message/header.hpp"
#include "common/bgp/message/update.hpp"
#include "common/config/parser.hpp"
#include "common/rib/adj_rib_in.hpp"
#include "common/rib/adj_rib_out.hpp"

namespace tandem::bench {
namespace {

constexpr std::size_t k_routes = 10000;

struct Kind {
  const char* family;
  const char* section;  // where a statement stands
  std::string (*statement)(std::size_t i);
};
std::string address(std::size_t i) { return fmt::format("10.{}.{}.{}", i >> 16, i >> 8 & 255, i & 255); }
constexpr Kind k_kinds[] = {
    {"ipv4 flow", "announce {{ ipv4 {{ {} }} }}",
     [](std::size_t i) { return fmt::format("flow destination {}/32 source 192.0.2.0/24 protocol udp source-port [ =53 =123 ] fragment is-fragment discard;\n", address(i)); }},
    {"ipv4 mpls-vpn", "announce {{ ipv4 {{ {} }} }}",
     [](std::size_t i) { return fmt::format("mpls-vpn {}/32 rd 65000:1 label {} next-hop 192.0.2.1 extended-community target:65000:1;\n", address(i), 16 + i); }},
    {"l2vpn evpn", "announce {{ l2vpn {{ {} }} }}",
     [](std::size_t i) {
       return fmt::format("evpn mac-ip rd 65000:1 mac 02:00:00:{:02X}:{:02X}:{:02X} ip {} vni 10010 next-hop 192.0.2.1 extended-community target:65000:1;\n", i >> 16,
                          i >> 8 & 255, i & 255, address(i));
     }},
};

class NoPrograms : public config::ProgramProbe {
 public:
  Answer probe(const std::string&) const override { return {}; }
  std::vector<std::string> search_path() const override { return {}; }
};

std::string configuration(std::string_view families, const std::string& routes) {
  return fmt::format("neighbor 192.0.2.9 {{\nrouter-id 192.0.2.1;\nlocal-address 192.0.2.1;\nlocal-as 65533;\npeer-as 65533;\nfamily {{ {}; }}\n{}\n}}\n", families, routes);
}
std::string configuration(const Kind& kind) {
  std::string statements = "\n";
  for (std::size_t i = 0; i < k_routes; ++i) statements += kind.statement(i);
  return configuration(kind.family, fmt::format(fmt::runtime(kind.section), statements));
}

bgp::Negotiated session(const config::Neighbor& neighbor) {
  bgp::Negotiated n = negotiated();
  for (const bgp::Family family : neighbor.families) {
    n.families.push_back(family);
    n.family_set.insert(*bgp::family_index(family));
  }
  return n;
}

config::Configuration read(const std::string& text, rib::AttributePool& pool) {
  const NoPrograms probe;
  auto parsed = config::parse({"bench.conf", "/", text}, {}, probe, pool);
  if (!parsed) throw std::runtime_error(parsed.error().reason());
  return std::move(*parsed);
}

// All UPDATEs of the first neighbor, one behind the other.
base::Buffer announce(const config::Configuration& configuration) {
  const config::Neighbor& neighbor = configuration.neighbors.at(0);
  const bgp::Negotiated n = session(neighbor);
  rib::AdjRibOut out(true);
  for (const rib::Route& route : neighbor.routes.routes) out.announce(route);
  out.established({});
  out.start_run();
  rib::UpdatePacker packer(n, {});
  base::Buffer messages;
  while (out.run_active()) static_cast<void>(out.next_message(packer, messages));
  return messages;
}

void announce_configured(benchmark::State& state) {
  const Kind& kind = k_kinds[state.range(0)];
  const std::string text = configuration(kind);
  for (auto _ : state) {
    rib::AttributePool pool;
    benchmark::DoNotOptimize(announce(read(text, pool)).size());
  }
  state.SetLabel(kind.family);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * k_routes));
}
BENCHMARK(announce_configured)->Name("configured, announced, packed: routes of")->DenseRange(0, std::size(k_kinds) - 1)->Unit(benchmark::kMillisecond);

void decode_and_store_family(benchmark::State& state) {
  const Kind& kind = k_kinds[state.range(0)];
  rib::AttributePool pool;
  const config::Configuration configured = read(configuration(kind), pool);
  const bgp::Negotiated n = session(configured.neighbors[0]);
  const base::Buffer messages = announce(configured);
  std::size_t octets = 0;
  for (auto _ : state) {
    const std::size_t before = mallinfo2().uordblks;
    rib::AdjRibIn in;
    base::Bytes left = messages;
    while (!left.empty()) {
      const auto message = bgp::next_message(left, {});
      left = left.subspan((*message)->whole.size());
      const auto update = bgp::decode_update((*message)->body(), n);
      const auto set = pool.intern_received(update->attributes.wire(), update->attributes.asn4, update->mp_next_hop);
      update->mp_announced.for_each([&](const bgp::NlriKey& key) { in.announce(key, set); });
    }
    if (in.size() != k_routes) state.SkipWithError("routes were left out");
    octets = mallinfo2().uordblks - before;
  }
  state.SetLabel(kind.family);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * k_routes));
  state.counters["octets a route"] = static_cast<double>(octets) / k_routes;
}
BENCHMARK(decode_and_store_family)->Name("decode, intern, store: routes of")->DenseRange(0, std::size(k_kinds) - 1)->Unit(benchmark::kMillisecond);

// What the process holds of the machine's memory, pages that it has given back not counted.
double resident_octets() {
  ::malloc_trim(0);
  std::ifstream statm("/proc/self/statm");
  double whole = 0;
  double resident = 0;
  statm >> whole >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

// A file of static routes, ten to a set of attributes, into the RIB of their neighbor; the text is not counted.
void parse_static_routes(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  std::string statements = "static {\n";
  for (std::size_t i = 0; i < count; ++i) statements += fmt::format("route {}/32 next-hop 192.0.2.1 med {};\n", address(i), i / 10);
  const std::string text = configuration("ipv4 unicast", statements + "}");
  double octets = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const double before = resident_octets();
    state.ResumeTiming();
    rib::AttributePool pool;
    config::Configuration parsed = read(text, pool);
    rib::AdjRibOut out(true);
    for (const rib::Route& route : parsed.neighbors[0].routes.routes) out.announce(route);
    parsed.neighbors[0].routes = {};
    state.PauseTiming();
    octets = resident_octets() - before;
    state.ResumeTiming();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * count));
  state.counters["resident octets a route"] = octets / static_cast<double>(count);
}
BENCHMARK(parse_static_routes)->Name("configured: static routes")->Arg(10000)->Arg(1000000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tandem::bench
