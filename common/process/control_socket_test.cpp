#include "common/process/control_socket.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "common/process/io.hpp"

namespace tandem::process {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class ControlSocket : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "tandem-control-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override { fs::remove_all(directory_); }
  static unsigned mode_of(const std::string& path) {
    struct stat facts {};
    return ::stat(path.c_str(), &facts) == 0 ? facts.st_mode & 07777U : 0;
  }
  fs::path directory_;
};

TEST_F(ControlSocket, HasItsModeWhateverTheUmask) {
  const std::string path = (directory_ / "run" / "t.sock").string();
  const mode_t before = ::umask(0137);
  auto fd = make_control_socket(path);
  ::umask(before);
  ASSERT_TRUE(fd.has_value()) << fd.error().reason();
  EXPECT_EQ(mode_of(path), 0666U);
  EXPECT_EQ(mode_of((directory_ / "run").string()), 0755U) << "a directory that is made can be searched";
  auto client = connect_control_socket(path, std::chrono::seconds(5));
  ASSERT_TRUE(client.has_value()) << client.error().reason();
  EXPECT_EQ(accept_one(fd->get()).status, IoStatus::done);
}

// chmod(2) follows a link; whoever owns the folder may put one in the place of the socket that was just made.
TEST_F(ControlSocket, IsMadeWithItsModeAndNeverChangedAfterwards) {
  const std::string path = (directory_ / "run" / "t.sock").string();
  const auto make_without_chmod = [&] {
    ::umask(0);
    std::vector<sock_filter> code{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
    for (const unsigned number : {SYS_fchmodat, SYS_fchmod
#ifdef SYS_chmod
                                  , SYS_chmod
#endif
         }) {
      code.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1));
      code.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
    }
    code.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) ::_exit(2);
    if (::chmod(directory_.c_str(), 0700) == 0) ::_exit(3);
    if (!make_control_socket(path)) ::_exit(4);
    ::_exit(::umask(0) == 0 ? 0 : 5);
  };
  EXPECT_EXIT(make_without_chmod(), ::testing::ExitedWithCode(0), "");
  EXPECT_EQ(mode_of(path), 0666U);
  EXPECT_EQ(mode_of((directory_ / "run").string()), 0755U);
}

TEST_F(ControlSocket, IsGivenToAnotherUserAndNothingElseIs) {
  const std::string path = (directory_ / "t.sock").string();
  auto fd = make_control_socket(path);
  ASSERT_TRUE(fd.has_value());
  EXPECT_TRUE(give_control_socket(path, ::geteuid(), ::getegid()).has_value());
  const std::string other = (directory_ / "precious").string();
  std::ofstream(other) << "precious";
  const std::string link = (directory_ / "link").string();
  fs::create_symlink(path, link);
  const std::string second = (directory_ / "second").string();
  fs::create_hard_link(path, second);
  for (const std::string& wrong : {other, link, path}) {
    EXPECT_THAT(give_control_socket(wrong, ::geteuid(), ::getegid()).error().reason(), HasSubstr("is not the control socket")) << wrong;
  }
}

TEST_F(ControlSocket, AStaleFileIsReplacedAndALiveOneRefused) {
  const std::string path = (directory_ / "t.sock").string();
  {
    auto first = make_control_socket(path);
    ASSERT_TRUE(first.has_value());
    auto second = make_control_socket(path);
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().reason(), "another daemon answers on the control socket " + path);
  }
  ASSERT_TRUE(is_socket(path)) << "closing does not remove the file";
  EXPECT_TRUE(make_control_socket(path).has_value());
}

// A daemon that is stopped: the kernel takes connections for it until its backlog is full.
TEST_F(ControlSocket, ADaemonThatTakesNoConnectionIsNotWaitedForForEver) {
  const auto listener = make_control_socket(directory_ / "a.sock");
  ASSERT_TRUE(listener);
  std::vector<base::UniqueFd> waiting;
  for (int i = 0; i < 100; ++i) {
    auto client = connect_control_socket(directory_ / "a.sock", std::chrono::milliseconds(20));
    if (!client) {
      EXPECT_THAT(client.error().reason(), HasSubstr("did not take the connection"));
      return;
    }
    waiting.push_back(std::move(*client));
  }
  FAIL() << "the backlog has no end";
}

TEST_F(ControlSocket, AFileThatIsNoSocketIsLeftAlone) {
  const std::string path = (directory_ / "t.sock").string();
  std::ofstream(path) << "precious";
  EXPECT_THAT(make_control_socket(path).error().reason(), HasSubstr("is not a socket"));
  EXPECT_TRUE(fs::exists(path));
}

TEST_F(ControlSocket, APathThatIsTooLongIsAClearError) {
  EXPECT_THAT(make_control_socket("/" + std::string(200, 'x')).error().reason(), HasSubstr("longer than 107 octets"));
}

TEST(ControlPath, IsSearchedInTheOrderOfTheSpecification) {
  EXPECT_THAT(control_directories("/opt/t", 7),
              ::testing::ElementsAre("/run/exabgp/", "/run/7/", "/run/", "/var/run/exabgp/", "/var/run/7/", "/var/run/",
                                     "/opt/t/run/exabgp/", "/opt/t/run/7/", "/opt/t/run/", "/opt/t/var/run/exabgp/",
                                     "/opt/t/var/run/7/", "/opt/t/var/run/"));
}

TEST(ControlPath, TheFirstSocketThatExistsIsTaken) {
  const auto exists = [](const std::string& path) { return path == "/var/run/bgp.sock" || path == "/opt/t/run/bgp.sock"; };
  EXPECT_EQ(find_control_socket("/opt/t", 7, "bgp", exists), "/var/run/bgp.sock");
  EXPECT_EQ(find_control_socket("/opt/t", 7, "other", exists), std::nullopt);
}

TEST(ControlPath, WithoutOneTheDaemonTakesADirectoryOfItsOwnElseTheOneBelowItsRoot) {
  const auto nothing = [](const std::string&) { return false; };
  const auto everything = [](const std::string&) { return true; };
  const auto run_only = [](const std::string& path) { return path == "/run/" || path == "/run/7/"; };
  EXPECT_EQ(choose_control_socket("/opt/t", 7, "bgp", nothing, nothing), "/opt/t/run/bgp.sock");
  EXPECT_EQ(choose_control_socket("/opt/t", 7, "bgp", nothing, everything), "/run/exabgp/bgp.sock");
  EXPECT_EQ(choose_control_socket("/opt/t", 7, "bgp", nothing, run_only), "/run/7/bgp.sock") << "not /run/ itself, which is shared";
  EXPECT_EQ(choose_control_socket("/", 7, "bgp", nothing, nothing), "/run/bgp.sock");
}

}  // namespace
}  // namespace tandem::process
