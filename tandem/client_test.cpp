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
    pieces_.clear();
    return client_->receive([&](std::string_view text) { pieces_.emplace_back(text); });
  }
  base::UniqueFd daemon_;
  std::unique_ptr<Client> client_;
  std::vector<std::string> pieces_;
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
  EXPECT_THAT(pieces_, ElementsAre("one\n", "two\n"));
  EXPECT_EQ(receive(), Client::Reply::error);
  EXPECT_THAT(pieces_, ElementsAre("three\n"));
}

TEST_F(ClientTest, WaitsForAnAnswerAsLongAsItIsTold) {
  constexpr std::chrono::milliseconds k_patience{100};  // more than its own
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(client_->receive([](std::string_view) {}, k_patience), Client::Reply::silence);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, k_patience);
  answer("done\n");
  EXPECT_EQ(receive(), Client::Reply::done);
}

TEST_F(ClientTest, ATerminatorInPiecesIsPutTogether) {
  answer("line\ndo");
  EXPECT_EQ(receive(), Client::Reply::silence);
  EXPECT_THAT(pieces_, ElementsAre("line\n"));
  answer("ne\n");
  EXPECT_EQ(receive(), Client::Reply::done);
  EXPECT_THAT(pieces_, IsEmpty());
}

TEST_F(ClientTest, ALongLineIsGivenOnAsItComes) {
  answer("half");
  EXPECT_EQ(receive(), Client::Reply::silence);
  EXPECT_THAT(pieces_, ElementsAre("half"));
  answer("done\nerror");
  EXPECT_EQ(receive(), Client::Reply::silence);
  EXPECT_THAT(pieces_, ElementsAre("done\n")) << "the end of a line is no terminator";
  answer("\n");
  EXPECT_EQ(receive(), Client::Reply::error);
  EXPECT_THAT(pieces_, IsEmpty());
}

TEST_F(ClientTest, ADaemonThatDoesNotReadIsNotWaitedForForEver) {
  const std::string command(100000, 'x');
  int taken = 0;
  while (taken < 1000 && client_->send(command)) ++taken;
  EXPECT_LT(taken, 1000);
}

TEST_F(ClientTest, ADaemonThatIsGoneIsNoticed) {
  daemon_.reset();
  EXPECT_EQ(receive(), Client::Reply::lost);
  EXPECT_THAT(pieces_, IsEmpty());
  EXPECT_FALSE(client_->send("version"));
}

}  // namespace
}  // namespace tandem::program
