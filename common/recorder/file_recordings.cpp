#include "common/recorder/file_recordings.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "common/base/log.hpp"

namespace tandem::recorder {

using base::LogCategory;
using base::LogLevel;

namespace {

// As it is told to people, and as it can be found from any folder.
std::string whole_path(const std::string& path) {
  std::error_code none;
  const auto whole = std::filesystem::absolute(path, none);
  return none ? path : whole.string();
}

std::string name_of(const base::RecordingRequest& wanted, std::uint64_t number) {
  return wanted.keep == 0 ? wanted.file : fmt::format("{}.{}", wanted.file, number);
}

}  // namespace

base::Result<void> FileRecordings::open(const base::RecordingRequest& wanted) {
  base::RecordingRequest whole = wanted;
  whole.file = whole_path(wanted.file);
  auto sink = make(whole, 1, {});
  if (!sink) return sink.error();
  close();
  wanted_ = std::move(whole);
  files_ = {name_of(wanted_, number_ = 1)};
  sink_ = std::move(*sink);
  base::log(LogCategory::daemon, LogLevel::info, "recording to {}", sink_->path());
  return {};
}

base::Result<recording::Sink*> FileRecordings::next() {
  const bool one_goes = files_.size() >= wanted_.keep;
  auto sink = make(wanted_, number_ + 1, one_goes ? files_.front() : std::string());
  if (!sink) {
    why_no_other_ = fmt::format("no other file follows: {}", sink.error().reason());
    base::log(LogCategory::daemon, LogLevel::error, "the recording {} ends here: {}", sink_->path(), why_no_other_);
    return base::Error(why_no_other_);
  }
  if (one_goes) files_.pop_front();
  files_.push_back(name_of(wanted_, ++number_));
  following_ = std::move(*sink);
  return following_.get();
}

base::Result<std::unique_ptr<FileSink>> FileRecordings::make(const base::RecordingRequest& wanted, std::uint64_t number, std::string replaces) {
  if (ending() >= k_ending) return base::Error(fmt::format("{} recordings that have ended are still being written", ending_.size()));
  auto sink = FileSink::open(
      {.path = name_of(wanted, number), .size = wanted.size, .another_follows = wanted.keep > 0, .replaces = std::move(replaces)});
  if (sink) (*sink)->start();
  return sink;
}

std::size_t FileRecordings::ending() {
  std::erase_if(ending_, [](const auto& sink) { return sink->done(); });
  return ending_.size();
}

void FileRecordings::close() {
  if (sink_ == nullptr) return;
  last_ = facts();
  last_.on = false;
  if (last_.ended.empty()) last_.ended = std::exchange(why_no_other_, {});
  sink_->close();
  ending_.push_back(std::move(sink_));
  sink_ = std::move(following_);
}

base::RecordingFacts FileRecordings::facts() const {
  if (sink_ == nullptr) return last_;
  const FileSink::Status status = sink_->status();
  return {status.ended.empty(), sink_->path(), status.octets, status.file_octets, status.waiting, status.ended};
}

}  // namespace tandem::recorder
