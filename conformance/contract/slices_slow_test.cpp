// No turn of the loop does as much as a table is long: whoever waits for the end of one waits for a slice (docs/architecture.md, Slices).
// Counted in units of work, so that the bound is the same on every machine.
#include <fmt/format.h>

#include "conformance/contract/scene.hpp"

namespace tandem::conformance {
namespace {

constexpr std::size_t k_routes = 500'000;
// A step that is as long as the table has k_routes units at least. What a turn may read are 64 KiB, 13,107 withdrawals, each of which may move
// eight other routes: 27 units.
constexpr std::uint64_t k_bound = 400'000;
constexpr std::size_t k_together = 500;  // prefixes of a command or an UPDATE
constexpr base::Duration k_limit = 120s;
const std::string k_name = "p";

std::vector<std::string> prefixes(std::size_t first, std::size_t count) {
  std::vector<std::string> out;
  for (std::size_t i = first; i < first + count; ++i) out.push_back(prefix_of(i));
  return out;
}

// A speaker with one neighbor and one program, and the longest turn since it was looked at last.
class LongTable {
 public:
  explicit LongTable(Stage& stage) : stage_(stage), scene_(stage) {
    if (auto* simulated = dynamic_cast<SimStage*>(&stage)) simulated->world.weather = sim::Weather::calm();  // as much as can come at once
    NeighborText& neighbor = scene_.neighbor();
    neighbor.statements = {"adj-rib-in true;"};
    neighbor.capabilities = {"route-refresh;"};
  }
  void start() {
    // What it has been told is counted as it comes: there are hundreds of thousands of lines.
    const auto count = [this](ScriptedProgram&, const ScriptedProgram::Line& line) {
      if (line.text == "done" || line.text == "error") ++answers_;
      if (line.text == "error") ++refused_;
      if (line.text.find("ipv4 unicast") != std::string::npos) ++shown_;
    };
    scene_.program(k_name, [count](ScriptedProgram& program) { program.on_line = count; }, "text", "on-exit withdraw;");
    scene_.start();
    EXPECT_TRUE(stage_.run_until_established(1, k_limit));
    EXPECT_EQ(peer().table().size(), routes().size());
    settle(stage_);
    stage_.watcher().most_work = 0;  // what is read before the loop turns is read at once
  }

  [[nodiscard]] ScriptedPeer& peer() { return *stage_.peer(); }
  [[nodiscard]] ScriptedProgram& program() { return *stage_.program_running(k_name); }
  [[nodiscard]] std::vector<std::string>& routes() { return scene_.at(0).routes; }

  void say(const std::string& line) {
    const std::size_t before = answers_;
    program().say(line);
    EXPECT_TRUE(stage_.run_until([&] { return answers_ > before; }, k_limit)) << line.substr(0, 80);
    EXPECT_EQ(refused_, 0U) << line.substr(0, 80);
  }
  // "announce", "withdraw": routes [0, count), both halves with attributes of their own.
  void change(const std::string& verb, std::size_t count) {
    for (std::size_t i = 0; i < count; i += k_together) {
      say(fmt::format("peer * {} attributes next-hop 10.0.0.1 med {} nlri {}", verb, i * 2 / k_routes, fmt::join(prefixes(i, k_together), " ")));
    }
  }
  [[nodiscard]] std::size_t shown(const std::string& table) {
    const std::size_t before = shown_;
    say("rib show " + table);
    return shown_ - before;
  }
  void expect_told(std::size_t count) {
    EXPECT_TRUE(stage_.run_until([&] { return peer().table().size() == count; }, k_limit)) << peer().table().size();
  }
  // All is told once more, an UPDATE each.
  void expect_told_again(const std::function<void()>& ask) {
    const std::size_t before = peer().count(k_update);
    ask();
    EXPECT_TRUE(stage_.run_until([&] { return peer().count(k_update) >= before + k_routes; }, k_limit));
  }
  // The session ends, and another one begins.
  void bounce() {
    const std::size_t before = stage_.peers.size();
    peer().end(ScriptedPeer::Ending::close);
    EXPECT_TRUE(stage_.run_until([&] { return stage_.peers.size() > before; }, k_limit));
    EXPECT_TRUE(stage_.run_until_established(1, k_limit));
  }
  void reload() {
    scene_.rewrite();
    stage_.signal(speaker::Signal::reload);
  }
  void reload_without_neighbor() {
    const std::deque<NeighborText> neighbors = std::exchange(scene_.neighbors(), {});
    reload();
    EXPECT_TRUE(stage_.run_until([&] { return peer().has_closed(); }, k_limit));
    scene_.neighbors() = neighbors;
  }
  void expect_slices(const std::string& what) {
    settle(stage_);
    const std::uint64_t most = stage_.watcher().most_work.exchange(0);
    EXPECT_LT(most, k_bound) << what;
    EXPECT_GT(most, 0U) << what;
  }

 private:
  Stage& stage_;
  Scene scene_;
  std::size_t answers_ = 0;
  std::size_t refused_ = 0;  // of these
  std::size_t shown_ = 0;
};

class Slices : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(Slices);

TEST_P(Slices, OfWhatAProgramAnnouncesNoTurnIsAsLongAsTheTable) {
  play([](Stage& stage) {
    LongTable table(stage);
    table.start();
    table.change("announce", k_routes);
    table.expect_told(k_routes);
    table.expect_slices("tables grow");
    table.bounce();
    EXPECT_EQ(table.peer().table().size(), k_routes);
    table.expect_slices("a session is lost, and another one Established");
    table.expect_told_again([&] { table.say("rib flush out"); });
    table.expect_slices("flush");
    table.expect_told_again([&] { table.peer().send(route_refresh(bgp::k_ipv4_unicast)); });
    table.expect_slices("route refresh");
    EXPECT_EQ(table.shown("out"), k_routes);
    table.expect_slices("show");
    table.change("withdraw", k_routes / 8 * 7);
    table.expect_told(k_routes / 8);
    table.expect_slices("tables are squeezed");
    table.change("announce", k_routes);
    table.expect_told(k_routes);
    table.expect_slices("tables grow again");
    table.say("rib clear out");
    table.expect_told(0);
    table.expect_slices("clear");
    table.change("announce", k_routes);
    table.expect_told(k_routes);
    table.program().exit();
    table.expect_told(0);
    table.expect_slices("the program ends, and its routes with it");
  }, 1);
}

TEST_P(Slices, OfWhatAPeerAnnouncesNoTurnIsAsLongAsTheTable) {
  play([](Stage& stage) {
    LongTable table(stage);
    table.start();
    const auto send = [&](std::size_t count, bool announces) {
      for (std::size_t i = 0; i < count; i += k_together) {
        Announcement announcement;
        announcement.prefixes = prefixes(i, k_together);
        table.peer().send(announces ? update(announcement) : withdrawal(announcement.prefixes));
      }
    };
    const auto expect_kept = [&](std::size_t count) {
      EXPECT_TRUE(stage.run_until([&] { return table.peer().outbox().empty(); }, k_limit));
      settle(stage);
      EXPECT_EQ(table.shown("in"), count);
    };
    send(k_routes, true);
    expect_kept(k_routes);
    table.expect_slices("tables grow, and show");
    send(k_routes / 8 * 7, false);
    expect_kept(k_routes / 8);
    table.expect_slices("tables are squeezed");
    send(k_routes, true);
    expect_kept(k_routes);
    table.expect_slices("tables grow again");
    table.bounce();
    expect_kept(0);
    table.expect_slices("the session is lost, and what it had said with it");
  }, 1);
}

TEST_P(Slices, OfAReloadNoTurnIsAsLongAsTheConfiguration) {
  play([](Stage& stage) {
    LongTable table(stage);
    table.routes() = many_routes(k_routes, k_routes / 10);
    table.start();
    table.bounce();
    EXPECT_EQ(table.peer().table().size(), k_routes);
    table.expect_slices("a session is lost, and another one Established");
    table.reload();
    table.expect_slices("a reload that changes nothing");
    for (std::size_t i = 0; i < k_routes; i += 100) table.routes()[i] = prefix_of(k_routes + i) + " next-hop 10.0.0.1 med 77";
    table.reload();
    const std::string last = prefix_of(2 * k_routes - 100);
    EXPECT_TRUE(stage.run_until([&] { return table.peer().table().has(last); }, k_limit));
    table.expect_told(k_routes);
    table.expect_slices("a reload that changes one of a hundred routes");
    table.bounce();
    EXPECT_EQ(table.peer().table().size(), k_routes);
    table.expect_slices("another session behind it");
    for (std::string& route : table.routes()) route += " community 65000:1";
    table.routes().back() = prefix_of(2 * k_routes) + " next-hop 10.0.0.1 med 78";
    table.say("daemon reload check");
    table.expect_slices("a check of what a reload would do");
    table.reload();
    EXPECT_TRUE(stage.run_until([&] { return table.peer().table().has(prefix_of(2 * k_routes)); }, k_limit));
    table.expect_told(k_routes);
    table.expect_slices("a reload that changes all routes");
    table.bounce();
    EXPECT_EQ(table.peer().table().size(), k_routes);
    table.expect_slices("another session behind that");
    table.reload_without_neighbor();
    table.expect_slices("a reload that removes the neighbor");
    table.reload();
    EXPECT_TRUE(stage.run_until_established(1, k_limit));
    table.expect_told(k_routes);
    table.expect_slices("a reload that adds a neighbor");
  }, 1);
}

TEST_P(Slices, OfAWatchdogNoTurnIsAsLongAsItsRoutes) {
  play([](Stage& stage) {
    LongTable table(stage);
    table.routes() = many_routes(k_routes, k_routes / 10);
    for (std::string& route : table.routes()) route += " watchdog w";
    table.start();
    table.say("peer * withdraw watchdog w");
    table.expect_told(0);
    table.expect_slices("all are withdrawn");
    EXPECT_EQ(table.shown("out"), 0U);
    table.say("peer * announce watchdog w");
    EXPECT_EQ(table.shown("out"), k_routes) << "what is shown waits until all are announced";
    table.expect_told(k_routes);
    table.expect_slices("all are announced");
  }, 1);
}

}  // namespace
}  // namespace tandem::conformance
