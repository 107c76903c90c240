#include "common/process/rest_probe.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <string_view>

namespace tandem::process {

namespace {

constexpr std::size_t k_descriptors_max = 64;  // a program with more is not looked at to the end
constexpr nlink_t k_one_thread = 3;            // of its folder of threads: "." and "..", as of any folder

// In what a program waits for something to come, or for time to pass. Blocked in anything else (a write that a terminal or a disk holds up,
// a file that is opened) it goes on by itself, and may be in the middle of what it says.
constexpr std::array k_waits = {
#ifdef SYS_poll
    SYS_poll,   SYS_select,   SYS_epoll_wait,  SYS_pause,
#endif
    SYS_ppoll,  SYS_pselect6, SYS_epoll_pwait, SYS_nanosleep, SYS_clock_nanosleep, SYS_rt_sigsuspend, SYS_rt_sigtimedwait, SYS_restart_syscall,
};

// "0 0x0 0x7ffe..." of a call that it is blocked in, its number and its arguments; when it runs, or has been stopped on its way, "running"
// or "-1 ...".
class BlockedCall {
 public:
  explicit BlockedCall(int fd) {
    const ssize_t count = ::pread(fd, text_.data(), text_.size(), 0);
    size_ = count > 0 ? static_cast<std::size_t>(count) : 0;
  }
  [[nodiscard]] bool unreadable() const { return size_ == 0; }  // it has ended, or is not ours to look at
  [[nodiscard]] bool waits() const {
    long number = -1;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + size_, number);
    if (error != std::errc() || number < 0) return false;
    if (number == SYS_read) return std::string_view(end, text_.data() + size_).starts_with(" 0x0 ");  // of its standard input
    return std::find(k_waits.begin(), k_waits.end(), number) != k_waits.end();
  }
  friend bool operator==(const BlockedCall& a, const BlockedCall& b) {
    return std::string_view(a.text_.data(), a.size_) == std::string_view(b.text_.data(), b.size_);
  }

 private:
  std::array<char, 256> text_{};
  std::size_t size_ = 0;
};

bool is_null_device(const struct stat& file) { return S_ISCHR(file.st_mode) && file.st_rdev == makedev(1, 3); }

}  // namespace

std::optional<RestProbe::File> RestProbe::file_of(int fd) {
  struct stat file {};
  if (::fstat(fd, &file) != 0) return std::nullopt;
  return File{file.st_dev, file.st_ino};
}

std::optional<RestProbe> RestProbe::open(const AdoptedChild& child) {
  const std::string folder = fmt::format("/proc/{}", child.pid);
  const auto open_file = [](const std::string& path, int flags) { return base::UniqueFd(::open(path.c_str(), flags | O_CLOEXEC)); };
  RestProbe probe;
  const auto input = file_of(child.input);
  const auto output = file_of(child.output);
  if (!input || !output) return std::nullopt;
  probe.ours_[0] = *input;
  probe.ours_[1] = *output;
  // Inherited, unless it is read by us; closed: so is its.
  probe.ours_[2] = file_of(child.errors >= 0 ? child.errors : STDERR_FILENO).value_or(*output);
  probe.syscall_ = open_file(folder + "/syscall", O_RDONLY);
  probe.threads_ = open_file(folder + "/task", O_RDONLY | O_DIRECTORY);
  probe.children_ = open_file(fmt::format("{}/task/{}/children", folder, child.pid), O_RDONLY);
  probe.descriptors_.reset(::opendir((folder + "/fd").c_str()));
  if (!probe.syscall_ || !probe.threads_ || !probe.children_ || !probe.descriptors_) return std::nullopt;
  return probe;
}

// In this order: what is looked at in between cannot have changed when it was blocked in the same call before and after. That it has said
// something already is seen at less cost than all of this, and is what is mostly found of one that waits for its answers.
Rest RestProbe::at_rest(int output) {
  int waiting = 0;
  if (::ioctl(output, FIONREAD, &waiting) != 0) return Rest::unknown;
  if (waiting != 0) return Rest::no;
  const BlockedCall before(syscall_.get());
  if (before.unreadable()) return Rest::unknown;
  if (!before.waits()) return Rest::no;
  if (!alone() || !fed_by_us_only()) return Rest::unknown;
  if (::ioctl(output, FIONREAD, &waiting) != 0) return Rest::unknown;
  return waiting == 0 && BlockedCall(syscall_.get()) == before ? Rest::yes : Rest::no;
}

bool RestProbe::alone() const {
  struct stat threads {};
  if (::fstat(threads_.get(), &threads) != 0 || threads.st_nlink != k_one_thread) return false;
  char child = 0;
  return ::pread(children_.get(), &child, 1, 0) == 0;
}

// Pipes of ours, regular files and /dev/null: nothing that somebody else could wake it with.
bool RestProbe::fed_by_us_only() const {
  ::rewinddir(descriptors_.get());
  bool standard[2] = {false, false};
  std::size_t looked_at = 0;
  while (const dirent* entry = ::readdir(descriptors_.get())) {
    if (entry->d_name[0] == '.') continue;
    if (++looked_at > k_descriptors_max) return false;
    struct stat file {};
    if (::fstatat(::dirfd(descriptors_.get()), entry->d_name, &file, 0) != 0) return false;
    const auto number = static_cast<unsigned long>(std::strtoul(entry->d_name, nullptr, 10));
    const File which{file.st_dev, file.st_ino};
    if (number < 2) {
      if (which != ours_[number]) return false;
      standard[number] = true;
    } else if (std::find(std::begin(ours_), std::end(ours_), which) == std::end(ours_) && !S_ISREG(file.st_mode) && !is_null_device(file)) {
      return false;
    }
  }
  return standard[0] && standard[1];
}

}  // namespace tandem::process
