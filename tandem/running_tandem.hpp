// A running tandem for the tests of the program as a process, and what they share.
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/unique_fd.hpp"
#include "common/process/spawn_setup.hpp"
#include "tandem/engines/engines.hpp"

namespace tandem::program {

namespace fs = std::filesystem;

// Where the program is that the build has made; in daemon_test.cpp.
[[nodiscard]] std::string built_program();

// A running tandem. Its standard output and error come through one pipe.
class RunningTandem {
 public:
  RunningTandem(std::vector<std::string> arguments, std::vector<std::string> environment, const std::string& input = "/dev/null",
                const std::string& name = built_program(), const std::string& program = built_program()) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;
    output_.reset(ends[0]);
    base::UniqueFd theirs(ends[1]);
    arguments.insert(arguments.begin(), name);
    for (char** entry = environ; *entry != nullptr; ++entry) {
      if (!std::string_view(*entry).starts_with("exabgp") && !std::string_view(*entry).starts_with("tandem")) environment.emplace_back(*entry);
    }
    const std::vector<char*> argv = process::argument_pointers(arguments);
    const std::vector<char*> envp = process::argument_pointers(environment);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, 0, input.c_str(), O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, theirs.get(), 1);
    ::posix_spawn_file_actions_adddup2(&actions, theirs.get(), 2);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    EXPECT_EQ(::posix_spawn(&pid_, program.c_str(), &actions, &attributes, argv.data(), envp.data()), 0);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
  }
  ~RunningTandem() {
    if (pid_ > 0) {
      ::kill(-pid_, SIGKILL);  // several daemons are one group
      ::waitpid(pid_, nullptr, 0);
    }
  }
  RunningTandem(const RunningTandem&) = delete;
  RunningTandem& operator=(const RunningTandem&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  void signal(int number) const { ::kill(pid_, number); }

  // Reads until `text` has been printed; false when the output ends first, or nothing comes for a long time.
  bool wait_for(const std::string& text) {
    while (text_.find(text) == std::string::npos) {
      if (!read_more()) return false;
    }
    return true;
  }
  void read_what_is_there() {
    pollfd entry{output_.get(), POLLIN, 0};
    while (::poll(&entry, 1, 0) == 1 && read_more()) {
    }
  }
  // The exit status once it has ended; -1 when a signal ended it.
  int wait() {
    while (read_more()) {
    }
    int status = 0;
    if (::waitpid(pid_, &status, 0) != pid_) return -2;
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  bool read_more() {
    pollfd entry{output_.get(), POLLIN, 0};
    if (::poll(&entry, 1, 20'000) != 1) return false;
    char buffer[4096];
    const ssize_t count = ::read(output_.get(), buffer, sizeof buffer);
    if (count <= 0) return false;
    text_.append(buffer, static_cast<std::size_t>(count));
    return true;
  }

  base::UniqueFd output_;
  std::string text_;
  pid_t pid_ = 0;
};

class Server : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "tandem-daemon-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    fs::permissions(directory_, fs::perms::all);
    write("good.conf", k_good);
  }
  void TearDown() override { fs::remove_all(directory_); }

  [[nodiscard]] std::string path(const std::string& name) const { return (directory_ / name).string(); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path(name)) << text; }
  // Passive, so that nothing is dialled.
  [[nodiscard]] std::vector<std::string> environment(std::vector<std::string> more = {}) const {
    more.insert(more.end(), {"tandem_bgp_passive=true", "tandem_api_cli=false", "tandem_daemon_user=root",
                             "tandem_reactor_engine=" + GetParam()});
    return more;
  }

  static constexpr const char* k_good =
      "neighbor 127.0.0.1 {\n  router-id 1.2.3.4;\n  local-address 127.0.0.1;\n  local-as 1;\n  peer-as 2;\n}\n";
  static constexpr const char* k_started = "is running";
  fs::path directory_;
};

// A connection to the control socket that stays. Of a daemon that has begun, whose socket may not be there yet, or not listen.
class Control {
 public:
  explicit Control(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const auto connected = [&] { return ::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0; };
    bool done = connected();
    for (int i = 0; i < 4000 && !done && (errno == ENOENT || errno == ECONNREFUSED); ++i) {
      ::poll(nullptr, 0, 5);
      done = connected();
    }
    EXPECT_TRUE(done) << path << ": " << errno;
  }
  std::string ask(const std::string& command) {
    say(command);
    return answer();
  }
  void say(const std::string& command) {
    const std::string line = command + "\n";
    EXPECT_EQ(::send(fd_.get(), line.data(), line.size(), MSG_NOSIGNAL), static_cast<ssize_t>(line.size())) << errno;
  }
  [[nodiscard]] bool has_said() const {
    pollfd entry{fd_.get(), POLLIN, 0};
    return ::poll(&entry, 1, 0) == 1;
  }
  std::string answer() {
    std::string answer;
    while (!answer.ends_with("done\n") && !answer.ends_with("error\n")) {
      char buffer[4096];
      pollfd entry{fd_.get(), POLLIN, 0};
      if (::poll(&entry, 1, 20'000) != 1) break;
      const ssize_t count = ::read(fd_.get(), buffer, sizeof buffer);
      if (count <= 0) break;
      answer.append(buffer, static_cast<std::size_t>(count));
    }
    return answer;
  }

 private:
  base::UniqueFd fd_;
};

}  // namespace tandem::program
