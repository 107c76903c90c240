#include "tandem/healthcheck/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <filesystem>

namespace tandem::healthcheck {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A daemon of syslog, as far as it reads.
class Syslog : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "tandem-syslog-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    path_ = (directory_ / "log").string();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    socket_.reset(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    ASSERT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  [[nodiscard]] std::vector<std::string> messages() const {
    std::vector<std::string> out;
    std::array<char, 4096> space;
    for (ssize_t count = 0; (count = ::recv(socket_.get(), space.data(), space.size(), 0)) > 0;) out.emplace_back(space.data(), static_cast<std::size_t>(count) - 1);
    return out;
  }

  std::filesystem::path directory_;
  std::string path_;
  base::UniqueFd socket_;
};

TEST_F(Syslog, GetsLinesWithPriorityNameAndNumber) {
  Options options;
  options.name = "web";
  Journal journal(options, path_);
  journal(Level::debug, "left out");
  journal(Level::warning, "status {}", 7);
  journal(Level::info, "two\nlines\x1b");
  const std::string head = fmt::format("healthcheck-web[{}]: ", ::getpid());
  EXPECT_THAT(messages(), ElementsAre("<28>" + head + "status 7", "<30>" + head + "two\\nlines\\x1b"));
}

TEST_F(Syslog, TakesTheFacilityThatWasAskedFor) {
  Options options;
  options.syslog_facility = "LOCAL7";
  Journal journal(options, path_);
  journal(Level::error, "x");
  EXPECT_THAT(messages(), ElementsAre(fmt::format("<187>healthcheck[{}]: x", ::getpid())));
}

TEST_F(Syslog, IsLeftAloneWhereThatWasAskedFor) {
  Options options;
  options.use_syslog = false;
  Journal(options, path_)(Level::info, "x");
  options.use_syslog = true;
  options.debug = true;
  Journal(options, path_)(Level::info, "x");
  EXPECT_THAT(messages(), IsEmpty());
}

TEST_F(Syslog, ThatDoesNotReadIsNotWaitedFor) {
  Options options;
  Journal journal(options, path_);
  for (int i = 0; i < 10000; ++i) journal(Level::info, "{}", std::string(1000, 'x'));
  EXPECT_LT(messages().size(), 10000U);
}

TEST_F(Syslog, WithoutOneWarningsGoToStandardError) {
  ::testing::internal::CaptureStderr();
  {
    Options options;
    options.silent = true;
    Journal journal(options, path_ + "/missing");
    journal(Level::info, "left out");
    journal(Level::warning, "heard");
    journal.last_word("the end");
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "heard\nthe end\n");
}

}  // namespace
}  // namespace tandem::healthcheck
