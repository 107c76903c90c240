// A daemon that is written down between two rounds and read by another one goes on as if nothing had been. All of these play with another
// daemon after every round.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/speaker/limits.hpp"
#include "common/speaker/test_support.hpp"
#include "common/state/reader.hpp"

namespace tandem::speaker {
namespace {

using namespace test;
using testing::HasSubstr;

struct Handing : Scene {
  explicit Handing(std::string configuration, config::Settings settings = {}) : Scene(std::move(configuration), std::move(settings)) {
    hands_over = true;
  }
};

TEST(DaemonState, ASessionIsMadeAndToldItsRoutes) {
  Handing scene(neighbor(routes("10.1.0.0/16 10.2.0.0/16")));
  scene.start();
  Wire& wire = scene.connect();
  scene.hear(wire, PeerOpen().bytes());
  scene.hear(wire, keepalive());
  scene.advance(50ms);
  EXPECT_EQ(Scene::take(wire), (Lines{"OPEN", "KEEPALIVE", "+10.1.0.0/16", "+10.2.0.0/16", "EOR"}));
  EXPECT_TRUE(scene.daemon->peers().all()[0]->established());
}

TEST(DaemonState, TimersGoOnWithWhatWasLeftOfThem) {
  Handing scene(neighbor());
  scene.start();
  Wire& wire = scene.establish_quiet();
  scene.advance(100s);
  EXPECT_EQ(Scene::take(wire), Lines{"KEEPALIVE"});
  scene.advance(81s);
  EXPECT_EQ(Scene::take(wire), (Lines{"KEEPALIVE", "NOTIFICATION 4/0"}));
}

TEST(DaemonState, AProgramKeepsItsHalfLineItsAnswersAndItsRoutes) {
  Handing scene(process() + neighbor(api("neighbor-changes;")));
  scene.start();
  Wire& peer = scene.establish_quiet();
  Wire& program = scene.wire("p");
  Scene::lines(program);
  scene.say(program, "disable-ack\nannounce route 10.9.0.0/16 next");
  EXPECT_EQ(Scene::lines(program), Lines{"done"});
  scene.say(program, "-hop 10.0.0.2\nenable-ack\n");
  scene.advance(50ms);
  EXPECT_EQ(Scene::take(peer), Lines{"+10.9.0.0/16"});
  EXPECT_EQ(Scene::lines(program), Lines{"done"});
  EXPECT_TRUE(scene.host.signals.empty());
  EXPECT_EQ(scene.starts("p"), 1U);
}

TEST(DaemonState, ASyncThatWaitsIsAnsweredWhenItsChangeIsWritten) {
  Handing scene(process() + neighbor(api()));
  scene.start();
  Wire& peer = scene.establish_quiet();
  Wire& program = scene.wire("p");
  peer.stuck = true;
  scene.say(program, "announce route 10.9.0.0/16 next-hop 10.0.0.2 sync\nping\n");
  scene.advance(50ms);
  EXPECT_EQ(Scene::lines(program), Lines{});
  peer.stuck = false;
  scene.settle();
  const Lines lines = Scene::lines(program);
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines.front(), "done");
  EXPECT_GT(lines.size(), 1U);  // the line behind it
  EXPECT_EQ(Scene::take(peer), Lines{"+10.9.0.0/16"});
}

TEST(DaemonState, AControlClientReadsALongListing) {
  std::string many;
  for (int i = 0; i < 400; ++i) many += fmt::format("{}10.{}.{}.0/24", i == 0 ? "" : " ", 1 + i / 200, i % 200);
  Handing scene(neighbor(routes(many)));
  scene.start();
  Wire& client = scene.control();
  scene.say(client, "show adj-rib out\n");
  EXPECT_EQ(Scene::lines(client).size(), 401U);
}

TEST(DaemonState, AShutdownThatIsUnderWayEnds) {
  Handing scene(process() + neighbor(api()));
  scene.start();
  Wire& peer = scene.establish_quiet();
  scene.daemon->signal(Signal::terminate);
  scene.settle();
  EXPECT_EQ(Scene::take(peer), Lines{"NOTIFICATION 6/2"});
  scene.exit_program("p");
  scene.advance(10s);
  EXPECT_EQ(scene.daemon->exit(), Exit::stop);
}

TEST(DaemonState, KeysThatAreLeftOutAreTakenFromTheConfiguration) {
  Scene scene(neighbor("md5-password \"top-secret\";"));
  scene.start();
  scene.hand_over(state::Secrets::left_out);
  EXPECT_EQ(scene.daemon->peers().all()[0]->neighbor().md5_password, "top-secret");
  const base::Buffer without = scene.daemon->snapshot(scene.now, state::Secrets::left_out);
  EXPECT_EQ(base::as_text(without).find("top-secret"), std::string_view::npos);
  const base::Buffer with = scene.daemon->snapshot(scene.now, state::Secrets::included);
  EXPECT_NE(base::as_text(with).find("top-secret"), std::string_view::npos);
}

TEST(DaemonState, ASnapshotChangesNothingAndTwoOfThemAreTheSame) {
  Scene scene(process() + neighbor(api() + routes("10.1.0.0/16")));
  scene.start();
  scene.establish_quiet();
  const base::Buffer once = scene.daemon->snapshot(scene.now, state::Secrets::included);
  EXPECT_EQ(scene.daemon->snapshot(scene.now, state::Secrets::included), once);
  scene.hand_over();
  EXPECT_EQ(scene.daemon->snapshot(scene.now, state::Secrets::included), once);
}

TEST(DaemonState, ItSaysInWhichSurroundingsItWasTaken) {
  Scene scene(neighbor());
  scene.start();
  const base::Buffer snapshot = scene.daemon->snapshot(scene.now, state::Secrets::left_out);
  const auto around = surroundings(snapshot);
  ASSERT_TRUE(around) << around.error().reason();
  EXPECT_EQ(around->identity.host_name, "host");
  EXPECT_EQ(around->options.configurations, std::vector<std::string>{"conf"});
  EXPECT_EQ(around->options.settings.tcp_port, config::Settings().tcp_port);
}

// Nothing is started or ended, and nobody is told anything, by one that refuses.
TEST(DaemonState, OneThatIsCutOrMadeUpIsRefusedAndNothingIsLost) {
  Scene scene(process() + neighbor(api() + routes("10.1.0.0/16")));
  scene.start();
  scene.establish_quiet();
  const base::Buffer whole = scene.daemon->snapshot(scene.now, state::Secrets::included);
  const auto reason = [&scene](const base::Buffer& octets) {
    SpeakerOptions options;
    options.configurations = {"conf"};
    Daemon other(scene.host, options);
    const auto done = other.restore(octets, {}, scene.now);
    other.let_go();
    return done ? "" : done.error().reason();
  };
  EXPECT_THAT(reason({whole.begin(), whole.end() - 5}), HasSubstr("octet "));
  for (std::size_t at = state::k_head_size; at + 22 < whole.size(); ++at) {
    base::Buffer changed = whole;
    changed[at] ^= static_cast<std::uint8_t>(1U << (at % 8));
    base::Buffer right;
    base::ByteWriter(right).u64(state::sum(base::Bytes(changed).first(changed.size() - 22)));
    std::copy(right.begin(), right.end(), changed.end() - 8);
    const std::string said = reason(changed);
    EXPECT_TRUE(said.empty() || said.starts_with("octet ")) << at << ": " << said;
  }
  EXPECT_TRUE(scene.host.signals.empty());
  EXPECT_EQ(scene.starts("p"), 1U);
}

}  // namespace
}  // namespace tandem::speaker
