#include "common/speaker/measurements.hpp"

#include <algorithm>

namespace tandem::speaker {

// --- the loop --------------------------------------------------------------------------------------------------------------------

void Measurements::waiting(std::optional<base::TimePoint> until, base::TimePoint now) {
  if (turn_began_) turn_over(now);
  until_ = until;
  slept_ = !until || *until > now;
  resumed_ = 0;
  before_began_ = std::exchange(turn_began_, std::nullopt);
  if (!slept_) turn_began_ = now;
}

void Measurements::turn_over(base::TimePoint now) {
  const base::Duration turn = now - *turn_began_;
  now_.turn_longest = std::max(now_.turn_longest, turn);
  if (turn <= turn_longest_) return;
  turn_longest_ = turn;
  worse_ = true;
}

void Measurements::delivering(base::TimePoint now) {
  if (!turn_began_) turn_began_ = now;
}

void Measurements::round(base::TimePoint now) {
  base::Duration lag{};
  if (!slept_ && before_began_) lag = now - *before_began_;
  else if (slept_ && until_) lag = std::max(now - *until_, base::Duration::zero());
  now_.lag.add(lag);
  ++now_.rounds;
  if (slept_) ++now_.wake_ups;
  if (!turn_began_) turn_began_ = now;
  if (lag <= lag_longest_) return;
  lag_longest_ = lag;
  worse_ = true;
}

// --- sessions --------------------------------------------------------------------------------------------------------------------

void Measurements::hold_margin(double share) {
  now_.hold_margin = std::min(now_.hold_margin.value_or(share), share);
  if (share >= hold_margin_) return;
  hold_margin_ = share;
  worse_ = true;
}

void Measurements::session_lost(std::string neighbor, std::string reason) {
  ++now_.lost;
  if (lost_.size() < k_lost_shown) lost_.push_back({std::move(neighbor), std::move(reason), clock_.now()});
  worse_ = true;
}

// --- slices ----------------------------------------------------------------------------------------------------------------------

void Measurements::Slice::add(const Slice& later) {
  lag.add(later.lag);
  turn_longest = std::max(turn_longest, later.turn_longest);
  rounds += later.rounds;
  wake_ups += later.wake_ups;
  if (later.hold_margin) hold_margin = std::min(hold_margin.value_or(1), *later.hold_margin);
  lost += later.lost;
}

void Measurements::begin(const Sample& sample) {
  until_.reset();
  slept_ = false;
  turn_began_.reset();
  before_began_.reset();
  now_ = {};
  now_.begin = clock_.now();
  now_.at_begin = sample;
  total_ = now_;
  ended_ = 0;
  lost_.clear();
  lag_longest_ = turn_longest_ = {};
  hold_margin_ = 1;
  worse_ = false;
}

bool Measurements::slice_over() const { return clock_.now() - now_.begin >= k_slice; }

void Measurements::end_slice(const Sample& sample) {
  total_.add(now_);
  slices_[ended_++ % k_slices] = now_;
  now_ = {};
  now_.begin = clock_.now();
  now_.at_begin = sample;
}

api::Measurement Measurements::measured(const Slice& slice, const Sample& sample) const {
  api::Measurement out;
  out.seconds = base::seconds(clock_.now() - slice.begin);
  out.lag_50 = base::seconds(slice.lag.percentile(50));
  out.lag_90 = base::seconds(slice.lag.percentile(90));
  out.lag_99 = base::seconds(slice.lag.percentile(99));
  out.lag_longest = base::seconds(slice.lag.longest());
  out.turn_longest = base::seconds(slice.turn_longest);
  out.rounds = slice.rounds;
  out.wake_ups = slice.wake_ups;
  out.processor_s = base::seconds(sample.processor - slice.at_begin.processor);
  out.memory = sample.memory;
  out.hold_margin = slice.hold_margin;
  out.queue = sample.queue;
  out.queue_growth = static_cast<std::int64_t>(sample.queue) - static_cast<std::int64_t>(slice.at_begin.queue);
  out.sessions_lost = slice.lost;
  for (const Lost& lost : lost_) {
    if (lost.at >= slice.begin) out.lost.push_back({lost.neighbor, lost.reason, clock_.seconds(lost.at)});
  }
  return out;
}

api::Measurement Measurements::recent(const Sample& sample) const {
  const std::size_t kept = std::min(ended_, k_slices);
  if (kept == 0) return measured(now_, sample);
  Slice all = slices_[(ended_ - kept) % k_slices];
  for (std::size_t i = ended_ - kept + 1; i < ended_; ++i) all.add(slices_[i % k_slices]);
  all.add(now_);
  return measured(all, sample);
}

api::Measurement Measurements::since_begin(const Sample& sample) const {
  Slice all = total_;
  all.add(now_);
  return measured(all, sample);
}

}  // namespace tandem::speaker
