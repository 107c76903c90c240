#include "tandem/replay/engine_walk.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>

#include "common/process/control_socket.hpp"

namespace tandem::replay {

using harness::Loopback;
using harness::Remote;
using recording::ChannelId;
using recording::Kind;
using recording::Record;
using speaker::ChannelKind;

// Takes in what the engine has done meanwhile. What it says because a signal has ended it is none of the recording's.
void EngineRun::look() {
  const base::Buffer octets = feed_.take();
  if (octets.empty()) return;
  recording::Reader reader(std::make_unique<recording::MemorySource>(octets));
  for (auto record = reader.next(); record && *record != nullptr && !was_interrupted(); record = reader.next()) now_.take(**record);
}

bool EngineRun::wait(const std::function<bool()>& condition, base::Duration limit) {
  return loopback_.run_until([&] {
    look();
    return condition() || finished_ || is_cut();
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
  bool started = first_ > 0;
  for (std::size_t place = first_; await(place) && !finished_ && !is_cut(); ++place) {
    const Record record = inputs_.at(place).view();
    if (record.kind == Kind::start) start_ = last_ = record.at;
    if (record.at > start_) replay_.recorded = record.at - start_;
    if (started && Inputs::is_external(record.kind)) deliver(record, place);
    started = started || record.kind == Kind::start;
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

}  // namespace tandem::replay
