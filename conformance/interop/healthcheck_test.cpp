// `tandem healthcheck` beside the one of Debian's exabgp: the same arguments, the same service, the same lines.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "conformance/interop/fixture.hpp"
#include "harness/piped_process.hpp"

namespace tandem::conformance {
namespace {

struct Case {
  const char* name;
  std::vector<std::string> arguments;
  std::size_t routes;  // lines of one announcement
  const char* file = "";
};

const Case k_cases[] = {
    {"Plain", {"--ip", "192.0.2.1/32"}, 1},
    {"SeveralNetworks", {"--ip", "192.0.2.1", "--ip", "198.51.100.0/24", "--ip", "2001:db8:0:0::/64", "--increase", "7", "--start-ip", "1", "--next-hop", "192.0.2.99"}, 3},
    {"Deaggregated", {"--ip", "192.0.2.4/30", "--deaggregate-networks", "--start-ip", "-1", "--up-metric", "0", "--down-metric", "9", "--disabled-metric", "99"}, 4},
    {"Attributes",
     {"--ip", "192.0.2.1", "--local-preference", "50", "--community", "65001:1 no-export", "--disabled-community", "65001:2", "--extended-community", "target:65001:3",
      "--large-community", "1:2:3", "--as-path", "65001 65001", "--down-as-path", "65001", "--path-id", "7"},
     1},
    {"DisabledCommunityAlone", {"--ip", "192.0.2.1", "--disabled-community", "65001:2", "--up-as-path", "1", "--disabled-as-path", "2", "--path-id", "0"}, 1},
    {"Withdrawing", {"--ip", "192.0.2.1", "--ip", "192.0.2.2", "--withdraw-on-down", "--path-id", "3", "--community", "65001:1"}, 2},
    {"Neighbors", {"--ip", "192.0.2.1", "--neighbor", "10.0.0.1", "--neighbor", "2001:db8::0:2", "--no-ack"}, 1},
    {"OptionsFromAFile", {"--up-metric=5"}, 2, "# a file\nup-metric = 1\nip = 192.0.2.1\n  ip=2001:db8::1\ncommunity = 65001:1\nwithdraw-on-down\n"},
};

class HealthcheckOf42 : public AgainstDaemon, public ::testing::WithParamInterface<Case> {
 protected:
  void SetUp() override { require({k_python, "/usr/lib/python3/dist-packages/exabgp/application/healthcheck.py"}, "exabgp"); }

  void put(const std::string& name, bool there) const {
    if (there) std::ofstream(at(name)) << "\n";
    else std::filesystem::remove(at(name));
  }

  // What it writes while the service is up, down, disabled, and when it is told to end. Repetitions are left out: how many there are depends on
  // the time.
  [[nodiscard]] std::vector<std::string> lines_of(std::vector<std::string> program) const {
    const Case& one = GetParam();
    put("well", true);
    put("off", false);
    const std::vector<std::string> common{"--no-syslog", "--no-ip-setup", "--command", "test -e " + at("well"), "--disable", at("off"), "--rise", "2", "--fall", "2",
                                          "--interval", "0.5", "--fast-interval", "0.05"};
    program.insert(program.end(), common.begin(), common.end());
    program.insert(program.end(), one.arguments.begin(), one.arguments.end());
    if (one.file[0] != '\0') {
      directory_.write("hc.conf", one.file);
      program.insert(program.end(), {"--config", at("hc.conf")});
    }
    PipedProcess running(program, {{"exabgp_api_version", "4"}});
    running.answer_with("done");
    std::vector<std::string> lines;
    const auto next = [&] {
      EXPECT_TRUE(running.read_lines(running.lines().size() + one.routes)) << program[0];
      take_new(running, one.routes, lines);
    };
    const auto until_it_changes = [&] {
      const std::size_t before = lines.size();
      for (int i = 0; i < 10 && lines.size() == before && !HasFailure(); ++i) next();
    };
    next();
    put("well", false);
    until_it_changes();
    put("off", true);
    if (running.lines().back().find("withdraw") == std::string::npos) until_it_changes();
    running.signal(SIGTERM);
    EXPECT_EQ(running.wait(), 0);
    take_new(running, one.routes, lines);
    return lines;
  }

  static constexpr const char* k_python = "/usr/bin/python3";

 private:
  // Of its lines, announcement by announcement, those that say something else than the one before.
  static void take_new(const PipedProcess& running, std::size_t routes, std::vector<std::string>& lines) {
    lines.clear();
    const auto& all = running.lines();
    for (std::size_t at = 0; at + routes <= all.size(); at += routes) {
      const auto begin = all.begin() + static_cast<std::ptrdiff_t>(at);
      const auto end = begin + static_cast<std::ptrdiff_t>(routes);
      if (at >= routes && std::equal(begin, end, begin - static_cast<std::ptrdiff_t>(routes))) continue;
      lines.insert(lines.end(), begin, end);
    }
  }
};

TEST_P(HealthcheckOf42, WritesTheSameLines) {
  const auto theirs = lines_of({k_python, "-m", "exabgp", "healthcheck"});
  const auto ours = lines_of({TANDEM_PROGRAM, "healthcheck"});
  EXPECT_GE(theirs.size(), 2 * GetParam().routes);
  EXPECT_EQ(ours, theirs);
}

INSTANTIATE_TEST_SUITE_P(Arguments, HealthcheckOf42, ::testing::ValuesIn(k_cases), [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace tandem::conformance
