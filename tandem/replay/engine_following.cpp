// A recording that is being written, through an engine: what is not there yet is waited for, and what was compared is forgotten.
#include <algorithm>
#include <thread>
#include <utility>

#include "tandem/replay/engine_walk.hpp"

namespace tandem::replay {

using harness::Loopback;
using recording::Kind;

namespace {

// What is said of the host, and what came of a connect, is in the file by then.
constexpr base::Duration k_behind = std::chrono::seconds(1);
constexpr base::Duration k_look_back = std::chrono::seconds(1);
constexpr base::Duration k_quiet = std::chrono::seconds(2);
constexpr base::Duration k_told_every = std::chrono::seconds(5);

bool is_beginning(Kind kind) {
  return kind == Kind::made || kind == Kind::snapshot || kind == Kind::host || kind == Kind::channel || kind == Kind::ends || kind == Kind::attached;
}

}  // namespace

base::Result<std::vector<recording::Owned>> beginning_of(Following& following) {
  std::vector<recording::Owned> records;
  while (records.empty() || std::all_of(records.begin(), records.end(), [](const auto& record) { return is_beginning(record.kind()); })) {
    if (following.over()) return base::Error(following.broken().empty() ? "the recording ends before anything has happened" : following.broken());
    following.wait();
    for (recording::Owned& record : following.take()) records.push_back(std::move(record));
  }
  return base::Result<std::vector<recording::Owned>>(boost::system::in_place_value, std::move(records));
}

bool EngineRun::give_ports() {
  for (const std::string& name : host_.without_port()) {
    const std::uint16_t port = loopback_.listen("127.0.0.1", [this, name](const base::Endpoint&, const base::Endpoint&) { return arrived_[name].emplace_back(std::make_shared<Far>()); });
    if (port == 0) return false;
    host_.set_port(name, port);
  }
  return true;
}

// What a round has asked and done is in the file when the next one begins: until then what it was given waits.
void EngineRun::take_in() {
  if (std::vector<recording::Owned> came = following_->take(); !came.empty()) {
    came_at_ = Loopback::now();
    for (const recording::Owned& record : came) host_.learn(record.view());
    const auto held = host_.hold_inputs();
    for (recording::Owned& record : came) inputs_.append(std::move(record));
  }
  static_cast<void>(give_ports());
  for (; looked_at_ < inputs_.size(); ++looked_at_) {
    if (inputs_.at(looked_at_).kind() == Kind::round) settled_ = std::exchange(last_round_, looked_at_) + 1;
  }
  if (following_->over()) settled_ = inputs_.size();
}

bool EngineRun::is_there(std::size_t place) {
  take_in();
  return place < settled_ || (place < inputs_.size() && !Inputs::is_external(inputs_.at(place).kind()));
}

// The times of a recording of this machine are those of its clock.
void EngineRun::fall_behind(base::TimePoint what) {
  if (following_ == nullptr) return;
  const base::TimePoint now = Loopback::now();
  if (what <= now && what + k_behind > now) wait([] { return false; }, what + k_behind - now);
  if (what <= Loopback::now()) replay_.behind = Loopback::now() - what;
}

// False: there is no such record, and will be none; or there is a difference.
bool EngineRun::await(std::size_t place) {
  if (following_ == nullptr) return place < inputs_.size();
  do {
    if (!look_back(place)) return false;
    if (is_there(place)) break;
    if ((following_->over() && place >= inputs_.size()) || finished_ || was_interrupted()) return false;
    wait([this, place] { return is_there(place) || following_->over(); }, k_look_back);
  } while (true);
  if (Inputs::is_external(inputs_.at(place).kind())) fall_behind(inputs_.at(place).view().at);
  return true;
}

// Once a second. Where nothing comes any more, and the other speaker has said all that was said, what is left was merged in another way, or differs.
bool EngineRun::look_back(std::size_t place) {
  const base::TimePoint now = Loopback::now();
  if (now - looked_back_at_ < k_look_back) return true;
  looked_back_at_ = now;
  look();
  look_at_writes();
  forget();
  {
    const auto held = host_.hold_inputs();
    inputs_.forget_before(std::min({place, looked_at_, inputs_.size() - 1}));  // nothing that take_in() has not looked at
  }
  const bool quiet = place >= inputs_.size() && now - came_at_ > (caught_up() ? k_quiet : k_patience_with_engine);
  if (quiet) {
    if (replay_.other_line.empty()) replay_.other_line = first_other_line(then_, now_);
    worse(replay::judge(then_, now_, Moment::quiet));
    forget_all(then_);
    forget_all(now_);
  }
  if (tells_ && now - told_at_ > k_told_every && told_inputs_ != replay_.inputs) {
    told_at_ = now;
    told_inputs_ = replay_.inputs;
    count();
    tells_(replay_);
  }
  return replay_.judgement.verdict != Verdict::different;
}

// What both have sent, and what the kernel was given of it.
void EngineRun::forget() {
  forget_the_same(then_, now_);
  for (auto& [name, stream] : then_.all()) {
    stream.sent.erase(stream.sent.begin(), stream.sent.begin() + static_cast<std::ptrdiff_t>(stream.behind_units));
    stream.behind_units = stream.written_before = 0;
  }
  for (const auto& [name, there] : far_) {
    const auto mine = now_.all().find(name);
    if (mine == now_.all().end()) continue;
    Stream& stream = mine->second;
    if (stream.behind_units < stream.written_before) continue;
    const std::size_t count = std::min(there->heard().size(), stream.behind_units - stream.written_before);
    there->forget(count);
    stream.sent.erase(stream.sent.begin(), stream.sent.begin() + static_cast<std::ptrdiff_t>(stream.written_before + count));
    stream.behind_units -= stream.written_before + count;
    stream.written_before = 0;
  }
}

}  // namespace tandem::replay
