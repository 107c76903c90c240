// Programs that do not do as they should: each disturbs nobody else, not a session, not another program, not a control client.
#include <fmt/format.h>

#include "conformance/contract/scene.hpp"
#include "conformance/contract/told.hpp"

namespace tandem::conformance {
namespace {

class DifficultProgram : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(DifficultProgram);

// A scene with a neighbor, the program `difficult`, and another program `p`, which expects to be served as if it were alone.
class Company {
 public:
  explicit Company(Stage& stage, std::function<void(ScriptedProgram&)> prepare = nullptr, const std::vector<std::string>& events = {})
      : stage_(stage), scene_(stage) {
    scene_.neighbor().api = events;
    scene_.program("difficult", std::move(prepare), "json");
    scene_.program("p");
    scene_.start();
    EXPECT_TRUE(stage.run_until_established());
    EXPECT_TRUE(stage.run_until([&] { return stage.programs.size() >= 2; }));
  }
  [[nodiscard]] ScriptedProgram& difficult() { return *stage_.program_running("difficult"); }
  [[nodiscard]] const RouteTable& table() const { return stage_.peer()->table(); }

  // Commands of others are answered and reach the peer in no time, and the session is the one that there was.
  void expect_undisturbed() {
    ScriptedProgram& other = *stage_.program_running("p");
    for (int i = 0; i < 5; ++i) {
      const std::string prefix = fmt::format("10.250.{}.0/24", served_);
      other.say(announce(prefix));
      ++served_;
      EXPECT_TRUE(stage_.run_until([&] { return other.count("done") == served_; }, within(stage_, 100ms)));
      EXPECT_TRUE(stage_.run_until([&] { return table().has(prefix); }, within(stage_, 100ms)));
    }
    EXPECT_EQ(stage_.command("system version").back(), "done");
    EXPECT_EQ(stage_.peers.size(), 1U);
    EXPECT_EQ(stage_.established(), 1U);
    EXPECT_FALSE(other.has_closed());
  }

 private:
  Stage& stage_;
  Scene scene_;
  std::size_t served_ = 0;
};

// ExaBGP stops for ever at the 13,107th answer: 65,536 octets of pipe, five an answer.
TEST_P(DifficultProgram, OneThatCommandsAndNeverReadsHasAllItsCommandsCarriedOut) {
  play([](Stage& stage) {
    constexpr std::size_t k_commands = 15'000;
    Company company(stage, [](ScriptedProgram& program) { program.set_reading(false); });
    ScriptedProgram& deaf = company.difficult();
    for (std::size_t i = 0; i < k_commands; ++i) deaf.say(announce(prefix_of(i)));
    company.expect_undisturbed();
    ASSERT_TRUE(stage.run_until([&] { return company.table().size() == k_commands + 5; }, 60s)) << company.table().size();
    company.expect_undisturbed();
    EXPECT_FALSE(deaf.has_closed());
    deaf.set_reading(true);
    EXPECT_TRUE(stage.run_until([&] { return deaf.lines().size() == k_commands && deaf.count("done") == k_commands; }, 60s)) << "no answer is lost";
  }, 2);
}

TEST_P(DifficultProgram, OneThatNeverReadsItsEventsIsNotWaitedFor) {
  play([](Stage& stage) {
    Company company(stage, [](ScriptedProgram& program) { program.set_reading(false); }, {"receive { parsed; packets; update; }", "neighbor-changes;"});
    const std::size_t updates = stage.simulated() ? 300 : 3000;
    const base::Buffer update = update_of("", "40010100 400200 4003040A000001", "180A0001 180A0002");
    for (std::size_t i = 0; i < updates; ++i) stage.peer()->send(update);
    const auto told_all = [updates](const ScriptedProgram& program) {
      return program.lines().size() >= updates && program.containing("\"10.0.2.0/24\"") == updates;
    };
    const ScriptedProgram& reader = *stage.program_running("p");  // it is told the same
    ASSERT_TRUE(stage.run_until([&] { return told_all(reader); }, 60s)) << reader.lines().size();
    company.expect_undisturbed();
    const auto told = [&] { return stage.command("system queue-status")[0].find("\"difficult\": { \"items\": 0") == std::string::npos; };
    EXPECT_TRUE(stage.run_until(told)) << "what it does not read waits for it";
    company.expect_undisturbed();
    ScriptedProgram& deaf = company.difficult();
    EXPECT_FALSE(deaf.has_closed());
    deaf.set_reading(true);
    EXPECT_TRUE(stage.run_until([&] { return told_all(deaf); }, 60s)) << deaf.lines().size();
  }, 2);
}

TEST_P(DifficultProgram, OneThatWritesAnOctetAtATimeIsUnderstood) {
  play([](Stage& stage) {
    Company company(stage);
    ScriptedProgram& slow = company.difficult();
    const std::string lines = announce("10.1.0.0/16") + "\nno such command\r\n" + announce("10.2.0.0/16", "sync") + "\n";
    for (std::size_t i = 0; i < lines.size(); ++i) {
      slow.write(lines.substr(i, 1));
      ASSERT_TRUE(stage.run_until([&] { return slow.outbox().empty(); }));
      stage.run_for(1ms);
      if (i == lines.size() / 2) company.expect_undisturbed();
    }
    ASSERT_TRUE(stage.run_until([&] { return slow.lines().size() == 3; }));
    EXPECT_EQ(slow.texts(), (std::vector<std::string>{"done", "error", "done"}));
    EXPECT_TRUE(stage.run_until([&] { return company.table().has("10.1.0.0/16") && company.table().has("10.2.0.0/16"); }));
    company.expect_undisturbed();
  }, 3);
}

TEST_P(DifficultProgram, OneWhoseLineHasNoEndIsEndedAndStartedAgain) {
  play([](Stage& stage) {
    Company company(stage);
    ScriptedProgram& first = company.difficult();
    first.write(std::string(1024 * 1024, 'x'));  // so long a line may be
    company.expect_undisturbed();
    first.write("\n");
    ASSERT_TRUE(stage.run_until([&] { return first.count("error") == 1; }));
    EXPECT_FALSE(first.has_closed());
    first.write(std::string(1024 * 1024 + 70'000, 'x'));
    company.expect_undisturbed();
    ASSERT_TRUE(stage.run_until([&] { return first.has_closed() && stage.program_running("difficult") != nullptr && stage.programs.size() == 3; }));
    company.difficult().say("system version");
    EXPECT_TRUE(stage.run_until([&] { return company.difficult().count("done") == 1; }));
    company.expect_undisturbed();
  }, 2);
}

TEST_P(DifficultProgram, OneThatDiesInTheMiddleOfALineHasSaidTheLinesBeforeIt) {
  play([](Stage& stage) {
    Company company(stage);
    ScriptedProgram& first = company.difficult();
    first.write(announce("10.1.0.0/16") + "\n" + announce("10.2.0.0/16"));
    ASSERT_TRUE(stage.run_until([&] { return first.outbox().empty(); }));
    first.exit();
    ASSERT_TRUE(stage.run_until([&] { return stage.programs.size() == 3; }));
    company.expect_undisturbed();
    // What it began is not the beginning of what its successor says.
    company.difficult().say(announce("10.3.0.0/16"));
    ASSERT_TRUE(stage.run_until([&] { return company.table().has("10.3.0.0/16") && company.table().has("10.1.0.0/16"); }));
    EXPECT_FALSE(company.table().has("10.2.0.0/16"));
    EXPECT_EQ(company.difficult().count("error"), 0U);
  }, 3);
}

}  // namespace
}  // namespace tandem::conformance
