// Log lines on their way from the loop to the thread that writes them. Bounded, and pushing never waits: what finds no room is counted
// and dropped, and the count is told behind the lines that were in front of it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/log.hpp"

namespace tandem::log {

// What one wake-up of the writer takes: whole lines, each with its newline, one behind the other.
struct Batch {
  struct Line {
    base::LogLevel level;
    std::size_t size;
  };
  std::string text;
  std::vector<Line> lines;
  std::uint64_t dropped = 0;  // lines that came behind these and found no room

  void add(base::LogLevel level, std::string_view line) {
    text += line;
    lines.push_back({level, line.size()});
  }
  void clear() {
    text.clear();
    lines.clear();
    dropped = 0;
  }
};

class LineQueue {
 public:
  explicit LineQueue(std::size_t octets_max) : octets_max_(octets_max) {}

  // --- the loop -------------------------------------------------------------------------------------------------------
  void push(base::LogLevel level, std::string_view line);
  // Until everything pushed so far has been written, at most `limit`; false when time ran out.
  bool wait_until_written(std::chrono::milliseconds limit);
  void close();  // the writer ends once it has written what is there

  // --- the writer -----------------------------------------------------------------------------------------------------
  // Says that the last batch has been written and waits for the next; false when the queue is closed and empty.
  bool take(Batch& batch);

 private:
  [[nodiscard]] bool empty() const { return waiting_.lines.empty() && waiting_.dropped == 0; }

  const std::size_t octets_max_;
  std::mutex mutex_;
  std::condition_variable filled_;
  std::condition_variable written_;
  Batch waiting_;
  bool writing_ = false;  // the writer has a batch in hand
  bool closed_ = false;
};

}  // namespace tandem::log
