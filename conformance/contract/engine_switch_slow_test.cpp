// The switch from one engine to the other while everything runs: no session ends, no octet is lost or doubled in either direction, no
// timer moves. The proof is a run with switches and one without, compared octet by octet.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "conformance/contract/scene.hpp"
#include "conformance/stage/real_stage.hpp"

namespace tandem::conformance {
namespace {

constexpr std::size_t k_sessions = 20;
constexpr std::size_t k_transfer = 100'000;     // routes on the way to the first session all the while
constexpr std::size_t k_announcements = 1500;   // from the program, one by one and in random bursts
constexpr std::size_t k_updates = 300;          // from each far end
constexpr std::size_t k_switches = 200;

std::string address_of(std::size_t i) { return fmt::format("127.0.0.{}", 100 + i); }

// What a far end says: random UPDATEs, some withdrawals, cut up by its own pace.
std::vector<base::Buffer> traffic_of(std::size_t i) {
  base::Random random(i + 1);
  std::vector<base::Buffer> out;
  for (std::size_t n = 0; n < k_updates; ++n) {
    std::vector<std::string> prefixes;
    for (std::size_t k = random.below(4) + 1; k > 0; --k) prefixes.push_back(fmt::format("30.{}.{}.{}/32", i, random.below(4), random.below(200)));
    std::sort(prefixes.begin(), prefixes.end());
    prefixes.erase(std::unique(prefixes.begin(), prefixes.end()), prefixes.end());
    if (random.below(4) == 0) out.push_back(withdrawal(prefixes));
    else out.push_back(update({prefixes, std::nullopt, static_cast<std::uint32_t>(random.below(9) + 1)}));
  }
  return out;
}

struct Outcome {
  std::map<std::string, std::vector<std::string>> to_peers;  // by address, without KEEPALIVEs
  std::map<std::string, std::vector<std::string>> received;  // by address: the events the program was told, in order
  std::vector<std::string> answers;
  std::map<std::string, std::vector<double>> keepalives;     // by address: seconds after Established, told by the speaker
  std::uint64_t switches = 0;
};

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
  explicit Traffic(const std::string& engine) : stage_(engine) {
    stage_.settings.api_version = 6;
    stage_.settings.log_enable = false;
  }

  Outcome run(bool switching) {
    set_up();
    if (::testing::Test::HasFatalFailure()) return {};
    stage_.run_until([&] { return stage_.established() == k_sessions && stage_.program_running("p") != nullptr; }, 60s);
    EXPECT_EQ(stage_.established(), k_sessions);
    base::Random random(7);
    std::vector<std::vector<base::Buffer>> traffic;
    for (std::size_t i = 0; i < k_sessions; ++i) traffic.push_back(traffic_of(i));
    auto& program = *stage_.program_running("p");
    std::size_t said = 0;
    std::vector<std::size_t> sent(k_sessions);
    // Traffic goes on as long as there are switches to make, in small portions.
    while (!finished(said, sent) || (switching && stage_.engine_starts() < k_switches + 1)) {
      for (std::size_t i = 0; i < k_sessions; ++i) {
        for (std::size_t k = random.below(4); k > 0 && sent[i] < k_updates; --k) stage_.peer(address_of(i))->send(traffic[i][sent[i]++]);
      }
      for (std::size_t k = random.below(15); k > 0 && said < k_announcements; --k, ++said) {
        program.say(announce(fmt::format("40.0.{}.{}/32", said >> 8, said & 255), fmt::format("med {}", said + 1)));
      }
      stage_.run_for(base::Duration(random.below(12'000'000)));
      if (switching) switch_engine();
      if (::testing::Test::HasFailure()) break;
    }
    if (switching) {
      EXPECT_EQ(stage_.peer(address_of(0))->ends_of_rib(), 0U) << "the transfer was over before the last switch";
    }
    finish(program);
    return collect(program);
  }

 private:
  void set_up() {
    Scene scene(stage_);
    for (std::size_t i = 0; i < k_sessions; ++i) {
      scene.neighbor(address_of(i)).statements = {"group-updates false;"};
      scene.at(i).hold_time = 9;
      scene.at(i).api = {"neighbor-changes;", "receive { parsed; update; }", "send { parsed; keepalive; }"};
    }
    SocketHabits slow;  // about 5 MB for the first session: it takes the whole test
    slow.read_at_most = 24 * 1024;
    slow.receive_buffer = 16 * 1024;
    slow.between_reads = 15ms;
    stage_.forget_peer_at(address_of(0));
    scene.at(0).connect = stage_.peer_at(address_of(0), {}, slow);
    scene.at(0).routes = many_routes(k_transfer, 1);
    scene.program("p", nullptr, "json");
    scene.start();
  }

  [[nodiscard]] static bool finished(std::size_t said, const std::vector<std::size_t>& sent) {
    return said == k_announcements && std::all_of(sent.begin(), sent.end(), [](std::size_t count) { return count == k_updates; });
  }

  void switch_engine() {
    if (stage_.engine_starts() > k_switches) return;
    const auto before = stage_.engine_starts();
    if (control_ == nullptr) control_ = stage_.control();
    control_->say(before % 2 == (stage_.engine() == "sync" ? 1 : 0) ? "engine async" : "engine sync");
    EXPECT_TRUE(stage_.run_until([&] { return stage_.engine_starts() > before; }, 10s)) << "switch " << before;
  }

  void finish(ScriptedProgram& program) {
    EXPECT_TRUE(stage_.run_until([&] { return program.count("done") == k_announcements; }, 60s));
    EXPECT_TRUE(stage_.run_until([&] {
      for (std::size_t i = 0; i < k_sessions; ++i) {
        if (stage_.peer(address_of(i))->table().size() < k_announcements + (i == 0 ? k_transfer : 0)) return false;
      }
      return stage_.peer(address_of(0))->ends_of_rib() == 1;
    }, 120s));
    EXPECT_TRUE(stage_.run_until([&] { return program.containing("\"type\": \"update\"") >= k_sessions * k_updates; }, 60s))
        << program.containing("\"type\": \"update\"");
  }

  Outcome collect(ScriptedProgram& program) {
    Outcome out;
    for (std::size_t i = 0; i < k_sessions; ++i) out.to_peers[address_of(i)] = lines(*stage_.peer(address_of(i)));
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
    EXPECT_EQ(stage_.peers.size(), k_sessions);
    EXPECT_TRUE(stage_.stop(20s));
    return out;
  }

  RealStage stage_;
  std::shared_ptr<ScriptedProgram> control_;
};

void expect_same(const Outcome& with, const Outcome& without) {
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

void expect_cadence(const Outcome& outcome) {
  for (const auto& [address, times] : outcome.keepalives) {
    for (std::size_t i = 0; i < times.size(); ++i) {
      const double off = times[i] - 3.0 * std::round(times[i] / 3.0);
      EXPECT_LE(std::abs(off), 0.05) << address << " KEEPALIVE " << i;
    }
  }
}

class EngineSwitch : public RealEngines {};
TANDEM_ON_REAL_ENGINES(EngineSwitch);

TEST_P(EngineSwitch, TwoHundredSwitchesUnderLoadChangeNoOctetAndMoveNoTimer) {
  const Outcome without = Traffic(GetParam()).run(false);
  if (HasFailure()) return;
  const Outcome with = Traffic(GetParam()).run(true);
  EXPECT_GE(with.switches, k_switches);
  expect_same(with, without);
  expect_cadence(with);
}

TEST_P(EngineSwitch, TheEngineCommandTellsWhichOneRunsAndHowOftenItChanged) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor();
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    const std::string other = stage.engine() == "sync" ? "async" : "sync";
    EXPECT_THAT(stage.command("engine")[0], ::testing::HasSubstr("\"" + stage.engine() + "\""));
    EXPECT_EQ(stage.command("engine " + other).back(), "done");
    EXPECT_EQ(dynamic_cast<RealStage&>(stage).engine_starts(), 2U) << "the answer came before the switch";
    EXPECT_THAT(stage.command("engine")[0], ::testing::HasSubstr("\"" + other + "\""));
    EXPECT_EQ(stage.command("engine nonsense").back(), "error");
    EXPECT_EQ(stage.peers.size(), 1U);
    EXPECT_FALSE(stage.peer()->has_closed());
  });
}

// Switching when connections are being made, when programs start and end, when the far end goes away.
TEST_P(EngineSwitch, SwitchesInTheMiddleOfConnectingAndClosingLoseNothing) {
  play([](Stage& stage) {
    Scene scene(stage);
    for (std::size_t i = 0; i < 5; ++i) scene.neighbor(address_of(i)).routes = many_routes(100);
    scene.program("p", [](ScriptedProgram& program) { program.say("system version"); });
    scene.start();
    const auto control = stage.control();
    base::Random random(3);
    for (int i = 0; i < 100; ++i) {
      control->say(i % 2 == (stage.engine() == "sync" ? 0 : 1) ? "engine async" : "engine sync");
      stage.run_for(base::Duration(random.below(4'000'000)));
      auto* peer = stage.peer(address_of(random.below(5)));
      if (peer != nullptr && random.below(3) == 0) peer->end(random.below(2) == 0 ? Remote::Ending::close : Remote::Ending::reset);
    }
    ASSERT_TRUE(stage.run_until([&] { return control->count("done") + control->count("error") == 100; }));
    ASSERT_TRUE(stage.run_until_established(5));
    for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(stage.peer(address_of(i))->table().size(), 100U);
    EXPECT_EQ(stage.program_running("p")->count("done"), 1U);
  });
}

class Leaving : public Simulated {};
TANDEM_ON_THE_SIMULATOR(Leaving);

// The simulator leaves and comes back after one pass in five.
TEST_P(Leaving, ADriverThatLeavesAnywhereLosesNothing) {
  play([](Stage& stage) {
    dynamic_cast<SimStage&>(stage).reactor.leave_percent = 20;
    Scene scene(stage);
    for (std::size_t i = 0; i < 3; ++i) {
      PeerOptions options;
      options.script = {Step::established()};
      for (std::size_t n = 0; n < 50; ++n) options.script.push_back(Step::send(update({{prefix_of(n)}, std::nullopt, 1})));
      scene.neighbor(address_of(i), options).routes = many_routes(500);
    }
    scene.program("p", [](ScriptedProgram& program) {
      for (std::size_t i = 0; i < 200; ++i) program.say(announce(prefix_of(1000 + i)));
    });
    scene.start();
    ASSERT_TRUE(stage.run_until([&] {
      if (stage.established() < 3 || stage.program_running("p") == nullptr || stage.program_running("p")->count("done") < 200) return false;
      return std::all_of(stage.peers.begin(), stage.peers.end(), [](const auto& peer) { return peer->table().size() == 700; });
    }));
    EXPECT_EQ(stage.peers.size(), 3U);
    for (const auto& peer : stage.peers) {
      EXPECT_EQ(peer->broken(), "");
      EXPECT_EQ(announced(peer->transcript()).size(), 700U);
    }
    EXPECT_EQ(stage.command("rib show in").size(), 151U);
  }, 50);
}

}  // namespace
}  // namespace tandem::conformance
