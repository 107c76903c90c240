#include "tandem/replay/apart.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "common/base/unique_fd.hpp"
#include "common/process/system_error.hpp"

namespace tandem::replay {

namespace {

bool write_all(int fd, base::Bytes octets) {
  while (!octets.empty()) {
    const ssize_t count = ::write(fd, octets.data(), octets.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    octets = octets.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

class FileInMemory final : public recording::Sink {
 public:
  explicit FileInMemory(int fd) : fd_(fd) {}
  bool put(base::Bytes records) override { return write_all(fd_, records); }

 private:
  int fd_;
};

[[noreturn]] void go(const std::function<void(recording::Sink&)>& run, int memory) {
  const rlimit none{};
  static_cast<void>(::setrlimit(RLIMIT_CORE, &none));
  const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (null >= 0) static_cast<void>(::dup2(null, STDERR_FILENO));
  FileInMemory sink(memory);
  run(sink);
  ::_exit(0);
}

base::Result<base::Buffer> contents_of(int fd) {
  const off_t size = ::lseek(fd, 0, SEEK_END);
  if (size < 0) return process::system_error("lseek", "memory", errno);
  base::Buffer octets(static_cast<std::size_t>(size));
  for (std::size_t at = 0; at < octets.size();) {
    const ssize_t count = ::pread(fd, octets.data() + at, octets.size() - at, static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return process::system_error("read", "memory", errno);
    at += static_cast<std::size_t>(count);
  }
  return base::Result<base::Buffer>(boost::system::in_place_value, std::move(octets));
}

}  // namespace

base::Result<Ended> run_apart(const std::function<void(recording::Sink&)>& run) {
  const base::UniqueFd memory(::memfd_create("tandem-replay", MFD_CLOEXEC));
  if (!memory) return process::system_error("memfd_create", "tandem-replay", errno);
  const pid_t child = ::fork();
  if (child < 0) return process::system_error("fork", "a replay", errno);
  if (child == 0) go(run, memory.get());
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return process::system_error("waitpid", "a replay", errno);
  }
  auto records = contents_of(memory.get());
  if (!records) return records.error();
  return base::Result<Ended>(boost::system::in_place_value, Ended{WIFSIGNALED(status) ? WTERMSIG(status) : 0, std::move(*records)});
}

}  // namespace tandem::replay
