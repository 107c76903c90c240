// tandem cli on a pseudo terminal, and with standard input that is none, against a speaker that answers by rote.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mutex>
#include <thread>

#include "common/process/control_socket.hpp"
#include "harness/child_process.hpp"
#include "tandem/terminal.hpp"
#include "tandem/test_support.hpp"

namespace tandem::program {
namespace {

using namespace test;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// Says "done" to everything but a few words, and remembers what it was asked.
class Parrot {
 public:
  explicit Parrot(const std::string& path) : listener_(*process::make_control_socket(path)) {
    EXPECT_EQ(::pipe(ends_), 0);
    thread_ = std::thread([this] { serve(); });
  }
  ~Parrot() {
    ::close(ends_[1]);
    thread_.join();
    ::close(ends_[0]);
  }
  Parrot(const Parrot&) = delete;
  Parrot& operator=(const Parrot&) = delete;

  [[nodiscard]] std::vector<std::string> asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  [[nodiscard]] bool wait_for(int fd) const {
    pollfd entries[] = {{fd, POLLIN, 0}, {ends_[0], POLLIN, 0}};
    return ::poll(entries, 2, -1) > 0 && entries[1].revents == 0;
  }
  void serve() {
    while (wait_for(listener_.get())) {
      base::UniqueFd client(::accept(listener_.get(), nullptr, nullptr));
      std::string text;
      char buffer[4096];
      while (client && wait_for(client.get())) {
        const ssize_t count = ::read(client.get(), buffer, sizeof buffer);
        if (count <= 0) break;
        text.append(buffer, static_cast<std::size_t>(count));
        for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
          if (!answer(client.get(), text.substr(0, end))) client.reset();
          text.erase(0, end + 1);
          if (!client) break;
        }
      }
    }
  }
  bool answer(int fd, const std::string& line) {
    {
      const std::lock_guard lock(mutex_);
      asked_.push_back(line);
    }
    if (line == "restart") return false;
    std::string reply = line == "bad" ? "error: it is bad\nerror\n" : "done\n";
    if (line == "show neighbor summary") reply = "all are well\n" + reply;
    return ::send(fd, reply.data(), reply.size(), MSG_NOSIGNAL) > 0;
  }

  base::UniqueFd listener_;
  int ends_[2] = {-1, -1};
  std::mutex mutex_;
  std::vector<std::string> asked_;
  std::thread thread_;
};

constexpr std::string_view k_prompt = "tandem> ";

// tandem cli, as somebody sees it who types.
struct Typist : Terminal {
  explicit Typist(const Folder& folder)
      : Terminal({TANDEM_PROGRAM, "cli", "--socketpath", folder.path / "t.sock"}, {{"HOME", folder.path}, {"LSAN_OPTIONS", leaks_of_libedit(folder)}}) {}
  // libedit copies the names of the functions that keys are bound to, and never frees them.
  static std::string leaks_of_libedit(const Folder& folder) { return "print_suppressions=0:suppressions=" + folder.write("leaks", "leak:wcsdup\n"); }
  // Types a line behind the prompt and gives all up to the next prompt.
  std::string ask(std::string_view line) {
    type(line);
    type("\r");
    return wait_for(k_prompt);
  }
};

class Interactive : public ::testing::Test {
 protected:
  const Folder folder_;
  Parrot speaker_{folder_.path / "t.sock"};
};

TEST_F(Interactive, ACommandIsAnswered) {
  Typist terminal(folder_);
  terminal.wait_for(k_prompt);
  EXPECT_THAT(terminal.ask("show neighbor summary"), HasSubstr("all are well\r\n"));
  EXPECT_THAT(terminal.ask("s n summ"), HasSubstr("command: show neighbor summary\r\nall are well\r\n"));
  EXPECT_THAT(terminal.ask("bad"), HasSubstr("error: it is bad\r\ntandem returns an error"));
  terminal.type("exit\r");
  EXPECT_EQ(terminal.status(), 0);
  EXPECT_THAT(speaker_.asked(), ElementsAre("session reasons enable", "session text enable", "show neighbor summary", "show neighbor summary", "bad"));
}

TEST_F(Interactive, TheEndOfTheInputLeaves) {
  Typist terminal(folder_);
  terminal.wait_for(k_prompt);
  terminal.type("\x04");
  EXPECT_EQ(terminal.status(), 0);
}

// The editor writes its prompt again whenever it inserts something: what is waited for here is the answer.
TEST_F(Interactive, WordsAreCompleted) {
  Typist terminal(folder_);
  terminal.wait_for(k_prompt);
  terminal.type("sho\t");
  terminal.wait_for("show ");
  terminal.type("nei\tsum\t\r");
  terminal.wait_for("all are well\r\ntandem> ");
  terminal.type("show adj-rib \t");
  EXPECT_THAT(terminal.wait_for("tandem> show adj-rib "), AllOf(HasSubstr("  in   shows the routes received"), HasSubstr("  out  shows the routes announced")));
  terminal.type("o\t\rshow neighbor summary\r");
  terminal.wait_for("all are well");
  EXPECT_THAT(speaker_.asked(), AllOf(Contains("show neighbor summary"), Contains("show adj-rib out")));
}

TEST_F(Interactive, AQuestionMarkExplains) {
  Typist terminal(folder_);
  terminal.wait_for(k_prompt);
  terminal.type("show neighbor ?");
  EXPECT_THAT(terminal.wait_for("tandem> show neighbor "), HasSubstr("show neighbor [ summary | extensive | configuration ]  shows peers"));
  terminal.type("summary\r");
  terminal.wait_for("all are well\r\ntandem> ");
  terminal.type("teardown 2 \"why?\"\rshow neighbor summary\r");
  terminal.wait_for("all are well");
  EXPECT_THAT(speaker_.asked(), Contains("teardown 2 \"why?\"")) << "within quotes it is itself";
}

TEST_F(Interactive, TheKeyOfAnInterruptDropsTheLine) {
  Typist terminal(folder_);
  terminal.wait_for(k_prompt);
  terminal.type("show neigh\x03");
  terminal.wait_for("^C");
  terminal.wait_for(k_prompt);
  EXPECT_THAT(terminal.ask("show neighbor summary"), HasSubstr("all are well"));
  EXPECT_THAT(speaker_.asked(), Not(Contains("show neighshow neighbor summary")));
}

TEST_F(Interactive, LinesAreRemembered) {
  {
    Typist terminal(folder_);
    terminal.wait_for(k_prompt);
    terminal.ask("show neighbor summary");
    terminal.type("\x1b[A\r");  // up
    terminal.wait_for("all are well\r\ntandem> ");
    EXPECT_THAT(terminal.ask("history"), HasSubstr("show neighbor summary\r\nhistory"));
  }
  Typist later(folder_);
  later.wait_for(k_prompt);
  EXPECT_THAT(later.ask("history"), HasSubstr("show neighbor summary\r\n"));
  struct stat facts {};
  ASSERT_EQ(::stat((folder_.path / ".tandem_history").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U) << "commands may hold passwords";
}

TEST_F(Interactive, FormsAndSettingsAreWordsOfTheClient) {
  Typist terminal(folder_);
  terminal.wait_for(k_prompt);
  for (const char* line : {"set display json", "set display text", "set sync on", "set sync off", "json s n", "text show neighbor"}) terminal.ask(line);
  const auto asked = speaker_.asked();
  EXPECT_THAT(std::vector<std::string>(asked.begin() + 2, asked.end()),
              ElementsAre("session text disable", "session text enable", "session sync enable", "session sync disable", "show neighbor json",
                          "show neighbor text"));
}

TEST_F(Interactive, ASpeakerThatWasRestartedIsFoundAgain) {
  Typist terminal(folder_);
  terminal.wait_for(k_prompt);
  EXPECT_THAT(terminal.ask("restart"), AllOf(HasSubstr("the connection to tandem was lost"), HasSubstr("connected; the command was not sent again")));
  EXPECT_THAT(terminal.ask("show neighbor summary"), HasSubstr("all are well"));
}

TEST_F(Interactive, AScriptIsCarriedOutToItsEnd) {
  const auto status = [this](std::string_view lines) {
    const std::string input = folder_.write("script", lines);
    return harness::output_of({"/bin/sh", "-c", std::string(TANDEM_PROGRAM) + " cli --socketpath " + (folder_.path / "t.sock").string() + " <" + input +
                                                    " 2>&1; echo $?"});
  };
  EXPECT_EQ(status("# a comment\n\nshow neighbor summary\nannounce eor\n"), "all are well\n0\n");
  EXPECT_EQ(status("bad\nshow neighbor summary\n"),
            "error: it is bad\ntandem returns an error (see tandem's logs for more information)\nuse help for a list of available commands\n"
            "line 1: bad\nall are well\n1\n");
  EXPECT_THAT(status("show neighbor summary\nrestart\nshow neighbor summary\n"), HasSubstr("the connection to tandem was lost\nline 2: restart\n1\n"));
  EXPECT_EQ(status(""), "0\n");
}

}  // namespace
}  // namespace tandem::program
