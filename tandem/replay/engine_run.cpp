#include "tandem/replay/engine_run.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>

#include "common/process/clock.hpp"
#include "common/process/signals.hpp"
#include "common/replay/player.hpp"
#include "common/speaker/recorded_options.hpp"
#include "tandem/engines/engines.hpp"
#include "tandem/engines/run.hpp"
#include "tandem/replay/engine_walk.hpp"

namespace tandem::replay {

using harness::Loopback;
using recording::Kind;
using recording::Record;
using speaker::ChannelKind;

namespace {

constexpr std::string_view k_folder = "tandem-replay";

base::Result<process::TemporaryFolder> shared(const std::string& folder) {
  return base::Result<process::TemporaryFolder>(boost::system::in_place_value, process::TemporaryFolder::share(folder));
}

}  // namespace

EngineRun::~EngineRun() {
  if (!thread_.joinable()) return;
  if (!finished_) ::kill(::getpid(), SIGTERM);
  loopback_.close_all();  // nobody is to be waited for
  if (loopback_.run_until([this] { return finished_.load(); }, k_patience_with_engine)) {
    thread_.join();
    return;
  }
  fmt::print(stderr, "tandem: the engine {} does not stop\n", engine_);
  ::_exit(1);  // to join would take for ever, and to leave would pull the world from under its feet
}

base::Result<void> EngineRun::prepare() {
  process::block_signals(speaker::handled_signal_set());  // before the thread: none is lost
  const auto& records = inputs_.records();
  const auto first = [&records](std::initializer_list<Kind> kinds) {
    return std::find_if(records.begin(), records.end(), [kinds](const recording::Owned& record) { return std::find(kinds.begin(), kinds.end(), record.kind()) != kinds.end(); });
  };
  const auto made = first({Kind::made});
  const auto begins = first({Kind::start, Kind::snapshot});
  if (made == records.end() || begins == records.end()) return base::Error("the recording begins neither with the start of a speaker nor with a snapshot of one");
  auto read = recording::read_made(made->view().octets);
  if (!read) return read.error();
  version_ = read->version;
  auto options = speaker::from_made(std::move(*read));
  if (!options) return options.error();
  options_ = std::move(*options);
  options_.engines = program::engine_names();
  options_.recorder = &recorder_;
  options_.redirect = [this](std::string_view, process::DialPlan& plan) { host_.redirect(plan); };
  if (!give_ports()) return base::Error("cannot listen on 127.0.0.1");
  const auto start = [this](const std::string& name) { return arrived_[name].emplace_back(std::make_shared<Far>()); };
  if (!loopback_.listen_relay(relay_in(folder_.path()), start)) return base::Error("cannot listen in " + folder_.path());
  const auto beginning = static_cast<std::size_t>(begins - records.begin());
  const Kind kind = begins->kind();
  fall_behind(begins->view().at);
  if (auto begun = feed_.begin(relay_in(folder_.path())); !begun) return begun;
  return kind == Kind::snapshot ? restore(beginning) : base::Result<void>();
}

// The records behind a snapshot say which channels there were.
base::Result<void> EngineRun::restore(std::size_t snapshot) {
  const auto& records = inputs_.records();
  const Record record = records[snapshot].view();
  start_ = last_ = record.at;
  StandIns stand_ins(host_, folder_.path());
  speaker_ = std::make_unique<speaker::Speaker>(host_, options_);
  const speaker::Restore with{[&stand_ins](int) { return stand_ins.take(); }};
  if (auto restored = speaker_->restore(record.octets, with, process::now()); !restored) {
    return base::Error(fmt::format("the snapshot cannot be gone on from: {}", restored.error().reason()));
  }
  const auto is_beginning = [](Kind kind) { return kind == Kind::host || kind == Kind::channel || kind == Kind::ends || kind == Kind::attached; };
  for (first_ = snapshot + 1; first_ < records.size() && is_beginning(records[first_].kind()); ++first_) {
    then_.take(records[first_].view());
    now_.take(records[first_].view());
  }
  for (const auto& channel : speaker_->runtime().all()) {
    then_.go_on(*channel);
    now_.go_on(*channel);
  }
  return stand_ins.put_in_place(speaker_->runtime(), [this](const speaker::Channel* channel, OtherEnd end) { take_place(channel, std::move(end)); });
}

void EngineRun::take_place(const speaker::Channel* channel, OtherEnd end) {
  const StreamName* const name = channel == nullptr ? nullptr : then_.find(channel->notes.id);
  if (name != nullptr && name->kind == ChannelKind::program_errors) {
    errors_[*name] = std::move(end.output);
    return;
  }
  auto there = std::make_shared<Far>();
  if (name != nullptr) far_[*name] = there;
  if (channel == nullptr) before_.push_back(there);
  loopback_.adopt(std::move(end.input), std::move(end.output), std::move(there));
}

// In a thread of its own.
void EngineRun::drive() {
  const bool goes_on = speaker_ != nullptr;
  if (!goes_on) speaker_ = std::make_unique<speaker::Speaker>(host_, options_);
  if (goes_on || speaker_->start(process::now())) {
    started_ = true;
    failed_ = program::run_engines(*speaker_, engine_) != 0;
  }
  speaker_.reset();
  recorder_.stop(recording::EndReason::stopped, "");
  finished_ = true;
  feed_.tell();
}

void EngineRun::worse(compare::Judgement judgement) {
  if (judgement.verdict > replay_.judgement.verdict) replay_.judgement = std::move(judgement);
}

void EngineRun::judge() {
  if (gave_up_) return count();
  if (is_cut()) {
    worse({judge_in_the_middle(then_, now_)});
    return count();
  }
  worse(replay::judge(then_, now_));
  if (replay_.other_line.empty()) replay_.other_line = first_other_line(then_, now_);
  look_at_writes();
  if (following_ != nullptr && replay_.judgement.verdict != Verdict::different) forget_sessions(then_);
  count();
}

void EngineRun::add(const StreamName& name, const Stream& stream, Counts& counts) {
  if (name.kind != ChannelKind::connection) {
    ++counts.streams_of_lines;
    counts.compared.lines += stream.forgotten;
    return;
  }
  ++counts.sessions;
  counts.messages += stream.counted;
  counts.compared.messages += stream.forgotten;
  counts.compared.octets += stream.forgotten_octets;
}

void EngineRun::count() {
  Counts counts = ended_before_;
  for (const auto& [name, stream] : then_.all()) add(name, stream, counts);
  replay_.sessions = counts.sessions;
  replay_.messages = counts.messages;
  replay_.streams_of_lines = counts.streams_of_lines;
  replay_.compared = counts.compared;
  const std::lock_guard lock(measured_mutex_);
  replay_.measured = measured_;
}

// From its own thread, which alone may ask the speaker.
void EngineRun::measure() {
  host_.count_own_usage();
  feed_.set_watcher([this] {
    if (speaker_ == nullptr) return;
    std::vector<double> numbers = speaker_->measurement().numbers();
    const std::lock_guard lock(measured_mutex_);
    measured_ = std::move(numbers);
  });
}

// What was handed to the kernel must be what was in the outbox.
void EngineRun::look_at_writes() {
  for (const auto& [name, there] : far_) {
    const Stream* const mine = now_.find(name);
    if (mine == nullptr) continue;
    const base::Bytes written = base::Bytes(mine->sent).subspan(mine->written_before);
    const base::Buffer& heard = there->heard();
    if (is_what_was_given(heard, written, finished_)) continue;
    worse({Verdict::different, fmt::format("{}: the engine has written other octets than it was given\n", describe(name.kind, name.name))});
  }
}

base::Result<EngineReplay> EngineRun::go(const std::function<void(const std::string&)>& begins) {
  if (auto prepared = prepare(); !prepared) return prepared.error();
  begins(version_);
  const base::TimePoint begun = Loopback::now();
  thread_ = std::thread([this] { drive(); });
  walk();
  if (!gave_up_ && replay_.judgement.verdict != Verdict::different) catch_up(k_patience_with_engine);
  if (was_interrupted() && following_ == nullptr) return base::Error("interrupted");
  await_end();
  judge();
  if (failed_) worse({Verdict::different, fmt::format("the engine {} has failed\n", engine_)});
  replay_.taken = Loopback::now() - begun;
  return std::move(replay_);
}

void EngineRun::await_end() {
  const Record last = inputs_.records().back().view();
  const auto& streams = then_.all();  // of a speaker that goes on when its recording is stopped some have not ended
  const bool whole = !gave_up_ && last.kind == Kind::end && last.detail == static_cast<std::uint8_t>(recording::EndReason::stopped) &&
                     std::all_of(streams.begin(), streams.end(), [](const auto& stream) { return stream.second.ended; });
  if (is_late()) replay_.note = fmt::format("behind for more than {} s: compared as far as it had come", base::seconds(*within_));
  if (was_interrupted()) replay_.note = "ended by a signal: compared as far as it had come";
  if (whole && !is_cut() && !wait([this] { return finished_.load(); }, k_patience_with_engine)) replay_.note = "the speaker does not stop as it did then";
  loopback_.run_for(std::chrono::milliseconds(20));  // what was written last is in the sockets still
  look();
  if (finished_ && !started_) replay_.note = "the speaker did not start";
}

base::Result<EngineReplay> replay_with_engine(std::vector<recording::Owned> records, const std::string& engine,
                                              const std::function<void(const std::string& version)>& begins) {
  auto folder = process::TemporaryFolder::make(k_folder);
  if (!folder) return folder.error();
  return EngineRun(std::move(records), engine, std::move(*folder)).go(begins);
}

base::Result<EngineReplay> follow_with_engine(Following& following, const std::string& engine, const FollowedBy& by) {
  auto records = beginning_of(following);
  if (!records) return records.error();
  auto folder = by.folder.empty() ? process::TemporaryFolder::make(k_folder) : shared(by.folder);
  if (!folder) return folder.error();
  EngineRun run(std::move(*records), engine, std::move(*folder), &following);
  run.set_teller(by.tells);
  run.set_within(by.within);
  if (by.measures) run.measure();
  auto replay = run.go(by.begins);
  if (replay && !following.broken().empty() && replay->note.empty()) replay->note = following.broken();
  if (replay && by.ends) by.ends(*replay);
  return replay;
}

}  // namespace tandem::replay
