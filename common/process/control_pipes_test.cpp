#include "common/process/control_pipes.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace tandem::process {
namespace {

using namespace std::chrono_literals;

class ControlPipesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char folder[] = "/tmp/tandem-pipes-XXXXXX";
    ASSERT_NE(::mkdtemp(folder), nullptr);
    folder_ = folder;
    path_ = folder_ + "/exabgp";
    ASSERT_EQ(::mkfifo((path_ + ".in").c_str(), 0600), 0);
    ASSERT_EQ(::mkfifo((path_ + ".out").c_str(), 0600), 0);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string folder_, path_;
};

TEST_F(ControlPipesTest, AreFoundInTheFirstFolderThatHasBoth) {
  const auto only = [](const std::string& wanted) {
    return [wanted](const std::string& path) { return path == wanted + ".in" || path == wanted + ".out"; };
  };
  EXPECT_EQ(find_control_pipes("/opt/x", 7, "exabgp", only("/run/7/exabgp")), "/run/7/exabgp");
  EXPECT_EQ(find_control_pipes("/opt/x", 7, "exabgp", only("/opt/x/var/run/exabgp")), "/opt/x/var/run/exabgp");
  EXPECT_EQ(find_control_pipes("/opt/x", 7, "exabgp", [](const std::string& path) { return path.ends_with(".in"); }), std::nullopt);
  EXPECT_EQ(find_control_pipes("/", 7, path_), path_) << "a path is one already";
  EXPECT_EQ(find_control_pipes("/", 7, path_ + "x"), std::nullopt);
}

TEST_F(ControlPipesTest, AClientWithoutADaemonIsToldInTime) {
  const auto connected = connect_control_pipes(path_, 50ms);
  ASSERT_FALSE(connected);
  EXPECT_NE(connected.error().reason().find("nobody reads"), std::string::npos) << connected.error().reason();
}

TEST_F(ControlPipesTest, ADaemonOpensThemWithoutAClient) {
  const auto daemon = open_control_pipes(path_);
  ASSERT_TRUE(daemon);
  char octet = 0;
  EXPECT_EQ(::read(daemon->commands.get(), &octet, 1), -1) << "no end of file, no wait";
}

TEST_F(ControlPipesTest, AClientReadsNothingThatWasMeantForAnother) {
  const auto daemon = open_control_pipes(path_);
  ASSERT_TRUE(daemon);
  ASSERT_EQ(::write(daemon->answers.get(), "old\n", 4), 4);
  const auto client = connect_control_pipes(path_, 1s);
  ASSERT_TRUE(client);
  char octets[16];
  EXPECT_EQ(::read(client->answers.get(), octets, sizeof octets), -1);
  const auto second = connect_control_pipes(path_, 50ms);
  ASSERT_FALSE(second) << "one at a time";
  EXPECT_NE(second.error().reason().find("another client"), std::string::npos);
}

TEST_F(ControlPipesTest, OtherFilesAreRefused) {
  ASSERT_EQ(::unlink((path_ + ".out").c_str()), 0);
  EXPECT_FALSE(open_control_pipes(path_)) << "missing";
  ASSERT_EQ(::mkdir((path_ + ".out").c_str(), 0700), 0);
  EXPECT_FALSE(open_control_pipes(path_));
}

}  // namespace
}  // namespace tandem::process
