#include "tandem/client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tandem::program {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ClientTest : public ::testing::Test {
 protected:
  void SetUp() override {
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    daemon_.reset(ends[0]);
    client_ = std::make_unique<Client>(base::UniqueFd(ends[1]), std::chrono::milliseconds(20));
  }
  void answer(std::string_view text) { ASSERT_EQ(::write(daemon_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size())); }
  Client::Reply receive() {
    lines_.clear();
    return client_->receive([&](std::string_view line) { lines_.emplace_back(line); });
  }
  base::UniqueFd daemon_;
  std::unique_ptr<Client> client_;
  std::vector<std::string> lines_;
};

TEST_F(ClientTest, SendsOneLine) {
  ASSERT_TRUE(client_->send("show neighbor"));
  char buffer[64] = {};
  ASSERT_GT(::read(daemon_.get(), buffer, sizeof buffer - 1), 0);
  EXPECT_STREQ(buffer, "show neighbor\n");
}

TEST_F(ClientTest, DataLinesComeBeforeTheTerminator) {
  answer("one\ntwo\ndone\nthree\nerror\n");
  EXPECT_EQ(receive(), Client::Reply::done);
  EXPECT_THAT(lines_, ElementsAre("one", "two"));
  EXPECT_EQ(receive(), Client::Reply::error);
  EXPECT_THAT(lines_, ElementsAre("three"));
}

TEST_F(ClientTest, AnAnswerInPiecesIsPutTogether) {
  answer("half");
  EXPECT_EQ(receive(), Client::Reply::silence);
  answer(" a line\nshutdown\n");
  EXPECT_EQ(receive(), Client::Reply::shutdown);
  EXPECT_THAT(lines_, ElementsAre("half a line"));
}

TEST_F(ClientTest, ADaemonThatIsGoneIsNoticed) {
  daemon_.reset();
  EXPECT_EQ(receive(), Client::Reply::lost);
  EXPECT_THAT(lines_, IsEmpty());
  EXPECT_FALSE(client_->send("version"));
}

}  // namespace
}  // namespace tandem::program
