// For tests: a program on a pseudo terminal, and somebody who types and reads.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/process/spawn_setup.hpp"

namespace tandem::program::test {

// A program on a terminal of its own, and somebody who types.
class Terminal {
 public:
  Terminal(std::vector<std::string> arguments, const std::vector<std::pair<std::string, std::string>>& environment) {
    // All is made before the fork: what another thread of the test holds at that moment, an allocator's lock say, stays locked in the child.
    std::vector<std::string> variables{"TERM=dumb"};
    for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
    for (char** entry = environ; *entry != nullptr; ++entry) {
      const std::string_view text = *entry;
      const auto same = [&](const std::string& variable) { return variable.starts_with(text.substr(0, text.find('=') + 1)); };
      if (std::ranges::none_of(variables, same)) variables.emplace_back(text);
    }
    const std::vector<char*> words = process::argument_pointers(arguments);
    const std::vector<char*> settings = process::argument_pointers(variables);
    pid_ = ::forkpty(&screen_, nullptr, nullptr, nullptr);
    if (pid_ != 0) return;
    ::execve(words[0], words.data(), settings.data());
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
  // Reads to the end first: a program that resets its terminal waits until all it has written was read. One that does not end is ended.
  int status() {
    pollfd entry{screen_, POLLIN, 0};
    char buffer[4096];
    for (;;) {
      if (::poll(&entry, 1, 20'000) != 1) {
        ADD_FAILURE() << "the program does not end";
        ::kill(pid_, SIGKILL);
        break;
      }
      const ssize_t count = ::read(screen_, buffer, sizeof buffer);
      if (count <= 0) break;
      seen_.append(buffer, static_cast<std::size_t>(count));
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
