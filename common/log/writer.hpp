// The thread that writes log lines, so that whoever reads them slowly, or not at all, never holds up the loop.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "common/log/line_queue.hpp"
#include "common/log/output.hpp"

namespace tandem::log {

class Writer {
 public:
  // Makes a complete line, as the others look, of what the writer itself has to say. Called from its thread.
  using Notice = std::function<std::string(base::LogLevel, std::string_view)>;

  Writer(std::unique_ptr<Output> output, Notice notice, std::size_t octets_max);
  // Gives what is queued `k_last_wait` to be written; what nobody has taken by then is lost.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Lines wait until the thread runs: a process that still forks would lose it. Signals are blocked in it.
  void start();
  void push(base::LogLevel level, std::string_view line) { shared_->queue.push(level, line); }
  bool flush(std::chrono::milliseconds limit);
  [[nodiscard]] base::Result<void> open_again() { return shared_->output->open_again(); }

  static constexpr std::chrono::milliseconds k_last_wait{500};

 private:
  // Outlives the writer when its thread hangs in a write.
  struct Shared {
    LineQueue queue;
    std::unique_ptr<Output> output;
    Notice notice;
  };
  static void run(Shared& shared);

  std::shared_ptr<Shared> shared_;
  std::thread thread_;
};

}  // namespace tandem::log
