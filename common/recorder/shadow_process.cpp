#include "common/recorder/shadow_process.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "common/base/log.hpp"
#include "common/process/clock.hpp"
#include "common/process/system_error.hpp"
#include "common/recording/host_answers.hpp"

namespace tandem::recorder {

using base::LogCategory;
using base::LogLevel;

namespace {

constexpr std::size_t k_head = 4;
constexpr std::size_t k_heard_at_once = k_report_max;      // octets
constexpr base::Duration k_listen_every = std::chrono::seconds(1);
constexpr std::chrono::milliseconds k_farewell{1000};      // at the end of the daemon, and no longer

void set_blocking(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags >= 0) ::fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
}

}  // namespace

base::Buffer to_frame(const base::ShadowReport& report) {
  base::Buffer octets;
  recording::put(octets, report);
  base::Buffer frame;
  base::ByteWriter(frame).u32(static_cast<std::uint32_t>(octets.size()));
  frame.insert(frame.end(), octets.begin(), octets.end());
  return frame;
}

// The thread that writes to it waits for it, and nobody else does.
ShadowProcess::ShadowProcess(process::Host& host, base::ShadowRequest wanted, process::Spawned process, process::TemporaryFolder folder, std::size_t waiting_max)
    : host_(host), wanted_(std::move(wanted)), since_(host.wall_time()), pid_(process.pid), folder_(std::move(folder)), reports_(std::move(process.output)) {
  set_blocking(process.input.get());
  FileOptions options;
  options.waiting_max = waiting_max;
  records_ = FileSink::adopt(std::move(options), std::move(process.input));
  records_->start();
}

ShadowProcess::~ShadowProcess() {
  end_at_once(SIGTERM);
  records_->close();
  if (!records_->await_done(k_farewell)) end_at_once(SIGKILL);
}

void ShadowProcess::end_at_once(int signal) const {
  if (!gone_) host_.send_signal(pid_, signal);
}

bool ShadowProcess::put(base::Bytes records) {
  if (!given_ || gone_) return false;
  if (records_->put(records)) {
    if (const base::TimePoint now = process::now(); now - listened_at_ >= k_listen_every) {
      listened_at_ = now;
      listen();
    }
    return true;
  }
  given_ = false;
  // It may have found something and ended: that is known when it is gone.
  if (records_->end() != recording::EndReason::too_slow) {
    end_at_once(SIGTERM);
    return false;
  }
  why_ = fmt::format("it does not keep up, {} octets wait for it", records_->status().waiting);
  base::log(LogCategory::reactor, LogLevel::error, "the shadow {} ends here: {}", wanted_.engine, why_);
  end_at_once(SIGKILL);
  records_->close();
  return false;
}

void ShadowProcess::stop(std::string_view why) {
  if (gone_) return;
  if (!given_) return end_at_once(SIGKILL);
  given_ = false;
  why_ = why;
  records_->close();
}

// Nothing of this stands on the stack: it is perhaps that of a generator, which a buffer of this size would leave, beyond its guard page.
void ShadowProcess::listen() {
  for (;;) {
    const std::size_t before = heard_.size();
    heard_.resize(before + k_heard_at_once);
    const ssize_t count = ::read(reports_.get(), heard_.data() + before, k_heard_at_once);
    heard_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    take_reports();
    if (static_cast<std::size_t>(count) < k_heard_at_once) return;
  }
}

void ShadowProcess::take_reports() {
  base::Bytes left(heard_);
  while (left.size() >= k_head) {
    base::ByteReader head(left.first(k_head));
    const std::size_t size = head.u32();
    if (size > k_report_max) {
      why_ = "what it says cannot be read";
      given_ = false;
      end_at_once(SIGKILL);
      left = {};
      break;
    }
    if (left.size() < k_head + size) break;
    recording::FieldReader in(left.subspan(k_head, size));
    recording::Descriptors none;
    base::ShadowReport report;
    recording::get(in, none, report);
    if (in.done()) said_ = std::move(report);
    left = left.subspan(k_head + size);
  }
  heard_.erase(heard_.begin(), heard_.end() - static_cast<std::ptrdiff_t>(left.size()));
}

std::string ShadowProcess::why_ended(const process::ChildEnd& end) const {
  if (said_.last && !said_.difference.empty() && said_.verdict == "different") return fmt::format("it differs, in {}", said_.session.empty() ? "what it was sent" : said_.session);
  if (!why_.empty()) return why_;
  if (!said_.note.empty()) return said_.note;
  return end.signal != 0 ? fmt::format("signal {} has ended it", end.signal) : fmt::format("it has ended, with status {}", end.exit_code);
}

// All that it has said is there by now.
void ShadowProcess::child_ended(const process::ChildEnd& end) {
  if (end.pid != pid_ || gone_) return;
  const bool as_asked = !given_ && !why_.empty();
  listen();
  gone_ = true;
  given_ = false;
  folder_.remove();
  why_ = why_ended(end);
  records_->close();
  base::log(LogCategory::reactor, as_asked ? LogLevel::info : LogLevel::error, "the shadow {} has ended: {}{}{}", wanted_.engine, why_, said_.verdict.empty() ? "" : "; it was ",
            said_.verdict);
}

base::ShadowFacts ShadowProcess::facts() {
  listen();
  const FileSink::Status status = records_->status();
  base::ShadowFacts facts;
  facts.on = given_ && !gone_;
  facts.engine = wanted_.engine;
  facts.leader = wanted_.leader;
  facts.since = since_;
  facts.given = status.octets;
  facts.waiting = status.waiting;
  facts.finishing = !given_ && !over();
  facts.ended = why_;
  facts.said = said_;
  return facts;
}

std::string ProcessShadows::in_the_way() const {
  if (!process_ || process_->over()) return {};
  const base::ShadowFacts facts = process_->facts();
  return facts.on ? fmt::format("engine {} is the shadow: 'engine shadow stop' ends it", facts.engine)
                  : fmt::format("the shadow {} is still coming to its end: 'engine shadow stop' ends it at once", facts.engine);
}

base::Result<void> ProcessShadows::start(const base::ShadowRequest& wanted) {
  if (std::string other = in_the_way(); !other.empty()) return base::Error(std::move(other));
  auto folder = process::TemporaryFolder::make("tandem-shadow");
  if (!folder) return folder.error();
  const auto plan = plan_(wanted.engine, folder->path());
  if (!plan) return plan.error();
  auto process = host_.spawn(*plan);
  if (!process) return process.error();
  base::log(LogCategory::reactor, LogLevel::info, "engine {} runs as the shadow of {}, in process {}", wanted.engine, wanted.leader, process->pid);
  process_ = std::make_unique<ShadowProcess>(host_, wanted, std::move(*process), std::move(*folder), waiting_max_);
  return {};
}

void ProcessShadows::stop(std::string_view why) {
  if (process_) process_->stop(why);
}

void ProcessShadows::child_ended(const process::ChildEnd& end) {
  if (process_) process_->child_ended(end);
}

}  // namespace tandem::recorder
