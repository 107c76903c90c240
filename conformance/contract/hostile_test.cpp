// Input nobody should send: any octets from a peer, any line from a program. Each gets its clear answer, everything that is told about
// it is well-formed, and nobody else notices.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "conformance/contract/scene.hpp"
#include "conformance/fuzz/entries.hpp"

namespace tandem::conformance {
namespace {

const std::vector<std::string> k_everything{
    "neighbor-changes;", "negotiated;", "fsm;", "signal;",
    "receive { parsed; packets; open; update; notification; keepalive; refresh; operational; }",
    "send { parsed; packets; open; update; notification; keepalive; refresh; operational; }"};

// Every line a program gets is an answer or one whole JSON object in ASCII.
void expect_well_formed(const ScriptedProgram& program) {
  for (const auto& line : program.lines()) {
    const std::string& text = line.text;
    if (text == "done" || text == "error" || text.rfind("error: ", 0) == 0) continue;
    boost::system::error_code failure;
    const auto value = boost::json::parse(text, failure);
    ASSERT_FALSE(failure) << text;
    ASSERT_TRUE(value.is_object() || value.is_array()) << text;
    ASSERT_TRUE(std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; })) << text;
  }
}

class HostilePeer : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(HostilePeer);

// The peer opens its connections itself: one that ends every session is not dialled as often.
void be_hostile(Stage& stage, std::size_t connections, std::uint64_t seed) {
  Scene scene(stage);
  const std::uint16_t port = stage.listen_port();
  scene.neighbor("127.0.0.11").api = k_everything;
  scene.at(0).statements = {"passive;", "listen " + std::to_string(port) + ";"};
  scene.neighbor("127.0.0.12").api = k_everything;
  scene.at(0).capabilities = {"route-refresh;"};
  scene.at(1).routes = many_routes(20);
  scene.program("p", nullptr, "json");
  scene.start();
  ASSERT_TRUE(stage.run_until([&] { return stage.established() == 1; }));
  base::Random random(seed);
  const auto seeds = fuzz::message().seeds;
  for (std::size_t i = 0; i < connections; ++i) {
    std::shared_ptr<ScriptedPeer> caller;
    // Refused while the speaker has not seen the end of the session before.
    ASSERT_TRUE(stage.run_until([&] {
      if (caller == nullptr || caller->has_closed()) {
        caller = std::make_shared<ScriptedPeer>();
        stage.dial("127.0.0.11", {*base::IpAddress::parse("127.0.0.1"), port}, caller);
      }
      return caller->is_established();
    })) << i;
    ScriptedPeer& peer = *caller;
    for (int k = 0; k < 200 && !peer.has_closed(); ++k) {
      const base::Buffer input = fuzz::mutate({}, seeds, 4096, random);
      if (input.size() > 2) peer.send(base::Bytes(input).subspan(2));
      stage.run_for(1ms);
    }
    if (!peer.has_closed()) peer.end(Remote::Ending::reset);
    ASSERT_TRUE(stage.run_until([&] { return peer.has_closed(); }));
    EXPECT_EQ(peer.broken(), "");
    EXPECT_LE(peer.count(k_notification), 1U);
  }
  EXPECT_EQ(std::count(stage.peer_addresses.begin(), stage.peer_addresses.end(), "127.0.0.12"), 1);
  EXPECT_FALSE(stage.peer("127.0.0.12")->has_closed());
  expect_well_formed(*stage.program_running("p"));
  EXPECT_EQ(stage.programs.size(), 1U);
}

TEST_P(HostilePeer, AnyOctetsGetANotificationAndDisturbNobody) {
  std::uint64_t seed = 1;
  play([&](Stage& stage) { be_hostile(stage, stage.simulated() ? 40 : 15, seed++); }, 10);
}

TEST_P(HostilePeer, AnyOctetsInsteadOfAnOpenToo) {
  play([](Stage& stage) {
    Scene scene(stage);
    const std::uint16_t port = stage.listen_port();
    scene.neighbor().statements = {"passive;", "listen " + std::to_string(port) + ";"};
    scene.at(0).api = k_everything;
    scene.program("p", nullptr, "json");
    scene.start();
    base::Random random(5);
    const auto seeds = fuzz::message().seeds;
    for (int i = 0; i < 60; ++i) {
      PeerOptions options;
      options.answer_open = false;
      const auto caller = std::make_shared<ScriptedPeer>(options);
      const base::Buffer input = fuzz::mutate({}, seeds, 4096, random);
      if (input.size() > 2) caller->send(base::Bytes(input).subspan(2));
      stage.dial(k_far, {*base::IpAddress::parse("127.0.0.1"), port}, caller);
      stage.run_until([&] { return caller->has_closed(); }, 20ms);
      caller->end(Remote::Ending::reset);
      ASSERT_TRUE(stage.run_until([&] { return caller->has_closed(); }));
      EXPECT_EQ(caller->broken(), "");
    }
    expect_well_formed(*stage.program_running("p"));
    stage.run_for(100ms);  // the last of them is gone for the speaker, too
    const auto good = std::make_shared<ScriptedPeer>();
    stage.dial(k_far, {*base::IpAddress::parse("127.0.0.1"), port}, good);
    EXPECT_TRUE(stage.run_until([&] { return good->ends_of_rib() == 1; })) << ::testing::PrintToString(lines(*good));
  }, 10);
}

class HostileProgram : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(HostileProgram);

// Words that mean something, put together at random, with some octets spoilt.
std::string random_line(base::Random& random) {
  static const std::vector<std::string> k_words{
      "peer", "neighbor", "*", "127.0.0.11", "[", "]", ",", "announce", "withdraw", "route", "10.0.0.0/24", "2001:db8::/32", "0.0.0.0/0",
      "next-hop", "10.0.0.1", "self", "med", "5", "-1", "99999999999", "community", "[", "65001:1", "]", "as-path", "(", ")", "origin", "igp",
      "eor", "ipv4", "ipv6", "unicast", "route-refresh", "teardown", "4", "rib", "show", "in", "out", "flush", "clear", "extensive", "json",
      "session", "ack", "ping", "sync", "enable", "system", "version", "help", "queue-status", "api", "engine", "sim", "watchdog", "name",
      "attributes", "nlri", "split", "/25", "path-information", "1.2.3.4", "label", "rd", "1:1", "{", "}", ";", "#", "\"", "'", "\\", "group",
      "start", "end", "create", "delete", "list", "summary", "local-as", "family-allowed", "in-open", "large-community", "1:2:3", "aggregator",
      "extended-community", "target:1:2", "attribute", "0x99", "0xC0", "0x00", "local-preference", "operational", "flow", "vpls", "routes", "add"};
  std::string line;
  for (std::uint64_t i = random.below(14); i > 0; --i) line += k_words[random.below(k_words.size())] + (random.below(30) == 0 ? "  \t" : " ");
  for (std::uint64_t i = random.below(4); i > 0 && !line.empty() && random.below(6) == 0; --i) {
    char octet = static_cast<char>(random.next());
    if (octet == '\n') octet = 'n';
    line[random.below(line.size())] = octet;
  }
  // What turns answers off or ends the speaker has tests of its own; `debug` lines are never answered.
  for (const auto* word : {"shutdown", "ack", "reset", "crash", "debug", "routes", "restart", "reload", "bye", "delete"}) {
    if (line.find(word) != std::string::npos) return "system version";
  }
  return line;
}

TEST_P(HostileProgram, AnyLineIsAnsweredOnceAndDisturbsNobody) {
  std::uint64_t seed = 1;
  play([&](Stage& stage) {
    Scene scene(stage);
    scene.neighbor("127.0.0.11");
    scene.neighbor("127.0.0.12");
    scene.program("hostile");
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established(2));
    ASSERT_TRUE(stage.run_until([&] { return stage.programs.size() == 2; }));
    auto& hostile = *stage.program_running("hostile");
    base::Random random(seed++);
    std::vector<std::string> said;
    for (std::size_t i = 0; i < 1500; ++i) {
      said.push_back(random_line(random));
      hostile.say(said.back());
    }
    const auto answers = [&] { return hostile.count("done") + hostile.count("error"); };
    EXPECT_TRUE(stage.run_until([&] { return answers() >= said.size() || hostile.has_closed(); }, 60s)) << answers();
    stage.run_for(50ms);
    EXPECT_EQ(answers(), said.size());
    EXPECT_FALSE(hostile.has_closed());
    auto& program = *stage.program_running("p");
    program.say("system version");
    EXPECT_TRUE(stage.run_until([&] { return program.count("done") == 1; }));
    EXPECT_TRUE(stage.run_until([&] { return stage.established() == 2; }, 100s));
    for (const auto& peer : stage.peers) EXPECT_EQ(peer->broken(), "");
  }, 20);
}

}  // namespace
}  // namespace tandem::conformance
