// The pair of named pipes of the command-line client: commands in one, answers out of the other, and neither side can hang the other.
#include <fcntl.h>
#include <unistd.h>

#include "common/process/control_pipes.hpp"
#include "conformance/contract/scene.hpp"

namespace tandem::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Somebody at the pipes; everything by the way.
class PipeUser {
 public:
  explicit PipeUser(const std::string& path) {
    auto pipes = process::connect_control_pipes(path, 5s);
    EXPECT_TRUE(pipes) << (pipes ? "" : pipes.error().reason());
    if (pipes) pipes_ = std::move(*pipes);
  }
  [[nodiscard]] bool write(std::string_view text) { return ::write(pipes_.commands.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()); }
  const std::string& read() {
    char buffer[4096];
    for (ssize_t count = 0; (count = ::read(pipes_.answers.get(), buffer, sizeof buffer)) > 0;) read_.append(buffer, static_cast<std::size_t>(count));
    return read_;
  }

 private:
  process::ControlPipes pipes_;
  std::string read_;
};

class ControlPipes : public RealEngines {
 protected:
  static std::string start(Stage& stage, Scene& scene) {
    const std::string path = dynamic_cast<RealStage&>(stage).make_control_pipes();
    scene.neighbor();
    scene.start();
    EXPECT_TRUE(stage.run_until_established());
    return path;
  }
};
TANDEM_ON_REAL_ENGINES(ControlPipes);

TEST_P(ControlPipes, CarryCommandsAndAnswersForOneClientAfterTheOther) {
  play([](Stage& stage) {
    Scene scene(stage);
    const std::string path = start(stage, scene);
    for (int i = 0; i < 3; ++i) {
      PipeUser user(path);
      ASSERT_TRUE(user.write(announce(prefix_of(static_cast<std::size_t>(i))) + "\nrib show out\nno such command\n"));
      ASSERT_TRUE(stage.run_until([&] { return user.read().ends_with("error\n"); })) << user.read();
      EXPECT_THAT(user.read(), HasSubstr(prefix_of(static_cast<std::size_t>(i))));
      EXPECT_TRUE(user.read().starts_with("done\n")) << "nothing of the one before: " << user.read();
    }
    EXPECT_TRUE(stage.run_until([&] { return announced(stage.peer()->transcript()).size() == 3; }));
  });
}

// `echo COMMAND >exabgp.in; cat exabgp.out`, as many scripts have it: the answer, all of it, and an end.
TEST_P(ControlPipes, AShellGetsAnAnswerAndAnEndOfFileBehindIt) {
  play([](Stage& stage) {
    Scene scene(stage);
    const std::string path = start(stage, scene);
    for (int i = 0; i < 500; ++i) stage.command(announce(prefix_of(static_cast<std::size_t>(i)), i == 499 ? "sync" : ""));
    const auto shell = [&](const std::string& command) {
      base::UniqueFd commands(::open((path + ".in").c_str(), O_WRONLY | O_CLOEXEC));
      const std::string line = command + "\n";
      EXPECT_EQ(::write(commands.get(), line.data(), line.size()), static_cast<ssize_t>(line.size()));
      commands.reset();
      std::string text;
      bool ended = false;
      base::UniqueFd answers;
      EXPECT_TRUE(stage.run_until([&] {
        char buffer[4096];
        if (!answers) answers.reset(::open((path + ".out").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
        ssize_t count = 0;
        while ((count = ::read(answers.get(), buffer, sizeof buffer)) > 0) text.append(buffer, static_cast<std::size_t>(count));
        ended = count == 0 && !text.empty();
        return ended;
      })) << text;
      return text;
    };
    for (int i = 0; i < 3; ++i) {
      const std::string shown = shell("rib show out");
      EXPECT_EQ(std::count(shown.begin(), shown.end(), '\n'), 501);
      EXPECT_TRUE(shown.ends_with("\ndone\n"));
      EXPECT_EQ(shell("no such command"), "error\n");
    }
    settle(stage);
  });
}

TEST_P(ControlPipes, AClientThatReadsNothingHangsNobody) {
  play([](Stage& stage) {
    Scene scene(stage);
    const std::string path = start(stage, scene);
    {
      PipeUser user(path);
      for (int i = 0; i < 40; ++i) {  // far more answers than a pipe holds
        std::string lines;
        for (int j = 0; j < 10; ++j) lines += "system help\n";
        if (!user.write(lines)) stage.run_for(5ms);
      }
      EXPECT_EQ(stage.command("system version").back(), "done") << "the control socket";
      EXPECT_EQ(stage.established(), 1U);
    }
    // It is gone. What it has left is not for the next one, who reads until the answer to his own question comes.
    PipeUser user(path);
    ASSERT_TRUE(user.write("peer list\n"));
    EXPECT_TRUE(stage.run_until([&] { return user.read().find("peer-address") != std::string::npos; }, 30s));
    settle(stage);
  });
}

TEST_P(ControlPipes, OneWhoSaysHalfALineAndGoesIsNotWaitedFor) {
  play([](Stage& stage) {
    Scene scene(stage);
    const std::string path = start(stage, scene);
    ASSERT_TRUE(PipeUser(path).write("system ver"));
    ASSERT_TRUE(PipeUser(path).write("\n"));
    PipeUser user(path);
    ASSERT_TRUE(user.write("system version\n"));
    ASSERT_TRUE(stage.run_until([&] { return user.read().find("application") != std::string::npos; }));
    settle(stage);  // nothing spins
    EXPECT_EQ(stage.established(), 1U);
  });
}

TEST_P(ControlPipes, HaveTagsWhenTheyAreAskedFor) {
  play([](Stage& stage) {
    Scene scene(stage);
    PipeUser user(start(stage, scene));
    ASSERT_TRUE(user.write("#1 comment\nsession tags enable\n#2 no such command\n#3 " + announce("10.1.0.0/16", "sync") + "\n#4 session tags disable\n"));
    ASSERT_TRUE(stage.run_until([&] { return user.read().ends_with("done #4\n"); })) << user.read();
    EXPECT_EQ(user.read(), "done\ndone\nerror #2\ndone #3\ndone #4\n");
  });
}

}  // namespace
}  // namespace tandem::conformance
