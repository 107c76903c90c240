#include "tandem/trace/timeline.hpp"

#include <algorithm>

#include "common/speaker/channel.hpp"

namespace tandem::trace {

namespace {

constexpr std::size_t k_portion = 1024;  // slices that are handed over at once
constexpr std::chrono::seconds k_late{1};
constexpr std::chrono::microseconds k_nothing{1};  // a step that is shorter, and in which nothing is told of, had nothing to do

}  // namespace

Timeline::~Timeline() {
  close(now_());
  file_.put(slices_);
}

void Timeline::engine(std::string_view name) {
  const base::TimePoint now = now_();
  close(now);
  const auto known = std::find(engines_.begin(), engines_.end(), name);
  row_ = static_cast<std::uint16_t>(known - engines_.begin() + 1);
  if (known == engines_.end()) {
    engines_.emplace_back(name);
    slices_.push_back({.kind = SliceKind::engine, .engine = row_, .begin = now, .end = now, .name = file_.name(name)});
  }
  open({.kind = SliceKind::begin}, now);
}

void Timeline::waiting(std::optional<base::TimePoint>, base::TimePoint) {
  const base::TimePoint now = now_();
  close(now);
  if (slices_.size() >= k_portion || now - last_put_ >= k_late) {
    file_.put(slices_);
    last_put_ = now;
  }
  last_wait_.reset();
  open({.kind = SliceKind::wait}, now);
}

// The sync engine says it in front of the drivers, the async one behind them: then the wait is over already.
void Timeline::woke(speaker::WakeCause cause, base::TimePoint) {
  if (open_ && open_->kind == SliceKind::wait) close(now_());
  if (last_wait_) slices_[*last_wait_].detail = static_cast<std::uint8_t>(cause);
}

void Timeline::resumed(const speaker::Channel& channel, base::TimePoint) {
  const base::TimePoint now = now_();
  close(now);
  open({.kind = SliceKind::driver, .name = file_.name(channel.name())}, now);
}

void Timeline::round_step(speaker::RoundStep step, base::TimePoint) {
  const base::TimePoint now = now_();
  const auto detail = static_cast<std::uint8_t>(step);
  // Of the six steps of a round most have nothing to do: to write them down would cost more than they do. Their time is the next one's.
  if (open_ && open_->kind == SliceKind::step && mark_ == open_->begin && now - open_->begin < k_nothing) {
    open_->detail = detail;
    return;
  }
  close(now);
  open({.kind = SliceKind::step, .detail = detail}, now);
}

void Timeline::turn(std::string_view peer, std::size_t messages_in, std::size_t messages_out, base::TimePoint) {
  inside({.kind = SliceKind::turn, .name = file_.name(peer), .amount = messages_in, .amount_out = messages_out});
}

void Timeline::worked(const char* what, std::string_view whose, std::size_t octets) {
  inside({.kind = SliceKind::work, .what = what, .name = file_.name(whose), .amount = octets});
}

void Timeline::open(Slice slice, base::TimePoint at) {
  slice.begin = mark_ = at;
  open_ = slice;
}

void Timeline::close(base::TimePoint at) {
  if (!open_) return;
  open_->end = at;
  open_->engine = row_;
  if (open_->kind == SliceKind::wait) last_wait_ = slices_.size();
  slices_.push_back(*open_);
  open_.reset();
}

// It began where the one before ended, and ends now.
void Timeline::inside(Slice slice) {
  slice.begin = mark_;
  slice.end = mark_ = now_();
  slice.engine = row_;
  slices_.push_back(slice);
}

}  // namespace tandem::trace
