#include "engine_uring/reactor.hpp"

#include <boost/system/system_error.hpp>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "engine_async/loop.hpp"

namespace tandem::engine_uring {

namespace {

std::string reason(int error) {
  if (error == ENOSYS) return "this kernel has no io_uring";
  if (error != EPERM && error != EACCES) return "io_uring: " + std::generic_category().message(error);
  constexpr const char* k_switch = "/proc/sys/kernel/io_uring_disabled";
  int disabled = 0;
  std::ifstream(k_switch) >> disabled;
  if (disabled == 0) return "io_uring is forbidden here (a seccomp rule of the container or service)";
  return "io_uring is turned off (" + std::string(k_switch) + " is " + std::to_string(disabled) + ")";
}

// A ring that was closed counts for RLIMIT_MEMLOCK until the kernel has come to free it, a moment later: an engine that has left and begins again
// at once waits for that.
std::unique_ptr<Loop> make_loop(speaker::Speaker& speaker) {
  constexpr std::chrono::milliseconds k_moment(5);
  for (int tries = 200;; --tries) {
    try {
      return std::make_unique<Loop>(speaker);
    } catch (const boost::system::system_error& error) {
      if (error.code().value() != ENOMEM || tries == 0) throw;
    }
    std::this_thread::sleep_for(k_moment);
  }
}

}  // namespace

speaker::Exit Reactor::run(speaker::Speaker& speaker) {
  if (const auto why = refusal()) throw std::runtime_error(*why);
  return make_loop(speaker)->run();
}

std::optional<std::string> refusal() {
  io_uring ring{};
  const int result = ::io_uring_queue_init(1, &ring, 0);
  if (result < 0) return reason(-result) + ": use engine async, which is the same with epoll";
  ::io_uring_queue_exit(&ring);
  return std::nullopt;
}

}  // namespace tandem::engine_uring
