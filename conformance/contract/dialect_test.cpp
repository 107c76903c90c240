// Dialect 4.2 on every driver: what programs read of it. conformance/interop runs it beside Debian's ExaBGP.
#include <fmt/format.h>

#include <mutex>
#include <utility>

#include "conformance/contract/scene.hpp"

namespace tandem::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* k_messages = "parsed; open; update; notification; keepalive; refresh; operational; }";

class Dialect42 : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(Dialect42);

// One neighbor, and a program that is told everything about it.
class Told42 : public Scene {
 public:
  explicit Told42(Stage& stage, const std::string& encoder = "json", const std::string& how = "") : Scene(stage) {
    stage.settings.api_version = 4;
    stage.settings.compat_dialect = bgp::Dialect::release_4_2;
    NeighborText& text = neighbor();
    text.capabilities = {"route-refresh;", "operational;"};
    text.statements = {"adj-rib-in true;"};
    text.api = {"neighbor-changes;", "negotiated;", "fsm;", "signal;", "receive { " + how + k_messages, "send { " + how + k_messages};
    program("p", nullptr, encoder);
    start();
  }
};

TEST_P(Dialect42, APeerThatClosesIsToldWithTheWordsOf4221) {
  for (const std::string encoder : {"text", "json"}) {
    play([&](Stage& stage) {
      Told42 scene(stage, encoder);
      ASSERT_TRUE(stage.run_until_established());
      ScriptedProgram& program = *stage.program_running("p");
      stage.peer()->end(Remote::Ending::close);
      const std::string expected = encoder == "text"
                                       ? "neighbor 127.0.0.10 down - peer reset, message [closing connection] error[the TCP connection was closed by the remote end]"
                                       : R"x("state": "down", "reason": "peer reset, message (closing connection) error(the TCP connection was closed by the remote end)")x";
      EXPECT_TRUE(stage.run_until([&] { return program.containing(expected) == 1; })) << expected;
    }, 3);
  }
}

TEST_P(Dialect42, ASignalThatACommandStandsForHasNoName) {
  play([](Stage& stage) {
    Told42 scene(stage);
    ASSERT_TRUE(stage.run_until_established());
    ScriptedProgram& program = *stage.program_running("p");
    program.say("reload");
    EXPECT_TRUE(stage.run_until([&] { return program.containing(R"("code": "0", "name": "UNKNOWN")") == 1; }));
    stage.signal(speaker::Signal::reload);
    EXPECT_TRUE(stage.run_until([&] { return program.containing(R"("code": "10", "name": "SIGUSR1")") == 1; }));
  }, 3);
}

TEST_P(Dialect42, ARouteRefreshIsAPacketOfTwoWords) {
  play([](Stage& stage) {
    Told42 scene(stage, "json", "packets; ");
    ASSERT_TRUE(stage.run_until_established());
    ScriptedProgram& program = *stage.program_running("p");
    stage.peer()->send(route_refresh(bgp::k_ipv4_unicast));
    EXPECT_TRUE(stage.run_until([&] { return program.containing(R"("type": "route refresh")") > 0; }));
    EXPECT_EQ(program.containing(R"("type": "route-refresh")"), 0U);
  }, 3);
}

TEST_P(Dialect42, ARefusedReloadIsLoggedAsProgramsExpect) {
  struct Log : base::LogSink {
    Log() {
      base::set_log_sink(this);
      base::set_log_threshold(base::LogCategory::configuration, base::LogLevel::error);
    }
    ~Log() override {
      base::set_log_threshold(base::LogCategory::configuration, base::LogLevel::off);
      base::set_log_sink(nullptr);
    }
    void write(base::LogCategory, base::LogLevel, std::string_view line) override {
      const std::lock_guard lock(mutex);
      lines.emplace_back(line);
    }
    bool has(const std::string& line) {
      const std::lock_guard lock(mutex);
      return std::find(lines.begin(), lines.end(), line) != lines.end();
    }
    std::mutex mutex;  // the engine has a thread of its own
    std::vector<std::string> lines;
  };
  play([](Stage& stage) {
    Log log;
    Told42 scene(stage);
    ASSERT_TRUE(stage.run_until_established());
    EXPECT_FALSE(log.has("not reloaded, no change found in the configuration"));
    stage.rewrite("neighbor {");
    stage.signal(speaker::Signal::reload);
    EXPECT_TRUE(stage.run_until([&] { return log.has("not reloaded, no change found in the configuration"); }));
    EXPECT_EQ(stage.established(), 1U);
    ASSERT_TRUE(stage.stop());
  }, 2);
}

TEST_P(Dialect42, WordsBehindShowAreThoseOf4221) {
  play([](Stage& stage) {
    Told42 scene(stage);
    ASSERT_TRUE(stage.run_until_established());
    ASSERT_THAT(stage.command("announce route 10.1.0.0/16 next-hop 10.0.0.1"), ElementsAre("done"));
    stage.peer()->send(update({{"10.2.0.0/16"}, std::nullopt, 0}));
    ASSERT_TRUE(stage.run_until([&] { return stage.command("show adj-rib in").size() == 2; }));
    const std::string out = "neighbor 127.0.0.10 ipv4 unicast 10.1.0.0/16 next-hop 10.0.0.1";
    const std::string in = "neighbor 127.0.0.10 ipv4 unicast 10.2.0.0/16 next-hop 192.0.2.1";
    for (const std::string words : {"", " routes", " static", " inet", " 127.0.0.10", " routes 127.0.0.10"}) {
      EXPECT_THAT(stage.command("show adj-rib out" + words), ElementsAre(out, "done")) << words;
      EXPECT_THAT(stage.command("show adj-rib in" + words), ElementsAre(in, "done")) << words;
    }
    for (const std::string words : {" routes extensive", " static extensive"}) {
      EXPECT_THAT(stage.command("show adj-rib out" + words), ElementsAre(HasSubstr(" ipv4 unicast 10.1.0.0/16 next-hop 10.0.0.1"), "done")) << words;
    }
    EXPECT_THAT(stage.command("show adj-rib out 9.9.9.9"), ElementsAre("done"));
    EXPECT_THAT(stage.command("show neighbor summary 9.9.9.9"), ElementsAre(HasSubstr("Peer "), "done"));
  }, 3);
}

// For the schema of the dialect (conformance/schema) as well: each kind of event is told once.
TEST_P(Dialect42, EveryKindOfEventIsTold) {
  for (const std::string how : {"", "packets; ", "consolidate; "}) {
    SCOPED_TRACE(how);
    play([&](Stage& stage) {
      Told42 scene(stage, "json", how);
      ASSERT_TRUE(stage.run_until_established());
      ScriptedProgram& program = *stage.program_running("p");
      program.say("announce route 10.1.0.0/16 next-hop 10.0.0.1 community 65001:1");
      stage.peer()->send(route_refresh(bgp::k_ipv4_unicast));
      program.say("announce operational asm afi ipv4 safi unicast advisory hello");
      stage.peer()->send(update({{"10.2.0.0/16"}, std::nullopt, 0}));
      stage.peer()->send(withdrawal(std::vector<std::string>{"10.2.0.0/16"}));
      stage.peer()->send(end_of_rib(bgp::k_ipv4_unicast));
      const auto all_told = [&] {
        const std::string kind = how.starts_with("packets") ? R"("category": 6)" : R"("type": "operational")";
        return program.containing(R"("eor": )") > 1 && program.containing(R"("withdraw": )") > 0 && program.containing(kind) > 0;
      };
      ASSERT_TRUE(stage.run_until(all_told));
      stage.peer()->send(notification(6, 2));
      ASSERT_TRUE(stage.run_until([&] { return program.containing(R"("state": "down")") > 0; }));
      ASSERT_TRUE(stage.stop());
      for (const std::string type : {"state", "fsm", "negotiated", "open", "update", "keepalive", "notification", "refresh"}) {
        EXPECT_GT(program.containing(fmt::format(R"("type": "{}")", type)), 0U) << type;
      }
    }, 2);
  }
}

}  // namespace
}  // namespace tandem::conformance
