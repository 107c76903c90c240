#include "common/recorder/file_sink.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "common/base/log.hpp"
#include "common/process/signals.hpp"

namespace tandem::recorder {

using recording::EndReason;

namespace {

constexpr std::chrono::milliseconds k_gather{200};  // what comes meanwhile shares a block
constexpr std::size_t k_room_for_the_end = 4096;    // octets; a page
constexpr std::size_t k_reserved = 1024 * 1024;     // octets that the file system is asked for at once
constexpr std::size_t k_block = 256 * 1024;         // so much does not wait for more, and stays in the cache of a processor until it is packed

std::string reason_of(int error) { return std::generic_category().message(error); }

}  // namespace

base::Result<std::unique_ptr<FileSink>> FileSink::open(const FileOptions& options) {
  base::UniqueFd fd(::open(options.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd) return base::Error(fmt::format("cannot record to {}: {}", options.path, reason_of(errno)));
  return adopt(options, std::move(fd));
}

FileSink::~FileSink() {
  start();
  close();
  thread_.join();
}

void FileSink::close() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_one();
}

void FileSink::start() {
  if (!thread_.joinable()) thread_ = process::start_thread("recorder", [this] { run(); });
}

bool FileSink::put(base::Bytes records) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (put_octets_ == 0) first_ = records.size();
    if (!end_ && waiting_.size() + records.size() > first_ + options_.waiting_max) {
      end_ = EndReason::too_slow;
      why_ = fmt::format("{} octets wait to be written", waiting_.size());
    }
    if (end_) {
      if (!std::exchange(told_, true) && !options_.path.empty()) {
        base::log(base::LogCategory::daemon, base::LogLevel::error, "the recording {} ends here: {} ({})", options_.path, recording::to_string(*end_), why_);
      }
      return false;
    }
    if (!not_removed_.empty()) {
      base::log(base::LogCategory::daemon, base::LogLevel::warning, "{} cannot be removed: {}", options_.replaces, std::exchange(not_removed_, {}));
    }
    waiting_.insert(waiting_.end(), records.begin(), records.end());
    put_octets_ += records.size();
    wake = idle_ || waiting_.size() >= k_block;
  }
  if (wake) changed_.notify_one();
  return true;
}

// In the row of its records, without being one of those that wait.
bool FileSink::put_later(base::Bytes in_front, const recording::Unmade& record) {
  auto octets = MadeApart::begin(record.make);
  if (!octets) return false;
  if (!put(in_front)) return true;  // who puts more is told that it has ended
  {
    const std::lock_guard lock(mutex_);
    apart_ = std::make_unique<Apart>(Apart{std::exchange(waiting_, {}), record.record, record.encoder, std::move(*octets)});
  }
  changed_.notify_one();
  return true;
}

bool FileSink::await_done(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [this] { return done_.load(); });
}

std::optional<EndReason> FileSink::end() const {
  const std::lock_guard lock(mutex_);
  return end_;
}

FileSink::Status FileSink::status() const {
  const std::lock_guard lock(mutex_);
  return {put_octets_, file_octets_.load(), waiting_.size(), end_ ? fmt::format("{} ({})", recording::to_string(*end_), why_) : std::string()};
}

// --- the thread ----------------------------------------------------------------------------------------------------------------

void FileSink::run() {
  remove_replaced();
  bool good = write_whole(recording::file_head());
  base::Buffer taken;
  std::unique_ptr<Apart> apart;
  // Without what it began with a recording is of no use: that waits for nothing, and shares its block with little.
  bool gathers = false;
  for (;;) {
    bool last = false;
    {
      std::unique_lock lock(mutex_);
      idle_ = true;
      changed_.wait(lock, [this] { return closing_ || apart_ || !waiting_.empty(); });
      idle_ = false;
      if (gathers && !closing_) changed_.wait_for(lock, k_gather, [this] { return closing_ || end_ || apart_ || waiting_.size() >= k_block; });
      gathers = true;
      apart = std::exchange(apart_, nullptr);
      taken.clear();
      taken.swap(waiting_);
      last = closing_;
    }
    if (apart && good) good = write_apart(*apart);
    good = good && write_blocks(taken);
    std::optional<EndReason> end;
    std::string why;
    {
      const std::lock_guard lock(mutex_);
      if (good && !end_ && !last && options_.size > 0 && file_octets_ >= options_.size) {
        if (options_.another_follows) {
          full_ = put_octets_ >= 2 * first_;
        } else {
          end_ = EndReason::full;
          why_ = fmt::format("{} octets", file_octets_.load());
        }
      }
      if (end_ && waiting_.empty()) {
        end = end_;
        why = why_;
      }
    }
    if (whole_ > 0 && end) write_end(*end, why);
    if (last || end) break;
  }
  if (whole_ > 0) static_cast<void>(::ftruncate(fd_.get(), static_cast<off_t>(file_octets_)));  // what was reserved goes back
  fd_.reset();
  {
    const std::lock_guard lock(mutex_);
    base::Buffer().swap(waiting_);
    done_ = true;
  }
  changed_.notify_all();
}

// A large one may take the disk a while. One that somebody else has moved away is not missed.
void FileSink::remove_replaced() {
  if (options_.replaces.empty() || ::unlink(options_.replaces.c_str()) == 0 || errno == ENOENT) return;
  const int error = errno;
  const std::lock_guard lock(mutex_);
  not_removed_ = reason_of(error);
}

// Whoever reads the file as it grows has what is in front meanwhile.
bool FileSink::write_apart(Apart& apart) {
  if (!write_blocks(apart.in_front)) return false;
  const auto octets = apart.octets->take();
  if (!octets) {
    const std::lock_guard lock(mutex_);
    end_ = EndReason::failed;
    why_ = octets.error().reason();
    return false;
  }
  base::Buffer record;
  apart.record.octets = *octets;
  apart.encoder.append(apart.record, record);
  {
    const std::lock_guard lock(mutex_);
    first_ += record.size();
    put_octets_ += record.size();
  }
  return write_blocks(record);
}

bool FileSink::write_blocks(base::Bytes records) {
  // What is more than a block means that much comes.
  const auto effort = records.size() < k_block ? recording::Effort::some : recording::Effort::least;
  while (!records.empty()) {
    const std::size_t size = std::min(records.size(), k_block);
    if (!write_whole(packer_.pack(records.first(size), effort))) return false;
    records = records.subspan(size);
  }
  return true;
}

// As a whole or not at all: of what did not fit nothing is left in the file, which then has room for the record that says so.
bool FileSink::write_whole(base::Bytes octets) {
  if (!reserve(octets.size() + k_room_for_the_end)) return false;
  if (write_all(octets)) {
    whole_ = file_octets_;
    return true;
  }
  const auto size = static_cast<off_t>(whole_);
  reserved_ = 0;
  if (::ftruncate(fd_.get(), size) == 0 && ::lseek(fd_.get(), size, SEEK_SET) == size) file_octets_ = whole_;
  else whole_ = 0;
  return false;
}

// The file system is asked for a block and for the record of the end behind it: for that there is room when the next block finds none. Where it
// cannot be asked (a pipe, a file system that does not know this) what is written finds out. It is asked for some blocks at once, while it has room.
bool FileSink::reserve(std::size_t octets) {
  if (file_octets_ + octets <= reserved_) return true;
  for (const std::size_t size : {std::max(octets, k_reserved), octets}) {
    if (::fallocate(fd_.get(), FALLOC_FL_KEEP_SIZE, static_cast<off_t>(file_octets_), static_cast<off_t>(size)) == 0) {
      reserved_ = file_octets_ + size;
      return true;
    }
    if (errno != ENOSPC && errno != EFBIG && errno != EDQUOT) return true;
  }
  return failed(errno);
}

// Always false.
bool FileSink::failed(int error) {
  const std::lock_guard lock(mutex_);
  end_ = EndReason::failed;
  why_ = reason_of(error);
  return false;
}

bool FileSink::write_all(base::Bytes octets) {
  while (!octets.empty()) {
    const ssize_t count = ::write(fd_.get(), octets.data(), octets.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed(errno);
    octets = octets.subspan(static_cast<std::size_t>(count));
    file_octets_ += static_cast<std::uint64_t>(count);
  }
  return true;
}

// The record has no time: it can stand behind any other.
void FileSink::write_end(EndReason reason, const std::string& why) {
  base::Buffer record;
  recording::Encoder().append({.kind = recording::Kind::end, .detail = static_cast<std::uint8_t>(reason), .octets = base::as_bytes(why)}, record);
  static_cast<void>(write_all(packer_.pack(record, recording::Effort::some)));
}

}  // namespace tandem::recorder
