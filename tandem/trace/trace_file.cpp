#include "tandem/trace/trace_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

#include "common/base/log.hpp"
#include "common/process/signals.hpp"
#include "tandem/trace/event_text.hpp"

namespace tandem::trace {

namespace {

constexpr std::size_t k_portion = 4096;      // slices that are handed over at once
constexpr std::size_t k_piece = 256 * 1024;  // octets that are written at once: the smaller, the more each of them costs
constexpr std::string_view k_begin = "[\n";
constexpr std::string_view k_end = "\n]\n";

}  // namespace

base::Result<std::unique_ptr<TraceFile>> TraceFile::open(const TraceOptions& options) {
  base::UniqueFd fd(::open(options.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd) return base::Error(fmt::format("cannot write a timeline to {}: {}", options.path, std::generic_category().message(errno)));
  return std::unique_ptr<TraceFile>(new TraceFile(options, std::move(fd)));
}

TraceFile::~TraceFile() {
  start();
  {
    const std::lock_guard lock(mutex_);
    tell_of_lost();
    closing_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void TraceFile::start() {
  if (!thread_.joinable()) thread_ = process::start_thread("timeline", [this] { run(); });
}

std::size_t TraceFile::portion() const { return std::min(k_portion, options_.waiting_max / 2 + 1); }

TraceFile::Row TraceFile::row(std::string_view engine) {
  const auto known = std::find_if(rows_.begin(), rows_.end(), [&](const auto& row) { return row.first == engine; });
  if (known != rows_.end()) return {known->second.get(), false};
  rows_.emplace_back(engine, std::make_unique<Labels>(engine, rows_.size() + 1));
  return {rows_.back().second.get(), true};
}

void TraceFile::put(std::vector<Slice>& slices) {
  if (slices.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    if (over_ || waiting_.size() + slices.size() > options_.waiting_max) {
      if (!lost_) lost_ = Slice{.label = &rows_.back().second->lost(), .begin = slices.front().begin};
      lost_->amount += static_cast<std::uint32_t>(slices.size());
    } else {
      tell_of_lost();
      if (waiting_.empty()) waiting_.swap(slices);
      else waiting_.insert(waiting_.end(), slices.begin(), slices.end());
    }
  }
  changed_.notify_one();
  slices.clear();
}

void TraceFile::tell_of_lost() {
  if (lost_) waiting_.push_back(*std::exchange(lost_, std::nullopt));
}

// --- the thread ----------------------------------------------------------------------------------------------------------------

void TraceFile::run() {
  write(k_begin);
  std::vector<Slice> taken;
  EventText events;
  for (bool last = false; !last;) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
      taken.clear();
      taken.swap(waiting_);
      last = closing_;
    }
    for (const Slice& slice : taken) {
      events.append(slice);
      if (events.size() >= k_piece) write(events);
    }
    write(events);
  }
  if (!over_) write(k_end);
}

void TraceFile::write(EventText& events) {
  write(events.text());
  events.clear();
}

void TraceFile::write(std::string_view text) {
  while (!over_ && !text.empty()) {
    const ssize_t count = ::write(fd_.get(), text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    const int error = count < 0 ? errno : 0;
    if (count > 0) {
      octets_ += static_cast<std::uint64_t>(count);
      text.remove_prefix(static_cast<std::size_t>(count));
    }
    const bool full = options_.size > 0 && octets_ >= options_.size && text.empty();
    if (error == 0 && !full) continue;
    if (full && ::write(fd_.get(), k_end.data(), k_end.size()) < 0) return;
    base::log(base::LogCategory::daemon, base::LogLevel::error, "the timeline {} ends here: {}", options_.path,
              full ? fmt::format("it has {} octets", octets_) : std::generic_category().message(error));
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
}

}  // namespace tandem::trace
