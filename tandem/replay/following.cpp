#include "tandem/replay/following.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>

#include "common/process/clock.hpp"
#include "common/process/signals.hpp"
#include "common/process/system_error.hpp"
#include "common/recording/blocks.hpp"
#include "tandem/replay/descriptors.hpp"

namespace tandem::replay {

namespace {

constexpr std::size_t k_waiting_max = 64 * 1024 * 1024;  // octets of records: the rest waits in the file
constexpr int k_look_ms = 100;                           // whether a file has grown

bool is_file(int fd) {
  struct stat facts {};
  return ::fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode);
}

}  // namespace

base::Result<std::unique_ptr<Following>> Following::open(const std::string& name) {
  base::UniqueFd file(name == "-" ? ::dup(STDIN_FILENO) : ::open(name.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return process::system_error("open", name, errno);
  auto stop = make_pipe();
  if (!stop) return stop.error();
  std::unique_ptr<Following> following(new Following(std::move(file)));
  following->told_to_stop_ = std::move(stop->reader);
  following->stop_ = std::move(stop->writer);
  following->thread_ = process::start_thread("replay", [one = following.get()] { one->run(); });
  return base::Result<std::unique_ptr<Following>>(boost::system::in_place_value, std::move(following));
}

Following::~Following() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  stop_.reset();
  thread_.join();
}

std::vector<recording::Owned> Following::take() {
  std::vector<recording::Owned> taken;
  {
    const std::lock_guard lock(mutex_);
    taken.swap(waiting_);
    octets_ = 0;
  }
  changed_.notify_all();
  return taken;
}

void Following::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return ended_ || !waiting_.empty(); });
}

bool Following::over() const {
  const std::lock_guard lock(mutex_);
  return ended_ && waiting_.empty();
}

std::optional<base::TimePoint> Following::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

std::string Following::broken() const {
  const std::lock_guard lock(mutex_);
  return broken_;
}

// --- the thread ----------------------------------------------------------------------------------------------------------------

void Following::run() {
  recording::Reader reader(std::make_unique<recording::FileSource>([this](std::span<std::uint8_t> into) { return read(into); }));
  for (;;) {
    const auto record = reader.next();
    if (record && *record != nullptr && keep(**record)) continue;
    const std::lock_guard lock(mutex_);
    if (!record) broken_ = record.error().reason();
    ended_ = process::now();
    break;
  }
  changed_.notify_all();
}

// False: it was the last one.
bool Following::keep(const recording::Record& record) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopped_ || octets_ < k_waiting_max; });
  waiting_.emplace_back(record);
  octets_ += record.octets.size() + record.key.size() + sizeof(recording::Owned);
  lock.unlock();
  changed_.notify_all();
  return record.kind != recording::Kind::end;
}

// The end of a file is where its writer is; that of a pipe is the end.
base::Result<std::size_t> Following::read(std::span<std::uint8_t> into) {
  const bool grows = is_file(file_.get());
  for (;;) {
    pollfd ready[] = {{told_to_stop_.get(), POLLIN, 0}, {file_.get(), POLLIN, 0}};
    if (::poll(ready, grows ? 1 : 2, grows ? 0 : -1) < 0 && errno != EINTR) return process::system_error("poll", "", errno);
    if (ready[0].revents != 0) return std::size_t{0};
    const ssize_t count = ::read(file_.get(), into.data(), into.size());
    if (count > 0 || (count == 0 && !grows)) return static_cast<std::size_t>(count);
    if (count < 0 && errno != EINTR && errno != EAGAIN) return process::system_error("read", "", errno);
    if (grows && ::poll(ready, 1, k_look_ms) > 0) return std::size_t{0};
  }
}

}  // namespace tandem::replay
