#include "tandem/replay/engine_run.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <filesystem>
#include <functional>
#include <set>
#include <thread>

#include "common/process/clock.hpp"
#include "common/process/control_socket.hpp"
#include "common/process/signals.hpp"
#include "common/process/system_error.hpp"
#include "common/replay/player.hpp"
#include "common/speaker/recorded_options.hpp"
#include "common/speaker/speaker.hpp"
#include "harness/loopback.hpp"
#include "tandem/engines/engines.hpp"
#include "tandem/engines/run.hpp"
#include "tandem/replay/engine_host.hpp"
#include "tandem/replay/judgement.hpp"
#include "tandem/replay/stand_ins.hpp"
#include "tandem/replay/streams.hpp"
#include "tandem/replay/surroundings.hpp"

namespace tandem::replay {

using harness::Loopback;
using harness::Remote;
using recording::ChannelId;
using recording::Kind;
using recording::Record;
using speaker::ChannelKind;

namespace {

constexpr base::Duration k_patience = std::chrono::seconds(1);  // longer than then
constexpr base::Duration k_patience_with_engine = std::chrono::seconds(10);
constexpr base::Duration k_patience_with_dialling = std::chrono::seconds(75);  // a speaker tries again after a minute at the latest

class Folder {
 public:
  Folder() {
    char name[] = "/tmp/tandem-replay-XXXXXX";
    if (::mkdtemp(name) != nullptr) path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Whether the first octets that this speaker has written are these.
bool as_written(const Stream& stream, base::Bytes heard) {
  const base::Bytes written = base::Bytes(stream.sent).subspan(stream.written_before);
  return heard.size() <= written.size() && std::equal(heard.begin(), heard.end(), written.begin());
}

class EngineRun {
 public:
  EngineRun(std::vector<recording::Owned> records, std::string engine)
      : engine_(std::move(engine)), inputs_(std::move(records)), host_(inputs_, folder_.path()) {}
  ~EngineRun();
  EngineRun(const EngineRun&) = delete;
  EngineRun& operator=(const EngineRun&) = delete;

  [[nodiscard]] base::Result<EngineReplay> go(const std::function<void(const std::string&)>& begins);

 private:
  [[nodiscard]] base::Result<void> prepare();
  [[nodiscard]] base::Result<void> restore(std::size_t snapshot);
  void take_place(const speaker::Channel* channel, OtherEnd end);
  void drive();
  void walk();
  void deliver(const Record& input, std::size_t place);
  void say(const Record& input);
  void arrive(const StreamName& name);
  void dial(const Record& input);
  void end(const Record& input, Remote::Ending ending);
  void raise(std::uint8_t signal);
  void link(ChannelId id);
  void await_listener(const Record& made);
  void catch_up(base::Duration limit);
  [[nodiscard]] bool caught_up();
  bool wait(const std::function<bool()>& condition, base::Duration limit);
  void look();
  [[nodiscard]] bool was_interrupted() const;
  void await_end();
  void judge();
  [[nodiscard]] Far* far(ChannelId id);

  const std::string engine_;
  const Folder folder_;
  const Inputs inputs_;
  EngineHost host_;
  Feed feed_;
  recording::Recorder recorder_{feed_};
  speaker::SpeakerOptions options_;
  std::unique_ptr<speaker::Speaker> speaker_;  // made here when it goes on from a snapshot; of the thread of the engine from then on
  std::size_t first_ = 0;                      // record that is walked over: those in front of it are the beginning
  std::thread thread_;
  std::atomic<bool> finished_{false};
  std::atomic<bool> started_{false};
  std::atomic<bool> failed_{false};
  std::map<std::uint8_t, std::size_t> raised_;  // signals, by us

  Loopback loopback_;
  Streams then_;  // as far as we are
  Streams now_;
  std::map<StreamName, std::shared_ptr<Far>> far_;
  Arrived arrived_;
  std::deque<std::pair<std::string, std::shared_ptr<Far>>> dialled_; // by us, and the speaker has no channel yet: address, or nothing for clients
  std::deque<std::shared_ptr<Far>> before_;                          // accepted before the snapshot, and no channel has them yet
  std::map<StreamName, base::UniqueFd> errors_;                      // what programs write them to
  std::set<StreamName> behind_;                                      // have not written yet what they had written then
  std::map<StreamName, std::size_t> missing_;                        // messages that nobody waits for any more
  base::TimePoint start_{};
  base::TimePoint last_{};                                           // of the input in front
  std::string version_;
  EngineReplay replay_;
};

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
  if (folder_.path().empty()) return process::system_error("mkdtemp", "/tmp/tandem-replay-XXXXXX", errno);
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
  for (auto& [name, port] : host_.ports()) {
    port = loopback_.listen("127.0.0.1", [this, name = name](const base::Endpoint&, const base::Endpoint&) { return arrived_[name].emplace_back(std::make_shared<Far>()); });
    if (port == 0) return base::Error("cannot listen on 127.0.0.1");
  }
  const auto start = [this](const std::string& name) { return arrived_[name].emplace_back(std::make_shared<Far>()); };
  if (!loopback_.listen_relay(relay_in(folder_.path()), start)) return base::Error("cannot listen in " + folder_.path());
  if (auto begun = feed_.begin(relay_in(folder_.path())); !begun) return begun;
  return begins->kind() == Kind::snapshot ? restore(static_cast<std::size_t>(begins - records.begin())) : base::Result<void>();
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

// Takes in what the engine has done meanwhile.
void EngineRun::look() {
  const base::Buffer octets = feed_.take();
  if (octets.empty()) return;
  recording::Reader reader(std::make_unique<recording::MemorySource>(octets));
  for (auto record = reader.next(); record && *record != nullptr; record = reader.next()) now_.take(**record);
}

bool EngineRun::wait(const std::function<bool()>& condition, base::Duration limit) {
  return loopback_.run_until([&] {
    look();
    return condition() || finished_ || was_interrupted();
  }, limit) && condition();
}

// Whoever wants to end the program ends the speaker, whose signals they are.
bool EngineRun::was_interrupted() const {
  const auto more = [this](speaker::Signal signal) {
    const auto mine = raised_.find(static_cast<std::uint8_t>(signal));
    return now_.signals(signal) > (mine == raised_.end() ? 0 : mine->second);
  };
  return more(speaker::Signal::terminate) || more(speaker::Signal::interrupt);
}

bool EngineRun::caught_up() {
  std::erase_if(behind_, [this](const StreamName& name) {
    const Stream* const mine = now_.find(name);
    const Stream& recorded = *then_.find(name);
    return mine != nullptr && (mine->ended || (!recorded.ended && mine->counted + missing_[name] >= recorded.counted));
  });
  return behind_.empty();
}

// Until the speaker has written, and closed, what it had written and closed then. What it does not write within the time of then, and a little, it has put together
// with something else, or it will never come: that is for the verdict.
void EngineRun::catch_up(base::Duration limit) {
  if (wait([this] { return caught_up(); }, limit)) return;
  for (const StreamName& name : behind_) {
    const Stream* const mine = now_.find(name);
    missing_[name] = then_.find(name)->counted - std::min(then_.find(name)->counted, mine == nullptr ? 0 : mine->counted);
  }
  behind_.clear();
}

Far* EngineRun::far(ChannelId id) {
  const StreamName* const name = then_.find(id);
  const auto found = name == nullptr ? far_.end() : far_.find(*name);
  return found == far_.end() || found->second->over() ? nullptr : found->second.get();
}

void EngineRun::walk() {
  const auto& records = inputs_.records();
  auto next = inputs_.external().begin();
  for (std::size_t place = first_; place < records.size() && !finished_ && !was_interrupted(); ++place) {
    const Record record = records[place].view();
    const bool external = next != inputs_.external().end() && *next == place;
    if (external) ++next;
    if (record.kind == Kind::start) start_ = last_ = record.at;
    if (record.at > start_) replay_.recorded = record.at - start_;
    if (external) deliver(record, place);
    then_.take(record);
    if (record.kind == Kind::sent || record.kind == Kind::ended) {
      if (const StreamName* const name = then_.find(record.channel)) behind_.insert(*name);
    }
    if (const StreamName* const name = then_.find(record.channel); name != nullptr && record.kind == Kind::connected) arrive(*name);
    if (record.kind != Kind::channel) continue;
    link(record.channel);
    await_listener(record);
  }
}

void EngineRun::deliver(const Record& input, std::size_t place) {
  catch_up(std::max(input.at - last_, base::Duration::zero()) + k_patience);
  last_ = std::max(last_, input.at);
  host_.at(place);
  ++replay_.inputs;
  if (const StreamName* const name = then_.find(input.channel); name != nullptr && (input.kind == Kind::input_ended || input.kind == Kind::ended)) errors_.erase(*name);
  switch (input.kind) {
    case Kind::signal: raise(input.detail); break;
    case Kind::accepted: dial(input); break;
    case Kind::received: say(input); break;
    case Kind::input_ended: end(input, Remote::Ending::silence); break;
    case Kind::ended:
      if (input.detail == static_cast<std::uint8_t>(speaker::EndCause::end_of_file)) end(input, Remote::Ending::close);
      if (input.detail == static_cast<std::uint8_t>(speaker::EndCause::failed)) end(input, Remote::Ending::reset);
      break;
    default: break;  // the engine's own doings, or what a connect came to
  }
}

// The next input comes when the speaker has taken the signal: two of a kind are not to become one.
void EngineRun::raise(std::uint8_t signal) {
  if (signal >= speaker::k_handled_signals.size()) return;
  const speaker::HandledSignal& handled = speaker::k_handled_signals[signal];
  const std::size_t before = now_.signals(handled.signal);
  ++raised_[signal];
  ::kill(::getpid(), handled.number);
  wait([this, &handled, before] { return now_.signals(handled.signal) > before; }, k_patience_with_engine);
}

void EngineRun::end(const Record& input, Remote::Ending ending) {
  Far* const there = far(input.channel);
  if (there == nullptr) return;
  there->end(ending);
  const StreamName& name = *then_.find(input.channel);
  wait([this, &name] {
    const Stream* const mine = now_.find(name);
    return mine != nullptr && (mine->ended || mine->input_ended);
  }, k_patience);
}

// As a piece of its own: the next one is written when this one was read.
void EngineRun::say(const Record& input) {
  const StreamName* const known = then_.find(input.channel);
  if (known == nullptr) return;
  const StreamName& name = *known;
  if (const auto errors = errors_.find(name); errors != errors_.end()) {
    static_cast<void>(::write(errors->second.get(), input.octets.data(), input.octets.size()) > 0);  // for the log alone
    return;
  }
  Far* const there = far(input.channel);
  if (there == nullptr) return;
  there->say(input.octets);
  wait([&] {
    const Stream* const mine = now_.find(name);
    return there->over() || (mine != nullptr && (mine->ended || mine->received >= there->said()));
  }, k_patience_with_engine);
}

// The speaker has dialled, or started a program.
void EngineRun::arrive(const StreamName& name) {
  const bool dialled = name.kind == ChannelKind::connection;
  std::deque<std::shared_ptr<Far>>& arrived = arrived_[name.kind == ChannelKind::control_client ? k_pipes_of_clients : name.name];
  if (dialled && arrived.empty()) host_.let_connect(name.name);
  if (!wait([&arrived] { return !arrived.empty(); }, dialled ? k_patience_with_dialling : k_patience_with_engine)) return;
  far_[name] = arrived.front();
  arrived.pop_front();
  wait([this, &name] { return now_.find(name) != nullptr; }, k_patience_with_engine);
}

// Nobody can dial before the speaker listens.
void EngineRun::await_listener(const Record& made) {
  const auto kind = static_cast<ChannelKind>(made.detail);
  const std::string name(base::as_text(made.octets));
  if (kind == ChannelKind::listener) wait([&] { return host_.port_of(name) != 0; }, k_patience_with_engine);
  if (kind == ChannelKind::control_listener) wait([this] { return process::is_socket(control_socket_in(folder_.path())); }, k_patience_with_engine);
}

void EngineRun::dial(const Record& input) {
  const std::string& listener = then_.channel_name(input.channel);
  auto there = std::make_shared<Far>();
  if (!input.remote.address) {
    if (loopback_.dial_unix(control_socket_in(folder_.path()), there)) dialled_.emplace_back("", std::move(there));
    return;
  }
  const std::uint16_t port = host_.port_of(listener);
  if (port == 0) return;
  loopback_.dial("", {k_loopback, port}, there);
  dialled_.emplace_back(input.remote.address.text(), std::move(there));
}

// A channel that the speaker made by then: who is at its other side.
void EngineRun::link(ChannelId id) {
  const StreamName* const name = then_.find(id);
  if (name == nullptr) return;
  const bool piped = name->kind == ChannelKind::control_client && name->name == "pipe";
  if (name->kind == ChannelKind::program || piped) return arrive(*name);
  if (name->kind == ChannelKind::program_errors) {
    errors_[*name] = host_.take_errors(name->name);
    return;
  }
  const std::string address = name->kind == ChannelKind::connection ? name->name.substr(0, name->name.find(' ')) : std::string();
  // The one behind whose accept it stands: who came before may have been turned away.
  const auto found = std::find_if(dialled_.rbegin(), dialled_.rend(), [&address](const auto& one) { return one.first == address; });
  if (found == dialled_.rend() && before_.empty()) return;
  if (found == dialled_.rend()) {
    far_[*name] = before_.front();
    before_.pop_front();
    return;
  }
  far_[*name] = found->second;
  dialled_.erase(std::next(found).base());
}

void EngineRun::judge() {
  replay_.judgement = replay::judge(then_, now_);
  replay_.other_line = first_other_line(then_, now_);
  for (const auto& [name, stream] : then_.all()) {
    if (name.kind != ChannelKind::connection) {
      ++replay_.streams_of_lines;
      continue;
    }
    ++replay_.sessions;
    replay_.messages += stream.counted;
  }
  // What was handed to the kernel must be what was in the outbox.
  for (const auto& [name, there] : far_) {
    const Stream* const mine = now_.find(name);
    if (mine == nullptr || as_written(*mine, there->heard())) continue;
    replay_.judgement = {Verdict::different, fmt::format("{}: the engine has written other octets than it was given\n", describe(name.kind, name.name))};
  }
}

base::Result<EngineReplay> EngineRun::go(const std::function<void(const std::string&)>& begins) {
  if (auto prepared = prepare(); !prepared) return prepared.error();
  begins(version_);
  const base::TimePoint begun = Loopback::now();
  thread_ = std::thread([this] { drive(); });
  walk();
  catch_up(k_patience_with_engine);
  if (was_interrupted()) return base::Error("interrupted");
  await_end();
  judge();
  if (failed_) replay_.judgement = {Verdict::different, fmt::format("the engine {} has failed\n", engine_)};
  replay_.taken = Loopback::now() - begun;
  return std::move(replay_);
}

void EngineRun::await_end() {
  const Record last = inputs_.records().back().view();
  const auto& streams = then_.all();  // of a speaker that goes on when its recording is stopped some have not ended
  const bool whole = last.kind == Kind::end && last.detail == static_cast<std::uint8_t>(recording::EndReason::stopped) &&
                     std::all_of(streams.begin(), streams.end(), [](const auto& stream) { return stream.second.ended; });
  if (whole && !wait([this] { return finished_.load(); }, k_patience_with_engine)) replay_.note = "the speaker does not stop as it did then";
  loopback_.run_for(std::chrono::milliseconds(20));  // what was written last is in the sockets still
  look();
  if (finished_ && !started_) replay_.note = "the speaker did not start";
}

}  // namespace

base::Result<EngineReplay> replay_with_engine(std::vector<recording::Owned> records, const std::string& engine,
                                              const std::function<void(const std::string& version)>& begins) {
  return EngineRun(std::move(records), engine).go(begins);
}

}  // namespace tandem::replay
