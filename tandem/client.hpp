// The client half of the control socket: one command out, reply lines until the terminator in.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/unique_fd.hpp"
#include "common/process/host.hpp"

namespace tandem::program {

class Client {
 public:
  enum class Reply : unsigned char { done, error, shutdown, silence, lost };
  using Output = std::function<void(std::string_view)>;

  Client(base::UniqueFd fd, std::chrono::milliseconds patience) : fd_(std::move(fd)), patience_(patience) {}
  Client(process::ControlPipes pipes, std::chrono::milliseconds patience)
      : fd_(std::move(pipes.answers)), commands_(std::move(pipes.commands)), patience_(patience) {}

  [[nodiscard]] bool send(std::string_view command);  // false: the daemon is gone
  void end_input();  // nothing follows; over the named pipes, which others use, too, that is not said
  // Data lines go to `output` with their newlines. What cannot become a terminator any more goes there as it comes, so that a line may
  // be longer than memory. `silence`: nothing came for as long as the patience is, which may be another one for this answer.
  [[nodiscard]] Reply receive(const Output& output) { return receive(output, patience_); }
  [[nodiscard]] Reply receive(const Output& output, std::chrono::milliseconds patience);

 private:
  [[nodiscard]] std::optional<Reply> take_lines(const Output& output);
  [[nodiscard]] bool wait_for(int fd, short events) const;  // false: not within the patience
  base::UniqueFd fd_;
  base::UniqueFd commands_;  // none: they go where the answers come from
  std::chrono::milliseconds patience_;
  std::string pending_;   // at most the octets of one read behind a line's beginning
  bool in_line_ = false;  // the beginning of the line that `pending_` goes on with was given to `output`
};

}  // namespace tandem::program
