#include "engine_uring/reactor.hpp"

#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <system_error>

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

}  // namespace

speaker::Exit Reactor::run(speaker::Speaker& speaker) {
  if (const auto why = refusal()) throw std::runtime_error(*why);
  Loop loop(speaker);
  return loop.run();
}

std::optional<std::string> refusal() {
  io_uring ring{};
  const int result = ::io_uring_queue_init(1, &ring, 0);
  if (result < 0) return reason(-result) + ": use engine async, which is the same with epoll";
  ::io_uring_queue_exit(&ring);
  return std::nullopt;
}

}  // namespace tandem::engine_uring
