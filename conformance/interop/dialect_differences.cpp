// What stays different in the scenes of the dialect test.
#include "conformance/interop/beside.hpp"

namespace tandem::conformance {

namespace {

// Of docs/compatibility.md.
constexpr std::string_view k_words = "Words that a command does not know are an `error`";
constexpr std::string_view k_nobody = "A selector that matches no neighbor is an `error`";
constexpr std::string_view k_done = "`done` means that each of its routes was taken";
constexpr std::string_view k_teardown = "`teardown` without a neighbor";
constexpr std::string_view k_text_of_ours = "the text of a NOTIFICATION of ours";
constexpr std::string_view k_capabilities = "capabilities of an OPEN that 4.2 does not know";
constexpr std::string_view k_reload = "UPDATEs of a reload";

}  // namespace

std::span<const Difference> dialect_differences() {
  static constexpr Difference k_rows[] = {
      {"attributes", "", "03 0602", "a session that ends with the daemon", true},
      {"attributes", "", "send notification code 6 subcode 2", "a session that ends with the daemon", true},
      {"packets", "", "send 3 header 0x", "a session that ends with the daemon", true},
      {"attributes", "", R"("data": "0x1741646D)", "a session that ends with the daemon", true},
      {"packets", "", R"("body": "0x06021741646D)", "a session that ends with the daemon", true},
      {"packets and parsed", R"("state": "IDLE")", "", "order of `fsm` IDLE and `down`", true},
      {"teardown", "message (notification sent (6,4))", "message (notification sent (6,4))", "a `down` behind a teardown"},
      {"teardown", "message [notification sent (6,4)]", "message [notification sent (6,4)]", "a `down` behind a teardown"},
      {"attributes", "origin:100:192.0.2.1", "origin:192.0.2.1:100", "`origin:` of an IPv4 address"},
      {"internal", "as-path [ 4200000000 ][ 65002 65010 ]", "as-path confed [ 65002 65010 ] [ 4200000000 ]", "confederation segments"},
      {"internal", "aggregator ( 23456:10.9.8.7 ) aggregator", "aggregator ( 23456:10.9.8.7 )", "AS4_AGGREGATOR in a session"},
      {"internal", R"("aggregator": "4200000009)", R"("aggregator": "23456)", "AS4_AGGREGATOR in a session"},
      {"internal", "[ 0x19 0xC0 0x220010DB8", "[ 0x19 0xE0 0x000220010db8", "IPv6 extended communities"},
      {"internal", "attribute-0x19-0xC0", "attribute-0x19-0xE0", "IPv6 extended communities"},
      {"families", "afi l2vpn safi evpn", "announced evpn ", "EVPN and link state in text"},
      {"commands", "ipv4 unicast 10.2.0.0/24 next-hop self", "ipv4 unicast 10.2.0.0/24 next-hop 127.0.0.1", "`next-hop self` in `show adj-rib out`"},
      {"commands", "help: [neighbor <ip> [filters]] crash", "", "`crash`"},
      {"commands", "   ID                           1.2.3.4         1.2.3.4", "   ID                           1.2.3.4         1.2.3.5", "`ID` of the peer", true},
      {"commands", "configuration:   host-name", "", "`host-name`, `domain-name`", true},
      {"commands", "configuration:   domain-name", "", "`host-name`, `domain-name`", true},
      {"show", "", "show adj-rib out inet: neighbor", "`show adj-rib out inet`"},
      {"show", "show adj-rib out nonsense: done", "show adj-rib out nonsense: error", k_words},
      {"show", "show adj-rib out flow: error", "show adj-rib out flow: neighbor", "`neighbor A show ...`"},
      {"show", "", "neighbor 127.0.0.2 show adj-rib out flow: done", "`neighbor A show ...`"},
      {"show", "show neighbor nonsense: please specify", "show neighbor nonsense: error", k_words},
      {"show", "show neighbor nonsense: you can filter", "", k_words},
      {"show", "show neighbor nonsense: done", "", k_words},
      {"selectors", "announce watchdog dog: done", "announce watchdog dog: error", k_nobody},
      {"selectors", "teardown 4: done", "teardown 4: error", k_nobody},
      {"words", "announce flow route: done", "announce flow route: error", k_done},
      {"words", "announce vpls: done", "announce vpls: error", k_done},
      {"words", "next-hop 2001:db8::1: done", "next-hop 2001:db8::1: error", k_done},
      {"words", "announce operational: done", "announce operational: error", "`announce operational` of a text"},
      {"words", "version now: exabgp 4.2.21", "version now: error", k_words},
      {"words", "version now: done", "", k_words},
      {"teardown of nobody named", "", "03 06041441646D", k_teardown},
      {"teardown of nobody named", R"("name": "SIGTERM")", R"("subcode": 4)", k_teardown},
      {"teardown of nobody named", "stop, message (shutting down)", "message (notification sent (6,4))", k_teardown},
      {"teardown of nobody named", R"("notification": "shutdown")", "", k_teardown},
      {"teardown of nobody named", "down - stop, message [shutting down]", "send notification code 6 subcode 4", k_teardown},
      {"teardown of nobody named", "shutdown", "message [notification sent (6,4)]", k_teardown},
      {"a neighbor that is removed", "", "03 0603506565", "shutdown, neighbor removed"},
      {"a neighbor that is removed", "", R"("subcode": 3)", "shutdown, neighbor removed"},
      {"a neighbor that is removed", "", "send notification code 6 subcode 3", "shutdown, neighbor removed"},
      {"a refused hold time", "03 0206486F6C64", "03 02060001", "NOTIFICATION data"},
      {"a refused hold time", R"("data": "0x486F6C64)", R"("data": "0x0001")", "NOTIFICATION data"},
      {"a refused hold time", "data 0x486F6C64", "data 0x0001", "NOTIFICATION data"},
      {"a refused hold time", "Unacceptable Hold Time / Hold", "Unacceptable Hold Time)", k_text_of_ours},
      {"a refused hold time", "Unacceptable Hold Time / Hold", "Unacceptable Hold Time]", k_text_of_ours},
      {"a refused peer", "Bad Peer AS / ASN", "Bad Peer AS)", k_text_of_ours},
      {"a refused peer", "Bad Peer AS / ASN", "Bad Peer AS]", k_text_of_ours},
      {"an open of many capabilities", R"("73": {"iana")", R"("73": {"domain)", k_capabilities},
      {"an open of many capabilities", "cisco route refresh, nexthop", "route refresh, nexthop", k_capabilities},
      {"reload", "0033 02 00000014", "002F 02 00000014", k_reload},
      {"reload", "0033 02 0004180A0100", "001B 02 0004180A0100", k_reload},
      {"reload", R"([{"nlri": "10.1.0.0/24"}, {"nlri": "10.1.1.0/24"}])", R"([{"nlri": "10.1.1.0/24"}])", k_reload},
      {"reload", R"("withdraw": {)", R"("update": {"withdraw": {)", k_reload},
      {"reload", "announced 10.1.0.0/24", "", k_reload},
      {"reload", "announced 10.1.1.0/24", "", k_reload},
      {"a route refresh that is sent", R"("type": "refresh")", R"("type": "refresh")", "`refresh` events, and a route refresh"},
      {"operational", R"("type": "operational")", R"("type": "operational")", "JSON of OPERATIONAL"},
      {"operational", "router-id None", "router-id 1.2.3.4", "`router-id` of an OPERATIONAL"},
  };
  return k_rows;
}

}  // namespace tandem::conformance
