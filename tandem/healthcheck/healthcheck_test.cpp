// The health checker as a process, with a service that is checked over HTTP, commands that hang, a speaker that does not read, and addresses
// of a network namespace.
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "common/base/unique_fd.hpp"
#include "harness/child_process.hpp"
#include "harness/loopback.hpp"
#include "harness/piped_process.hpp"
#include "tandem/healthcheck/addresses.hpp"
#include "tandem/own_network.hpp"

namespace tandem::healthcheck {
namespace {

using harness::PipedProcess;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using namespace std::chrono_literals;

// A service on 127.0.0.1 that answers HTTP, or does not.
class Service {
 public:
  enum class Mood { well, ill, silent };

  Service() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), length), 0);
    EXPECT_EQ(::listen(socket_.get(), 16), 0);
    EXPECT_EQ(::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &length), 0);
    url_ = fmt::format("http://127.0.0.1:{}/health", ntohs(address.sin_port));
    thread_ = std::thread([this] { serve(); });
  }
  ~Service() {
    ::shutdown(socket_.get(), SHUT_RDWR);
    thread_.join();
  }
  [[nodiscard]] std::string check() const { return "curl -sf " + url_; }
  std::atomic<Mood> mood = Mood::well;

 private:
  void serve() {
    std::vector<base::UniqueFd> kept;
    for (;;) {
      base::UniqueFd client(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!client) return;
      if (mood == Mood::silent) {
        kept.push_back(std::move(client));
        continue;
      }
      std::array<char, 4096> request;
      (void)!::read(client.get(), request.data(), request.size());
      const std::string answer = fmt::format("HTTP/1.0 {}\r\nContent-Length: 0\r\n\r\n", mood == Mood::well ? "200 OK" : "503 Ill");
      (void)!::write(client.get(), answer.data(), answer.size());
    }
  }
  base::UniqueFd socket_;
  std::string url_;
  std::thread thread_;
};

class Healthcheck : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "tandem-health-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    std::filesystem::permissions(directory_, std::filesystem::perms::all);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  [[nodiscard]] std::string at(const std::string& name) const { return (directory_ / name).string(); }
  void touch(const std::string& name) const { std::ofstream(at(name)) << "\n"; }
  [[nodiscard]] std::vector<std::string> words_of(const std::string& name) const {
    std::vector<std::string> out;
    std::ifstream file(at(name));
    for (std::string word; file >> word;) out.push_back(word);
    return out;
  }
  // What happens beside the process is waited for with a deadline.
  static bool eventually(const std::function<bool()>& condition) { return harness::Loopback().run_until(condition, 20s); }

  static std::vector<std::string> arguments(std::vector<std::string> more) {
    more.insert(more.begin(), {TANDEM_PROGRAM, "healthcheck", "--no-syslog", "--ip", "192.0.2.1", "--interval", "0.03", "--fast-interval", "0.01"});
    return more;
  }
  static std::vector<std::string> without_setup(std::vector<std::string> more) {
    more.insert(more.begin(), "--no-ip-setup");
    return arguments(std::move(more));
  }
  static std::string announce(int metric) { return fmt::format("peer * announce route 192.0.2.1/32 next-hop self med {}", metric); }
  static constexpr const char* k_withdraw = "peer * withdraw route 192.0.2.1/32 next-hop self";

  std::filesystem::path directory_;
};

TEST_F(Healthcheck, FollowsAServiceThatIsCheckedOverHttp) {
  Service service;
  PipedProcess program(without_setup({"--command", service.check(), "--rise", "2", "--fall", "2"}));
  program.answer_with("done");
  ASSERT_TRUE(program.read_lines(3));
  EXPECT_THAT(program.lines(), Each(announce(100)));
  service.mood = Service::Mood::ill;
  ASSERT_TRUE(program.read_until(announce(1000)));
  service.mood = Service::Mood::well;
  EXPECT_TRUE(program.read_until(announce(100)));
}

TEST_F(Healthcheck, AServiceThatIsIllFromTheBeginningIsAnnouncedAsThat) {
  Service service;
  service.mood = Service::Mood::ill;
  PipedProcess program(without_setup({"--command", service.check(), "--withdraw-on-down"}));
  ASSERT_TRUE(program.read_lines(1));
  EXPECT_EQ(program.lines()[0], k_withdraw);
}

TEST_F(Healthcheck, ASlowCheckIsKilledWithAllThatItHasStarted) {
  Service service;
  service.mood = Service::Mood::silent;
  const std::string check = fmt::format("sleep 1000 & echo $! >>{}; {}", at("pids"), service.check());
  PipedProcess program(without_setup({"--command", check, "--timeout", "0.3", "--fall", "1"}));
  ASSERT_TRUE(program.read_lines(2));
  EXPECT_THAT(program.lines(), Each(announce(1000)));
  const auto pids = words_of("pids");
  ASSERT_GE(pids.size(), 2U);
  const auto gone = [](const std::string& pid) {
    std::ifstream file("/proc/" + pid + "/stat");
    std::string word;
    std::string state;
    return !(file >> word >> word >> state) || state == "Z";
  };
  EXPECT_TRUE(eventually([&] { return gone(pids[0]); })) << "the first one";
}

TEST_F(Healthcheck, AFlappingServiceIsNotAnnounced) {
  const std::string check = fmt::format("if [ -e {0} ]; then rm {0}; false; else touch {0}; fi", at("mood"));
  PipedProcess program(without_setup({"--command", check, "--rise", "2", "--fall", "2", "--execute", "echo $STATE >>" + at("states")}));
  ASSERT_TRUE(eventually([&] { return words_of("states").size() >= 6; }));
  const auto states = words_of("states");
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(states[i], i % 2 == 0 ? "RISING" : "FALLING");
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
  EXPECT_THAT(program.lines(), ElementsAre(k_withdraw)) << "nothing but the last word";
}

TEST_F(Healthcheck, WithdrawsWhenItIsAskedToEnd) {
  for (const int number : {SIGTERM, SIGINT}) {
    PipedProcess program(without_setup({"--rise", "1", "--command", "true"}));
    program.answer_with("done");
    ASSERT_TRUE(program.read_lines(1));
    program.signal(number);
    EXPECT_EQ(program.wait(), 0);
    EXPECT_EQ(program.lines().back(), k_withdraw);
  }
}

TEST_F(Healthcheck, EndsAtOnceAlthoughACheckHangsAndNobodyAnswers) {
  PipedProcess program(without_setup({"--command", "touch " + at("begun") + "; sleep 1000"}));
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(at("begun")); }));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
  EXPECT_THAT(program.lines(), ElementsAre(k_withdraw));
}

TEST_F(Healthcheck, AnIntervalOfZeroAnnouncesOnceAndLeavesTheRoutes) {
  PipedProcess program(without_setup({"--interval", "0", "--command", "true"}));
  program.answer_with("done");
  EXPECT_EQ(program.wait(), 0);
  EXPECT_THAT(program.lines(), ElementsAre(announce(100)));
}

TEST_F(Healthcheck, IsDisabledWhileTheFileIsThere) {
  touch("off");
  PipedProcess program(without_setup({"--rise", "1", "--disable", at("off"), "--disabled-execute", "echo $STATE >>" + at("states")}));
  ASSERT_TRUE(program.read_lines(2));
  EXPECT_THAT(program.lines(), Each(announce(500)));
  std::filesystem::remove(at("off"));
  EXPECT_TRUE(program.read_until(announce(100)));
  EXPECT_THAT(words_of("states"), ElementsAre("DISABLED"));
}

TEST_F(Healthcheck, HooksRunInOrderBeforeTheAnnouncement) {
  PipedProcess program(without_setup({"--rise", "2", "--execute", "echo all-$STATE >>" + at("log"), "--up-execute", "echo one-$STATE >>" + at("log"), "--up-execute",
                                      "sleep 0.1; echo two-$STATE >>" + at("log")}));
  ASSERT_TRUE(program.read_lines(1));
  EXPECT_THAT(words_of("log"), ElementsAre("all-RISING", "one-UP", "two-UP", "all-UP"));
}

TEST_F(Healthcheck, WithDebounceOnlyChangesAreAnnounced) {
  PipedProcess program(without_setup({"--rise", "1", "--debounce", "--disable", at("off"), "--command", "echo >>" + at("checks") + " x"}));
  program.answer_with("done");
  ASSERT_TRUE(program.read_lines(1));
  ASSERT_TRUE(eventually([&] { return words_of("checks").size() >= 5; }));
  touch("off");
  ASSERT_TRUE(program.read_lines(2));
  EXPECT_THAT(program.lines(), ElementsAre(announce(100), announce(500)));
}

TEST_F(Healthcheck, WithDebounceWhatWasRefusedIsSaidAgainLaterAndLater) {
  PipedProcess program(without_setup({"--rise", "1", "--debounce"}));
  program.answer_with("error");
  const auto begin = harness::Loopback::now();
  ASSERT_TRUE(program.read_lines(3));
  EXPECT_GE(harness::Loopback::now() - begin, 2900ms) << "after 1 s, then after 2 s";
  program.answer_with("done");
  EXPECT_THAT(program.lines(), Each(announce(100)));
}

TEST_F(Healthcheck, NothingThatTheSpeakerWritesHoldsIt) {
  PipedProcess program(without_setup({"--rise", "1", "--no-ack"}));
  for (int i = 0; i < 64; ++i) program.say(std::string(16384, 'e') + "\n");  // 16 times what the pipe holds
  const std::size_t before = program.lines().size();
  EXPECT_TRUE(program.read_lines(before + 3));
}

TEST_F(Healthcheck, ASpeakerThatDoesNotReadHearsTheNewestStateWhenItDoes) {
  PipedProcess program({TANDEM_PROGRAM, "healthcheck", "--no-syslog", "--no-ip-setup", "--ip", "10.0.0.0/21", "--deaggregate-networks", "--rise", "1", "--interval", "0.01",
                        "--disable", at("off"), "--command", "echo x >>" + at("checks"), "--increase", "0", "--disabled-execute", "touch " + at("disabled")});
  // 2048 lines of 60 octets do not fit into the pipe.
  ASSERT_TRUE(eventually([&] { return words_of("checks").size() >= 20; })) << "checks go on";
  touch("off");
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(at("disabled")); }));
  ASSERT_TRUE(program.read_until("peer * announce route 10.0.7.255/32 next-hop self med 500"));
  for (const std::string& line : program.lines()) EXPECT_THAT(line, ::testing::MatchesRegex("peer \\* announce route 10\\.0\\.[0-7]\\.[0-9]+/32 next-hop self med [15]00"));
}

TEST_F(Healthcheck, EndsWhenTheSpeakerHasGone) {
  PipedProcess program(without_setup({"--rise", "1"}));
  ASSERT_TRUE(program.read_lines(1));
  program.close_output();
  EXPECT_EQ(program.wait(), 0);
}

TEST_F(Healthcheck, SpeaksTheGrammarOfTheSettings) {
  PipedProcess program(without_setup({"--rise", "1", "--neighbor", "10.0.0.1"}), {{"exabgp_api_version", "4"}});
  ASSERT_TRUE(program.read_lines(1));
  EXPECT_EQ(program.lines()[0], "neighbor 10.0.0.1 announce route 192.0.2.1/32 next-hop self med 100");
}

TEST_F(Healthcheck, WritesItsNumberIntoAFileAndTakesItAway) {
  PipedProcess program(without_setup({"--rise", "1", "--pid", at("pid")}));
  ASSERT_TRUE(program.read_lines(1));
  EXPECT_THAT(words_of("pid"), ElementsAre(std::to_string(program.pid())));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
  EXPECT_FALSE(std::filesystem::exists(at("pid")));
}

TEST_F(Healthcheck, WrongOptionsAreStatusTwoWhatCannotWorkIsOne) {
  EXPECT_EQ(PipedProcess(without_setup({"--rise", "often"})).wait(), 2);
  EXPECT_EQ(PipedProcess(without_setup({"--user", "no-such-user-here"})).wait(), 1);
  EXPECT_EQ(PipedProcess(arguments({"--ip", "2001:db8::/64"})).wait(), 1) << "more addresses than anybody sets up";
}

TEST_F(Healthcheck, PrivilegesAreGivenUpBeforeTheFirstCheck) {
  const std::string command = fmt::format("id -u >{0}; id -G >>{0}", at("who"));
  std::vector<std::string> words = without_setup({"--rise", "1", "--command", command});
  std::vector<std::string> expected{std::to_string(::getuid())};
  if (::getuid() == 0) {
    words.insert(words.end(), {"--user", "nobody", "--group", "daemon"});
    expected = {"65534", "1"};
  }
  PipedProcess program(words);
  ASSERT_TRUE(program.read_lines(1));
  auto who = words_of("who");
  ASSERT_GE(who.size(), 2U);
  who.resize(expected.size());
  EXPECT_EQ(who, expected);
}

// Addresses of lo with their labels, "192.0.2.1/32 lo:web", without those of the loopback networks.
std::vector<std::string> addresses_of_lo() {
  auto kernel = Addresses::open();
  std::vector<std::string> out;
  for (const InterfaceAddress& one : kernel->of("lo").value()) {
    const std::string text = one.prefix.text() + (one.label.empty() ? "" : " " + one.label);
    if (!text.starts_with("127.") && !text.starts_with("::1/")) out.push_back(text);
  }
  return out;
}

TEST_F(Healthcheck, AddressesAreSetUpAndRemovedAtItsEnd) {
  const program::OwnNetwork network;
  PipedProcess program(arguments({"--rise", "1", "--ip", "198.51.100.0/31", "--ip", "2001:db8::1"}));
  ASSERT_TRUE(program.read_lines(3)) << "it announces though it may not set them up";
  if (!network.there()) return;
  EXPECT_THAT(addresses_of_lo(), ::testing::UnorderedElementsAre("192.0.2.1/32 lo", "198.51.100.0/32 lo", "198.51.100.1/32 lo", "2001:db8::1/128"));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
  EXPECT_THAT(addresses_of_lo(), IsEmpty());
}

TEST_F(Healthcheck, AddressesOfOthersStay) {
  const program::OwnNetwork network;
  if (network.there()) {
    ASSERT_TRUE(Addresses::open()->add(*base::IpAddress::parse("192.0.2.1"), "lo", "").value());
    ASSERT_TRUE(Addresses::open()->add(*base::IpAddress::parse("192.0.2.7"), "lo", "").value());
    EXPECT_FALSE(Addresses::open()->add(*base::IpAddress::parse("192.0.2.7"), "lo", "").value()) << "twice";
  }
  PipedProcess program(arguments({"--rise", "1"}));
  ASSERT_TRUE(program.read_lines(1));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
  if (!network.there()) return;
  EXPECT_THAT(addresses_of_lo(), ::testing::UnorderedElementsAre("192.0.2.1/32 lo", "192.0.2.7/32 lo"));
}

TEST_F(Healthcheck, WhatCarriesTheLabelIsItsOwn) {
  const program::OwnNetwork network;
  const std::vector<std::string> words{TANDEM_PROGRAM, "healthcheck", "--no-syslog", "--rise", "1", "--interval", "0.02", "--label", "web", "--dynamic-ip-setup", "--disable", at("off")};
  if (!network.there()) {
    EXPECT_EQ(PipedProcess(words).wait(), 1) << "nothing has such a label";
    return;
  }
  ASSERT_TRUE(Addresses::open()->add(*base::IpAddress::parse("192.0.2.1"), "lo", "lo:web1").value());
  ASSERT_TRUE(Addresses::open()->add(*base::IpAddress::parse("192.0.2.2"), "lo", "lo:mail").value());
  PipedProcess program(words);
  ASSERT_TRUE(program.read_lines(2));
  EXPECT_THAT(program.lines(), Each(announce(100)));
  touch("off");
  EXPECT_TRUE(eventually([] { return addresses_of_lo() == std::vector<std::string>{"192.0.2.2/32 lo:mail"}; }));
  std::filesystem::remove(at("off"));
  EXPECT_TRUE(eventually([] { return addresses_of_lo() == std::vector<std::string>{"192.0.2.2/32 lo:mail", "192.0.2.1/32 lo:web"}; }));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
  EXPECT_THAT(addresses_of_lo(), ElementsAre("192.0.2.2/32 lo:mail"));
}

// Through a sudo that only writes down what it is asked for.
TEST_F(Healthcheck, WithSudoAddressesAreSetUpByIt) {
  std::ofstream(at("sudo")) << "#!/bin/sh\necho \"$*\" >>" << at("asked") << "\n";
  std::filesystem::permissions(at("sudo"), std::filesystem::perms::all);
  const std::string path = directory_.string() + ":" + ::getenv("PATH");
  PipedProcess program(arguments({"--rise", "1", "--sudo", "--label", "web", "--ip", "2001:db8::1"}), {{"PATH", path}});
  ASSERT_TRUE(program.read_lines(2));
  std::ifstream file(at("asked"));
  std::vector<std::string> asked;
  for (std::string line; std::getline(file, line);) asked.push_back(line);
  EXPECT_THAT(asked, ElementsAre("ip address add 192.0.2.1/32 dev lo label lo:web", "ip address add 2001:db8::1/128 dev lo"));
}

TEST_F(Healthcheck, AddressesMayBeOnAnotherInterface) {
  const program::OwnNetwork network;
  if (network.there()) (void)harness::output_of({"/usr/sbin/ip", "link", "add", "anycast0", "type", "veth", "peer", "name", "anycast1"});
  PipedProcess program({TANDEM_PROGRAM, "healthcheck", "--no-syslog", "--rise", "1", "--ip-ifname", "192.0.2.1%anycast0", "--interval", "0.02"});
  ASSERT_TRUE(program.read_lines(1));
  EXPECT_EQ(program.lines()[0], announce(100));
  if (!network.there()) return;
  EXPECT_THAT(addresses_of_lo(), IsEmpty());
  auto kernel = Addresses::open();
  const auto addresses = kernel->of("anycast0");
  ASSERT_TRUE(addresses.has_value()) << addresses.error().reason();
  EXPECT_EQ(addresses->size(), 1U);
}

}  // namespace
}  // namespace tandem::healthcheck
