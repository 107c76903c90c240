#include <fmt/format.h>

#include <string>

#include "common/api/route_encoder.hpp"
#include "common/base/assert.hpp"
#include "common/bgp/attribute/attribute_samples.hpp"
#include "common/bgp/nlri/nlri_samples.hpp"
#include "common/bgp/sample_octets.hpp"
#include "conformance/fuzz/entries.hpp"

namespace tandem::conformance::fuzz {

namespace {

void take(base::Bytes input) {
  static const bgp::Negotiated k_session = api::obliging_session(base::Asn{65001}, base::Asn{65002}, true);
  rib::AttributePool pool;
  rib::RouteParser parser(pool);
  const auto command = api::parse_route_command(base::as_text(input), parser);
  if (!command) {
    TANDEM_ASSERT(!command.error().reason().empty());
    return;
  }
  api::EncodeOptions options;
  options.session = &k_session;
  for (const rib::Route& route : command->parsed.routes) static_cast<void>(api::encode_route(route, command->use, options));
}

// The text of every sample as a command.
std::vector<std::string> commands_of_samples() {
  std::vector<std::string> out;
  for (const auto& sample : bgp::testing::nlri_samples()) {
    const bgp::NlriGrammar* grammar = bgp::nlri_grammar(sample.context().family);
    if (grammar == nullptr) continue;
    const bool prefix = grammar->claim != nullptr;
    out.push_back(fmt::format("{} {} {}{}", sample.use == bgp::NlriUse::announce ? "announce" : "withdraw",
                              prefix ? bgp::to_string(sample.family) : bgp::to_string(sample.family.afi), sample.text,
                              sample.use == bgp::NlriUse::announce ? " next-hop 2001:db8::1" : ""));
  }
  for (const auto& sample : bgp::testing::attribute_samples()) {
    std::string text;
    bgp::attributes_text(bgp::testing::sample_octets(sample.octets), text);
    out.push_back("announce route 10.0.0.0/24 next-hop 10.0.0.1" + text);
  }
  return out;
}

std::vector<base::Buffer> seeds() {
  std::vector<base::Buffer> out;
  for (const std::string& line : route_commands()) out.emplace_back(line.begin(), line.end());
  for (const std::string& line : commands_of_samples()) out.emplace_back(line.begin(), line.end());
  return out;
}

}  // namespace

Entry command() { return {take, seeds()}; }

const std::vector<std::string>& route_commands() {
  static const std::vector<std::string> k_lines{
      "announce route 10.0.0.0/24 next-hop 192.0.2.1 origin igp med 5 as-path [ 65001 ( 65002 65003 ) ] community [ 65001:1 no-export ]",
      "announce route 2001:db8::/32 next-hop 2001:db8::1 large-community [ 1:2:3 ] originator-id 1.2.3.4 cluster-list [ 1.1.1.1 2.2.2.2 ]",
      "announce route 10.1.0.0/22 next-hop 192.0.2.1 split /24 aggregator ( 65001:1.2.3.4 ) atomic-aggregate attribute [ 0x63 0xc0 0xabcd ]",
      "announce attributes next-hop 192.0.2.1 extended-community [ target:65001:3 origin:1.2.3.4:5 ] nlri 10.0.0.0/24 10.1.0.0/24",
      "withdraw route 10.0.0.0/24 path-information 1.2.3.4",
      "announce ipv4 multicast 10.0.0.0/24 next-hop 192.0.2.1",
      "announce route 10.0.0.0/24 next-hop 192.0.2.1 label [ 100 200 ]",
      "announce route 10.0.0.0/24 next-hop 192.0.2.1 rd 65000:1 label 100 extended-community target:65000:1",
      "announce flow route source 10.0.0.0/24 destination-port [ =80 >1024&<2048 ] tcp-flags [ syn+ack ] rate-limit 9600",
      "announce flow route { match { source 2001:db8::/32/16; next-header =tcp; } then { redirect 65000:1; } }",
      "announce vpls rd 65000:1 endpoint 5 base 100 offset 1 size 8 next-hop 192.0.2.1",
      "announce ipv4 mcast-vpn shared-join rp 10.99.199.1 group 239.251.255.228 rd 65000:99999 source-as 65000 next-hop 10.10.6.3",
      "announce ipv4 mup mup-t1st 192.168.0.1/32 rd 100:100 teid 12345 qfi 9 endpoint 10.0.0.1 source 10.0.1.1 next-hop 10.0.0.2 bgp-prefix-sid-srv6 ( "
      "l3-service 2001:db8:1:1:: 0x48 [64,24,16,0,0,0] )",
      "announce ipv6 mup mup-t2st 2001:db8::1 rd 100:100 teid 5/16 next-hop 2001:db8::2",
      "announce ipv4 sr-policy distinguisher 0 color 100 endpoint 10.0.0.1 next-hop 192.0.2.1 preference 100 binding-sid mpls 24000 policy-name p "
      "segment-list weight 1 segment type-a mpls 16001 segment type-b srv6 fc00::1 endpoint-behavior 65 32 0 16 0",
      "announce l2vpn evpn mac-ip rd 65000:1 esi 00:11:22:33:44:55:66:77:88:99 ethernet-tag 100 mac aa:bb:cc:dd:ee:ff ip 10.0.0.1 label 100 next-hop 10.0.0.1",
      "announce l2vpn evpn inclusive-multicast rd 65000:1 ethernet-tag 100 ip 10.0.0.1 next-hop 10.0.0.1 pmsi ingressreplication:0:(10100):10.0.0.1",
      "announce ipv4 rtc 65001:target:65001:100 next-hop 10.0.0.1",
      "announce bgp-ls bgp-ls 0x0001001F02000000000000000701000012020000040000FDE902030006192168251231 next-hop 10.0.0.1 bgp-ls 0x0447000114",
      "announce route 10.0.0.0/24 next-hop 192.0.2.1 aigp 100 only-to-customer 65001 bgp-prefix-sid [ 300, [ ( 800000,4096 ) ( 1000000,5000 ) ] ] "
      "extended-community-ipv6 [ target:2001:db8::1:100 ]",
  };
  return k_lines;
}

}  // namespace tandem::conformance::fuzz
