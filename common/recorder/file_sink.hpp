// A recording as a file, or into a pipe, written by a thread of its own so that a slow disk, or reader, never holds up the loop. What waits to be written is bounded: when
// the disk does not keep up, or the file is as large as it may be, the recording ends with a record that says so, and the daemon goes on.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "common/base/unique_fd.hpp"
#include "common/recorder/made_apart.hpp"
#include "common/recording/blocks.hpp"
#include "common/recording/recorder.hpp"

namespace tandem::recorder {

struct FileOptions {
  std::string path{};            // empty: it is no file, and whoever has it says how it ended
  std::uint64_t size = 0;                      // octets the file may have; 0: any number
  std::size_t waiting_max = 64 * 1024 * 1024;  // octets of records that may wait to be written
  // When it has its size: it does not end by itself. What it begins with may be larger; then as much has to come behind it first, so that
  // recording does not become beginning recordings.
  bool another_follows = false;
  std::string replaces{};                      // a file that goes when this one is begun
};

class FileSink final : public recording::Sink {
 public:
  // Makes the file, for its owner alone; one that is there is an error: it may be a recording that somebody wants.
  [[nodiscard]] static base::Result<std::unique_ptr<FileSink>> open(const FileOptions& options);
  // To a file that is open.
  [[nodiscard]] static std::unique_ptr<FileSink> adopt(FileOptions options, base::UniqueFd fd) {
    return std::unique_ptr<FileSink>(new FileSink(std::move(options), std::move(fd)));
  }
  // Everything that waits is written first.
  ~FileSink() override;
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;

  // The thread begins: in a process that does not fork any more.
  void start();
  // Nothing more is put. What waits is written while everybody goes on.
  void close();
  [[nodiscard]] bool done() const { return done_; }  // all is written
  bool await_done(std::chrono::milliseconds limit);  // REQUIRES start() and close(). False: it is not
  [[nodiscard]] bool full() const { return full_; }  // and another file is to follow
  [[nodiscard]] const std::string& path() const { return options_.path; }
  [[nodiscard]] bool put(base::Bytes records) override;
  [[nodiscard]] bool put_later(base::Bytes in_front, const recording::Unmade& record) override;

  struct Status {
    std::uint64_t octets = 0;       // of records that were put
    std::uint64_t file_octets = 0;  // that have been written, packed
    std::uint64_t waiting = 0;      // octets of records, to be written
    std::string ended;              // why it has ended by itself; empty: it has not
  };
  [[nodiscard]] Status status() const;
  [[nodiscard]] std::optional<recording::EndReason> end() const;  // none: it has not ended by itself

 private:
  FileSink(FileOptions options, base::UniqueFd fd) : options_(std::move(options)), fd_(std::move(fd)) {}
  // What stands in front of it and is not written yet, and a record that is made in another process.
  struct Apart {
    base::Buffer in_front;
    recording::Record record;
    recording::Encoder encoder;
    std::unique_ptr<MadeApart> octets;
  };
  void run();
  [[nodiscard]] bool write_apart(Apart& apart);
  [[nodiscard]] bool write_blocks(base::Bytes records);
  [[nodiscard]] bool write_whole(base::Bytes octets);
  [[nodiscard]] bool write_all(base::Bytes octets);
  [[nodiscard]] bool reserve(std::size_t octets);
  [[nodiscard]] bool failed(int error);
  void remove_replaced();
  void write_end(recording::EndReason reason, const std::string& why);

  const FileOptions options_;
  base::UniqueFd fd_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  base::Buffer waiting_;
  std::unique_ptr<Apart> apart_;    // in front of what waits
  bool closing_ = false;
  bool idle_ = false;               // the thread waits to be told
  std::uint64_t put_octets_ = 0;
  std::size_t first_ = 0;           // octets it begins with: a snapshot may be larger than what may wait
  std::optional<recording::EndReason> end_;  // set by whoever sees it first; nothing is put from then on
  std::string why_;
  bool told_ = false;
  std::string not_removed_;         // why the file that it replaces is still there
  std::atomic<std::uint64_t> file_octets_{0};
  std::uint64_t whole_ = 0;  // of these, those up to the last block that is there as a whole; 0: no more can be written
  std::uint64_t reserved_ = 0;  // octets of the file that there is room for
  std::atomic<bool> full_{false};
  std::atomic<bool> done_{false};
  recording::Packer packer_;  // of the thread
  std::thread thread_;
};

}  // namespace tandem::recorder
