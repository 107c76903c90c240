// This very program as an API program of the daemon: what it does is written down in memory that the bench shares with it, so that it
// holds no descriptor but those the daemon gave it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace tandem::bench {

// When each of a number of changes was made, and whether it may begin. CLOCK_MONOTONIC is one for all processes.
class Moments {
 public:
  explicit Moments(std::size_t count);        // makes the file
  Moments(const std::string& path, std::size_t count);  // of somebody else
  ~Moments();
  Moments(const Moments&) = delete;
  Moments& operator=(const Moments&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  void allow() { shared()[0] = 1; }
  [[nodiscard]] bool allowed() const { return shared()[0] != 0; }
  void mark(std::size_t i);
  [[nodiscard]] double seconds_since(std::size_t i, std::chrono::steady_clock::time_point now) const;

 private:
  [[nodiscard]] std::atomic<std::int64_t>* shared() const { return static_cast<std::atomic<std::int64_t>*>(memory_); }
  void map();
  std::string path_;
  std::size_t size_;
  bool own_;
  void* memory_ = nullptr;
};

// tandem_bench program WORDS...: what it does as a program, to its exit status.
//   announce FILE COUNT     one route after the other, with some milliseconds between them
//   flood COUNT             as many as fit, without waiting for answers
//   churn COUNT ROUNDS      the same routes announced, withdrawn, announced ..., without waiting for answers; then one more
//   converse COUNT          the next one when the last one is answered
//   bursts COUNT            COUNT at each event, the next one when the last one is answered; the same routes each time, with another MED
//   listen                  reads events and says nothing
[[nodiscard]] int be_a_program(int count, char** words);

}  // namespace tandem::bench
