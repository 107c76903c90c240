#include "common/speaker/client.hpp"

#include <algorithm>
#include <utility>

#include "common/api/route_group.hpp"
#include "common/base/assert.hpp"
#include "common/base/log.hpp"
#include "common/speaker/limits.hpp"

namespace tandem::speaker {

using base::LogCategory;
using base::LogLevel;

namespace {

// Events are long lines: memchr(3) looks at many octets at once.
std::uint64_t lines_in(std::string_view text) {
  std::uint64_t lines = 0;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', end + 1)) ++lines;
  return lines;
}

}  // namespace

Client::Client(ClientServices& services, ChannelKind kind, std::string name, api::ClientState state)
    : Channel(services.runtime, kind, std::move(name)), ClientMemory(services, std::move(state)) {}

void Client::store(state::Writer& writer) const {
  channel_fields(writer, static_cast<const Channel&>(*this));
  writer.value(static_cast<const ClientMemory&>(*this));
}

void Client::load(state::Reader& reader) {
  channel_fields(reader, static_cast<Channel&>(*this));
  reader.value(static_cast<ClientMemory&>(*this));
}

Interest Client::interest() const {
  Interest wanted;
  if (finished()) return wanted;
  wanted.close = dropped_;
  wanted.write = !dropped_ && !outbox_.empty();
  // Back-pressure needs a line to work on; without one there must be room to complete it.
  wanted.read = !dropped_ && !closing_ && (said_.size() < k_command_backlog || scanned_ == said_.size());
  // One that has been told its last word is still read, so that its end is noticed; what it says is ignored.
  return wanted;
}

void Client::on_received(base::Bytes bytes, base::TimePoint) {
  if (told_last_) return;
  said_.append(base::as_text(bytes));
  services_.due = true;
}

bool Client::on_sent(std::size_t count, base::TimePoint) {
  TANDEM_ASSERT(count <= outbox_.size());
  while (count > 0) {
    base::Bytes piece;
    outbox_.gather({&piece, 1});
    piece = piece.first(std::min(piece.size(), count));
    lines_queued_ -= lines_in(base::as_text(piece));
    count -= piece.size();
    outbox_.consume(piece.size());
  }
  // The job may go on; a shutdown, or somebody who has said his last word, waits for the last line.
  const bool waited_for = job_ || told_last_ || closing_;
  services_.due |= waited_for;
  return waited_for;
}

void Client::on_ended(EndCause, int, base::TimePoint) {
  finish();
  outbox_.clear();
  if (disowned_) keeper_.retire(*this);
  else services_.due = true;  // complete lines that came before the end are still executed (I25)
}

bool Client::run_commands(base::TimePoint now) {
  std::size_t executed = 0;
  std::size_t start = 0;
  std::string answers;
  while (!job_ && !told_last_ && executed < k_command_batch && answers.size() < k_batch_answers) {
    const std::size_t newline = said_.find('\n', std::max(start, scanned_));
    if (newline == std::string::npos) break;
    std::size_t end = newline;
    state_.version = services_.dispatcher.api_version;  // of all clients at once
    while (end > start && (said_[end - 1] == '\r' || said_[end - 1] == ' ' || said_[end - 1] == '\t')) --end;
    executing_ = true;
    services_.acting = {serial_, state_.owner};
    services_.dispatcher.execute(state_, std::string_view(said_).substr(start, end - start), answers, job_);
    services_.acting = {};
    executing_ = false;
    mid_line_ = job_ && !answers.empty() && answers.back() != '\n';
    if (!mid_line_ && !caused_.empty()) answers += std::exchange(caused_, {});
    executed += newline + 1 - start;
    start = newline + 1;
    scanned_ = start;
    if (drop_commands_) break;
  }
  if (told_last_ || drop_commands_) start = said_.size();
  if (told_last_) job_.reset();
  drop_commands_ = false;
  said_.erase(0, std::min(start, said_.size()));
  scanned_ = 0;
  const bool complete_line_left = said_.find('\n') != std::string::npos;
  if (!complete_line_left) {
    scanned_ = said_.size();
    if (said_.size() > k_command_line) {
      base::log(LogCategory::processes, LogLevel::error, "{}: a line of more than {} octets without an end: closing", name(),
                k_command_line);
      said_.clear();
      scanned_ = 0;
      misbehaved();
    }
    if (said_.empty() && said_.capacity() > k_command_room) said_.shrink_to_fit();
  }
  write(answers);
  if (services_.observer != nullptr) services_.observer->worked("commands", name(), executed);
  wake();  // there may be room for input again, or a reason to read on: interest() has changed
  retire_if_handled(now);
  return complete_line_left && !job_ && !told_last_;
}

void Client::begin(std::unique_ptr<api::Job> job) {
  job_ = std::move(job);
  services_.due = true;
}

bool Client::run_job(std::size_t budget) {
  if (!job_) return false;
  if (finished() || told_last_) {
    job_.reset();
    mid_line_ = false;
    caused_.clear();
    services_.due = true;  // the lines behind it, then the end
    return false;
  }
  if (outbox_.size() > k_job_high_water) return false;  // sent() marks us due again
  std::string out;
  const auto outcome = job_->step(services_.executor, budget, out);
  const bool more = !outcome && !job_->waits();
  if (outcome) {
    job_.reset();
    services_.dispatcher.finish(state_, *outcome, out);
    services_.due = true;  // the lines behind it
  }
  if (!out.empty()) mid_line_ = job_ && out.back() != '\n';
  write(out);
  if (!mid_line_ && !caused_.empty()) write(std::exchange(caused_, {}));
  if (services_.observer != nullptr) services_.observer->worked("answer", name(), out.size());
  return more;
}

void Client::tell(std::string_view lines) {
  if (lines.empty() || finished() || told_last_) return;
  if (!executing_ && !mid_line_) {
    write(lines);
  } else if (has_room_for(lines)) {
    caused_ += lines;
  }
}

bool Client::has_room_for(std::string_view text) {
  const std::size_t unread = outbox_.size() + caused_.size();
  if (unread + text.size() <= k_client_queue) return true;
  base::log(LogCategory::processes, LogLevel::error, "{}: {} octets of answers and events have not been read: that is the limit", name(), unread);
  misbehaved();
  return false;
}

void Client::write(std::string_view text) {
  if (text.empty() || finished() || told_last_ || !has_room_for(text)) return;
  outbox_.append(base::as_bytes(text));
  lines_queued_ += lines_in(text);
  wake();
}

void Client::tell_last(std::string_view lines) {
  tell(lines);
  told_last_ = true;
  wake();
}

void Client::drop() {
  dropped_ = true;
  told_last_ = true;
  outbox_.clear();
  wake();
}

void Client::disown() {
  disowned_ = true;
  drop();
  job_.reset();
  if (finished() && !notes.retired) keeper_.retire(*this);
}

api::QueueStatus Client::queue_status() const { return {state_.service, lines_queued_, outbox_.size()}; }

// The line that is half written ends here.
void Client::discard_answers() {
  outbox_.clear();
  caused_.clear();
  outbox_.append(base::as_bytes("\n"));
  lines_queued_ = 1;
}

void Client::close() {
  closing_ = true;
  services_.due = true;
  wake();
}

bool Client::idle() const { return !job_ && outbox_.empty() && said_.find('\n') == std::string::npos; }

bool Client::complete() const {
  if (closing_ || finished()) return said_.find('\n') == std::string::npos;
  return state_.complete && (said_.empty() || said_.back() == '\n');
}

void Client::retire_if_handled(base::TimePoint now) {
  if (closing_ && !dropped_ && !finished() && idle()) drop();
  if (!finished() || notes.retired || job_) return;
  if (!told_last_ && said_.find('\n') != std::string::npos) return;
  keeper_.retire(*this);
  retired(now);
}

ControlClient::ControlClient(ClientServices& services, base::UniqueFd fd, api::ClientState state)
    : Client(services, ChannelKind::control_client, "control", std::move(state)) {
  set_descriptors(std::move(fd));
}

bool ControlClient::on_input_ended(base::TimePoint) {
  close();
  return true;
}

void ControlClient::misbehaved() { drop(); }

PipeClient::PipeClient(ClientServices& services, process::ControlPipes pipes, api::ClientState state)
    : Client(services, ChannelKind::control_client, "pipe", std::move(state)) {
  set_descriptors(std::move(pipes.commands), std::move(pipes.answers));
}

}  // namespace tandem::speaker
