// A recording that is being written, through an engine: what is not there yet is waited for, and what was compared is forgotten.
#include <fmt/format.h>

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
constexpr base::Duration k_rest = std::chrono::seconds(60);  // of a prefix, in traffic without a pause
constexpr std::size_t k_lines_max = 1024 * 1024;      // octets of lines that are not the same, of each program or client
constexpr std::size_t k_left_max = 64 * 1024 * 1024;  // octets that are not the same, of both and all

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

// What a round has asked and done is in the file when the engine waits, or the next one begins: until then what it was given waits.
void EngineRun::take_in() {
  if (std::vector<recording::Owned> came = following_->take(); !came.empty()) {
    for (const recording::Owned& record : came) host_.learn(record.view());
    const auto held = host_.hold_inputs();
    for (recording::Owned& record : came) inputs_.append(std::move(record));
  }
  static_cast<void>(give_ports());
  for (; looked_at_ < inputs_.size(); ++looked_at_) {
    const Kind kind = inputs_.at(looked_at_).kind();
    if (kind == Kind::round || kind == Kind::waiting) settled_ = last_round_ + 1;
    if (kind == Kind::round) last_round_ = looked_at_;
  }
  if (following_->over()) settled_ = inputs_.size();
}

bool EngineRun::is_there(std::size_t place) {
  take_in();
  return place < settled_ || (place < inputs_.size() && !Inputs::is_external(inputs_.at(place).kind()));
}

// The times of a recording of this machine are those of its clock. When it is over nothing more is said.
void EngineRun::fall_behind(base::TimePoint what) {
  if (following_ == nullptr) return;
  const base::TimePoint now = Loopback::now();
  if (what <= now && what + k_behind > now) {
    wait([this] {
      take_in();
      return following_->over();
    }, what + k_behind - now);
  }
  if (what <= Loopback::now()) replay_.behind = Loopback::now() - what;
}

// Whoever has to say something soon does not go through all that waits.
bool EngineRun::is_late() const {
  if (following_ == nullptr || !within_) return false;
  const auto ended = following_->ended();
  return ended && Loopback::now() - *ended > *within_;
}

// False: there is no such record, and will be none; or there is a difference.
bool EngineRun::await(std::size_t place) {
  if (following_ == nullptr) return place < inputs_.size();
  do {
    if (!look_back(place)) return false;
    if (is_there(place)) break;
    if ((following_->over() && place >= inputs_.size()) || finished_ || is_cut()) return false;
    wait([this, place] { return is_there(place) || following_->over(); }, k_look_back);
  } while (true);
  if (Inputs::is_external(inputs_.at(place).kind())) fall_behind(inputs_.at(place).view().at);
  return true;
}

// Nobody has said anything to a peer for a while, whatever else goes on, and neither is ahead of the other; or one of them is, for long.
bool EngineRun::is_quiet(base::TimePoint now) {
  std::size_t said = 0;
  bool ahead = false;
  for (const auto& [name, mine] : now_.all()) {
    if (name.kind != speaker::ChannelKind::connection) continue;
    const Stream* const recorded = then_.find(name);
    said += mine.counted + (recorded == nullptr ? 0 : recorded->counted);
    ahead |= mine.counted > (recorded == nullptr ? 0 : recorded->counted);
  }
  for (const auto& [name, recorded] : then_.all()) {
    if (name.kind == speaker::ChannelKind::connection && now_.find(name) == nullptr) said += recorded.counted;
  }
  if (const std::size_t before = std::exchange(said_, said); before != said) said_at_ = now;
  return now - said_at_ > (caught_up() && !ahead ? k_quiet : k_patience_with_engine);
}

// Once a second. Where nothing comes any more, and the other speaker has said all that was said, what is left was merged in another way, or differs.
bool EngineRun::look_back(std::size_t place) {
  const base::TimePoint now = Loopback::now();
  if (now - looked_back_at_ < k_look_back) return true;
  looked_back_at_ = now;
  look();
  look_at_writes();
  forget();
  if (std::string line = forget_other_lines(then_, now_, k_lines_max); replay_.other_line.empty()) replay_.other_line = std::move(line);
  {
    const auto held = host_.hold_inputs();
    inputs_.forget_before(std::min({place, looked_at_, inputs_.size() - 1}));  // nothing that take_in() has not looked at
  }
  if (is_quiet(now)) {
    worse(replay::judge(then_, now_, Moment::quiet));
    forget_sessions(then_);
    forget_sessions(now_);
  } else if (!goes_on_within_bounds(now)) {
    return false;
  }
  forget_ended();
  if (tells_) {
    count();
    tells_(replay_);
  }
  return replay_.judgement.verdict != Verdict::different;
}

// Traffic that does not stop leaves no quiet moment: what was merged in another way is judged up to where both say the same again, and what
// has come to rest in different states is a difference. Where there is neither, for long, nothing more can be said.
bool EngineRun::goes_on_within_bounds(base::TimePoint now) {
  if (const Verdict verdict = forget_the_equivalent(then_, now_, now - k_patience_with_engine); verdict != Verdict::identical) worse({verdict});
  if (const StreamName* const name = parted_session(then_, now_, now - k_rest)) worse(judge_session(*name, then_, now_));
  const std::size_t left = octets_left(then_) + octets_left(now_);
  if (left <= k_left_max) return true;
  replay_.note = fmt::format("{} octets of what both say do not fit together, and no pause or common message lets them be compared", left);
  gave_up_ = true;
  return false;
}

// Sessions, programs and clients that have ended in both, and of which nothing is left to be compared.
void EngineRun::forget_ended() {
  std::vector<StreamName> over;
  for (const auto& [name, stream] : then_.all()) {
    const Stream* const mine = now_.find(name);
    const bool is_over = mine != nullptr && stream.ended && mine->ended && stream.units.empty() && mine->units.empty();
    if (!is_over || behind_.contains(name)) continue;
    add(name, stream, ended_before_);
    over.push_back(name);
  }
  for (const StreamName& name : over) {
    then_.drop(name);
    now_.drop(name);
    far_.erase(name);
    errors_.erase(name);
    missing_.erase(name);
  }
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
