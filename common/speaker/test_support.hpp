// What the tests of this room share: a host that answers from memory, and a scene that drives every channel of a daemon by hand, in
// virtual time. Nothing is read, connected or accepted unless the test says so; what can be written is written at once.
#pragma once

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/speaker/daemon.hpp"
#include "common/speaker/test_configuration.hpp"
#include "common/speaker/test_messages.hpp"

namespace tandem::speaker::test {

using namespace std::chrono_literals;
using base::TimePoint;

class FakeHost final : public process::Host {
 public:
  struct Started {
    std::string name;
    std::int64_t pid = 0;
  };
  std::map<std::string, std::string> files;
  std::set<std::string> cannot_start;
  std::size_t refused = 0;                 // starts of them
  std::set<base::Endpoint> cannot_listen;
  bool sockets_fail = false;
  std::vector<std::uint8_t> minimum_ttls;  // asked for, oldest first
  std::vector<Started> started;
  std::vector<std::pair<std::int64_t, int>> signals;
  std::set<std::int64_t> groups;           // of programs that have ended: somebody is left
  std::vector<process::ChildEnd> ended;
  std::vector<process::DialPlan> dialled;
  std::vector<process::ListenPlan> listened;
  std::vector<process::TcpKey> keys;  // of the last listener that was opened or changed
  std::size_t key_room = 1000;        // keys that a listener takes
  std::vector<process::TcpKey> required_keys;  // of accepted connections
  bool unsigned_connections = false;  // accepted connections have no key
  base::Result<process::Credentials> client = process::Credentials{};  // of the control socket
  std::vector<process::IncomingConnection> waiting;  // at a listener, when its keys are set
  TimePoint now{};
  process::Rest rest = process::Rest::unknown;   // of programs that `rests` does not name
  std::map<std::int64_t, process::Rest> rests;
  std::size_t asked = 0;                         // about their rest
  std::function<void()> when_asked;

  // No kernel gives descriptors like these; closing them does nothing.
  base::UniqueFd descriptor() { return base::UniqueFd(next_fd_++); }

  base::Result<process::Spawned> spawn(const process::SpawnPlan& plan) override {
    if (cannot_start.contains(plan.name)) {
      ++refused;
      return base::Error("no such program");
    }
    started.push_back({plan.name, next_pid_++});
    return process::Spawned{started.back().pid, descriptor(), descriptor()};
  }
  void send_signal(std::int64_t pid, int signal) override { signals.emplace_back(pid, signal); }
  bool group_left(std::int64_t pid) const override { return groups.contains(pid); }
  std::vector<process::ChildEnd> reap() override { return std::exchange(ended, {}); }
  process::Rest at_rest(std::int64_t pid, int) override {
    ++asked;
    if (const auto known = rests.find(pid); known != rests.end()) return known->second;
    const process::Rest answer = rest;
    if (when_asked) when_asked();
    return answer;
  }
  process::ProgramFacts program_facts(const std::string&) const override {
    process::ProgramFacts facts;
    facts.exists = facts.readable = facts.regular = facts.executable = true;
    return facts;
  }
  std::vector<std::string> program_search_path() const override { return {}; }
  base::Result<base::UniqueFd> open_dial_socket(const process::DialPlan& plan) override {
    if (sockets_fail) return base::Error("no socket");
    dialled.push_back(plan);
    return descriptor();
  }
  base::Result<process::OpenListener> open_listener(const process::ListenPlan& plan) override {
    if (cannot_listen.contains(plan.at)) return base::Error("address in use");
    listened.push_back(plan);
    return process::OpenListener{descriptor(), set_keys(0, plan.keys).missing};
  }
  process::KeyUpdate set_keys(int, const std::vector<process::TcpKey>& given) override {
    keys = given;
    process::KeyUpdate update;
    if (given.size() > key_room) update.missing = {given.size() - key_room, "no room"};
    update.waiting = std::exchange(waiting, {});
    return update;
  }
  base::Result<void> require_key(int, const process::TcpKey& key) override {
    required_keys.push_back(key);
    if (unsigned_connections) return base::Error("unsigned");
    return {};
  }
  base::Result<void> set_minimum_ttl(int, std::uint8_t ttl) override {
    if (sockets_fail) return base::Error("no such option");
    minimum_ttls.push_back(ttl);
    return {};
  }
  base::Result<base::UniqueFd> open_control_socket(const std::string&) override { return descriptor(); }
  base::Result<process::Credentials> peer_credentials(int) const override { return client; }
  void remove_file(const std::string&) override {}
  base::Result<process::TextFile> read_file(const std::string& path) const override {
    const auto found = files.find(path);
    if (found == files.end()) return base::Error("no such file");
    return process::TextFile{"/conf", found->second};
  }
  int pieces = 1;  // in which a file is read that is read on
  std::optional<base::Result<process::TextFile>> read_on(process::FileReading& reading) const override {
    if (++reading.tries < pieces) return std::nullopt;
    return read_file(reading.path);
  }
  process::HostIdentity identity() const override { return {"host", 100, 1}; }
  int gave_back = 0;
  void give_back_memory() override { ++gave_back; }
  base::WallTime wall_time() const override { return base::WallTime(1'800'000'000s) + now.time_since_epoch(); }
  std::uint64_t entropy() const override { return 7; }

 private:
  int next_fd_ = 1 << 28;
  std::int64_t next_pid_ = 5000;
};

inline base::Endpoint endpoint(std::string_view text, std::uint16_t port = 179) { return {address(text), port}; }

// A channel with its driver, which is us. Outlives the channel.
struct Wire {
  Channel* channel = nullptr;  // null once it has ended
  std::string name;
  ChannelKind kind{};
  base::Buffer written;
  bool stuck = false;          // nothing can be written
  int fd = -1;
  bool handed = false;         // to another daemon
};

class Scene {
 public:
  FakeHost host;
  TimePoint now{};
  std::unique_ptr<Daemon> daemon;
  std::deque<Wire> wires;
  std::size_t rounds = 0;

  explicit Scene(std::string configuration, config::Settings settings = {}) {
    host.files["conf"] = std::move(configuration);
    SpeakerOptions options;
    settings.version = "1";
    options.settings = std::move(settings);
    options.configurations = {"conf"};
    options.engines = {"sync", "async"};
    options.control_socket = "socket";
    options.version = "1";
    options_ = options;
    daemon = std::make_unique<Daemon>(host, std::move(options));
  }
  ~Scene() { daemon.reset(); }

  // Starts, and lets the first dials begin.
  void start() {
    now += 1s;  // not the epoch
    host.now = now;
    const auto started = daemon->start(now);
    ASSERT_TRUE(started) << started.error().reason();
    settle();
  }

  // Writes, closes and runs rounds until nothing happens any more.
  void settle() {
    host.now = now;
    for (int passes = 0;; ++passes) {
      ASSERT_LT(passes, 10'000) << "the daemon does not come to rest";
      attach();
      bool moved = false;
      for (std::size_t i = 0; i < wires.size(); ++i) moved = drive(wires[i]) || moved;
      ++rounds;
      const bool again = daemon->round(now);
      daemon->runtime().collect();
      const bool woken = daemon->runtime().has_woken();
      if (hands_over) hand_over();
      const auto deadline = daemon->deadline();
      const bool due = deadline && *deadline <= now && !daemon->exit();
      if (!moved && !again && !due && !woken && !daemon->runtime().has_woken()) return;
    }
  }
  // What can be written by now, without a round.
  void write() {
    for (Wire& one : wires) drive(one);
  }
  // Another daemon goes on from the state of this one; the other ends of what it has notice nothing.
  bool hands_over = false;  // after every round
  void hand_over(state::Secrets secrets = state::Secrets::included) {
    detach();
    go_on_from(daemon->snapshot(now, secrets));
  }
  void detach() {
    for (Wire& wire : wires) {
      if (Channel* channel = std::exchange(wire.channel, nullptr)) {
        channel->detach();
        wire.handed = true;
      }
    }
    daemon->runtime().collect();
  }
  // REQUIRES that the state was taken behind detach().
  void go_on_from(const base::Buffer& snapshot) {
    auto next = std::make_unique<Daemon>(host, options_);
    const auto restored = next->restore(snapshot, {}, now);
    daemon->let_go();
    ASSERT_TRUE(restored) << restored.error().reason();
    daemon = std::move(next);
    attach();
  }
  // Lets time pass, stopping at every deadline.
  void advance(base::Duration time) {
    const TimePoint end = now + time;
    for (auto next = daemon->deadline(); next && *next <= end && !daemon->exit(); next = daemon->deadline()) {
      now = std::max(now, *next);
      settle();
      if (testing::Test::HasFatalFailure()) return;
    }
    now = end;
    settle();
  }

  // --- channels ------------------------------------------------------------------------------------------------------
  Wire* find(std::string_view name) {
    for (auto wire = wires.rbegin(); wire != wires.rend(); ++wire) {
      if (wire->channel != nullptr && wire->name == name) return &*wire;
    }
    return nullptr;
  }
  Wire& wire(std::string_view name) {
    Wire* found = find(name);
    if (found == nullptr) throw std::runtime_error("no channel: " + std::string(name));
    return *found;
  }
  Wire* dialling(std::string_view peer = "10.0.0.3") {
    Wire* found = find(std::string(peer) + " out");
    return found != nullptr && found->channel->interest().connect ? found : nullptr;
  }
  Wire& connect(std::string_view peer = "10.0.0.3") {
    Wire* found = dialling(peer);
    if (found == nullptr) throw std::runtime_error("nobody dials");
    found->channel->connected(endpoint("10.0.0.2", 40000), endpoint(peer), now);
    settle();
    return *found;
  }
  void refuse(std::string_view peer = "10.0.0.3") {
    Wire* found = dialling(peer);
    ASSERT_NE(found, nullptr);
    Channel* channel = std::exchange(found->channel, nullptr);
    channel->connect_failed(ECONNREFUSED, now);
    channel->detach();
    settle();
  }
  // Hands an accepted connection to the daemon.
  Wire& accept(std::string_view remote = "10.0.0.3", std::string_view local = "10.0.0.2", std::string_view interface = {}) {
    const std::size_t before = wires.size();
    daemon->listeners().sessions().push_back({host.descriptor(), endpoint(local), endpoint(remote, 50000), std::string(interface)});
    settle();
    for (std::size_t i = before; i < wires.size(); ++i) {
      if (wires[i].kind == ChannelKind::connection && !wires[i].name.ends_with(" out")) return wires[i];
    }
    throw std::runtime_error("not accepted");
  }
  void hear(Wire& from, const base::Buffer& bytes) {
    ASSERT_NE(from.channel, nullptr);
    from.channel->receive(bytes, now);
    settle();
  }
  void end(Wire& wire, EndCause cause = EndCause::end_of_file) {
    end_quietly(wire, cause);
    settle();
  }
  void end_quietly(Wire& wire, EndCause cause = EndCause::end_of_file) {
    Channel* channel = std::exchange(wire.channel, nullptr);
    ASSERT_NE(channel, nullptr);
    channel->ended(cause, 0, now);
    channel->detach();
  }
  static Lines take(Wire& wire) { return describe(std::exchange(wire.written, {})); }
  // The handshake, from our connection to Established; what was written so far is forgotten.
  Wire& establish(const PeerOpen& open = {}, std::string_view peer = "10.0.0.3") {
    Wire& wire = connect(peer);
    hear(wire, open.bytes() + keepalive());
    take(wire);
    return wire;
  }
  // ... and to the end of the initial announcements.
  Wire& establish_quiet(const PeerOpen& open = {}, std::string_view peer = "10.0.0.3") {
    Wire& wire = establish(open, peer);
    advance(50ms);
    take(wire);
    return wire;
  }

  // --- programs and clients --------------------------------------------------------------------------------------------
  void say(Wire& program, std::string_view text) {
    ASSERT_NE(program.channel, nullptr);
    program.channel->receive(base::as_bytes(text), now);
    settle();
  }
  static Lines lines(Wire& wire) {
    Lines all;
    std::string text(base::as_text(std::exchange(wire.written, {})));
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t newline = text.find('\n', at);
      all.push_back(text.substr(at, newline - at));
      at = newline == std::string::npos ? text.size() : newline + 1;
    }
    return all;
  }
  Wire& control() {
    const std::size_t before = wires.size();
    wire("socket").channel->accepted({host.descriptor(), {}, {}, {}});
    settle();
    return wires.at(before);
  }
  // The process of a program has ended: its output ends, and the kernel says so.
  void exit_program(std::string_view name) {
    Wire& program = wire(name);
    host.ended.push_back({pid_of(name), 0, 0});
    daemon->signal(Signal::child);
    end(program);
  }
  std::int64_t pid_of(std::string_view name) {
    for (auto one = host.started.rbegin(); one != host.started.rend(); ++one) {
      if (one->name == name) return one->pid;
    }
    return 0;
  }
  [[nodiscard]] std::size_t starts(std::string_view name) const {
    std::size_t count = 0;
    for (const auto& one : host.started) count += one.name == name ? 1U : 0U;
    return count;
  }
  void reload(std::string configuration, Signal signal = Signal::reload) {
    host.files["conf"] = std::move(configuration);
    daemon->signal(signal);
    settle();
  }

 private:
  void attach() {
    daemon->runtime().take_woken(woken_);
    for (Channel* channel : woken_) {
      if (channel->driver() != nullptr) continue;
      Wire* wire = handed(channel->input_fd());
      if (wire == nullptr) {
        wires.push_back({channel, std::string(channel->name()), channel->kind(), {}, false, channel->input_fd(), false});
        wire = &wires.back();
      }
      wire->channel = channel;
      channel->attach(wire);
    }
  }
  Wire* handed(int fd) {
    const auto found = std::find_if(wires.begin(), wires.end(), [fd](const Wire& wire) { return wire.handed && wire.fd == fd; });
    if (found == wires.end()) return nullptr;
    found->handed = false;
    return &*found;
  }
  bool drive(Wire& wire) {
    if (wire.channel == nullptr) return false;
    const Interest wanted = wire.channel->interest();
    if (wanted.ends()) {
      end_quietly(wire, EndCause::asked);
      return true;
    }
    if (!wanted.write || wire.stuck) return false;
    base::Bytes piece;
    wire.channel->outbox().gather({&piece, 1});
    wire.written.insert(wire.written.end(), piece.begin(), piece.end());
    wire.channel->sent(piece.size(), now);
    return true;
  }
  std::vector<Channel*> woken_;
  SpeakerOptions options_;
};

// The addresses of the peers there are, in their order.
inline Lines peers(const Scene& scene) {
  Lines addresses;
  for (const auto& peer : scene.daemon->peers().all()) addresses.push_back(peer->address().text());
  return addresses;
}

}  // namespace tandem::speaker::test
