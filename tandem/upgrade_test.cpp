// Who looks at a state is given more time while he works.
#include "tandem/upgrade.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "common/process/clock.hpp"
#include "tandem/memory_file.hpp"
#include "tandem/test_support.hpp"

namespace tandem::program {
namespace {

using namespace std::chrono_literals;

class Look : public ::testing::Test {
 protected:
  void begin(const std::string& script) {
    const std::string program = folder_.write("look.sh", "#!/bin/sh\n" + script);
    std::filesystem::permissions(program, std::filesystem::perms::all);
    auto begun = StateCheck::begin(program, true, [](int) { return base::Result<void>(); });
    ASSERT_TRUE(begun) << begun.error().reason();
    check_ = std::move(*begun);
    pid_ = check_->pid();
  }
  void TearDown() override {
    check_.reset();
    EXPECT_EQ(::waitpid(pid_, nullptr, 0), pid_);
  }
  test::Folder folder_;
  std::unique_ptr<StateCheck> check_;
  pid_t pid_ = 0;
};

TEST_F(Look, WhoUsesTheProcessorWorksUntilTheLongestTimeIsOver) {
  begin("while :; do :; done\n");
  const base::TimePoint begun = process::now();
  for (int times = 0; times < 2; ++times) {
    while (!check_->works(process::now()) && process::now() - begun < 20s) {
    }
  }
  EXPECT_LT(process::now() - begun, 20s);
  EXPECT_FALSE(check_->works(process::now() + StateCheck::k_longest));
  const auto verdict = check_->verdict(std::nullopt);
  ASSERT_FALSE(verdict);
  EXPECT_NE(verdict.error().reason().find("look.sh does not take the state: it has not looked at it in "), std::string::npos) << verdict.error().reason();
}

TEST_F(Look, WhoSleepsDoesNotWork) {
  begin("echo ready\nexec sleep 60\n");
  EXPECT_FALSE(check_->works(process::now())) << "to be started is no work";
  EXPECT_FALSE(check_->works(process::now()));
}

// A seal against writing is refused while anybody, the kernel included, holds one of the pages: in the pause of an upgrade that is an upgrade lost.
TEST_F(Look, TheStateIsNotSealed) {
  begin("exit 0\n");
  EXPECT_EQ(::fcntl(check_->state(), F_GET_SEALS) & F_SEAL_WRITE, 0);
}

}  // namespace
}  // namespace tandem::program
