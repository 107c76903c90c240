// A recording that is still being written, read as it grows by a thread of its own, so that whoever plays it never waits for a file.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/base/error.hpp"
#include "common/base/time.hpp"
#include "common/base/unique_fd.hpp"
#include "common/recording/owned.hpp"
#include "common/recording/reader.hpp"

namespace tandem::replay {

class Following {
 public:
  // "-": standard input. An error: the file cannot be opened.
  [[nodiscard]] static base::Result<std::unique_ptr<Following>> open(const std::string& name);
  ~Following();
  Following(const Following&) = delete;
  Following& operator=(const Following&) = delete;

  // What has come since this was asked last.
  [[nodiscard]] std::vector<recording::Owned> take();
  // Waits until something has come, or nothing will.
  void wait();
  // Nothing more comes: the recording has said its end, standard input is at its end, or it cannot be read on. All of it was taken.
  [[nodiscard]] bool over() const;
  // Since when nothing more comes, whatever was taken of it.
  [[nodiscard]] std::optional<base::TimePoint> ended() const;
  [[nodiscard]] std::string broken() const;  // why it cannot be read on; empty: it can

 private:
  explicit Following(base::UniqueFd file) : file_(std::move(file)) {}
  void run();
  [[nodiscard]] base::Result<std::size_t> read(std::span<std::uint8_t> into);
  [[nodiscard]] bool keep(const recording::Record& record);

  base::UniqueFd file_;
  base::UniqueFd told_to_stop_, stop_;  // two ends of a pipe: the thread looks at the first one while there is nothing to read
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<recording::Owned> waiting_;
  std::size_t octets_ = 0;  // of those that wait
  bool stopped_ = false;
  std::optional<base::TimePoint> ended_;
  std::string broken_;
  std::thread thread_;
};

}  // namespace tandem::replay
