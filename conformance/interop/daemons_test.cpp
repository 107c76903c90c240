// The real program against other daemons: routes of both families both ways with every attribute of this issue, an administrative reset
// by us, the death of the daemon, a live switch of the engine, and the end.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <tuple>

#include "conformance/interop/daemons.hpp"
#include "conformance/interop/fixture.hpp"
#include "harness/configuration_text.hpp"

namespace tandem::conformance {
namespace {

constexpr std::size_t k_our_routes = 1000;
constexpr std::size_t k_our_block = 20;
constexpr std::size_t k_rich = 7;  // the route with all attributes
constexpr const char* k_rich_attributes =
    " as-path [ 65001 4200000009 65011 ] origin egp med 5 community [ 65001:1 ] large-community [ 4200000001:2:3 ]"
    " extended-community [ target:65001:3 ] aggregator ( 4200000009:10.9.8.7 ) atomic-aggregate";

class Daemons : public AgainstDaemon, public ::testing::WithParamInterface<std::tuple<std::string, std::string>> {
 protected:
  void SetUp() override {
    daemon_ = make_unicast_daemon(std::get<0>(GetParam()), directory_.path());
    require(daemon_->programs(), daemon_->package(), daemon_->needs_root());
  }

  void write_tandem() const {
    NeighborText neighbor;
    neighbor.peer = "127.0.0.2";
    neighbor.peer_as = "65002";
    neighbor.connect = daemon_->port();
    neighbor.families = {"ipv4 unicast", "ipv6 unicast"};
    neighbor.capabilities = {"route-refresh;"};
    for (std::size_t i = 0; i < k_our_routes; ++i) {
      const std::string attributes = i == k_rich ? k_rich_attributes : " med " + std::to_string(i % 100);
      neighbor.routes.push_back(v4_prefix(k_our_block, i) + " next-hop 192.0.2.1" + attributes);
      neighbor.routes.push_back(v6_prefix(k_our_block, i) + " next-hop 2001:db8::1" + attributes);
    }
    directory_.write("tandem.conf", to_text(neighbor));
  }

  void start_daemon() {
    process_ = daemon_->start();
    ASSERT_TRUE(loopback_.run_until([&] { return daemon_->answers() || !process_.running(); }, 20s) && process_.running())
        << "the daemon does not answer\n" << read_text(at("daemon.log"));
    daemon_->announce();
  }
  void start_tandem() { tandem_ = AgainstDaemon::start_tandem(std::get<1>(GetParam()), 4); }

  // A session may go and come before anybody asks; the log has every connection, with ports of its own (": up" is a line that repeats
  // itself, and is counted instead of written). That routes were exchanged over it is asked next.
  void expect_established(std::size_t sessions) {
    const auto logged = [&] {
      const std::string log = read_text(at("tandem.log"));
      std::size_t count = 0;
      for (std::size_t i = log.find(": connected, "); i != std::string::npos; i = log.find(": connected, ", i + 1)) ++count;
      return count;
    };
    EXPECT_TRUE(loopback_.run_until([&] { return logged() >= sessions; }, 40s)) << read_text(at("tandem.log")) << daemon_->state();
  }

  void expect_exchanged(const std::string& when) {
    const auto there = [&] { return daemon_->received(4) == k_our_routes && daemon_->received(6) == k_our_routes; };
    const auto here = [&] {
      return tandem_lines("show adj-rib in", " ipv4 unicast ") == k_their_routes && tandem_lines("show adj-rib in", " ipv6 unicast ") == k_their_routes;
    };
    EXPECT_TRUE(loopback_.run_until([&] { return !tandem_.running() || (there() && here()); }, 40s) && tandem_.running())
        << when << ": the daemon has " << daemon_->received(4) << " IPv4 and " << daemon_->received(6) << " IPv6 routes; tandem:\n"
        << ::testing::PrintToString(tandem("show adj-rib in")) << read_text(at("tandem.log")) << daemon_->state() << read_text(at("daemon.log"));
  }

  std::unique_ptr<UnicastDaemon> daemon_;
  ChildProcess process_;
  ChildProcess tandem_;
};

TEST_P(Daemons, RoutesAttributesAndComingBack) {
  daemon_->write();
  write_tandem();
  start_daemon();
  if (HasFatalFailure()) return;
  start_tandem();
  expect_exchanged("at first");
  if (HasFailure()) return;

  for (const std::string& prefix : {v4_prefix(k_our_block, k_rich), v6_prefix(k_our_block, k_rich)}) {
    const std::string shown = daemon_->show(prefix);
    for (const auto& expected : daemon_->expected_attributes()) EXPECT_THAT(shown, ::testing::HasSubstr(expected));
  }
  const auto received = tandem("show adj-rib in extensive");
  for (const char* prefix : {" 60.0.1.0/24 ", " 2001:db8:3c:2::/64 "}) {
    EXPECT_THAT(received, ::testing::Contains(::testing::AllOf(
                              ::testing::HasSubstr(prefix), ::testing::HasSubstr("as-path [ 65002 ]"),
                              ::testing::HasSubstr(" community 65002:1"), ::testing::HasSubstr(" large-community 4200000002:5:1"),
                              ::testing::HasSubstr(" extended-community target:65002:77"))));
  }

  // Cease, Administrative Reset (RFC 4486): the daemon drops the session, and takes it again.
  EXPECT_THAT(tandem("neighbor 127.0.0.2 teardown 4"), ::testing::Contains("done"));
  expect_established(2);
  expect_exchanged("after a teardown");

  // A route that comes while the engine is switched is not lost.
  const std::string other = std::get<1>(GetParam()) == "sync" ? "async" : "sync";
  EXPECT_THAT(tandem("engine " + other), ::testing::Contains("done"));
  EXPECT_THAT(tandem("announce route 77.0.0.0/24 next-hop 192.0.2.1"), ::testing::Contains("done"));
  EXPECT_TRUE(loopback_.run_until([&] { return daemon_->received(4) == k_our_routes + 1; }, 10s)) << read_text(at("tandem.log"));
  EXPECT_THAT(tandem("withdraw route 77.0.0.0/24"), ::testing::Contains("done"));
  expect_exchanged("after a switch of the engine");

  process_.stop();
  start_daemon();
  if (HasFatalFailure()) return;
  expect_established(3);
  expect_exchanged("after a restart of the daemon");
  EXPECT_EQ(tandem_.stop(), 0) << read_text(at("tandem.log"));
  EXPECT_TRUE(loopback_.run_until([&] { return daemon_->received(4) == 0 && daemon_->received(6) == 0; }, 10s)) << daemon_->state();
}

INSTANTIATE_TEST_SUITE_P(Engine, Daemons, ::testing::Combine(::testing::Values("frr", "gobgp", "openbgpd", "exabgp"), ::testing::Values("sync", "async")),
                         [](const auto& info) { return std::get<0>(info.param) + "_" + std::get<1>(info.param); });

}  // namespace
}  // namespace tandem::conformance
