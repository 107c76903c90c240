#include "tandem/trace/timeline.hpp"

#include <algorithm>
#include <limits>

#include "common/speaker/channel.hpp"

namespace tandem::trace {

namespace {

constexpr std::chrono::seconds k_late{1};
constexpr std::chrono::microseconds k_nothing{1};  // what is over within it, and has nothing to show, had nothing to do
constexpr std::uint64_t k_few_ticks = 1000;        // less than that, on any processor of today

std::uint32_t shown(std::size_t amount) {
  constexpr std::size_t k_most = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::min(amount, k_most));
}

}  // namespace

Timeline::Timeline(TraceFile& file, Time time) : file_(file), time_(time), last_put_(time.now()), begin_(last_put_), mark_(last_put_) {
  slices_.reserve(file_.portion());
}

Timeline::~Timeline() {
  static_cast<void>(close(time_.now()));
  file_.put(slices_);
}

void Timeline::engine(std::string_view name) {
  const base::TimePoint at = close(time_.now());
  const auto [labels, is_new] = file_.row(name);
  labels_ = labels;
  if (is_new) slices_.push_back({.label = &labels_->engine(), .begin = at});
  open(labels_->begin(), at);
}

void Timeline::waiting(std::optional<base::TimePoint>, base::TimePoint now) {
  const base::TimePoint at = close(now);
  if (slices_.size() >= file_.portion() || now - last_put_ >= k_late) {
    file_.put(slices_);
    last_put_ = now;
  }
  last_wait_.reset();
  open(labels_->wait(speaker::WakeCause::ready), at);
}

// The sync engine says it in front of the drivers, the async one behind them: then the wait is over already.
void Timeline::woke(speaker::WakeCause cause) {
  const Label& label = labels_->wait(cause);
  if (is_open(SliceKind::wait)) open_ = &label;
  else if (last_wait_) slices_[*last_wait_].label = &label;
}

void Timeline::resumed(const speaker::Channel& channel, base::TimePoint now) { open(labels_->driver(channel.name()), close(now)); }

// A round begins when its engine has read the clock for it.
void Timeline::round_step(speaker::RoundStep step, base::TimePoint now) {
  const Label& label = labels_->step(step);
  const bool begins = step == speaker::RoundStep::signals;
  if (!begins && inside_ <= 1 && nothing_has_passed()) return open(label, mark_);
  const base::TimePoint at = close(begins ? now : time_.now());
  const bool is_new = at != mark_;
  open(label, at);
  if (is_new) mark_ticks_ = time_.ticks();
}

void Timeline::turn(std::string_view peer, std::size_t messages_in, std::size_t messages_out, base::TimePoint) {
  if (messages_in == 0 && messages_out == 0 && nothing_has_passed()) return;
  const base::TimePoint now = time_.now();
  if (messages_in == 0 && messages_out == 0 && now - mark_ < k_nothing) return;
  inside(labels_->turn(peer), now, messages_in, messages_out);
}

void Timeline::worked(const char* what, std::string_view whose, std::size_t octets) { inside(labels_->work(what, whose), time_.now(), octets); }

// Since the mark, in a step.
bool Timeline::nothing_has_passed() const {
  if (!is_open(SliceKind::step)) return false;
  const std::uint64_t ticks = time_.ticks();
  return ticks != 0 && ticks - mark_ticks_ < k_few_ticks;
}

void Timeline::open(const Label& label, base::TimePoint at) {
  open_ = &label;
  begin_ = mark_ = at;
  inside_ = 0;
}

// Where the next one begins. Of the six steps of a round most have nothing to do, and one that does a single thing is as long as that: to write them
// down would cost more than they do.
base::TimePoint Timeline::close(base::TimePoint at) {
  if (open_ == nullptr) return at;
  if (is_open(SliceKind::step) && inside_ <= 1 && at - mark_ < k_nothing) return mark_;
  if (is_open(SliceKind::wait)) last_wait_ = slices_.size();
  slices_.push_back({.label = open_, .begin = begin_, .length = at - begin_});
  return at;
}

// It began where the one before ended, and ends now.
void Timeline::inside(const Label& label, base::TimePoint at, std::size_t amount, std::size_t amount_out) {
  slices_.push_back({&label, mark_, at - mark_, shown(amount), shown(amount_out)});
  mark_ = at;
  mark_ticks_ = time_.ticks();
  ++inside_;
}

}  // namespace tandem::trace
