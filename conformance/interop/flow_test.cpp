// Flow rules both ways between the real program and GoBGP, on both engines: IPv4, IPv6 and VPN rules with their actions.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "conformance/interop/fixture.hpp"

namespace tandem::conformance {
namespace {

using ::testing::HasSubstr;

constexpr const char* k_gobgpd = "/usr/bin/gobgpd";
constexpr const char* k_gobgp = "/usr/bin/gobgp";

// A rule of ours, and what GoBGP shows of it.
struct Ours {
  std::string_view family;  // as GoBGP calls it
  std::string_view rule;
  std::string_view shown;
  std::string_view action;
};
constexpr Ours k_ours[] = {
    {"ipv4-flowspec",
     "match { source 10.0.0.0/8; destination 1.2.3.0/24; protocol [ udp tcp ]; port [ =80 >=8080&<=8088 ]; tcp-flags [ syn&!ack ]; fragment [ is-fragment ]; "
     "packet-length <1500; dscp 46; icmp-type echo-request; icmp-code 3; } then { rate-limit 96000; action sample; mark 5; }",
     "[destination: 1.2.3.0/24][source: 10.0.0.0/8][protocol: ==udp ==tcp][port: ==80 >=8080&<=8088][icmp-type: ==8][icmp-code: ==3]"
     "[tcp-flags: S&!A][packet-length: <1500][dscp: ==46][fragment: is-fragment]",
     "[rate: 96000.000000], [action: sample], [remark: 5]"},
    {"ipv6-flowspec", "match { destination 2001:db8::/32; next-header tcp; traffic-class 3; flow-label 77; } then { redirect 65001:100; }",
     "[destination: 2001:db8::/32/0][protocol: ==tcp][dscp: ==3][label: ==77]", "[redirect: 65001:100]"},
    {"ipv6-flowspec", "match { destination 2001:db8:ffff::/48/32; } then { discard; }", "[destination: 2001:db8:ffff::/48/32]", "[discard]"},
    {"ipv4-l3vpn-flowspec", "rd 65001:1; match { source 10.1.0.0/16; } then { redirect 70000:5; }", "[rd: 65001:1][source: 10.1.0.0/16]",
     "[redirect: 1.4464:5]"},
};

// A rule of GoBGP, and what tandem shows of it.
struct Theirs {
  std::vector<std::string> words;
  std::string_view shown;
};
const std::vector<Theirs> k_theirs = {
    {{"-a", "ipv4-flowspec", "add", "match", "source", "30.0.0.0/24", "destination", "40.0.0.0/24", "protocol", "tcp", "destination-port", "==80", ">=8080&<=8090",
      "tcp-flags", "=SA", "fragment", "is-fragment", "then", "redirect", "10:10"},
     "ipv4 flow flow destination-ipv4 40.0.0.0/24 source-ipv4 30.0.0.0/24 protocol =tcp destination-port [ =80 >=8080&<=8090 ] tcp-flags =syn+ack "
     "fragment is-fragment"},
    {{"-a", "ipv6-flowspec", "add", "match", "destination", "2001:db8:123::/64", "protocol", "tcp", "label", "==5", "then", "discard"},
     "ipv6 flow flow destination-ipv6 2001:db8:123::/64/0 next-header =tcp flow-label =5"},
    {{"-a", "ipv6-flowspec", "add", "match", "source", "2001:db8:123::/64", "32", "protocol", "udp", "then", "discard"},
     "ipv6 flow flow source-ipv6 2001:db8:123::/64/32 next-header =udp"},
    {{"-a", "ipv4-l3vpn-flowspec", "add", "rd", "100:100", "match", "destination", "10.0.0.0/24", "then", "rate-limit", "10000"},
     "ipv4 flow-vpn flow destination-ipv4 10.0.0.0/24 rd 100:100"},
};

class FlowRules : public AgainstDaemon, public ::testing::WithParamInterface<std::string> {
 protected:
  void SetUp() override { require({k_gobgpd, k_gobgp}, "gobgpd"); }

  void write_gobgp() const {
    std::string text = fmt::format(
        "[global.config]\n as = 65002\n router-id = \"192.0.2.2\"\n port = {}\n local-address-list = [\"127.0.0.2\"]\n[[neighbors]]\n [neighbors.config]\n"
        "  neighbor-address = \"127.0.0.1\"\n  peer-as = 65001\n [neighbors.transport.config]\n  passive-mode = true\n  local-address = \"127.0.0.2\"\n"
        " [neighbors.ebgp-multihop.config]\n  enabled = true\n  multihop-ttl = 255\n",
        port_);
    for (const char* family : {"ipv4-flowspec", "ipv6-flowspec", "l3vpn-ipv4-flowspec"}) {
      text += fmt::format(" [[neighbors.afi-safis]]\n  [neighbors.afi-safis.config]\n   afi-safi-name = \"{}\"\n", family);
    }
    directory_.write("gobgp.toml", text);
  }
  void write_tandem() const {
    std::string rules;
    for (const Ours& ours : k_ours) rules += fmt::format("  route {{ {} }}\n", ours.rule);
    directory_.write("tandem.conf", fmt::format("neighbor 127.0.0.2 {{\n router-id 192.0.2.1; local-address 127.0.0.1; local-as 65001; peer-as 65002; connect {};\n"
                                                " family {{ ipv4 flow; ipv6 flow; ipv4 flow-vpn; }}\n flow {{\n{} }}\n}}\n",
                                                port_, rules));
  }
  [[nodiscard]] std::string gobgp(const std::vector<std::string>& words) const {
    std::vector<std::string> arguments{k_gobgp, "-u", "127.0.0.2", "-p", std::to_string(api_port_)};
    arguments.insert(arguments.end(), words.begin(), words.end());
    return output_of(arguments);
  }
  [[nodiscard]] std::string rules_of(std::string_view family) const { return gobgp({"global", "rib", "-a", std::string(family)}); }

  std::uint16_t api_port_ = free_port("127.0.0.2");
};

TEST_P(FlowRules, GoBothWays) {
  write_gobgp();
  write_tandem();
  ChildProcess daemon({k_gobgpd, "-f", at("gobgp.toml"), "--api-hosts", "127.0.0.2:" + std::to_string(api_port_), "--pprof-disable"}, {}, at("daemon.log"));
  ASSERT_TRUE(loopback_.run_until([&] { return gobgp({"global"}).find("192.0.2.2") != std::string::npos; }, 20s)) << read_text(at("daemon.log"));
  for (const Theirs& theirs : k_theirs) {
    std::vector<std::string> words{"global", "rib"};
    words.insert(words.end(), theirs.words.begin(), theirs.words.end());
    EXPECT_EQ(gobgp(words), "");
  }
  ChildProcess speaker = start_tandem(GetParam(), 4);
  for (const Ours& ours : k_ours) {
    const auto there = [&] { return rules_of(ours.family).find(ours.shown) != std::string::npos; };
    EXPECT_TRUE(loopback_.run_until(there, 20s)) << ours.rule << "\n" << rules_of(ours.family) << read_text(at("tandem.log"));
    EXPECT_THAT(rules_of(ours.family), HasSubstr(std::string(ours.action)));
  }
  for (const Theirs& theirs : k_theirs) {
    const auto there = [&] { return tandem_lines("show adj-rib in", std::string(theirs.shown)) == 1; };
    EXPECT_TRUE(loopback_.run_until(there, 20s)) << theirs.shown << "\n" << ::testing::PrintToString(tandem("show adj-rib in")) << read_text(at("tandem.log"));
  }
  EXPECT_EQ(tandem_lines("withdraw flow route { match { destination 2001:db8:ffff::/48/32; } }", "done"), 1U);
  EXPECT_TRUE(loopback_.run_until([&] { return rules_of("ipv6-flowspec").find(k_ours[2].shown) == std::string::npos; }, 20s));
}

INSTANTIATE_TEST_SUITE_P(Engine, FlowRules, ::testing::Values("sync", "async"), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace tandem::conformance
