#include "tandem/replay/surroundings.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>

#include "common/process/clock.hpp"
#include "common/process/system_error.hpp"
#include "tandem/replay/engine_host.hpp"

namespace tandem::replay {

namespace {

constexpr base::Duration k_watch_every = std::chrono::seconds(1);

}  // namespace

base::Result<void> Feed::begin(const std::string& relay) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return process::system_error("pipe2", "", errno);
  base::UniqueFd told(ends[0]);
  teller_.reset(ends[1]);
  auto guard = hand_over(relay, "the records", std::move(told), base::UniqueFd(::dup(ends[1])));
  if (!guard) return guard.error();
  guard_ = std::move(*guard);
  return {};
}

bool Feed::put(base::Bytes records) {
  bool told = false;  // of what was not taken yet
  {
    const std::lock_guard lock(mutex_);
    told = !records_.empty();
    records_.insert(records_.end(), records.begin(), records.end());
  }
  if (!told) tell();
  if (!watcher_) return true;
  if (const base::TimePoint now = process::now(); now - watched_at_ >= k_watch_every) {
    watched_at_ = now;
    watcher_();
  }
  return true;
}

void Feed::tell() {
  const char word = 'r';
  static_cast<void>(::write(teller_.get(), &word, 1) == 1);  // a full pipe tells as well
}

base::Buffer Feed::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(records_, {});
}

}  // namespace tandem::replay
