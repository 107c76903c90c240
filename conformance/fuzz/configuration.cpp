#include <fmt/format.h>

#include "common/base/assert.hpp"
#include "common/config/parser.hpp"
#include "common/config/reload_diff.hpp"
#include "conformance/fuzz/entries.hpp"
#include "harness/configuration_text.hpp"

namespace tandem::conformance::fuzz {

using namespace harness;

namespace {

// Every program is there.
class Probe : public config::ProgramProbe {
 public:
  Answer probe(const std::string&) const override { return {true, true, false, true, false, false, true}; }
  std::vector<std::string> search_path() const override { return {"/usr/bin"}; }
};

base::Buffer to_buffer(const std::string& text) { return {text.begin(), text.end()}; }

void parse(base::Bytes input) {
  rib::AttributePool pool;
  const Probe probe;
  const auto parsed = config::parse({"fuzz.conf", "/", std::string(base::as_text(input))}, {}, probe, pool);
  if (!parsed) {
    TANDEM_ASSERT(!parsed.error().reason().empty());
    TANDEM_ASSERT(!config::render(parsed.error()).empty());
    return;
  }
  for (const auto& warning : parsed->warnings) static_cast<void>(config::render(warning));
  for (const auto& neighbor : parsed->neighbors) TANDEM_ASSERT(!config::peer_key(neighbor).empty());
  // Nothing changes between a configuration and itself.
  const auto nothing = config::diff(config::neighbors_of(*parsed), config::neighbors_of(*parsed));
  TANDEM_ASSERT(nothing.added.empty() && nothing.removed.empty() && nothing.changed.empty());
}

std::vector<base::Buffer> seeds() {
  NeighborText plain;
  plain.routes = {"10.0.0.0/24 next-hop 10.0.0.1 med 5 community [ 65001:1 no-export ] as-path [ 1 2 3 ]",
                  "10.1.0.0/22 next-hop self split /24 origin egp local-preference 7 large-community [ 1:2:3 ]"};
  NeighborText rich = plain;
  rich.peer = "127.0.0.0/24";
  rich.families = {"ipv4 unicast", "ipv6 unicast"};
  rich.capabilities = {"route-refresh;", "graceful-restart 120;", "add-path send/receive;", "asn4 false;"};
  rich.statements = {"passive;", "listen 1790;", "group-updates false;", "rate-limit 10;", "host-name a;", "md5-password \"a b\";",
                     "outgoing-ttl 1;", "description \"x # y\";"};
  rich.api = {"processes [ p ];", "neighbor-changes;", "receive { parsed; update; }", "send { packets; open; }"};
  const std::string text = to_text(plain);
  return {to_buffer(text), to_buffer(process_text("p", "/bin/cat -u", "json") + to_text(rich)),
          to_buffer("template { neighbor t { hold-time 30; family { ipv6 unicast; } } }\n" + text.substr(0, text.size() - 2) + "inherit t;\n}\n"),
          to_buffer("neighbor 127.0.0.1 {\n  router-id 1.2.3.4; local-as 1; peer-as 2.3;\n  announce { ipv4 { unicast 10.0.0.0/8 next-hop "
                    "1.1.1.1; } ipv6 { unicast 2001:db8::/32 next-hop ::1; } }\n  # a comment\n  description 'a\\u0041\\\n b';\n}\n"),
          to_buffer("neighbor 127.0.0.1 {\n  router-id 1.2.3.4; local-as 1; peer-as 2; role peer strict; send-hold-time 90;\n"
                    "  add-path { ipv4 unicast limit 5; } nexthop { ipv4 unicast ipv6; } capability { add-path send/receive; long-lived-graceful-restart 5; "
                    "operational; nexthop; }\n"
                    "  tcp-ao { keyid 1; algorithm hmac-sha-256; password \"x\"; }\n"
                    "  operational { asm afi ipv4 safi unicast advisory \"two words\"; rpcq afi ipv4 safi unicast sequence 1; }\n"
                    "  static { route 10.0.0.0/8 { next-hop 1.1.1.1; watchdog w; withdraw; } attributes next-hop 1.1.1.1 nlri 11.0.0.0/8; }\n"
                    "  flow { route f { rd 1:1; match { source 10.0.0.1/32; port [ >80&<90 =443 ]; } then { discard; } scope { interface-set input:1:2; } } "
                    "route source 10.0.0.0/8 discard; }\n"
                    "  l2vpn { vpls v { rd 1:2; endpoint 5; base 10; offset 1; size 8; next-hop 1.1.1.1; } }\n"
                    "  announce { ipv4 { mup mup-isd 10.0.1.0/24 rd 1:1 next-hop 1.1.1.1; sr-policy distinguisher 1 color 2 endpoint 1.1.1.1 next-hop 1.1.1.1; } "
                    "ipv6 { mcast-vpn source-ad source ::1 group ff0e::1 rd 1:1 next-hop ::2; } l2vpn { evpn ethernet-segment rd 1:1 esi - ip 1.1.1.1 next-hop 1.1.1.1; } }\n}\n"),
          to_buffer("flow { route f { rd 65000:1; match { source 10.0.0.1/32; port >80&<90; } then { rate-limit 9600; } } }\n"
                    "l2vpn { vpls v { rd 1:2; endpoint 5; base 10; offset 1; size 8; next-hop 1.1.1.1; } }\n"),
          to_buffer("}{;[],\"'#\\")};
}

}  // namespace

Entry configuration() { return {parse, seeds()}; }

}  // namespace tandem::conformance::fuzz
