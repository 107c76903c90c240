// Any text as a configuration file. Nothing may crash, hang or grow without bound; an error must have something to say.
#include <cstdlib>

#include "common/config/parser.hpp"
#include "common/config/reload_diff.hpp"
#include "conformance/fuzz/seeds.hpp"

namespace tandem::fuzz {
namespace {

class EveryProgram final : public config::ProgramProbe {
 public:
  Answer probe(const std::string&) const override { return {true, true, false, true, false, false, true}; }
  std::vector<std::string> search_path() const override { return {"/usr/bin"}; }
};

constexpr const char* k_samples[] = {
    "neighbor 127.0.0.1 {\n router-id 1.2.3.4;\n local-as 1;\n peer-as auto;\n hold-time 0;\n}\n",
    "process p { run ./x a b; encoder json; respawn false; }\ntemplate { neighbor t { family { ipv4 unicast; ipv6 unicast; }\n"
    "api { processes [ p ]; neighbor-changes; receive { parsed; update; } } } }\n"
    "neighbor 10.0.0.0/24 { inherit t; passive; router-id 1.2.3.4; local-address 10.0.1.1; local-as 65000; peer-as 65001.1; }\n",
    "neighbor ::1 { router-id 1.2.3.4; local-as 1; peer-as 1; capability { add-path send/receive; graceful-restart 120; nexthop; }\n"
    "add-path { ipv4 unicast limit 5; } nexthop { ipv4 unicast ipv6; } md5-password \"x y\";\n"
    "static { route 10.0.0.0/24 { next-hop self; med 5; } attributes next-hop 1.1.1.1 community [ 1:2 no-export ] nlri 10.1.0.0/16 10.2.0.0/16;\n"
    "route 2001:db8::/32 next-hop ::1 as-path [ 1 2 ] ( 3 4 ) large-community 1:2:3 extended-community [ target:1:2 ] split /34; }\n"
    "announce { ipv4 { unicast 1.0.0.0/8 next-hop 1.1.1.1 aggregator ( 1:1.1.1.1 ) watchdog w withdraw; } } }\n",
};

}  // namespace

std::vector<base::Buffer> seeds() {
  std::vector<base::Buffer> made;
  for (const char* sample : k_samples) {
    const base::Bytes octets = base::as_bytes(sample);
    made.emplace_back(octets.begin(), octets.end());
  }
  return made;
}

}  // namespace tandem::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tandem;
  rib::AttributePool pool;
  const config::Source source{"fuzz.conf", "/", std::string(reinterpret_cast<const char*>(data), size)};
  const auto parsed = config::parse(source, {}, fuzz::EveryProgram(), pool);
  if (!parsed) {
    if (parsed.error().reason().empty() || config::render(parsed.error()).empty()) std::abort();
    return 0;
  }
  for (const config::Warning& warning : parsed->warnings) static_cast<void>(config::render(warning));
  const config::ReloadDiff same = config::diff(*parsed, *parsed);
  if (!same.added.empty() || !same.removed.empty() || !same.changed.empty()) std::abort();
  return 0;
}
