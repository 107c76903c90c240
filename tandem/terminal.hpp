// For tests: a program on a pseudo terminal, and somebody who types and reads.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tandem::program::test {

// A program on a terminal of its own, and somebody who types.
class Terminal {
 public:
  Terminal(std::vector<std::string> arguments, const std::vector<std::pair<std::string, std::string>>& environment) {
    std::vector<char*> words;
    for (std::string& argument : arguments) words.push_back(argument.data());
    words.push_back(nullptr);
    pid_ = ::forkpty(&screen_, nullptr, nullptr, nullptr);
    if (pid_ != 0) return;
    ::setenv("TERM", "dumb", 1);
    for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
    ::execv(words[0], words.data());
    ::_exit(127);
  }
  ~Terminal() {
    ::close(screen_);
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  void type(std::string_view text) { EXPECT_EQ(::write(screen_, text.data(), text.size()), static_cast<ssize_t>(text.size())); }
  // What was printed since the last time, up to `text`; a test fails where it does not come.
  std::string wait_for(std::string_view text) {
    while (seen_.find(text) == std::string::npos) {
      pollfd entry{screen_, POLLIN, 0};
      char buffer[4096];
      const ssize_t count = ::poll(&entry, 1, 20'000) == 1 ? ::read(screen_, buffer, sizeof buffer) : 0;
      if (count <= 0) {
        ADD_FAILURE() << "'" << text << "' did not come: " << seen_;
        return seen_;
      }
      seen_.append(buffer, static_cast<std::size_t>(count));
    }
    const std::size_t end = seen_.find(text) + text.size();
    std::string before = seen_.substr(0, end);
    seen_.erase(0, end);
    return before;
  }
  // Reads to the end first: a program that resets its terminal waits until all it has written was read.
  int status() {
    pollfd entry{screen_, POLLIN, 0};
    char buffer[4096];
    while (::poll(&entry, 1, 20'000) == 1 && ::read(screen_, buffer, sizeof buffer) > 0) {
    }
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  int screen_ = -1;
  pid_t pid_ = 0;
  std::string seen_;
};

}  // namespace tandem::program::test
