// `tandem healthcheck` beside the one of Debian's exabgp: the same arguments, the same service, the same lines.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>

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

using Words = std::vector<std::string>;
const Words k_theirs{"/usr/bin/python3", "-m", "exabgp", "healthcheck"};
const Words k_ours{TANDEM_PROGRAM, "healthcheck"};

Words joined(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

class BesideTheirs : public AgainstDaemon {
 protected:
  void SetUp() override { require({k_theirs[0], "/usr/lib/python3/dist-packages/exabgp/application/healthcheck.py"}, "exabgp"); }

  void put(const std::string& name, bool there) const {
    if (there) std::ofstream(at(name)) << "\n";
    else std::filesystem::remove(at(name));
  }
};

class HealthcheckOf42 : public BesideTheirs, public ::testing::WithParamInterface<Case> {
 protected:

  // What it writes while the service is up, down, disabled, and when it is told to end. Repetitions are left out: how many there are depends on
  // the time.
  [[nodiscard]] Words lines_of(Words program) const {
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
  const auto theirs = lines_of(k_theirs);
  const auto ours = lines_of(k_ours);
  EXPECT_GE(theirs.size(), 2 * GetParam().routes);
  EXPECT_EQ(ours, theirs);
}

INSTANTIATE_TEST_SUITE_P(Arguments, HealthcheckOf42, ::testing::ValuesIn(k_cases), [](const auto& info) { return std::string(info.param.name); });

// What comes of a service is decided by how many times it was asked, and not by when: check number n does what letter n says, and those
// behind the last letter what that one says. u: well; d: not well; s: takes longer than it may.
struct Course {
  const char* name;
  std::string_view checks;
  Words arguments;
};

const Course k_courses[] = {
    {"GoesDownAndUp", "uuudddddduuuu", {"--rise", "2", "--fall", "3"}},
    {"Flaps", "uududuuddudduuudddd", {"--rise", "3", "--fall", "2"}},
    {"AtTheFirstSign", "udduudu", {"--rise", "1", "--fall", "0"}},
    {"IsDownFromTheBeginning", "dddduu", {"--rise", "2", "--fall", "2", "--withdraw-on-down"}},
    {"Hangs", "uusuussuu", {"--rise", "2", "--fall", "2", "--timeout", "1"}},
};

// Counts the checks in a file, and reads the letters from another one.
constexpr const char* k_check = R"sh(#!/bin/sh
cd "$(dirname "$0")"
read -r number < number
read -r letters < letters
letter=$(printf %s "$letters" | cut -c "$number")
if [ -n "$letter" ]; then echo $((number + 1)) > new && mv new number; else letter=$(printf %s "$letters" | tail -c 1); echo over > over; fi
case $letter in
  d) echo "out of order"; exit 7 ;;
  s) exec sleep 5 ;;
esac
)sh";

class HealthcheckHooksOf42 : public BesideTheirs, public ::testing::WithParamInterface<Course> {
 protected:
  struct Done {
    std::string hooks;  // a line each: which one, and its STATE
    Words lines;        // without repetitions at the end
  };
  [[nodiscard]] Done run(const Words& program) const {
    for (const char* file : {"over", "hooks"}) put(file, false);
    directory_.write("number", "1\n");
    directory_.write("letters", std::string(GetParam().checks) + "\n");
    directory_.write("check", k_check);
    const auto hook = [this](const std::string& name) { return "echo \"" + name + " $STATE $STAYS\" >> " + at("hooks"); };
    PipedProcess running(joined(joined(program, {"--no-syslog", "--no-ip-setup", "--ip", "192.0.2.1", "--command", "sh " + at("check"), "--interval", "0.05",
                                                 "--fast-interval", "0.05", "--execute", hook("any"), "--execute", hook("also"), "--up-execute", hook("up"),
                                                 "--down-execute", hook("down"), "--disabled-execute", hook("disabled")}),
                                GetParam().arguments),
                         {{"exabgp_api_version", "4"}, {"STAYS", "here"}});
    running.answer_with("done");
    while (!std::filesystem::exists(at("over")) && running.read_lines(running.lines().size() + 1)) {
    }
    running.signal(SIGTERM);
    EXPECT_EQ(running.wait(), 0) << program[0];
    Done done{read_text(at("hooks")), running.lines()};
    done.lines.erase(std::unique(done.lines.begin(), done.lines.end()), done.lines.end());
    return done;
  }
};

TEST_P(HealthcheckHooksOf42, AreTheSameInTheSameOrder) {
  const Done theirs = run(k_theirs);
  const Done ours = run(k_ours);
  EXPECT_THAT(theirs.hooks, ::testing::HasSubstr("any UP here\n"));
  EXPECT_EQ(ours.hooks, theirs.hooks);
  EXPECT_EQ(ours.lines, theirs.lines);
}

INSTANTIATE_TEST_SUITE_P(Courses, HealthcheckHooksOf42, ::testing::ValuesIn(k_courses), [](const auto& info) { return std::string(info.param.name); });

// Words that are understood or not, and what comes of those that make one announcement.
struct CommandLine {
  Words arguments;
  std::string_view why{};  // it ends otherwise than theirs; a part of docs/compatibility.md
};

const CommandLine k_command_lines[] = {
    {{"--ip", "192.0.2.1"}},
    {{"--ip", "192.0.2.1/32", "-i", "0", "-f", "0.1", "-t", "3", "-N", "192.0.2.9", "-a", "-s", "-n", "web", "-d"}},
    {{"--ip", "192.0.2.0/30", "--deag", "--start-ip", "2"}},
    {{"--ip", "192.0.2.1", "--cmd", "false", "--fall", "2", "--rise", "1"}},
    {{"--ip", "192.0.2.1", "-c", "exit 3", "--fall", "1", "--down-metric", "7"}},
    {{"--ip", "192.0.2.1", "--disable", "/", "--disabled-metric", "8"}},
    {{"--ip", "192.0.2.1", "--disable", "/", "--withdraw-on-down"}},
    {{"--ip", "192.0.2.1", "--local-preference", "-1", "--path-id", "0"}},
    {{"--ip", "192.0.2.1", "--sudo", "--group", "root"}},
    {{"--ip", "192.0.2.1", "--syslog-facility", "--ip", "192.0.2.2"}},
    {{"--ip", "192.0.2.1", "-sF", "daemon"}},
    {{"--nonsense"}},
    {{"nonsense"}},
    {{"--ip"}},
    {{"--ip", "nonsense"}},
    {{"--ip", "192.0.2.1/33"}},
    {{"--ip", "192.0.2.1/24"}},
    {{"--ip", "192.0.2.1", "--rise", "x"}},
    {{"--ip", "192.0.2.1", "--timeout", "x"}},
    {{"--ip", "192.0.2.1", "--no-syslog", "--silent"}},
    {{"--ip", "192.0.2.1", "--user", "no-such-user"}},
    {{"--ip", "192.0.2.1", "--neighbor", "x"}},
    {{"--ip", "192.0.2.1", "--timeout", "0.5"}, "`--timeout` may be a fraction"},
    {{"--config", "/no/such/file"}, "of a file of `--config` that is not there"},
};

class HealthcheckWordsOf42 : public BesideTheirs {
 protected:
  struct Done {
    int status = 0;
    Words lines;
    bool operator==(const Done&) const = default;
  };
  [[nodiscard]] Done run(const Words& program, const Words& words) const {
    // Errors of theirs are pages of a stack; that they say what is wrong is a test of the options.
    PipedProcess running(joined({"/bin/sh", "-c", "exec \"$@\" 2>/dev/null", "sh"}, joined(joined(program, words), {"--interval", "0", "--fast-interval", "0.01", "--no-ip-setup"})),
                         {{"exabgp_api_version", "4"}});
    running.answer_with("done");
    Done done;
    done.status = running.wait();
    done.lines = running.lines();
    return done;
  }
};

void PrintTo(const CommandLine& line, std::ostream* out) { *out << fmt::format("{}", fmt::join(line.arguments, " ")); }

TEST_F(HealthcheckWordsOf42, EndAsTheyDo) {
  const std::string page = read_text(std::string(TANDEM_SOURCES) + "/docs/compatibility.md");
  for (const CommandLine& line : k_command_lines) {
    SCOPED_TRACE(::testing::PrintToString(line));
    const Done theirs = run(k_theirs, line.arguments);
    const Done ours = run(k_ours, line.arguments);
    EXPECT_EQ(ours == theirs, line.why.empty()) << ours.status << " for " << theirs.status << ", " << ::testing::PrintToString(ours.lines) << " for "
                                                << ::testing::PrintToString(theirs.lines);
    EXPECT_NE(page.find(line.why), std::string::npos) << "docs/compatibility.md does not say: " << line.why;
  }
}

// Each option in their help is in ours.
TEST_F(HealthcheckWordsOf42, AreInTheHelp) {
  const std::string theirs = output_of(joined(k_theirs, {"--help"}));
  const std::string ours = output_of(joined(k_ours, {"--help"}));
  static const std::regex k_option_line("\n  (-[^\n]*?)(?=  |\n)");
  static const std::regex k_option("(^| )(--?[-A-Za-z]+)");
  std::size_t count = 0;
  for (std::sregex_iterator line(theirs.begin(), theirs.end(), k_option_line), end; line != end; ++line) {
    const std::string words = (*line)[1];
    for (std::sregex_iterator at(words.begin(), words.end(), k_option); at != end; ++at, ++count) {
      EXPECT_TRUE(std::regex_search(ours, std::regex(" " + (*at)[2].str() + "[ ,\n]"))) << (*at)[2];
    }
  }
  EXPECT_GT(count, 50U);
}

}  // namespace
}  // namespace tandem::conformance
