// For tests: a folder for a while, and programs that are started and waited for.
#pragma once

#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>

#include "common/process/io.hpp"
#include "common/process/posix_host.hpp"

namespace tandem::process::test {

namespace fs = std::filesystem;

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (fs::temp_directory_path() / "tandem-process-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryDirectory() { fs::remove_all(path_); }
  [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

inline void write_file(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

inline bool wait_for(int fd, short events) {
  pollfd entry{fd, events, 0};
  return ::poll(&entry, 1, 10'000) == 1;
}

// Everything until the end of file.
inline std::string read_to_end(int fd) {
  std::string text;
  std::array<std::uint8_t, 4096> buffer{};
  for (;;) {
    if (!wait_for(fd, POLLIN)) return text + "<timeout>";
    const IoResult result = read_some(fd, buffer);
    if (result.status == IoStatus::would_block) continue;
    if (result.status != IoStatus::done) return text;
    text.append(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(result.count));
  }
}

inline std::string shell_output(PosixHost& host, const std::string& script) {
  auto spawned = host.spawn({"test", {"/bin/sh", "-c", script}});
  if (!spawned) return "<" + spawned.error().reason() + ">";
  return read_to_end(spawned->output.get());
}

inline ChildEnd wait_for_end(PosixHost& host, std::int64_t pid) {
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT);
  for (const ChildEnd& end : host.reap()) {
    if (end.pid == pid) return end;
  }
  return {};
}

}  // namespace tandem::process::test
