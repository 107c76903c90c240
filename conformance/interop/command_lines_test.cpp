// Command lines and clients of Debian's ExaBGP 4.2.21 and of tandem under its names, in dialect 4.2, beside each other.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <sstream>

#include "conformance/interop/fixture.hpp"
#include "conformance/stage/drivers.hpp"

namespace tandem::conformance {
namespace {

constexpr std::string_view k_good = "neighbor 127.0.0.2 { router-id 1.2.3.4; local-address 127.0.0.1; local-as 65001; peer-as 65002; connect PORT; }\n";

// One command line, in a folder with etc/exabgp/exabgp.env, good.conf, bad.conf, other.env and empty.conf. PORT is one where nobody listens.
struct CommandLine {
  std::string_view words;
  std::optional<int> ours{};  // where the status is another one
  std::string_view why{};     // part of docs/compatibility.md
};
constexpr std::string_view k_usage_status = "an option that there is not, or without its value, `--validate` of nothing, `--run` of what is no helper";
constexpr CommandLine k_command_lines[] = {
    {"--version"},
    {"--help"},
    {""},
    {"--fi"},
    {"--di"},
    {"--fe"},
    {"--de"},
    {"--full-i"},
    {"-e $PWD/other.env --di"},
    {"--env other.env --de"},
    {"--env=other.env --de"},
    {"--root $PWD --di"},
    {"-f $PWD --fi"},
    {"--validate good.conf"},
    {"--valid good.conf"},
    {"good.conf --validate"},
    {"--validate bad.conf"},
    {"--validate missing.conf"},
    {"--validate", 2, k_usage_status},
    {"--validate empty.conf"},
    {"--root $PWD --validate etc/exabgp/good.conf"},
    {"-f $PWD --validate etc/exabgp/good.conf"},
    {"--env other.env --validate good.conf"},
    {"-e $PWD/missing.env --validate good.conf"},
    {"-d --validate good.conf"},
    {"-d -p --validate good.conf"},
    {"-1 --validate good.conf"},
    {"-t good.conf"},
    {"-t bad.conf"},
    {"-t missing.conf"},
    {"--once good.conf"},
    {"-1 good.conf"},
    {"missing.conf"},
    {"bad.conf"},
    {"-x FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF001304 good.conf", 0, "`--decode` of a message that is no UPDATE"},
    {"--decode FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00170200000000 good.conf"},
    {"--decode nonsense good.conf"},
    {"--decode", 2, k_usage_status},
    {"--run healthcheck --help"},
    {"--run dance", 2, k_usage_status},
    {"--nonsense", 2, k_usage_status},
    {"--nonsense good.conf", 2, k_usage_status},
    {"-Z good.conf", 2, k_usage_status},
    {"--env", 2, k_usage_status},
};

struct Ran {
  int status = -1;
  std::string output;
};

class CommandLines42 : public AgainstDaemon {
 protected:
  void SetUp() override {
    require({"/usr/sbin/exabgp", "/usr/sbin/exabgpcli"}, "exabgp");
    std::filesystem::create_directories(at("etc/exabgp"));
    std::filesystem::create_directories(at("run"));
    std::filesystem::create_directories(at("sbin"));
    for (const char* name : {"exabgp", "exabgpcli"}) std::filesystem::create_symlink(TANDEM_PROGRAM, at(std::string("sbin/") + name));
    const std::string good = std::regex_replace(std::string(k_good), std::regex("PORT"), std::to_string(port_));
    for (const char* name : {"good.conf", "etc/exabgp/good.conf"}) directory_.write(name, good);
    directory_.write("bad.conf", "neighbor nowhere {\n}\n");
    directory_.write("empty.conf", "");
    for (const char* name : {"other.env", "etc/exabgp/other.env"}) directory_.write(name, "[exabgp.tcp]\nport = 1790\n");
    directory_.write("etc/exabgp/exabgp.env", "[exabgp.tcp]\nport = 1791\n");
  }

  [[nodiscard]] std::vector<std::pair<std::string, std::string>> environment() const {
    return {{"exabgp_api_pipename", pipes_}, {"exabgp_tcp_bind", ""}, {"exabgp_daemon_user", ::geteuid() == 0 ? "root" : ""}, {"exabgp_log_level", "INFO"},
            {"tandem_compat_dialect", "4.2"}};
  }
  // What it writes on standard output, and its status; a shell splits the words.
  [[nodiscard]] Ran run(const std::string& program, std::string_view words, std::string_view setting = "exabgp_api_cli=true") const {
    std::string line = fmt::format("cd {}; export {};", directory_.path(), setting);
    for (const auto& [name, value] : environment()) line += fmt::format(" export {}='{}';", name, value);
    line += fmt::format(" timeout 60 {} {} 2>{} </dev/null; echo \" status $?\"", program, words, at("errors"));
    Ran ran;
    ran.output = output_of({"/bin/sh", "-c", line});
    const std::size_t end = ran.output.rfind(" status ");
    if (end == std::string::npos) return ran;
    ran.status = std::stoi(ran.output.substr(end + 8));
    ran.output.resize(end);
    return ran;
  }
  // The keys that it prints of its settings: "[exabgp.tcp] port".
  [[nodiscard]] static std::set<std::string> keys_of(const std::string& text) {
    std::set<std::string> keys;
    std::istringstream lines(text);
    std::string section;
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("[")) section = line;
      else if (const std::size_t end = line.find(" ="); end != std::string::npos) keys.insert(fmt::format("{} {}", section, line.substr(0, end)));
    }
    return keys;
  }

  std::string pipes_ = fmt::format("dialect-{}", ::getpid());
};

// A part of them each: Python takes its time to start.
constexpr std::size_t k_parts = 6;
class Statuses42 : public CommandLines42, public ::testing::WithParamInterface<std::size_t> {};

TEST_P(Statuses42, AreThoseOf4221) {
  const std::string page = read_text(std::string(TANDEM_SOURCES) + "/docs/compatibility.md");
  for (std::size_t i = GetParam(); i < std::size(k_command_lines); i += k_parts) {
    const CommandLine& line = k_command_lines[i];
    SCOPED_TRACE(line.words);
    const Ran theirs = run("/usr/sbin/exabgp", line.words, "exabgp_api_cli=false");
    const Ran ours = run(at("sbin/exabgp"), line.words, "exabgp_api_cli=false");
    EXPECT_EQ(ours.status, line.ours.value_or(theirs.status)) << theirs.output << "\n----\n" << ours.output << read_text(at("errors"));
    EXPECT_EQ(ours.status == theirs.status, !line.ours) << "stale";
    EXPECT_NE(page.find(line.why), std::string::npos) << "docs/compatibility.md does not say: " << line.why;
  }
}

INSTANTIATE_TEST_SUITE_P(Part, Statuses42, ::testing::Range(std::size_t{0}, k_parts));

TEST_F(CommandLines42, TheVersionIsWritten) {
  const auto first_line = [](const std::string& text) { return text.substr(0, text.find('\n')); };
  const std::string theirs = first_line(run("/usr/sbin/exabgp", "--version").output);
  EXPECT_EQ(first_line(run(at("sbin/exabgp"), "--version").output), theirs);
  EXPECT_EQ(theirs, "ExaBGP : 4.2.21");
}

TEST_F(CommandLines42, EverySettingIsKnown) {
  const std::set<std::string> theirs = keys_of(run("/usr/sbin/exabgp", "--fi").output);
  const std::set<std::string> ours = keys_of(run(at("sbin/exabgp"), "--fi").output);
  EXPECT_GT(theirs.size(), 30U);
  for (const std::string& key : theirs) EXPECT_TRUE(ours.contains(key)) << key;
}

// The clients of both, with the speakers of both.
class Clients42 : public CommandLines42, public ::testing::WithParamInterface<std::string> {
 protected:
  void SetUp() override {
    CommandLines42::SetUp();
    for (const char* end : {".in", ".out"}) ASSERT_EQ(::mkfifo(at("run/" + pipes_ + end).c_str(), 0600), 0);
    directory_.write("peer.conf", fmt::format("neighbor 127.0.0.2 {{ router-id 1.2.3.4; local-address 127.0.0.1; local-as 65001; peer-as 65002; connect {};\n"
                                              "  family {{ ipv4 unicast; }} static {{ route 10.1.0.0/24 next-hop 1.1.1.1; }} }}\n",
                                              port_));
  }

  [[nodiscard]] ChildProcess start(const std::string& daemon, const std::string& log) const {
    std::vector<std::string> words{"/usr/sbin/exabgp"};
    if (daemon != "exabgp") words = {TANDEM_PROGRAM, "server", "--engine", daemon};
    words.insert(words.end(), {"--root", directory_.path(), at("peer.conf")});
    auto variables = environment();
    variables.emplace_back("tandem_api_socketpath", at("run/tandem.sock"));
    return ChildProcess(words, variables, log);
  }
  [[nodiscard]] std::string ask(const std::string& client, const std::string& command) const {
    const Ran ran = run(client, fmt::format("--root {} {}", directory_.path(), command));
    std::string text = std::regex_replace(ran.output, std::regex("down for( +)[0-9:]+"), "down for TIME");
    text = std::regex_replace(text, std::regex("[ \t]+\n"), "\n");
    return fmt::format("{}status {}", text, ran.status);
  }
};

// What the client hears of each command, from a speaker that was started for it.
using Answers = std::vector<std::string>;

TEST_P(Clients42, SayTheSameOfEveryAnswer) {
  const std::vector<std::string> commands{"version", "show neighbor summary", "show neighbor", "announce route 10.2.0.0/24 next-hop 1.1.1.1", "show adj-rib out",
                                          "show adj-rib out extensive", "withdraw route 10.2.0.0/24 next-hop 1.1.1.1", "nonsense"};
  const std::string theirs = "/usr/sbin/exabgpcli";
  int starts = 0;
  const auto hear = [&](const std::string& daemon, const std::vector<std::string>& clients) {
    const std::string file = at(fmt::format("log {}", ++starts));
    const ChildProcess running = start(daemon, file);
    const auto log = [&] { return read_text(file); };
    EXPECT_TRUE(loopback_.run_until([&] { return log().find("loaded new configuration successfully") != std::string::npos; }, 60s)) << log();
    std::vector<Answers> heard;
    for (const std::string& client : clients) {
      heard.emplace_back();
      for (const std::string& command : commands) heard.back().push_back(fmt::format("{}\n{}", command, ask(client, command)));
    }
    return heard;
  };
  const Answers expected = hear("exabgp", {theirs}).front();
  EXPECT_THAT(expected.front(), ::testing::HasSubstr("exabgp 4.2.21\nstatus 0"));
  const std::vector<Answers> heard = hear(GetParam(), {theirs, at("sbin/exabgpcli")});
  EXPECT_EQ(heard[0], expected) << "their client";
  EXPECT_EQ(heard[1], expected) << "our client";
}

std::vector<std::string> speakers() {
  std::vector<std::string> names{"exabgp"};
  names.insert(names.end(), engines_to_play().begin(), engines_to_play().end());
  return names;
}
INSTANTIATE_TEST_SUITE_P(Speaker, Clients42, ::testing::ValuesIn(speakers()), [](const auto& test) { return test.param; });

}  // namespace
}  // namespace tandem::conformance
