#include "common/process/answer_pipe.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "common/process/signals.hpp"
#include "common/process/system_error.hpp"

namespace tandem::process {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t k_piece = 4096;

[[nodiscard]] base::Result<std::array<base::UniqueFd, 2>> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) return system_error("make", "a pipe", errno);
  return std::array<base::UniqueFd, 2>{base::UniqueFd(ends[0]), base::UniqueFd(ends[1])};
}

// Left to the program that goes on in this process (adopt): another user cannot open it again. API programs get no descriptor but their own.
[[nodiscard]] base::UniqueFd leave(base::UniqueFd fd) {
  if (fd) static_cast<void>(::fcntl(fd.get(), F_SETFD, 0));
  return fd;
}

// What AnswerPipe::make() has opened in this process before another program went on in it; of the pipe that `facts` are of, or that has this
// path, where its folder may not be looked into any more.
[[nodiscard]] base::UniqueFd find_left(const std::optional<struct stat>& facts, const std::string& path, int access) {
  std::error_code none;
  for (std::filesystem::directory_iterator entry("/proc/self/fd", none), end; !none && entry != end; entry.increment(none)) {
    const int fd = std::atoi(entry->path().filename().c_str());
    struct stat found {};
    if (::fstat(fd, &found) != 0 || !S_ISFIFO(found.st_mode) || (::fcntl(fd, F_GETFL) & O_ACCMODE) != access) continue;
    std::error_code gone;
    const bool same = facts ? found.st_dev == facts->st_dev && found.st_ino == facts->st_ino : std::filesystem::read_symlink(entry->path(), gone) == path;
    if (same) return base::UniqueFd(fd);
  }
  return {};
}

[[nodiscard]] base::UniqueFd find_held(const std::string& path) {
  struct stat facts {};
  const bool known = ::stat(path.c_str(), &facts) == 0;
  std::error_code none;
  return find_left(known ? std::optional(facts) : std::nullopt, std::filesystem::absolute(path, none).lexically_normal(), O_RDWR);
}

// A pipe lives, and keeps what is in it, as long as one of its ends does; the user who has made it can open the other one again.
[[nodiscard]] base::UniqueFd find_other_end(int end) {
  struct stat facts {};
  base::UniqueFd found;
  if (::fstat(end, &facts) == 0) found = find_left(facts, {}, O_RDONLY);
  if (!found) found.reset(::open(fmt::format("/proc/self/fd/{}", end).c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  return found;
}

[[nodiscard]] bool nobody_reads(int fd) {
  pollfd entry{fd, POLLOUT, 0};
  return ::poll(&entry, 1, 0) == 1 && (entry.revents & POLLERR) != 0;
}

}  // namespace

AnswerPipe::AnswerPipe(std::string path, base::UniqueFd ours) : path_(std::move(path) + ".out"), ours_(leave(std::move(ours))) {}

base::Result<std::unique_ptr<AnswerPipe>> AnswerPipe::make(const std::string& path, bool changes_user) {
  auto ends = make_pipe();
  if (!ends) return ends.error();
  // What waits is to wait where it can be thrown away.
  static_cast<void>(::fcntl((*ends)[1].get(), F_SETPIPE_SZ, k_piece));
  std::unique_ptr<AnswerPipe> pipe(new AnswerPipe(path, std::move((*ends)[0])));
  pipe->daemons_end_ = std::move((*ends)[1]);
  if (changes_user) pipe->held_ = leave(base::UniqueFd(::open(pipe->path_.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)));
  pipe->start();
  return base::Result<std::unique_ptr<AnswerPipe>>(std::move(pipe));
}

base::Result<std::unique_ptr<AnswerPipe>> AnswerPipe::adopt(const std::string& path, int daemons_end) {
  base::UniqueFd ours = find_other_end(daemons_end);
  if (!ours) return system_error("open", "the pipe of answers", errno);
  std::unique_ptr<AnswerPipe> pipe(new AnswerPipe(path, std::move(ours)));
  if (::eaccess(pipe->path_.c_str(), W_OK) != 0) pipe->held_ = leave(find_held(pipe->path_));
  pipe->start();
  return base::Result<std::unique_ptr<AnswerPipe>>(std::move(pipe));
}

void AnswerPipe::start() {
  if (auto ends = make_pipe()) {
    stopped_ = std::move((*ends)[0]);
    stop_ = std::move((*ends)[1]);
  }
  thread_ = start_thread("answers", [this] { run(); });
}

AnswerPipe::~AnswerPipe() {
  stop_.reset();
  thread_.join();
}

void AnswerPipe::run() {
  while (take() || !text_.empty()) {
    if (!text_.empty()) deliver();
    if (stopping_) return;
  }
}

bool AnswerPipe::take() {
  if (!text_.empty()) return true;
  pollfd there{ours_.get(), POLLIN, 0};
  if (::poll(&there, 1, 0) == 0) {
    alone_since_ = {};
    const bool may_close = out_ && !stays_open_;
    if (!wait(ours_.get(), POLLIN, may_close ? static_cast<int>(k_quiet.count()) : -1) && !stopping_) {
      if (may_close) out_.reset();
      return true;
    }
    if (out_ && nobody_reads(out_.get())) out_.reset();  // what comes now is for somebody else
  }
  std::array<char, k_piece> piece;
  const ssize_t count = ::read(ours_.get(), piece.data(), piece.size());
  if (count > 0) text_.assign(piece.data(), static_cast<std::size_t>(count));
  return count > 0 || (count < 0 && errno == EAGAIN && !stopping_);
}

void AnswerPipe::deliver() {
  if (!out_ && !open()) {
    const auto now = Clock::now();
    if (alone_since_ == Clock::time_point()) alone_since_ = now;
    if (now - alone_since_ >= k_patience) text_.clear();
    else static_cast<void>(wait(-1, 0, static_cast<int>(k_look.count())));
    return;
  }
  alone_since_ = {};
  const ssize_t count = ::write(out_.get(), text_.data(), text_.size());
  if (count > 0) {
    text_.erase(0, static_cast<std::size_t>(count));
  } else if (count < 0 && errno == EAGAIN) {
    static_cast<void>(wait(out_.get(), POLLOUT, -1));
  } else if (count < 0 && errno != EINTR) {  // whoever asked has gone: the rest is for nobody
    out_.reset();
    text_.clear();
  }
}

bool AnswerPipe::open() {
  if (held_) open_held();
  else out_.reset(::open(path_.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
  return static_cast<bool>(out_);
}

// The first time. Somebody may have opened NAME.out already: he must not see it closed before his answer comes.
void AnswerPipe::open_held() {
  if (::eaccess(path_.c_str(), W_OK) != 0) {
    out_ = std::move(held_);
    stays_open_ = true;
    return;
  }
  out_.reset(::open(path_.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
  held_.reset();
  if (out_ && nobody_reads(out_.get())) out_.reset();
}

bool AnswerPipe::wait(int fd, short events, int limit_ms) {
  std::array<pollfd, 2> entries{pollfd{stopped_.get(), POLLIN, 0}, pollfd{fd, events, 0}};
  const int ready = ::poll(entries.data(), entries.size(), limit_ms);
  stopping_ = stopping_ || entries[0].revents != 0;
  return ready > 0 && entries[1].revents != 0;
}

}  // namespace tandem::process
