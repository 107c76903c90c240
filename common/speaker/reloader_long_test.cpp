// A configuration that is long is read, compared and applied in slices, and so goes what it replaces.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "common/base/work.hpp"
#include "common/speaker/limits.hpp"
#include "common/speaker/test_support.hpp"

namespace tandem::speaker {
namespace {

using namespace test;

TEST(Reload, OfALongConfigurationTakesRoundsInWhichCommandsAreServed) {
  constexpr std::size_t k_routes = 3 * Reloader::k_statements;
  Scene scene(process() + neighbor(api() + routes("10.1.0.0/16")));
  scene.start();
  scene.host.files["conf"] = process() + neighbor(api() + numbered_routes(k_routes));
  scene.daemon->signal(Signal::reload);
  EXPECT_TRUE(scene.daemon->round(scene.now)) << "there is more to do at once";
  const rib::AdjRibOut& rib = scene.daemon->peers().all()[0]->rib_out();
  EXPECT_EQ(rib.size(), 1U);
  scene.wire("p").channel->receive(base::as_bytes("announce route 10.9.0.0/16 next-hop 10.0.0.2\n"), scene.now);
  EXPECT_TRUE(scene.daemon->round(scene.now));
  EXPECT_EQ(rib.size(), 2U);
  scene.settle();
  EXPECT_EQ(rib.size(), k_routes + 1);
}

TEST(Reload, OfAFileThatComesInPiecesTakesARoundForEach) {
  Scene scene(neighbor(routes("10.1.0.0/16")));
  scene.start();
  const rib::AdjRibOut& rib = scene.daemon->peers().all()[0]->rib_out();
  scene.host.pieces = 4;
  scene.host.files["conf"] = neighbor(routes("10.1.0.0/16 10.2.0.0/16"));
  scene.daemon->signal(Signal::reload);
  for (int piece = 2; piece < scene.host.pieces; ++piece) {
    EXPECT_TRUE(scene.daemon->round(scene.now)) << "there is more to do at once";
    EXPECT_EQ(rib.size(), 1U);
  }
  scene.settle();
  EXPECT_EQ(rib.size(), 2U);
}

TEST(Reload, OfAFileOfWhichAPieceIsThereGoesOnInAnotherDaemon) {
  Scene scene(neighbor(routes("10.1.0.0/16")));
  scene.start();
  scene.host.pieces = 3;
  scene.host.files["conf"] = neighbor(routes("10.1.0.0/16 10.2.0.0/16"));
  scene.daemon->signal(Signal::reload);
  scene.hand_over();
  scene.settle();
  EXPECT_EQ(scene.daemon->peers().all()[0]->rib_out().size(), 2U);
}

TEST(Reload, BehindAFileThatCouldNotBeReadToItsEndIsDoneAllTheSame) {
  Scene scene(neighbor(routes("10.1.0.0/16")));
  scene.start();
  scene.host.pieces = 3;
  scene.host.files.erase("conf");
  scene.daemon->signal(Signal::reload);
  EXPECT_TRUE(scene.daemon->round(scene.now));
  scene.host.pieces = 1;
  scene.host.files["conf"] = neighbor(routes("10.1.0.0/16"));
  scene.daemon->signal(Signal::reload);
  scene.host.files["conf"] = neighbor(routes("10.1.0.0/16 10.2.0.0/16"));
  scene.settle();
  EXPECT_EQ(scene.daemon->peers().all()[0]->rib_out().size(), 2U);
}

TEST(Reload, ThatIsAskedForWhileAnotherGoesOnIsDoneBehindIt) {
  Scene scene(neighbor());
  scene.start();
  scene.host.files["conf"] = neighbor(numbered_routes(3 * Reloader::k_statements));
  scene.daemon->signal(Signal::reload);
  scene.daemon->round(scene.now);
  scene.host.files["conf"] = neighbor(routes("10.1.0.0/16")) + neighbor({}, "10.0.0.4");
  scene.daemon->signal(Signal::reload);
  scene.settle();
  EXPECT_EQ(peers(scene), (Lines{"10.0.0.3", "10.0.0.4"}));
  EXPECT_EQ(scene.daemon->peers().all()[0]->rib_out().size(), 1U);
}

TEST(Reload, OfALongConfigurationWithAnErrorAtItsEndChangesNothingAndHoldsNobodyUp) {
  Scene scene(neighbor(routes("10.1.0.0/16")));
  scene.start();
  Wire& wire = scene.establish_quiet();
  std::string text;
  for (int i = 3; i < 13; ++i) text += neighbor(numbered_routes(1000), fmt::format("10.0.0.{}", i));
  scene.host.files["conf"] = text + "nonsense;\n";
  scene.daemon->signal(Signal::reload);
  std::uint64_t most = 0;
  std::size_t rounds = 0;
  for (bool again = true; again; ++rounds) {
    const std::uint64_t before = base::Work::done();
    again = scene.daemon->round(scene.now);
    most = std::max(most, base::Work::done() - before);
  }
  EXPECT_GE(rounds, 10'000 / Reloader::k_statements);
  EXPECT_LE(most, Reloader::k_statements + k_turn_rib_slice) << "what is read, or freed";
  scene.settle();
  EXPECT_EQ(peers(scene), Lines{"10.0.0.3"});
  EXPECT_TRUE(Scene::take(wire).empty());
  EXPECT_EQ(scene.daemon->peers().all()[0]->rib_out().size(), 1U);
}

TEST(Reload, OfALongListComparesItInSlices) {
  constexpr std::size_t k_routes = 100'000;
  Scene scene(neighbor(numbered_routes(k_routes)));
  scene.start();
  scene.establish_quiet();
  scene.host.files["conf"] = neighbor(numbered_routes(k_routes + 1));
  scene.daemon->signal(Signal::reload);
  std::uint64_t most = 0;
  const rib::AdjRibOut& rib = scene.daemon->peers().all()[0]->rib_out();
  while (rib.size() == k_routes) {
    const std::uint64_t before = base::Work::done();
    ASSERT_TRUE(scene.daemon->round(scene.now));
    most = std::max(most, base::Work::done() - before);
  }
  EXPECT_LE(most, 4 * Reloader::k_compared) << "a few units a route";
  EXPECT_EQ(rib.size(), k_routes + 1);
}

// The longest round until the peer has been told something, and then all of it.
TEST(Reload, OfAListOfWhichAllChangesIsToldInSlicesAndAtOnce) {
  constexpr std::size_t k_routes = 60'000;
  Scene scene(neighbor(numbered_routes(k_routes)));
  scene.start();
  Wire& wire = scene.establish_quiet();
  scene.host.files["conf"] = neighbor(numbered_routes(k_routes, " med 7"));
  scene.daemon->signal(Signal::reload);
  std::uint64_t most = 0;
  std::size_t rounds = 0;
  while (wire.written.empty()) {
    const std::uint64_t before = base::Work::done();
    ASSERT_TRUE(scene.daemon->round(scene.now));
    most = std::max(most, base::Work::done() - before);
    scene.write();
    ++rounds;
  }
  EXPECT_LE(most, 6 * k_round_rib_slice) << "a few units a route";
  EXPECT_GT(rounds, k_routes / k_turn_rib_slice);
  scene.advance(1s);
  const Lines told = Scene::take(wire);
  ASSERT_EQ(told.size(), k_routes);
  EXPECT_EQ(told.front(), "+20.0.0.0/32");
  EXPECT_EQ(std::set<std::string>(told.begin(), told.end()).size(), k_routes) << "each once";
  const rib::AdjRibOut& rib = scene.daemon->peers().all()[0]->rib_out();
  EXPECT_EQ(rib.size(), k_routes);
  EXPECT_FALSE(rib.has_pending());
}

TEST(Reload, OfALongListLeavesWhatCommandsHaveChanged) {
  const auto conf = [](std::string_view list) { return process() + neighbor(api() + std::string(list)); };
  Scene scene(conf(numbered_routes(1000)));
  scene.start();
  Wire& wire = scene.establish_quiet();
  scene.say(scene.wire("p"),
            "announce route 20.0.0.1/32 next-hop 10.0.0.2 med 1\n"   // the reload changes it, too
            "announce route 20.0.0.2/32 next-hop 10.0.0.2 med 2\n"
            "announce route 10.9.0.0/16 next-hop 10.0.0.2\n"
            "withdraw route 20.0.0.3/32\n"
            "withdraw route 20.0.3.231/32\n");  // the last one, which the reload drops
  scene.advance(1s);
  Scene::take(wire);
  std::string list = numbered_routes(999);
  for (const std::string_view prefix : {"20.0.0.1/32", "20.0.0.4/32"}) list.insert(list.find(';', list.find(prefix)), " med 9");
  scene.reload(conf(list));
  scene.advance(1s);
  Lines lines = Scene::take(wire);
  std::sort(lines.begin(), lines.end());
  EXPECT_EQ(lines, (Lines{"+20.0.0.1/32", "+20.0.0.4/32"})) << "and nothing of what a command has withdrawn";
  scene.end(wire);
  scene.advance(1min);
  Wire& next = scene.establish_quiet();
  static_cast<void>(next);
  const rib::AdjRibOut& rib = scene.daemon->peers().all()[0]->rib_out();
  EXPECT_EQ(rib.size(), 999U);  // one of a command, and one is withdrawn
}

TEST(Reload, ThatRemovesANeighborFreesItsRoutesInSlices) {
  constexpr std::size_t k_routes = 20'000;
  Scene scene(neighbor() + neighbor(numbered_routes(k_routes), "10.0.0.4"));
  scene.start();
  scene.host.files["conf"] = neighbor();
  scene.daemon->signal(Signal::reload);
  std::size_t left = 0;
  for (std::size_t round = 0; round < 20 + k_routes / k_turn_rib_slice; ++round) {
    scene.daemon->round(scene.now);
    left = std::max(left, scene.daemon->discards().size());
    scene.write();  // its connection ends
  }
  EXPECT_GE(left, k_routes - k_turn_rib_slice);
  EXPECT_TRUE(scene.daemon->discards().empty());
}

TEST(Reload, ThatGoesOnEndsWithTheDaemon) {
  Scene scene(neighbor());
  scene.start();
  scene.host.files["conf"] = neighbor(numbered_routes(3 * Reloader::k_statements)) + neighbor({}, "10.0.0.4");
  scene.daemon->signal(Signal::reload);
  scene.daemon->round(scene.now);
  scene.daemon->signal(Signal::terminate);
  scene.settle();
  EXPECT_TRUE(scene.daemon->shutting_down());
  EXPECT_EQ(scene.dialling("10.0.0.4"), nullptr);
}

}  // namespace
}  // namespace tandem::speaker
