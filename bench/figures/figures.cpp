// The figures that the README states, measured on whole daemons: what it costs to announce and to receive routes, to be idle, and to
// keep a session. Each engine in processes of its own; the far ends are in this process and are not counted.
//
//   tandem_figures [ROUTES] [SESSIONS] [SECONDS]      defaults: 100000 routes, 1000 sessions, 10 seconds of rest
#include <fmt/format.h>
#include <sys/resource.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "common/config/configuration.hpp"
#include "common/config/parser.hpp"
#include "common/process/clock.hpp"
#include "harness/loopback.hpp"
#include "harness/measured_daemon.hpp"
#include "harness/scripted_peer.hpp"
#include "tandem/engines/engines.hpp"
#include "tandem/engines/run.hpp"

namespace tandem::bench {
namespace {

using harness::Loopback;
using harness::ScriptedPeer;

constexpr base::Duration k_limit = std::chrono::seconds(60);

std::string neighbor_address(std::size_t number) { return fmt::format("127.{}.{}.{}", 1 + number / 62500, number / 250 % 250, 1 + number % 250); }

std::string neighbor_text(std::size_t number, std::size_t routes) {
  std::string text = fmt::format(
      "neighbor {} {{\n router-id 1.2.3.4;\n local-address 127.0.0.1;\n local-as 65533;\n peer-as 65533;\n"
      " family {{ ipv4 unicast; }}\n capability {{ route-refresh; }}\n static {{\n",
      neighbor_address(number));
  for (std::size_t i = 0; i < routes; ++i) {
    text += fmt::format("  route 10.{}.{}.{}/32 next-hop 192.0.2.1 med {};\n", i >> 16 & 255, i >> 8 & 255, i & 255, i / 100);
  }
  return text + " }\n}\n";
}

// One daemon with `sessions` neighbors, each announcing `routes`, and the far ends.
class Scene {
 public:
  Scene(const std::string& engine, std::size_t sessions, std::size_t routes) {
    char name[] = "/tmp/tandem-figures-XXXXXX";
    if (mkdtemp(name) == nullptr) std::abort();
    folder_ = name;
    std::ofstream file(folder_ + "/tandem.conf");
    harness::DaemonPlan plan;
    for (std::size_t i = 0; i < sessions; ++i) {
      file << neighbor_text(i, routes);
      config::Neighbor neighbor;
      neighbor.peer = *base::Prefix::parse(neighbor_address(i));
      neighbor.local_address = base::IpAddress::v4(0x7F000001);
      neighbor.local_as = neighbor.peer_as = base::Asn{65533};
      neighbor.router_id = base::RouterId{0x01020304};
      plan.ports[config::peer_key(neighbor)] = port_;
    }
    file.close();
    port_ = loopback_.listen("127.0.0.1", [this](const base::Endpoint&, const base::Endpoint&) {
      peers_.push_back(std::make_shared<ScriptedPeer>());
      return peers_.back();
    });
    for (auto& [key, port] : plan.ports) port = port_;
    plan.drive = [engine](speaker::Speaker& speaker) { return program::run_engines(speaker, engine); };
    plan.configuration = folder_ + "/tandem.conf";
    daemon_ = std::make_unique<harness::MeasuredDaemon>(std::move(plan));
    daemon_->go();
    wanted_ = sessions;
  }
  ~Scene() {
    daemon_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  // Until every session is up and has had all of its routes.
  bool complete() {
    return loopback_.run_until(
        [this] {
          if (peers_.size() != wanted_) return false;
          for (const auto& peer : peers_) {
            if (peer->ends_of_rib() == 0) return false;
          }
          return true;
        },
        k_limit);
  }
  // Sends `routes` in UPDATEs of five prefixes, each with attributes of its own, and waits until the daemon has handled them: it
  // answers the refresh that stands behind them.
  bool feed(std::size_t routes) {
    ScriptedPeer& peer = *peers_.front();
    const std::size_t refreshes = peer.count(harness::k_route_refresh);
    for (std::size_t i = 0; i < routes; i += 5) {
      harness::Announcement announcement;
      for (std::size_t j = i; j < i + 5; ++j) announcement.prefixes.push_back(fmt::format("20.{}.{}.{}/32", j >> 16 & 255, j >> 8 & 255, j & 255));
      announcement.med = static_cast<std::uint32_t>(i / 5 + 1);
      peer.send(harness::update(announcement));
    }
    peer.send(harness::route_refresh(bgp::k_ipv4_unicast));
    return loopback_.run_until([&] { return peer.count(harness::k_route_refresh) >= refreshes + 2; }, k_limit);
  }
  void rest(base::Duration time) { loopback_.run_for(time); }
  [[nodiscard]] const harness::MeasuredDaemon& daemon() const { return *daemon_; }

 private:
  std::string folder_;
  std::uint16_t port_ = 0;
  Loopback loopback_;
  std::vector<std::shared_ptr<ScriptedPeer>> peers_;
  std::unique_ptr<harness::MeasuredDaemon> daemon_;
  std::size_t wanted_ = 0;
};

struct Figures {
  double announce_cpu_s = 0;
  double receive_cpu_s = 0;
  double wake_ups_per_s = 0;
  double idle_cpu_percent = 0;
  double kib_per_session = 0;
};

bool measure(const std::string& engine, std::size_t routes, std::size_t sessions, base::Duration rest, Figures& out) {
  {
    Scene scene(engine, 1, routes);
    if (!scene.complete()) return false;
    out.announce_cpu_s = scene.daemon().cpu_s();
  }
  {
    Scene scene(engine, 1, 0);
    if (!scene.complete()) return false;
    const double before = scene.daemon().cpu_s();
    if (!scene.feed(routes)) return false;
    out.receive_cpu_s = scene.daemon().cpu_s() - before;
  }
  constexpr std::size_t k_few = 10;
  double few_kib = 0;
  {
    Scene scene(engine, k_few, 0);
    if (!scene.complete()) return false;
    scene.rest(std::chrono::seconds(1));
    const double cpu = scene.daemon().cpu_s();
    const std::uint64_t wake_ups = scene.daemon().counters().wake_ups;
    scene.rest(rest);
    out.wake_ups_per_s = static_cast<double>(scene.daemon().counters().wake_ups - wake_ups) / base::seconds(rest);
    out.idle_cpu_percent = (scene.daemon().cpu_s() - cpu) / base::seconds(rest) * 100;
    few_kib = static_cast<double>(scene.daemon().private_kib());
  }
  {
    Scene scene(engine, sessions, 0);
    if (!scene.complete()) return false;
    scene.rest(std::chrono::seconds(1));
    out.kib_per_session = (static_cast<double>(scene.daemon().private_kib()) - few_kib) / static_cast<double>(sessions - k_few);
  }
  return true;
}

int run(int argc, char** argv) {
  const std::size_t routes = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100000;
  const std::size_t sessions = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 1000;
  const auto rest = std::chrono::seconds(argc > 3 ? std::atoi(argv[3]) : 10);
  if (routes == 0 || sessions < 20 || rest.count() < 1) {
    fmt::print(stderr, "usage: tandem_figures [ROUTES] [SESSIONS, at least 20] [SECONDS]\n");
    return 2;
  }
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  const std::vector<std::string>& engines = program::engines_that_run();
  std::vector<Figures> figures(engines.size());
  for (std::size_t i = 0; i < engines.size(); ++i) {
    if (!measure(engines[i], routes, sessions, rest, figures[i])) {
      fmt::print(stderr, "{}: not finished within {:.0f} s\n", engines[i], base::seconds(k_limit));
      return 1;
    }
  }
  constexpr std::size_t k_words = 52;
  constexpr std::size_t k_column = 10;
  fmt::print("{:<{}}", "", k_words);
  for (const std::string& engine : engines) fmt::print("{:>{}}", engine, k_column);
  fmt::print("\n{:-<{}}\n", "", k_words + k_column * engines.size());
  const auto row = [&](const std::string& what, double Figures::*value, int digits) {
    fmt::print("{:<{}}", what, k_words);
    for (const Figures& of_one : figures) fmt::print("{:>{}.{}f}", of_one.*value, k_column, digits);
    fmt::print("\n");
  };
  row(fmt::format("{} configured routes, start to last octet (CPU s)", routes), &Figures::announce_cpu_s, 3);
  row(fmt::format("{} received routes stored (CPU s)", routes), &Figures::receive_cpu_s, 3);
  row("10 idle sessions: wake-ups a second", &Figures::wake_ups_per_s, 2);
  row("10 idle sessions: CPU (% of a core)", &Figures::idle_cpu_percent, 3);
  row(fmt::format("memory of an idle session, of {} (KiB)", sessions), &Figures::kib_per_session, 1);
  return 0;
}

}  // namespace
}  // namespace tandem::bench

int main(int argc, char** argv) { return tandem::bench::run(argc, argv); }
