#include "tandem/trace/trace_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

#include "common/base/format.hpp"
#include "common/base/json_writer.hpp"
#include "common/base/log.hpp"
#include "common/process/signals.hpp"
#include "common/speaker/loop_observer.hpp"

namespace tandem::trace {

namespace {

constexpr std::size_t k_names = 65'536;
constexpr std::string_view k_begin = "[\n";
constexpr std::string_view k_between = ",\n";
constexpr std::string_view k_end = "\n]\n";

std::string_view to_string(speaker::WakeCause cause) {
  switch (cause) {
    case speaker::WakeCause::ready: return "ready";
    case speaker::WakeCause::deadline: return "deadline";
    case speaker::WakeCause::again: return "again";
    case speaker::WakeCause::signal: return "signal";
  }
  return "";
}

void append_number(std::uint64_t number, std::string& out) {
  const fmt::format_int digits(number);
  out.append(digits.data(), digits.size());
}

// Microseconds, to the nanosecond.
void append_time(base::Duration time, std::string& out) {
  const auto nanoseconds = static_cast<std::uint64_t>(time.count());
  append_number(nanoseconds / 1000, out);
  const std::uint64_t rest = nanoseconds % 1000;
  const char digits[] = {'.', static_cast<char>('0' + rest / 100), static_cast<char>('0' + rest / 10 % 10), static_cast<char>('0' + rest % 10)};
  out.append(digits, sizeof digits);
}

void append_quoted(std::string_view word, std::string& out) {
  out += '"';
  out += word;
  out += '"';
}

void append_name(const Slice& slice, std::string& out) {
  switch (slice.kind) {
    case SliceKind::begin: out += "\"begin\""; break;
    case SliceKind::wait: out += "\"wait\""; break;
    case SliceKind::step: append_quoted(speaker::to_string(static_cast<speaker::RoundStep>(slice.detail)), out); break;
    case SliceKind::work: append_quoted(slice.what, out); break;
    case SliceKind::lost: base::append(out, "\"{} slices are missing\"", slice.amount); break;
    case SliceKind::engine: out += "\"thread_name\""; break;
    case SliceKind::driver:
    case SliceKind::turn: base::append_json_string(out, *slice.name); break;
  }
}

void append_arguments(const Slice& slice, std::string& out) {
  switch (slice.kind) {
    case SliceKind::wait:
      out += "\"woken\":";
      append_quoted(to_string(static_cast<speaker::WakeCause>(slice.detail)), out);
      break;
    case SliceKind::turn:
      out += "\"messages in\":";
      append_number(slice.amount, out);
      out += ",\"messages out\":";
      append_number(slice.amount_out, out);
      break;
    case SliceKind::engine: base::append(out, "\"name\":\"engine {}\"", *slice.name); break;
    case SliceKind::work:
      if (slice.amount != 0) {
        out += "\"octets\":";
        append_number(slice.amount, out);
        if (!slice.name->empty()) out += ',';
      }
      if (slice.name->empty()) break;
      out += "\"of\":";
      base::append_json_string(out, *slice.name);
      break;
    case SliceKind::begin:
    case SliceKind::driver:
    case SliceKind::step:
    case SliceKind::lost: break;
  }
}

// What stands between the name and the number of the row.
constexpr std::string_view k_headings[] = {
    R"(,"cat":"engine","ph":"M","pid":1,"tid":)", R"(,"cat":"begin","ph":"X","pid":1,"tid":)", R"(,"cat":"wait","ph":"X","pid":1,"tid":)",
    R"(,"cat":"driver","ph":"X","pid":1,"tid":)", R"(,"cat":"step","ph":"X","pid":1,"tid":)",  R"(,"cat":"turn","ph":"X","pid":1,"tid":)",
    R"(,"cat":"work","ph":"X","pid":1,"tid":)",   R"(,"cat":"lost","ph":"i","pid":1,"tid":)"};
constexpr bool lasts(SliceKind kind) { return kind != SliceKind::engine && kind != SliceKind::lost; }

}  // namespace

// Written out by hand: this is most of what a timeline costs, and it is all that its thread does.
void append_event(const Slice& slice, base::TimePoint origin, std::string& out) {
  out += "{\"name\":";
  append_name(slice, out);
  out += k_headings[static_cast<std::size_t>(slice.kind)];
  append_number(slice.engine, out);
  out += ",\"ts\":";
  append_time(slice.begin - origin, out);
  if (lasts(slice.kind)) {
    out += ",\"dur\":";
    append_time(slice.end - slice.begin, out);
  }
  out += ",\"args\":{";
  append_arguments(slice, out);
  out += "}}";
}

base::Result<std::unique_ptr<TraceFile>> TraceFile::open(const TraceOptions& options) {
  base::UniqueFd fd(::open(options.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd) return base::Error(fmt::format("cannot write a timeline to {}: {}", options.path, std::generic_category().message(errno)));
  return std::unique_ptr<TraceFile>(new TraceFile(options, std::move(fd)));
}

TraceFile::~TraceFile() {
  start();
  {
    const std::lock_guard lock(mutex_);
    tell_of_lost();
    closing_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void TraceFile::start() {
  if (!thread_.joinable()) thread_ = process::start_thread([this] { run(); });
}

const std::string* TraceFile::name(std::string_view text) {
  const auto known = names_.find(text);
  if (known != names_.end()) return &*known;
  return &*names_.emplace(names_.size() < k_names ? text : "others").first;
}

void TraceFile::put(std::vector<Slice>& slices) {
  if (slices.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    if (over_ || waiting_.size() + slices.size() > options_.waiting_max) {
      if (!lost_) lost_ = Slice{.kind = SliceKind::lost, .engine = slices.front().engine, .begin = slices.front().begin};
      lost_->amount += slices.size();
    } else {
      tell_of_lost();
      waiting_.insert(waiting_.end(), slices.begin(), slices.end());
    }
  }
  changed_.notify_one();
  slices.clear();
}

void TraceFile::tell_of_lost() {
  if (lost_) waiting_.push_back(*std::exchange(lost_, std::nullopt));
}

// --- the thread ----------------------------------------------------------------------------------------------------------------

void TraceFile::run() {
  write(k_begin);
  std::vector<Slice> taken;
  std::string text;
  std::optional<base::TimePoint> origin;
  for (bool last = false; !last;) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
      taken.clear();
      taken.swap(waiting_);
      last = closing_;
    }
    text.clear();
    for (const Slice& slice : taken) {
      if (origin) text += k_between;
      else origin = slice.begin;
      append_event(slice, *origin, text);
    }
    write(text);
  }
  if (!over_) write(k_end);
}

void TraceFile::write(std::string_view text) {
  while (!over_ && !text.empty()) {
    const ssize_t count = ::write(fd_.get(), text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    const int error = count < 0 ? errno : 0;
    if (count > 0) {
      octets_ += static_cast<std::uint64_t>(count);
      text.remove_prefix(static_cast<std::size_t>(count));
    }
    const bool full = options_.size > 0 && octets_ >= options_.size && text.empty();
    if (error == 0 && !full) continue;
    if (full && ::write(fd_.get(), k_end.data(), k_end.size()) < 0) return;
    base::log(base::LogCategory::daemon, base::LogLevel::error, "the timeline {} ends here: {}", options_.path,
              full ? fmt::format("it has {} octets", octets_) : std::generic_category().message(error));
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
}

}  // namespace tandem::trace
