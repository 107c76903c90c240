// The real program against other daemons, family by family: routes both ways as either side's own command shows them, and withdrawn.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "conformance/interop/daemons.hpp"
#include "conformance/interop/exchanges.hpp"
#include "conformance/interop/fixture.hpp"
#include "harness/configuration_text.hpp"

namespace tandem::conformance {
namespace {

std::string afi_of(const Exchange& exchange) { return std::string(exchange.family.substr(0, exchange.family.find(' '))); }

bool has_all(std::string_view text, const std::vector<std::string_view>& parts) {
  return std::all_of(parts.begin(), parts.end(), [text](std::string_view part) { return text.find(part) != std::string_view::npos; });
}

class Families : public AgainstDaemon, public ::testing::WithParamInterface<std::tuple<std::string, std::string>> {
 protected:
  void SetUp() override {
    daemon_ = make_daemon(std::get<0>(GetParam()), directory_.path());
    require(daemon_->programs(), daemon_->package(), daemon_->needs_root());
  }

  void write_tandem() const {
    NeighborText neighbor;
    neighbor.peer = "127.0.0.2";
    neighbor.peer_as = "65002";
    neighbor.connect = daemon_->port();
    neighbor.families.clear();
    std::map<std::string, std::string> routes;
    for (const Exchange& exchange : daemon_->exchanges()) {
      const std::string family(exchange.family);
      if (std::find(neighbor.families.begin(), neighbor.families.end(), family) == neighbor.families.end()) neighbor.families.push_back(family);
      if (!exchange.ours.empty()) routes[afi_of(exchange)] += fmt::format("{};\n", exchange.ours);
    }
    std::string announce = "announce {\n";
    for (const auto& [afi, statements] : routes) announce += fmt::format("{} {{\n{}}}\n", afi, statements);
    neighbor.statements.push_back(announce + "}");
    directory_.write("tandem.conf", to_text(neighbor));
  }

  // Our routes that the daemon does not show and should, or shows and should not. Each question is asked once.
  [[nodiscard]] std::string ours(bool wanted) const {
    std::map<std::string_view, std::string> answers;
    std::string out;
    for (const Exchange& exchange : daemon_->exchanges()) {
      if (exchange.ours.empty()) continue;
      const auto [answer, is_new] = answers.try_emplace(exchange.question);
      if (is_new) answer->second = daemon_->ask(exchange.question);
      if (!wanted && !exchange.withdrawn.empty()) {
        if (daemon_->state().find(exchange.withdrawn) == std::string::npos) out += fmt::format("{}\n", exchange.ours);
        continue;
      }
      const bool there = wanted ? has_all(answer->second, exchange.there) : has_all(answer->second, {exchange.there[0]});
      if (there != wanted) out += fmt::format("{}\n", exchange.ours);
    }
    return out;
  }
  [[nodiscard]] std::string theirs() {
    std::string out;
    const auto lines = tandem("show adj-rib in extensive");
    for (const Exchange& exchange : daemon_->exchanges()) {
      const bool arrived = std::any_of(lines.begin(), lines.end(), [&](const std::string& line) { return has_all(line, exchange.here); });
      if (!exchange.here.empty() && !arrived) out += fmt::format("{}\n", exchange.theirs);
    }
    return out;
  }

  std::unique_ptr<OtherDaemon> daemon_;
};

TEST_P(Families, AreExchangedAndWithdrawn) {
  daemon_->write_families();
  write_tandem();
  ChildProcess process = daemon_->start();
  ASSERT_TRUE(loopback_.run_until([&] { return daemon_->answers() || !process.running(); }, 20s) && process.running())
      << "the daemon does not answer\n" << read_text(at("daemon.log"));
  daemon_->announce_families();
  ChildProcess program = start_tandem(std::get<1>(GetParam()), 4);

  std::string late;
  EXPECT_TRUE(loopback_.run_until([&] { return (late = ours(true)).empty() || !program.running(); }, 60s) && program.running())
      << "it has not got\n" << late << read_text(at("tandem.log")) << daemon_->state();
  EXPECT_TRUE(loopback_.run_until([&] { return (late = theirs()).empty() || !program.running(); }, 60s) && program.running())
      << "it has not sent\n" << late << ::testing::PrintToString(tandem("show adj-rib in extensive")) << read_text(at("tandem.log")) << daemon_->state();
  if (HasFailure()) return;
  EXPECT_EQ(tandem_lines("show adj-rib in", " mpls-vpn 60.0.9.0/24"), 0U) << "RFC 4684: nobody asked for its route target";

  for (const Exchange& exchange : daemon_->exchanges()) {
    if (exchange.ours.empty()) continue;
    const std::string command = fmt::format("withdraw {} {}", afi_of(exchange), exchange.ours);
    EXPECT_THAT(tandem(command), ::testing::Contains("done")) << command;
  }
  EXPECT_TRUE(loopback_.run_until([&] { return (late = ours(false)).empty() || !program.running(); }, 30s)) << "not withdrawn:\n" << late;
  EXPECT_EQ(program.stop(), 0) << read_text(at("tandem.log"));
}

INSTANTIATE_TEST_SUITE_P(Engine, Families, ::testing::Combine(::testing::Values("frr", "gobgp", "gobgp_rtc", "bird", "openbgpd", "exabgp"), ::testing::Values("sync", "async")),
                         [](const auto& info) { return std::get<0>(info.param) + "_" + std::get<1>(info.param); });

// What the tests above do is what the document says.
TEST(FamiliesTable, IsThatOfTheDocument) {
  const std::string table = exchange_table();
  std::fputs(table.c_str(), stdout);
  EXPECT_THAT(read_text(TANDEM_SOURCES "/docs/interoperability.md"), ::testing::HasSubstr("\n\n" + table + "\n"));
}

}  // namespace
}  // namespace tandem::conformance
