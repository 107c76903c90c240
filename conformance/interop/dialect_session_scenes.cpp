// Scenes of the dialect test: what programs are told of a session, and how it ends.
#include <signal.h>

#include "conformance/interop/beside.hpp"

namespace tandem::conformance {

namespace {

constexpr std::string_view k_parsed = "parsed; update; open; notification; keepalive; refresh;";
constexpr std::string_view k_one_route = "static { route 10.1.0.0/24 next-hop 1.1.1.1; }";
constexpr std::string_view k_update = "002F 02 00000014 40010100 4002060201 0000FDEA 40030401010101 180A0001";
constexpr std::string_view k_administrative_shutdown = "0015 03 0602";
constexpr std::string_view k_all_states = "neighbor-changes; negotiated; fsm; signal;";
constexpr std::string_view k_loaded = "loaded new configuration successfully";

void says_another_as(PeerOptions& options) { options.mirror.as = base::Asn{65099}; }
void says_a_short_hold_time(PeerOptions& options) { options.mirror.hold_time_s = 1; }
void falls_silent(PeerOptions& options) {
  options.mirror.hold_time_s = 3;
  options.keepalives = false;
}
// Capabilities of all kinds: extended next hop, graceful restart, long-lived graceful restart, FQDN, extended message, enhanced refresh,
// Cisco's refresh, a software version, one that nobody knows.
void says_all_it_can(PeerOptions& options) {
  options.open_first = open({.as = 65002,
                             .families = {bgp::k_ipv4_unicast},
                             .capabilities = {{5, "000100010002"}, {64, "007800010180"}, {71, "00010180000078"}, {73, "0468" "6F7374" "0364" "6F6D"},
                                              {6, ""}, {70, ""}, {2, ""}, {128, ""}, {75, "0374" "6573"}, {66, "00112233"}}});
}

}  // namespace

std::vector<Scene> session_scenes() {
  return {
      {"packets", 65002, "ipv4 unicast;", k_one_route, "packets; open; update; keepalive; notification; refresh;", 2, {{.send = k_update}}},
      {"packets and parsed", 65002, "ipv4 unicast;", k_one_route, "packets; parsed; open; update; keepalive; notification;", 2,
       {{.send = k_update}, {.send = k_administrative_shutdown, .ends = true}}},
      {"consolidated", 65002, "ipv4 unicast;", k_one_route, "consolidate; parsed; open; update; keepalive; notification;", 2,
       {{.send = k_update}, {.send = k_administrative_shutdown, .ends = true}}},
      {"teardown", 65002, "ipv4 unicast;", k_one_route, k_parsed, 2,
       {{.send = "", .command = "neighbor 127.0.0.2 teardown 4", .written = 1, .ends = true}}},
      {"teardown with another code", 65002, "ipv4 unicast;", k_one_route, k_parsed, 2,
       {{.send = "", .command = "neighbor 127.0.0.2 teardown 8", .written = 1, .ends = true}}},
      {"teardown with graceful restart", 65002, "ipv4 unicast;", "capability { graceful-restart 120; } static { route 10.1.0.0/24 next-hop 1.1.1.1; }", k_parsed, 2,
       {{.send = "", .command = "neighbor 127.0.0.2 teardown 4", .ends = true}}},
      {"closed by the peer", 65002, "ipv4 unicast;", k_one_route, k_parsed, 2, {{.send = k_update}, {.ends = true, .closes = true}}},
      {"an unknown notification", 65002, "ipv4 unicast;", k_one_route, k_parsed, 2, {{.send = "0015 03 0909", .ends = true}}},
      {"a refused peer", 65002, "ipv4 unicast;", k_one_route, k_parsed, 1, {{.ends = true}}, k_all_states, "", says_another_as, 1},
      {"a refused hold time", 65002, "ipv4 unicast;", k_one_route, k_parsed, 1, {{.ends = true}}, k_all_states, "", says_a_short_hold_time, 1},
      {"a silent peer", 65002, "ipv4 unicast;", k_one_route, "parsed; update; open; notification;", 2, {{.written = 1, .ends = true}}, k_all_states, "", falls_silent, 1},
      {"an open of many capabilities", 65002, "ipv4 unicast;", k_one_route, k_parsed, 2, {{.send = k_update}}, k_all_states, "", says_all_it_can},
      {"updates of all shapes", 65002, "ipv4 unicast; ipv6 unicast;", k_one_route, k_parsed, 3,
       {{.send = k_update},
        {.send = "001B 02 0004 180A0001 0000"},                                                    // withdrawn
        {.send = "0033 02 0004 180A0001 0014 40010100 4002060201 0000FDEA 40030401010101 180A0002"},  // one goes, one comes
        {.send = "0033 02 0000 0014 40010100 4002060201 0000FDEA 40030401010101 180A0003 180A0004"},
        {.send = "0017 02 0000 0000"},                                                              // End-of-RIB
        {.send = "001D 02 0000 0006 800F03 000201"}}},                                              // of IPv6
      {"signals", 65002, "ipv4 unicast;", "", k_parsed, 1,
       {{.signal = SIGUSR1, .logged = k_loaded}, {.command = "reload", .logged = k_loaded}}},
      {"reload", 65002, "ipv4 unicast;", k_one_route, k_parsed, 2,
       {{.written = 1, .statements = "static { route 10.1.0.0/24 next-hop 1.1.1.1; route 10.1.1.0/24 next-hop 1.1.1.1; }", .signal = SIGUSR1, .logged = k_loaded},
        {.written = 1, .statements = "static { route 10.1.1.0/24 next-hop 1.1.1.1; }", .signal = SIGUSR1, .logged = k_loaded}}},
      {"a refused reload", 65002, "ipv4 unicast;", k_one_route, k_parsed, 2,
       {{.statements = "nonsense;", .signal = SIGUSR1, .logged = "not reloaded, no change found in the configuration"}}},
      {"a neighbor that is removed", 65002, "ipv4 unicast;", k_one_route, k_parsed, 2,
       {{.written = 1, .ends = true, .theirs = Effect{.ends = true}, .signal = SIGUSR1, .removes = true}}},
      {"a program that is started again", 65002, "ipv4 unicast;", k_one_route, k_parsed, 2,
       {{.command = "version"}, {.restarts = true}, {.command = "version"}, {.command = "announce route 10.2.0.0/24 next-hop 1.1.1.1", .written = 1}}},
      {"a file of 3_4", 65002, "inet4 unicast; inet6 unicast;",
       R"(multihop 3; graceful-restart 120; route-refresh; static { route 10.1.0.0/24 next-hop 1.1.1.1; route 2001:db8:1::/48 { next-hop 2001:db8::1; med 5; } })",
       "parsed; update; open; notification; keepalive;", 4,
       {{.send = k_update}, {.command = "announce route 10.2.0.0/24 next-hop 1.1.1.1", .written = 1}, {.command = "show adj-rib out"}},
       "neighbor-changes;", "", nullptr, 2, true},
      {"several paths", 65002, "ipv4 unicast;",
       "capability { add-path send/receive; } static { route 10.1.0.0/24 next-hop 1.1.1.1 path-information 1; route 10.1.0.0/24 next-hop 1.1.1.2 path-information 2; }",
       k_parsed, 3,
       {{.send = "0033 02 0000 0014 40010100 4002060201 0000FDEA 40030401010101 00000001 180A0002"},
        {.send = "0033 02 0000 0014 40010100 4002060201 0000FDEA 40030401010102 00000002 180A0002"},
        {.send = "001F 02 0008 00000001 180A0002 0000"},
        {.command = "show adj-rib out"},
        {.command = "show adj-rib in"},
        {.command = "show adj-rib out extensive"},
        {.command = "show neighbor extensive"},
        {.command = "announce route 10.2.0.0/24 next-hop 1.1.1.1 path-information 7", .written = 1},
        {.command = "withdraw route 10.2.0.0/24 next-hop 1.1.1.1 path-information 7", .written = 1}},
       "neighbor-changes; fsm; signal;"},
      {"operational", 65002, "ipv4 unicast;", "capability { operational enable; } static { route 10.1.0.0/24 next-hop 1.1.1.1; }",
       "parsed; update; open; notification; keepalive; operational;", 2,
       {{.command = "announce operational rpcq afi ipv4 safi unicast sequence 5", .written = 1},
        {.command = "announce operational rpcp afi ipv4 safi unicast sequence 5 counter 42", .written = 1},
        {.send = "0022 06 0003 000B 0001 01 01020304 00000007"}}},
      {"a route refresh that is sent", 65002, "ipv4 unicast;", "capability { route-refresh enable; } static { route 10.1.0.0/24 next-hop 1.1.1.1; }", k_parsed, 2,
       {{.command = "announce route-refresh ipv4 unicast", .written = 1}}},
  };
}

}  // namespace tandem::conformance
