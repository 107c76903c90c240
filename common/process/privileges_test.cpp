#include "common/process/privileges.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace tandem::process {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

TEST(Account, AnUnknownUserIsAnErrorThatNamesIt) {
  EXPECT_EQ(find_account("no-such-user-here").error().reason(), "daemon.user: there is no user 'no-such-user-here' on this system");
  EXPECT_EQ(find_account("root")->user, 0U);
}

TEST(Become, GivesUpPrivilegesForGood) {
  if (!is_privileged()) {
    EXPECT_TRUE(become({"root", 0, 0}).has_value()) << "nothing to give up";
    EXPECT_NE(::geteuid(), 0U);
    return;
  }
  const pid_t pid = ::fork();
  if (pid == 0) {
    const auto account = find_account("nobody");
    bool right = account.has_value() && become(account.value()).has_value();
    right = right && ::getuid() == account->user && ::getgid() == account->group && ::setuid(0) != 0;
    ::_exit(right ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_EQ(status, 0);
}

TEST(Become, StayingTheSameUserNeedsNothing) {
  EXPECT_TRUE(become({"ourselves", ::geteuid(), ::getegid()}).has_value());
}

class PidFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "tandem-pid-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    path_ = (directory_ / "t.pid").string();
  }
  void TearDown() override { fs::remove_all(directory_); }
  fs::path directory_;
  std::string path_;
};

TEST_F(PidFileTest, HoldsOurProcessAndIsRemovedAtTheEnd) {
  {
    auto file = PidFile::create(path_);
    ASSERT_TRUE(file.has_value()) << file.error().reason();
    std::string text;
    std::getline(std::ifstream(path_), text);
    EXPECT_EQ(text, std::to_string(::getpid()));
  }
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(PidFileTest, OfALiveProcessIsRefused) {
  std::ofstream(path_) << ::getppid() << "\n";
  EXPECT_THAT(PidFile::create(path_).error().reason(), HasSubstr("is held by process " + std::to_string(::getppid())));
}

TEST_F(PidFileTest, OfADeadProcessIsReplaced) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(0);
  ASSERT_EQ(::waitpid(pid, nullptr, 0), pid);
  std::ofstream(path_) << pid << "\n";
  EXPECT_TRUE(PidFile::create(path_).has_value());
}

}  // namespace
}  // namespace tandem::process
