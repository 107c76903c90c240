#include "common/log/line_queue.hpp"

#include <utility>

namespace tandem::log {

void LineQueue::push(base::LogLevel level, std::string_view line) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    // Once a line was dropped those behind it are, too: otherwise short ones would pass long ones, and the count had no place.
    if (waiting_.dropped > 0 || waiting_.text.size() + line.size() > octets_max_) {
      ++waiting_.dropped;
    } else {
      waiting_.add(level, line);
    }
    // Whoever writes looks again before it sleeps.
    wake = !writing_ && waiting_.lines.size() + waiting_.dropped == 1;
  }
  if (wake) filled_.notify_one();
}

bool LineQueue::wait_until_written(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return written_.wait_for(lock, limit, [this] { return !writing_ && empty(); });
}

void LineQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  filled_.notify_one();
}

bool LineQueue::take(Batch& batch) {
  batch.clear();
  std::unique_lock lock(mutex_);
  writing_ = false;
  if (empty()) {
    written_.notify_all();
    filled_.wait(lock, [this] { return closed_ || !empty(); });
  }
  if (empty()) return false;
  std::swap(batch, waiting_);
  writing_ = true;
  return true;
}

}  // namespace tandem::log
