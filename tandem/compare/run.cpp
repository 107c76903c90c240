#include "tandem/compare/run.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "common/bgp/message/header.hpp"
#include "common/bgp/message/open.hpp"
#include "common/bgp/nlri/codec.hpp"
#include "common/config/parser.hpp"
#include "common/process/posix_host.hpp"
#include "common/session/negotiation.hpp"
#include "common/speaker/host_probe.hpp"
#include "harness/loopback.hpp"
#include "harness/measured_daemon.hpp"
#include "harness/scripted_peer.hpp"
#include "tandem/engines/engines.hpp"
#include "tandem/engines/run.hpp"

namespace tandem::compare {

namespace {

using harness::Loopback;
using harness::ScriptedPeer;

// Nothing has come for this long: the stage is over.
constexpr base::Duration k_quiet = std::chrono::milliseconds(300);
// Routes each peer sends around the switch, so that both directions are busy.
constexpr std::size_t k_inbound_updates = 200;
constexpr std::size_t k_prefixes_an_update = 5;

// The far end of one neighbor of the configuration: every connection it made.
struct Far {
  std::string key;
  std::uint16_t port = 0;
  bool manual_eor = false;
  std::optional<base::Asn> as;
  std::vector<std::shared_ptr<ScriptedPeer>> connections;
};

// Writes one command a line to the control socket and counts the answers.
class Control final : public harness::Remote {
 public:
  void receive(base::Bytes bytes, base::TimePoint) override {
    text_.append(base::as_text(bytes));
    for (std::size_t end; (end = text_.find('\n')) != std::string::npos; text_.erase(0, end + 1)) {
      const std::string line = text_.substr(0, end);
      if (line == "done" || line == "error") ++answers_;
      failed_ |= line == "error";
    }
  }
  void closed(base::TimePoint) override { open_ = false; }
  void command(std::string_view line) {
    outbox_.append(base::as_bytes(line));
    outbox_.append(base::as_bytes("\n"));
    ++asked_;
  }
  [[nodiscard]] bool answered() const { return answers_ >= asked_ || !open_; }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  std::string text_;
  std::size_t asked_ = 0;
  std::size_t answers_ = 0;
  bool failed_ = false;
  bool open_ = true;
};

// As many routes as keep the daemon's receiving side busy while it changes engines.
void send_routes(ScriptedPeer& peer) {
  for (std::size_t i = 0; i < k_inbound_updates; ++i) {
    harness::Announcement announcement;
    for (std::size_t j = 0; j < k_prefixes_an_update; ++j) {
      announcement.prefixes.push_back(fmt::format("100.{}.{}.0/24", 64 + i % 64, i / 64 * k_prefixes_an_update + j));
    }
    peer.send(harness::update(announcement));
  }
}

}  // namespace

class Run::Implementation {
 public:
  Implementation(RunOptions options, Progress progress) : options_(std::move(options)), progress_(std::move(progress)) {}
  ~Implementation() {
    daemon_.reset();
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }

  base::Result<void> prepare();
  EngineReport go();

 private:
  bool establish();
  bool settle(base::TimePoint asked);
  void refresh();
  void switch_engines();
  void finish();
  void measure();
  [[nodiscard]] std::uint64_t octets() const;
  [[nodiscard]] bool alive() { return !daemon_->poll(); }
  template <typename Visitor>
  void each_established(Visitor&& visit) {
    for (Far& far : far_) {
      if (!far.connections.empty() && far.connections.back()->is_established() && !far.connections.back()->has_closed()) {
        visit(*far.connections.back());
      }
    }
  }

  RunOptions options_;
  Progress progress_;
  std::string folder_;
  rib::AttributePool pool_;
  std::vector<Far> far_;
  Loopback loopback_;
  std::unique_ptr<harness::MeasuredDaemon> daemon_;
  std::shared_ptr<Control> control_;
  base::TimePoint started_{};
  base::Duration receiving_{};  // without the waits for quiet
  EngineReport report_;
};

base::Result<void> Run::Implementation::prepare() {
  process::PosixHost host;
  auto file = host.read_file(options_.configuration);
  if (!file) return file.error();
  auto parsed = config::parse({options_.configuration, file->directory, file->text}, {}, speaker::HostProbe(host), pool_);
  if (!parsed) return parsed.error();

  char name[] = "/tmp/tandem-compare-XXXXXX";
  if (mkdtemp(name) == nullptr) return base::Error("cannot make a temporary folder");
  folder_ = name;

  harness::DaemonPlan plan;
  for (const config::Neighbor& neighbor : parsed->neighbors) {
    if (neighbor.passive || neighbor.is_range()) {
      progress_(fmt::format("{} is passive: not part of the comparison", config::peer_key(neighbor)));
      continue;
    }
    Far far;
    far.key = config::peer_key(neighbor);
    far.manual_eor = neighbor.manual_eor;
    far.as = neighbor.peer_as;
    far_.push_back(std::move(far));
  }
  if (far_.empty()) return base::Error("no neighbor of the configuration connects by itself: there is nothing to compare");
  for (std::size_t i = 0; i < far_.size(); ++i) {
    far_[i].port = loopback_.listen("127.0.0.1", [this, i](const base::Endpoint&, const base::Endpoint&) {
      harness::PeerOptions mirror;
      mirror.mirror.as = far_[i].as;
      far_[i].connections.push_back(std::make_shared<ScriptedPeer>(mirror));
      return far_[i].connections.back();
    });
    if (far_[i].port == 0) return base::Error("cannot listen on 127.0.0.1");
    plan.ports[far_[i].key] = far_[i].port;
  }
  plan.drive = [engine = options_.engine](speaker::Speaker& speaker) { return program::run_engines(speaker, engine); };
  plan.engines = program::engine_names();
  plan.configuration = options_.configuration;
  plan.settings = options_.settings;
  plan.settings.tcp_bind.clear();
  plan.settings.tcp_attempts = 0;
  plan.settings.api_quiet = "timed";  // octets are compared: what shares an UPDATE must not depend on who was at rest when
  plan.control_socket = folder_ + "/control.sock";
  plan.count_system_calls = options_.count_system_calls;
  plan.log_file = options_.log_file;
  daemon_ = std::make_unique<harness::MeasuredDaemon>(std::move(plan));
  return {};
}

bool Run::Implementation::establish() {
  const auto up = [](const Far& far) { return !far.connections.empty() && far.connections.back()->is_established(); };
  loopback_.run_until([&] { return !alive() || std::all_of(far_.begin(), far_.end(), up); }, options_.limit);
  if (!alive()) {
    report_.failure = "the daemon ended before its sessions were up";
    return false;
  }
  const auto down = std::find_if_not(far_.begin(), far_.end(), up);
  if (down != far_.end()) {
    report_.failure = fmt::format("{} did not come up", down->key);
    return false;
  }
  for (const Far& far : far_) {
    report_.figures.established_s = std::max(report_.figures.established_s, base::seconds(*far.connections.back()->established_at() - started_));
  }
  return true;
}

// Until the End-of-RIBs are there and nothing has come for a while. From `asked` to the last octet counts as receiving.
bool Run::Implementation::settle(base::TimePoint asked) {
  const auto complete = [](const Far& far) { return far.manual_eor || far.connections.back()->ends_of_rib() > 0; };
  loopback_.run_until([&] { return !alive() || std::all_of(far_.begin(), far_.end(), complete); }, options_.limit);
  const base::TimePoint give_up = Loopback::now() + options_.limit;
  std::uint64_t before = octets();
  base::TimePoint changed = Loopback::now();
  loopback_.run_until(
      [&] {
        if (const std::uint64_t now = octets(); now != before) {
          before = now;
          changed = Loopback::now();
        }
        return !alive() || Loopback::now() - changed >= k_quiet;
      },
      give_up - Loopback::now());
  receiving_ += changed - asked;
  if (!alive()) report_.failure = "the daemon ended";
  return report_.failure.empty();
}

std::uint64_t Run::Implementation::octets() const {
  std::uint64_t sum = 0;
  for (const Far& far : far_) {
    for (const auto& connection : far.connections) sum += connection->octets_received();
  }
  return sum;
}

void Run::Implementation::measure() {
  Figures& f = report_.figures;
  f.cpu_s = daemon_->cpu_s();
  f.peak_rss_kib = daemon_->peak_rss_kib();
  f.wake_ups = daemon_->counters().wake_ups;
  if (daemon_->counters().counting) f.system_calls = daemon_->counters().system_calls.load();
  f.octets = octets();
  for (const Far& far : far_) {
    for (const auto& connection : far.connections) {
      f.messages += connection->transcript().size();
      for (const harness::Message& message : connection->transcript()) {
        if (message.type() != harness::k_update || harness::is_end_of_rib(message.bytes)) continue;
        f.routes += harness::changes_of(message.bytes).announced.size();
      }
    }
  }
  f.routes_per_s = static_cast<double>(f.routes) / base::seconds(receiving_);
}

// Each peer asks for everything again, where route refresh was negotiated.
void Run::Implementation::refresh() {
  each_established([](ScriptedPeer& peer) {
    const auto& open = peer.received_open();
    auto decoded = bgp::decode_open(base::Bytes(open).subspan(bgp::k_header_size));
    if (!decoded || !decoded->capabilities.has(bgp::CapabilityCode::route_refresh)) return;
    for (const bgp::Family family : decoded->capabilities.multiprotocol) {
      const auto index = bgp::family_index(family);
      if (index && bgp::nlri_codec(*index) != nullptr) peer.send(harness::route_refresh(family));
    }
  });
}

// With a resend under way and routes coming in: to the other engine and back.
void Run::Implementation::switch_engines() {
  control_ = std::make_shared<Control>();
  if (!loopback_.dial_unix(folder_ + "/control.sock", control_)) {
    report_.failure = "cannot reach the control socket";
    return;
  }
  for (const std::string& name : {options_.other_engine, options_.engine}) {
    progress_(fmt::format("switching to {} with sessions up", name));
    const base::TimePoint asked = Loopback::now();
    refresh();
    each_established([](ScriptedPeer& peer) { send_routes(peer); });
    control_->command("engine " + name);
    loopback_.run_until([&] { return !alive() || control_->answered(); }, options_.limit);
    if (control_->failed()) report_.failure = "the daemon refused to switch to " + name;
    if (!settle(asked)) return;
    ++report_.switches;
  }
}

void Run::Implementation::finish() {
  if (const std::int64_t pid = daemon_->counters().daemon_pid; pid > 0) kill(static_cast<pid_t>(pid), SIGTERM);
  loopback_.run_until([this] { return !alive(); }, options_.limit);
  loopback_.run_for(std::chrono::milliseconds(20));  // what the daemon wrote last is still in the sockets
  const auto status = daemon_->poll();
  if (!status) {
    report_.failure = "the daemon did not end";
  } else if (*status != 0 && report_.failure.empty()) {
    report_.failure = fmt::format("the daemon ended with status {}", *status);
  }
  for (Far& far : far_) {
    for (std::size_t i = 0; i < far.connections.size(); ++i) {
      const ScriptedPeer& peer = *far.connections[i];
      SessionTranscript session;
      session.name = fmt::format("{}, connection {}", far.key, i + 1);
      session.messages = peer.transcript();
      if (!peer.received_open().empty()) {
        harness::MirrorRules rules;
        rules.as = far.as;
        session.answered_with = harness::mirror_open(peer.received_open(), rules);
      }
      report_.sessions.push_back(std::move(session));
    }
  }
}

EngineReport Run::Implementation::go() {
  report_.engine = options_.engine;
  progress_(fmt::format("{} session{}", far_.size(), far_.size() == 1 ? "" : "s"));
  started_ = Loopback::now();
  daemon_->go();
  if (establish()) {
    progress_("Established, receiving");
    if (settle(Loopback::now())) {
      progress_("asking for a route refresh");
      const base::TimePoint asked = Loopback::now();
      refresh();
      if (settle(asked)) {
        measure();
        if (!options_.other_engine.empty()) switch_engines();
      }
    }
  }
  finish();
  return std::move(report_);
}

Run::Run(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
Run::Run(Run&&) noexcept = default;
Run& Run::operator=(Run&&) noexcept = default;
Run::~Run() = default;

base::Result<Run> Run::prepare(RunOptions options, Progress progress) {
  auto implementation = std::make_unique<Implementation>(std::move(options), std::move(progress));
  if (auto ready = implementation->prepare(); !ready) return ready.error();
  return Run(std::move(implementation));
}

EngineReport Run::go() { return implementation_->go(); }

}  // namespace tandem::compare
