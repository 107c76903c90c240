// A timeline as a file of Chrome trace events (https://ui.perfetto.dev and chrome://tracing read it), written by a thread of its own: what the
// loop hands over is a few words a slice, and text is made of them here. What waits is bounded; when the disk does not keep up, slices are left
// out, and their number stands in their place.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "common/base/error.hpp"
#include "common/base/unique_fd.hpp"
#include "tandem/trace/labels.hpp"
#include "tandem/trace/slice.hpp"

namespace tandem::trace {

class EventText;

struct TraceOptions {
  std::string path{};
  std::uint64_t size = 0;              // octets the file may have; 0: any number
  std::size_t waiting_max = 256 * 1024;  // slices that may wait to be written
};

class TraceFile {
 public:
  // Makes the file, for its owner alone; one that is there is an error.
  [[nodiscard]] static base::Result<std::unique_ptr<TraceFile>> open(const TraceOptions& options);
  // Everything that waits is written first.
  ~TraceFile();
  TraceFile(const TraceFile&) = delete;
  TraceFile& operator=(const TraceFile&) = delete;

  // The thread begins: in a process that does not fork any more.
  void start();
  // Of an engine: how what it does is called, and whether it is new here.
  struct Row {
    Labels* labels = nullptr;
    bool is_new = false;
  };
  [[nodiscard]] Row row(std::string_view engine);
  // So many slices are to be handed over at once.
  [[nodiscard]] std::size_t portion() const;
  // Takes the slices, and leaves the vector empty, with room for others.
  void put(std::vector<Slice>& slices);

 private:
  TraceFile(TraceOptions options, base::UniqueFd fd) : options_(std::move(options)), fd_(std::move(fd)) {}
  void tell_of_lost();
  void run();
  void write(EventText& events);
  void write(std::string_view text);

  const TraceOptions options_;
  base::UniqueFd fd_;
  std::vector<std::pair<std::string, std::unique_ptr<Labels>>> rows_;  // of the loop's thread; the other one reads labels that it was handed
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Slice> waiting_;
  std::optional<Slice> lost_;  // how many had no place, and from when on
  bool closing_ = false;
  bool over_ = false;  // the file is full, or cannot be written
  std::uint64_t octets_ = 0;
  std::thread thread_;
};

}  // namespace tandem::trace
