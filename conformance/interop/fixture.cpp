#include "conformance/interop/fixture.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "harness/scripted_program.hpp"

namespace tandem::conformance {

std::string v4_prefix(std::size_t base, std::size_t i) { return fmt::format("{}.{}.{}.0/24", base, i >> 8, i & 255); }
std::string v6_prefix(std::size_t base, std::size_t i) { return fmt::format("2001:db8:{:x}:{:x}::/64", base, i + 1); }

void AgainstDaemon::require(const std::vector<std::string>& programs, const std::string& package, bool as_root) {
  ASSERT_TRUE(!as_root || ::geteuid() == 0) << "the programs of " << package << " are started in a mount namespace: this test needs root";
  for (const auto& program : programs) {
    ASSERT_TRUE(std::filesystem::exists(program))
        << program << " is missing: this test needs the Debian package " << package << " (scripts/install-dependencies installs it)";
  }
}

ChildProcess AgainstDaemon::start_tandem(const std::string& engine, int api_version) const {
  std::vector<std::pair<std::string, std::string>> environment{{"tandem_api_socketpath", at("tandem.ctl")},
                                                               {"tandem_api_version", std::to_string(api_version)},
                                                               {"tandem_tcp_bind", ""}};
  if (::geteuid() == 0) environment.emplace_back("tandem_daemon_user", "root");
  return ChildProcess({TANDEM_PROGRAM, "server", "--engine", engine, at("tandem.conf")}, environment, at("tandem.log"));
}

std::vector<std::string> AgainstDaemon::tandem(const std::string& command) {
  auto client = std::make_shared<ScriptedProgram>();
  if (!loopback_.dial_unix(at("tandem.ctl"), client)) return {};
  client->say(command);
  loopback_.run_until([&] { return client->count("done") + client->count("error") > 0 || client->has_closed(); }, 20s);
  client->exit();
  loopback_.run_until([&] { return client->has_closed(); }, 1s);
  return client->texts();
}

std::size_t AgainstDaemon::tandem_lines(const std::string& command, const std::string& part) {
  const auto lines = tandem(command);
  return static_cast<std::size_t>(
      std::count_if(lines.begin(), lines.end(), [&](const std::string& line) { return line.find(part) != std::string::npos; }));
}

}  // namespace tandem::conformance
