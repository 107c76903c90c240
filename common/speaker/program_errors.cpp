#include "common/speaker/program_errors.hpp"

#include <utility>

#include "common/base/log.hpp"
#include "common/speaker/limits.hpp"

namespace tandem::speaker {

using base::LogCategory;
using base::LogLevel;

ProgramErrors::ProgramErrors(ChannelKeeper& keeper, ProgramErrorsOwner& owner, std::string program, base::UniqueFd fd)
    : Channel(keeper, ChannelKind::program_errors, std::move(program)), ProgramErrorsMemory{&owner} {
  set_descriptors(std::move(fd));
}

Interest ProgramErrors::interest() const {
  Interest wanted;
  wanted.read = !finished() && owner_ != nullptr;
  wanted.close = !finished() && owner_ == nullptr;
  return wanted;
}

void ProgramErrors::on_received(base::Bytes bytes, base::TimePoint now) {
  for (const char c : base::as_text(bytes)) {
    if (c == '\n') end_line(now);
    else if (line_.size() < k_error_line) line_ += c;
    else cut_ = true;
  }
}

void ProgramErrors::end_line(base::TimePoint now) {
  std::string line = std::exchange(line_, {});
  const bool cut = std::exchange(cut_, false);
  if (cut) {  // not in the middle of a character: the rest would not be UTF-8
    while (!line.empty() && (static_cast<unsigned char>(line.back()) & 0xC0) == 0x80) line.pop_back();
    if (!line.empty() && (static_cast<unsigned char>(line.back()) & 0x80) != 0) line.pop_back();
  }
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
  if (line.empty()) return;
  if (now >= window_end_) {
    end_window();
    window_end_ = now + k_error_window;
  }
  if (++lines_ <= k_error_lines) base::log(LogCategory::processes, LogLevel::warning, "process {}: stderr: {}{}", name(), line, cut ? " ..." : "");
}

void ProgramErrors::end_window() {
  if (lines_ > k_error_lines) {
    base::log(LogCategory::processes, LogLevel::warning, "process {}: stderr: {} more lines in {} s", name(), lines_ - k_error_lines, k_error_window / 1s);
  }
  lines_ = 0;
}

void ProgramErrors::on_ended(EndCause, int, base::TimePoint now) {
  end_line(now);
  end_window();
  finish();
  keeper_.retire(*this);
  if (owner_ != nullptr) owner_->errors_ended(*this);
}

void ProgramErrors::disown() {
  owner_ = nullptr;
  wake();
}

}  // namespace tandem::speaker
