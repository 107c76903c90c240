// A kernel that gives no ring, as it is in many containers: who asks for the engine is told so and what to use instead, and a daemon that
// runs goes on with the engine it has.
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <optional>
#include <thread>

#include "tandem/running_tandem.hpp"

namespace tandem::program {
namespace {

using ::testing::HasSubstr;

class EngineRefusal : public Server {
 protected:
  // A program for which io_uring_setup(2) fails. What a thread may not do its children may not either, and the thread ends.
  static std::unique_ptr<RunningTandem> without_io_uring(int error, std::vector<std::string> arguments, std::vector<std::string> variables) {
    std::unique_ptr<RunningTandem> program;
    std::thread([&] {
      sock_filter code[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 0, 1),
                            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error)), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
      const sock_fprog rules{static_cast<unsigned short>(std::size(code)), code};
      ASSERT_EQ(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
      ASSERT_EQ(::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &rules), 0);
      program = std::make_unique<RunningTandem>(std::move(arguments), std::move(variables));
    }).join();
    return program;
  }
};
INSTANTIATE_TEST_SUITE_P(Engine, EngineRefusal, ::testing::Values("sync", "async"), [](const auto& info) { return info.param; });

TEST_P(EngineRefusal, ADaemonThatWasToBeginWithItSaysWhyItDoesNot) {
  for (const auto& [error, reason] : {std::pair{EPERM, "io_uring is forbidden here"}, {ENOSYS, "this kernel has no io_uring"}, {ENOMEM, "Cannot allocate memory"}}) {
    const auto program = without_io_uring(error, {"server", "--engine", "uring", path("good.conf")}, environment());
    ASSERT_NE(program, nullptr);
    EXPECT_EQ(program->wait(), 1);
    EXPECT_THAT(program->text(), HasSubstr(std::string("engine uring cannot begin: ")));
    EXPECT_THAT(program->text(), HasSubstr(reason));
    EXPECT_THAT(program->text(), HasSubstr("use engine async"));
  }
}

TEST_P(EngineRefusal, ADaemonThatRunsGoesOnWithTheEngineItHas) {
  std::vector<std::string> variables = environment({"tandem_api_socketpath=" + path("t.sock")});
  std::erase(variables, "tandem_api_cli=false");
  const auto program = without_io_uring(ENOSYS, {"server", path("good.conf")}, variables);
  ASSERT_NE(program, nullptr);
  ASSERT_TRUE(program->wait_for(k_started)) << program->text();
  Control control(path("t.sock"));
  EXPECT_THAT(control.ask("engine uring"), HasSubstr("error: engine uring cannot begin: this kernel has no io_uring"));
  EXPECT_THAT(control.ask("engine trial uring for 1s"), HasSubstr("error: engine uring cannot begin: this kernel has no io_uring"));
  EXPECT_THAT(control.ask("engine"), HasSubstr("\"" + GetParam() + "\""));
  program->signal(SIGTERM);
  EXPECT_EQ(program->wait(), 0) << program->text();
}

TEST_P(EngineRefusal, AComparisonLeavesItOutAndSaysSo) {
  const auto program = without_io_uring(EPERM, {"compare", "--no-count", path("good.conf")}, {});
  ASSERT_NE(program, nullptr);
  EXPECT_EQ(program->wait(), 0) << program->text();
  EXPECT_THAT(program->text(), HasSubstr("uring is not compared: io_uring is forbidden here"));
  EXPECT_THAT(program->text(), HasSubstr("verdict: identical"));
}

}  // namespace
}  // namespace tandem::program
