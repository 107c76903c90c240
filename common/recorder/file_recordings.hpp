// The recordings of a daemon as files: one, or a row of which the oldest goes when another one is begun. A file that has ended is written to
// its end by its own thread, while the daemon goes on, and so is one removed.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "common/recorder/file_sink.hpp"
#include "common/recording/recordings.hpp"

namespace tandem::recorder {

class FileRecordings final : public recording::Recordings {
 public:
  FileRecordings() = default;

  [[nodiscard]] base::Result<void> open(const base::RecordingRequest& wanted) override;
  [[nodiscard]] recording::Sink& current() override { return *sink_; }
  [[nodiscard]] bool full() const override { return sink_ != nullptr && sink_->full(); }
  [[nodiscard]] base::Result<recording::Sink*> next() override;
  void close() override;
  [[nodiscard]] base::RecordingFacts facts() const override;
  [[nodiscard]] std::size_t ending();  // files that are closed and not written to their end yet

 private:
  static constexpr std::size_t k_ending = 2;  // files at once: more of them means that the disk does not keep up

  [[nodiscard]] base::Result<std::unique_ptr<FileSink>> make(const base::RecordingRequest& wanted, std::uint64_t number, std::string replaces);

  base::RecordingRequest wanted_;
  std::uint64_t number_ = 0;         // of the file, in a row of them
  std::deque<std::string> files_;    // of the row, the oldest first
  std::unique_ptr<FileSink> sink_;   // null: nothing is recorded
  std::unique_ptr<FileSink> following_;  // from close() on
  std::string why_no_other_;         // the last one could not be made
  std::vector<std::unique_ptr<FileSink>> ending_;
  base::RecordingFacts last_;        // of the one that ended last
};

}  // namespace tandem::recorder
