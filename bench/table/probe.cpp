#include "bench/table/probe.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <vector>

#include "bench/table/octets.hpp"

namespace tandem::bench {

namespace {

using SteadyClock = std::chrono::steady_clock;

std::string command(std::size_t i, std::string_view word = "announce", std::string_view attributes = "") {
  const std::uint32_t address = k_first_commanded + static_cast<std::uint32_t>(i);
  return fmt::format("{} route {}.{}.{}.{}/32 next-hop 192.0.2.1{}\n", word, address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255, attributes);
}

bool say(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(STDOUT_FILENO, text.data(), text.size());
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void wait(std::chrono::microseconds time) {
  const timespec pause{time.count() / 1'000'000, time.count() % 1'000'000 * 1000};
  ::nanosleep(&pause, nullptr);
}

// Until the daemon goes.
int listen() {
  std::vector<char> events(1 << 20);
  while (::read(STDIN_FILENO, events.data(), events.size()) > 0) {
  }
  return 0;
}

int announce(const std::string& path, std::size_t count) {
  Moments moments(path, count);
  while (!moments.allowed()) wait(std::chrono::milliseconds(5));
  for (std::size_t i = 0; i < count; ++i) {
    const std::string line = command(i);
    moments.mark(i);
    if (!say(line)) return 1;
    wait(std::chrono::milliseconds(3 + i % 7));
  }
  return listen();
}

int flood(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += command(i);
    if (text.size() > 60'000) {
      if (!say(text)) return 1;
      text.clear();
    }
  }
  return say(text) ? listen() : 1;
}

// What is announced is withdrawn and announced again, and the route behind all others says that it is over.
int churn(std::size_t count, std::size_t rounds) {
  for (std::size_t round = 0; round < rounds; ++round) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += command(i, round % 2 == 0 ? "announce" : "withdraw");
    if (!say(text)) return 1;
  }
  return say(command(count)) ? listen() : 1;
}

int converse(std::size_t count) {
  if (!say("session ack enable\n")) return 1;
  char answer[256];
  if (::read(STDIN_FILENO, answer, sizeof answer) <= 0) return 1;
  for (std::size_t i = 0; i < count; ++i) {
    if (!say(command(i)) || ::read(STDIN_FILENO, answer, sizeof answer) <= 0) return 1;
  }
  return listen();
}

// What the daemon has said, a line at a time.
class Heard {
 public:
  bool next() {
    std::size_t end = 0;
    while ((end = text_.find('\n')) == std::string::npos) {
      char more[4096];
      const ssize_t count = ::read(STDIN_FILENO, more, sizeof more);
      if (count <= 0) return false;
      text_.append(more, static_cast<std::size_t>(count));
    }
    text_.erase(0, end + 1);
    return true;
  }

 private:
  std::string text_;
};

int bursts(std::size_t count) {
  Heard heard;
  if (!say("session ack enable\n") || !heard.next()) return 1;
  for (std::size_t burst = 1; heard.next(); ++burst) {
    const std::string attributes = fmt::format(" med {}", burst);
    for (std::size_t i = 0; i < count; ++i) {
      if (!say(command(i, "announce", attributes)) || !heard.next()) return 1;
    }
  }
  return 0;
}

}  // namespace

Moments::Moments(std::size_t count) : size_((count + 1) * sizeof(std::int64_t)), own_(true) {
  std::string pattern = (std::filesystem::temp_directory_path() / "tandem-moments-XXXXXX").string();
  const int fd = ::mkstemp(pattern.data());
  if (fd < 0 || ::ftruncate(fd, static_cast<off_t>(size_)) != 0) std::abort();
  ::close(fd);
  path_ = pattern;
  map();
}

Moments::Moments(const std::string& path, std::size_t count) : path_(path), size_((count + 1) * sizeof(std::int64_t)), own_(false) { map(); }

Moments::~Moments() {
  ::munmap(memory_, size_);
  if (own_) ::unlink(path_.c_str());
}

void Moments::map() {
  const int fd = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
  memory_ = fd < 0 ? MAP_FAILED : ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (memory_ == MAP_FAILED) std::abort();
  ::close(fd);
}

void Moments::mark(std::size_t i) { shared()[i + 1] = SteadyClock::now().time_since_epoch().count(); }

double Moments::seconds_since(std::size_t i, SteadyClock::time_point now) const {
  return static_cast<double>(now.time_since_epoch().count() - shared()[i + 1]) / 1e9;
}

int be_a_program(int count, char** words) {
  const std::string_view what = count > 0 ? words[0] : "";
  if (what == "announce" && count == 3) return announce(words[1], std::strtoul(words[2], nullptr, 10));
  if (what == "flood" && count == 2) return flood(std::strtoul(words[1], nullptr, 10));
  if (what == "churn" && count == 3) return churn(std::strtoul(words[1], nullptr, 10), std::strtoul(words[2], nullptr, 10));
  if (what == "converse" && count == 2) return converse(std::strtoul(words[1], nullptr, 10));
  if (what == "bursts" && count == 2) return bursts(std::strtoul(words[1], nullptr, 10));
  if (what == "listen" && count == 1) return listen();
  fmt::print(stderr, "usage: tandem_bench program announce FILE COUNT | flood COUNT | churn COUNT ROUNDS | converse COUNT | bursts COUNT | listen\n");
  return 2;
}

}  // namespace tandem::bench
