// The client half of the control socket: one command out, reply lines until the terminator in.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "common/base/unique_fd.hpp"

namespace tandem::program {

class Client {
 public:
  enum class Reply : unsigned char { done, error, shutdown, silence, lost };
  using Line = std::function<void(std::string_view)>;

  Client(base::UniqueFd fd, std::chrono::milliseconds patience) : fd_(std::move(fd)), patience_(patience) {}

  [[nodiscard]] bool send(std::string_view command);  // false: the daemon is gone
  // Every data line goes to `line`. `silence`: nothing came for as long as the patience is.
  [[nodiscard]] Reply receive(const Line& line);

 private:
  base::UniqueFd fd_;
  std::chrono::milliseconds patience_;
  std::string pending_;
};

}  // namespace tandem::program
