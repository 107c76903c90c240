#include "conformance/contract/switch_traffic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <memory>
#include <vector>

namespace tandem::conformance {
namespace {

struct TrafficOutcome {
  std::map<std::string, std::vector<std::string>> to_peers;  // by address, without KEEPALIVEs
  std::map<std::string, std::vector<std::string>> received;  // by address: the events the program was told, in order
  std::vector<std::string> answers;
  std::map<std::string, std::vector<double>> keepalives;     // by address: seconds after Established, told by the speaker
  std::uint64_t switches = 0;
};

// What a far end says: random UPDATEs, some withdrawals, cut up by its own pace.
std::vector<base::Buffer> traffic_of(std::size_t i, std::size_t updates) {
  base::Random random(i + 1);
  std::vector<base::Buffer> out;
  for (std::size_t n = 0; n < updates; ++n) {
    std::vector<std::string> prefixes;
    for (std::size_t k = random.below(4) + 1; k > 0; --k) prefixes.push_back(fmt::format("30.{}.{}.{}/32", i, random.below(4), random.below(200)));
    std::sort(prefixes.begin(), prefixes.end());
    prefixes.erase(std::unique(prefixes.begin(), prefixes.end()), prefixes.end());
    if (random.below(4) == 0) out.push_back(withdrawal(prefixes));
    else out.push_back(update({prefixes, std::nullopt, static_cast<std::uint32_t>(random.below(9) + 1)}));
  }
  return out;
}

// "…" of a member of a one-line JSON object.
std::string member(const std::string& line, const std::string& key) {
  const auto at = line.find("\"" + key + "\": \"");
  if (at == std::string::npos) return "";
  const auto start = at + key.size() + 5;
  return line.substr(start, line.find('"', start) - start);
}

double time_of(const std::string& line) {
  const auto at = line.find("\"time\": ");
  return at == std::string::npos ? 0 : std::strtod(line.c_str() + at + 8, nullptr);
}

class Traffic {
 public:
  Traffic(const std::string& engine, const TrafficPlan& plan) : plan_(plan), stage_(engine), engine_(engine) {
    stage_.settings.api_version = 6;
    stage_.settings.log_enable = false;
  }

  TrafficOutcome run(bool switching) {
    set_up();
    if (::testing::Test::HasFatalFailure()) return {};
    stage_.run_until([&] { return stage_.established() == plan_.sessions && stage_.program_running("p") != nullptr; }, 60s);
    EXPECT_EQ(stage_.established(), plan_.sessions);
    base::Random random(7);
    std::vector<std::vector<base::Buffer>> traffic;
    for (std::size_t i = 0; i < plan_.sessions; ++i) traffic.push_back(traffic_of(i, plan_.updates));
    auto& program = *stage_.program_running("p");
    std::size_t said = 0;
    std::vector<std::size_t> sent(plan_.sessions);
    // Traffic goes on as long as there are switches to make, in small portions.
    while (!finished(said, sent) || (switching && stage_.engine_starts() < plan_.switches + 1)) {
      for (std::size_t i = 0; i < plan_.sessions; ++i) {
        for (std::size_t k = random.below(4); k > 0 && sent[i] < plan_.updates; --k) stage_.peer(switched_address(i))->send(traffic[i][sent[i]++]);
      }
      for (std::size_t k = random.below(15); k > 0 && said < plan_.announcements; --k, ++said) {
        program.say(announce(fmt::format("40.0.{}.{}/32", said >> 8, said & 255), fmt::format("med {}", said + 1)));
      }
      if (switching) hold_transfer_back();
      stage_.run_for(base::Duration(random.below(static_cast<std::uint64_t>(plan_.pause.count()))));
      if (switching) switch_engine();
      if (::testing::Test::HasFailure()) break;
    }
    if (switching && plan_.transfer != 0) {
      EXPECT_EQ(stage_.peer(switched_address(0))->ends_of_rib(), 0U) << "the transfer was over before the last switch";
    }
    finish(program);
    return collect(program);
  }

 private:
  void set_up() {
    Scene scene(stage_);
    for (std::size_t i = 0; i < plan_.sessions; ++i) {
      scene.neighbor(switched_address(i)).statements = {"group-updates false;"};
      scene.at(i).hold_time = 9;
      scene.at(i).api = {"neighbor-changes;", "receive { parsed; update; }", "send { parsed; keepalive; }"};
    }
    if (plan_.transfer != 0) slow_first(scene);
    scene.program("p", nullptr, "json");
    scene.start();
  }

  void slow_first(Scene& scene) {
    SocketHabits slow;
    slow.read_at_most = 24 * 1024;
    slow.receive_buffer = 16 * 1024;
    slow.between_reads = 15ms;
    stage_.forget_peer_at(switched_address(0));
    scene.at(0).connect = stage_.peer_at(switched_address(0), {}, slow);
    scene.at(0).routes = many_routes(plan_.transfer, 1);
  }

  [[nodiscard]] bool finished(std::size_t said, const std::vector<std::size_t>& sent) const {
    return said == plan_.announcements && std::all_of(sent.begin(), sent.end(), [this](std::size_t count) { return count == plan_.updates; });
  }

  // However long a switch takes on this machine, three quarters of the transfer are over behind the last one.
  void hold_transfer_back() {
    if (plan_.transfer == 0) return;
    auto& first = *stage_.peer(switched_address(0));
    first.set_reading(first.table().size() < plan_.announcements + plan_.transfer * 3 / 4 * stage_.engine_starts() / (plan_.switches + 1));
  }

  void switch_engine() {
    if (stage_.engine_starts() > plan_.switches) return;
    const auto before = stage_.engine_starts();
    if (control_ == nullptr) control_ = stage_.control();
    std::vector<std::string> others = engines_to_play();
    std::erase(others, engine_);
    engine_ = others[choice_.below(others.size())];
    control_->say("engine " + engine_);
    EXPECT_TRUE(stage_.run_until([&] { return stage_.engine_starts() > before; }, 10s)) << "switch " << before;
  }

  void finish(ScriptedProgram& program) {
    stage_.peer(switched_address(0))->set_reading(true);
    EXPECT_TRUE(stage_.run_until([&] { return program.count("done") == plan_.announcements; }, 60s));
    EXPECT_TRUE(stage_.run_until([&] {
      for (std::size_t i = 0; i < plan_.sessions; ++i) {
        if (stage_.peer(switched_address(i))->table().size() < plan_.announcements + (i == 0 ? plan_.transfer : 0)) return false;
      }
      return stage_.peer(switched_address(0))->ends_of_rib() == 1;
    }, 120s));
    EXPECT_TRUE(stage_.run_until([&] { return program.containing("\"type\": \"update\"") >= plan_.sessions * plan_.updates; }, 60s))
        << program.containing("\"type\": \"update\"");
  }

  TrafficOutcome collect(ScriptedProgram& program) {
    TrafficOutcome out;
    for (std::size_t i = 0; i < plan_.sessions; ++i) out.to_peers[switched_address(i)] = lines(*stage_.peer(switched_address(i)));
    std::map<std::string, double> up;
    for (const auto& line : program.lines()) {
      const std::string& text = line.text;
      const std::string peer = member(text, "peer");
      const std::string type = member(text, "type");
      if (text.front() != '{') out.answers.push_back(text);
      else if (type == "update") out.received[peer].push_back(text.substr(text.find("\"direction\"")));
      else if (type == "keepalive" && up.contains(peer)) out.keepalives[peer].push_back(time_of(text) - up[peer]);
      else if (member(text, "state") == "up") up[peer] = time_of(text);
      else if (member(text, "state") == "down") ADD_FAILURE() << text;
    }
    out.switches = stage_.engine_starts() - 1;
    EXPECT_EQ(stage_.peers.size(), plan_.sessions);
    EXPECT_TRUE(stage_.stop(20s));
    return out;
  }

  TrafficPlan plan_;
  RealStage stage_;
  std::shared_ptr<ScriptedProgram> control_;
  std::string engine_;       // that runs, or is asked for
  base::Random choice_{11};  // of the next one
};

void expect_same(const TrafficOutcome& with, const TrafficOutcome& without) {
  ASSERT_EQ(with.to_peers.size(), without.to_peers.size());
  for (const auto& [address, transcript] : without.to_peers) {
    const auto& other = with.to_peers.at(address);
    ASSERT_EQ(other.size(), transcript.size()) << address;
    // The table at Established and the program's announcements race for their place in the first runs; what must not differ is
    // what was sent and that it was sent once. Messages of one source keep their order.
    const auto of = [](const std::vector<std::string>& all, const std::string& marker) {
      std::vector<std::string> out;
      std::copy_if(all.begin(), all.end(), std::back_inserter(out),
                   [&](const std::string& line) { return line.size() > 10 && line.substr(line.size() - 10, 4) == marker; });
      return out;
    };
    EXPECT_EQ(of(other, "2014"), of(transcript, "2014")) << address;
    EXPECT_EQ(of(other, "2028"), of(transcript, "2028")) << address;
    EXPECT_EQ(other.front(), transcript.front()) << address;
  }
  EXPECT_EQ(with.received, without.received);
  EXPECT_EQ(with.answers, without.answers);
}

void expect_cadence(const TrafficOutcome& outcome) {
  for (const auto& [address, times] : outcome.keepalives) {
    for (std::size_t i = 0; i < times.size(); ++i) {
      const double off = times[i] - 3.0 * std::round(times[i] / 3.0);
      EXPECT_LE(std::abs(off), 0.05) << address << " KEEPALIVE " << i;
    }
  }
}

}  // namespace

void expect_unnoticed(const std::string& engine, const TrafficPlan& plan) {
  const TrafficOutcome without = Traffic(engine, plan).run(false);
  if (::testing::Test::HasFailure()) return;
  const TrafficOutcome with = Traffic(engine, plan).run(true);
  EXPECT_GE(with.switches, plan.switches);
  expect_same(with, without);
  expect_cadence(with);
}

}  // namespace tandem::conformance
