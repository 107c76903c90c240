// The real program against a real daemon: BIRD 2 on loopback, 10,000 IPv4 and 10,000 IPv6 routes both ways, on both engines, with TCP
// MD5 (RFC 2385), and through a restart of BIRD. Everything runs in a temporary directory and is ended with the test.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <regex>

#include "conformance/interop/fixture.hpp"
#include "harness/configuration_text.hpp"

namespace tandem::conformance {
namespace {

constexpr std::size_t k_routes = 10'000;
const std::string k_bird = "/usr/sbin/bird";
const std::string k_birdc = "/usr/sbin/birdc";

class Interop : public AgainstDaemon, public ::testing::WithParamInterface<std::string> {
 protected:
  void SetUp() override {
    require({k_bird, k_birdc}, "bird2");
    ASSERT_NE(port_, 0);
  }

  void write_bird(const std::string& password) const {
    std::string text = "router id 10.0.0.2;\nlog stderr all;\nprotocol device { }\n";
    text += "protocol static four { ipv4;\n";
    for (std::size_t i = 0; i < k_routes; ++i) text += fmt::format("route {} blackhole;\n", v4_prefix(30, i));
    text += "}\nprotocol static six { ipv6;\n";
    for (std::size_t i = 0; i < k_routes; ++i) text += fmt::format("route {} blackhole;\n", v6_prefix(30, i));
    text += fmt::format(
        "}}\nprotocol bgp tandem {{\n  local 127.0.0.2 port {} as 65002;\n  neighbor 127.0.0.1 as 65001;\n  multihop 2;\n  passive yes;\n"
        "  strict bind yes;\n  hold time 30;\n{}"
        "  ipv4 {{ import all; export where source = RTS_STATIC; next hop address 127.0.0.2; }};\n"
        "  ipv6 {{ import all; export where source = RTS_STATIC; next hop address 2001:db8::2; }};\n}}\n",
        port_, password.empty() ? "" : fmt::format("  password \"{}\";\n", password));
    directory_.write("bird.conf", text);
  }

  void write_tandem(const std::string& password) const {
    NeighborText neighbor;
    neighbor.peer = "127.0.0.2";
    neighbor.peer_as = "65002";
    neighbor.connect = port_;
    neighbor.families = {"ipv4 unicast", "ipv6 unicast"};
    if (!password.empty()) neighbor.statements = {"md5-password " + password + ";"};
    for (std::size_t i = 0; i < k_routes; ++i) {
      neighbor.routes.push_back(v4_prefix(20, i) + " next-hop 127.0.0.1 med " + std::to_string(i % 100 + 1));
      neighbor.routes.push_back(v6_prefix(20, i) + " next-hop 2001:db8::1");
    }
    directory_.write("tandem.conf", to_text(neighbor));
  }

  [[nodiscard]] ChildProcess start_bird() const {
    return ChildProcess({k_bird, "-f", "-c", at("bird.conf"), "-s", at("bird.ctl"), "-P", at("bird.pid")}, {}, at("bird.log"));
  }
  [[nodiscard]] ChildProcess start_tandem() const { return AgainstDaemon::start_tandem(GetParam(), 6); }

  // Routes BIRD has from us and, of one table, in all.
  [[nodiscard]] std::size_t bird_imported(const std::string& table) const {
    const std::string text = output_of({k_birdc, "-s", at("bird.ctl"), "show", "route", "protocol", "tandem", "table", table, "count"});
    std::smatch found;
    static const std::regex k_count("(\\d+) of (\\d+) routes");
    return std::regex_search(text, found, k_count) ? std::stoul(found[1]) : 0;
  }
  [[nodiscard]] std::string bird(const std::vector<std::string>& words) const {
    std::vector<std::string> arguments{k_birdc, "-s", at("bird.ctl")};
    arguments.insert(arguments.end(), words.begin(), words.end());
    return output_of(arguments);
  }

  [[nodiscard]] std::size_t tandem_received(const std::string& family) { return tandem_lines("rib show in", "\"" + family + "\""); }

  void expect_exchanged(const ChildProcess& program) {
    const auto arrived = [&] { return bird_imported("master4") == k_routes && bird_imported("master6") == k_routes; };
    ASSERT_TRUE(loopback_.run_until([&] { return !program.running() || arrived(); }, 60s) && program.running())
        << bird_imported("master4") << " and " << bird_imported("master6") << " routes have reached BIRD\n"
        << bird({"show", "protocols", "all", "tandem"}) << read_text(at("bird.log")) << read_text(at("tandem.log"));
    EXPECT_TRUE(loopback_.run_until(
        [&] { return tandem_received("ipv4 unicast") == k_routes && tandem_received("ipv6 unicast") == k_routes; }, 60s))
        << tandem_received("ipv4 unicast") << " and " << tandem_received("ipv6 unicast") << " routes have reached tandem";
  }

  // One route of each family and direction, with its attributes.
  void expect_right_attributes() {
    const std::string four = bird({"show", "route", v4_prefix(20, 7), "all"});
    EXPECT_THAT(four, ::testing::HasSubstr("BGP.as_path: 65001"));
    EXPECT_THAT(four, ::testing::HasSubstr("BGP.med: 8"));
    EXPECT_THAT(four, ::testing::HasSubstr("BGP.next_hop: 127.0.0.1"));
    const std::string six = bird({"show", "route", v6_prefix(20, 7), "all"});
    EXPECT_THAT(six, ::testing::HasSubstr("BGP.as_path: 65001"));
    EXPECT_THAT(six, ::testing::HasSubstr("BGP.next_hop: 2001:db8::1"));
    std::size_t found = 0;
    for (const auto& line : tandem("rib show in")) {
      found += line.find("\"" + v4_prefix(30, 9999) + "\"") != std::string::npos || line.find("\"" + v6_prefix(30, 9999) + "\"") != std::string::npos ? 1 : 0;
    }
    EXPECT_EQ(found, 2U);
  }

  void expect_clean_end(ChildProcess& program) {
    EXPECT_EQ(program.stop(), 0) << read_text(at("tandem.log"));
    // Our NOTIFICATION (Cease, Administrative Shutdown) has taken the routes out of BIRD.
    EXPECT_TRUE(loopback_.run_until([&] { return bird_imported("master4") == 0 && bird_imported("master6") == 0; }, 10s));
  }
};

TEST_P(Interop, TenThousandRoutesOfBothFamiliesBothWays) {
  write_bird("");
  write_tandem("");
  ChildProcess bird = start_bird();
  ChildProcess program = start_tandem();
  expect_exchanged(program);
  if (HasFatalFailure()) return;
  expect_right_attributes();
  expect_clean_end(program);
}

TEST_P(Interop, TheSameWithTcpMd5) {
  write_bird("open sesame");
  write_tandem("\"open sesame\"");
  ChildProcess bird = start_bird();
  ChildProcess program = start_tandem();
  expect_exchanged(program);
  if (HasFatalFailure()) return;
  expect_clean_end(program);
}

TEST_P(Interop, AWrongMd5KeyKeepsTheSessionDown) {
  write_bird("open sesame");
  write_tandem("wrong");
  ChildProcess bird = start_bird();
  ChildProcess program = start_tandem();
  ASSERT_TRUE(loopback_.run_until([&] { return !tandem("system version").empty(); }, 20s));
  loopback_.run_for(1s);
  EXPECT_EQ(bird_imported("master4"), 0U);
  EXPECT_EQ(tandem_received("ipv4 unicast"), 0U);
  EXPECT_EQ(program.stop(), 0);
}

TEST_P(Interop, SessionsAndRoutesComeBackAfterARestartOfBird) {
  write_bird("");
  write_tandem("");
  ChildProcess bird = start_bird();
  ChildProcess program = start_tandem();
  expect_exchanged(program);
  if (HasFatalFailure()) return;
  bird.stop();
  EXPECT_TRUE(loopback_.run_until([&] { return tandem_received("ipv4 unicast") == 0 || !bird.running(); }, 10s));
  bird = start_bird();
  expect_exchanged(program);
  if (HasFatalFailure()) return;
  expect_clean_end(program);
}

INSTANTIATE_TEST_SUITE_P(Engine, Interop, ::testing::Values("sync", "async"), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace tandem::conformance
