#include "common/log/writer.hpp"

#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "common/process/signals.hpp"

namespace tandem::log {

Writer::Writer(std::unique_ptr<Output> output, Notice notice, std::size_t octets_max)
    : shared_(new Shared{LineQueue(octets_max), std::move(output), std::move(notice)}) {}

Writer::~Writer() {
  const bool written = flush(k_last_wait);
  shared_->queue.close();
  if (written) {
    thread_.join();
  } else {
    thread_.detach();  // it waits for a reader who may never come, and ends with the process or the reader
  }
}

void Writer::start() {
  if (!thread_.joinable()) thread_ = process::start_thread("log", [shared = shared_] { run(*shared); });
}

bool Writer::flush(std::chrono::milliseconds limit) {
  start();
  return shared_->queue.wait_until_written(limit);
}

void Writer::run(Shared& shared) {
  using base::LogLevel;
  Batch batch;
  Output::Loss lost;  // and not told yet
  std::string complaint;
  while (shared.queue.take(batch)) {
    Batch notices;
    const auto followed = shared.output->follow();
    if (!followed && followed.error().reason() != complaint) {
      notices.add(LogLevel::error, shared.notice(LogLevel::error, followed.error().reason() + ", the file that is open goes on"));
    }
    complaint = followed ? std::string() : followed.error().reason();
    if (lost.lines > 0) {
      const std::string reason = std::generic_category().message(lost.error);
      notices.add(LogLevel::error, shared.notice(LogLevel::error, fmt::format("{} log lines could not be written: {}", lost.lines, reason)));
    }
    if (batch.dropped > 0) {
      batch.add(LogLevel::warning, shared.notice(LogLevel::warning, fmt::format("{} log lines were dropped, the log is read too slowly", batch.dropped)));
    }
    if (!notices.lines.empty()) {
      notices.lines.insert(notices.lines.end(), batch.lines.begin(), batch.lines.end());
      notices.text += batch.text;
      std::swap(batch, notices);
    }
    const Output::Loss loss = shared.output->write(batch);
    // Lines about lost lines are lost with them: the count stays.
    lost = loss.lines > 0 ? Output::Loss{lost.lines + loss.lines, loss.error} : Output::Loss{};
  }
}

}  // namespace tandem::log
