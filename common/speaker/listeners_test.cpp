// Listening sockets and their keys, as a start and a reload want them (I26).
#include <gtest/gtest.h>

#include <ctime>

#include "common/speaker/test_support.hpp"

namespace tandem::speaker {
namespace {

using namespace test;

TEST(Reload, OpensAndClosesTheListenersThatNeighborsAskFor) {
  config::Settings settings;
  settings.tcp_bind = {"10.0.0.9"};
  Scene scene(neighbor("listen 1179;"), settings);
  scene.start();
  EXPECT_NE(scene.find("10.0.0.2:1179"), nullptr);
  scene.reload(neighbor("listen 2179;"));
  EXPECT_EQ(scene.find("10.0.0.2:1179"), nullptr);
  EXPECT_NE(scene.find("10.0.0.2:2179"), nullptr);
  EXPECT_NE(scene.find("10.0.0.9:179"), nullptr);
}

TEST(Reload, GivesTheListenersTheKeysOfEveryNeighbor) {
  Scene scene(neighbor("listen 1179; md5-password one;") + neighbor("passive true; md5-password two;", "10.1.0.0/16"));
  scene.start();
  ASSERT_EQ(scene.host.keys.size(), 2U);
  EXPECT_EQ(scene.host.keys[0].key, "one");
  EXPECT_EQ(scene.host.keys[1].prefix_length, 16);
  scene.reload(neighbor("listen 1179;"));
  EXPECT_TRUE(scene.host.keys.empty());
}

// RFC 5925: a neighbor is guarded by either kind of key in the same places.
TEST(Reload, GivesTheListenersTheKeysOfTcpAo) {
  const std::string section = "tcp-ao { keyid 7; algorithm hmac-sha-256; password two; }";
  Scene scene(neighbor("listen 1179; md5-password one;") + neighbor("passive true; " + section, "10.0.0.4"));
  scene.start();
  ASSERT_EQ(scene.host.keys.size(), 2U);
  EXPECT_FALSE(scene.host.keys[0].ao.has_value());
  EXPECT_EQ(scene.host.keys[1].key, "two");
  EXPECT_EQ(scene.host.keys[1].ao, (process::TcpAo{7, base::TcpAoAlgorithm::hmac_sha_256}));
  scene.host.unsigned_connections = true;
  EXPECT_THROW(scene.accept("10.0.0.4"), std::runtime_error);
  ASSERT_EQ(scene.host.required_keys.size(), 1U);
  EXPECT_EQ(scene.host.required_keys[0].ao, scene.host.keys[1].ao);
  scene.reload(neighbor("listen 1179; md5-password one;") + neighbor("passive true;", "10.0.0.4"));
  EXPECT_EQ(scene.host.keys.size(), 1U);
}

TEST(Start, GivesAListenerItsKeysBeforeItListens) {
  config::Settings settings;
  settings.tcp_bind = {"10.0.0.9", "0.0.0.0"};
  Scene scene(neighbor("listen 1179; md5-password one;") + neighbor("passive true; md5-password two;", "10.1.0.0/16"), settings);
  scene.start();
  std::vector<std::size_t> keys;
  for (const process::ListenPlan& plan : scene.host.listened) keys.push_back(plan.keys.size());
  // Nobody who is configured speaks to 10.0.0.9; everybody may speak to the others.
  EXPECT_EQ(keys, (std::vector<std::size_t>{0, 2, 2}));
}

TEST(Reload, GivesAListenerThatItOpensItsKeysBeforeItListens) {
  Scene scene(neighbor());
  scene.start();
  scene.reload(neighbor("listen 1179; md5-password one;"));
  ASSERT_EQ(scene.host.listened.size(), 1U);
  ASSERT_EQ(scene.host.listened[0].keys.size(), 1U);
  EXPECT_EQ(scene.host.listened[0].keys[0].key, "one");
}

TEST(Reload, TakesConnectionsThatWaitedWhileTheKeysWereChanged) {
  Scene scene(neighbor("passive true; listen 1179;"));
  scene.start();
  scene.host.waiting.push_back({scene.host.descriptor(), endpoint("10.0.0.2", 1179), endpoint("10.0.0.3", 50000), {}});
  scene.reload(neighbor("passive true; listen 1179;") + neighbor("passive true; md5-password one;", "10.0.0.4"));
  ASSERT_NE(scene.find("10.0.0.3 in"), nullptr);
}

TEST(Start, TellsHowManyKeysTheKernelDidNotTake) {
  struct Sink : base::LogSink {
    Lines lines;
    void write(base::LogCategory, base::LogLevel, std::string_view line) override { lines.emplace_back(line); }
  } sink;
  base::set_log_sink(&sink);
  base::set_log_threshold(base::LogCategory::network, base::LogLevel::error);
  const std::string one = neighbor("listen 1179; md5-password one;");
  Scene scene(one);
  scene.host.key_room = 1;
  scene.start();
  EXPECT_TRUE(sink.lines.empty());
  scene.reload(one + neighbor("md5-password two;", "10.0.0.4") + neighbor("md5-password three;", "10.0.0.5"));
  base::set_log_sink(nullptr);
  base::set_log_threshold(base::LogCategory::network, base::LogLevel::off);
  EXPECT_EQ(sink.lines, Lines{"10.0.0.2:1179: the kernel took 1 of 3 keys of TCP MD5 and TCP-AO; connections of the other 2 neighbors are refused here (no room)"});
}

// 10,000 neighbors took 2.2 s and 30,000 took 27 s when each was compared with all.
TEST(Start, TakesTimeInProportionToTheNeighborsThatListen) {
  std::vector<config::Neighbor> neighbors(30'000);
  for (std::size_t i = 0; i < neighbors.size(); ++i) {
    neighbors[i].peer = {base::IpAddress::v4(0x0B000000U + static_cast<std::uint32_t>(i)), 32};
    neighbors[i].local_address = base::IpAddress::v4(0x0A000000U + static_cast<std::uint32_t>(i % 10'000));
    neighbors[i].listen_port = 1179;
    neighbors[i].md5_password = "secret";
  }
  FakeHost host;
  Runtime runtime;
  Listeners listeners(host, runtime);
  const std::clock_t began = std::clock();  // of the processor: others may have the machine meanwhile
  ASSERT_TRUE(listeners.adopt(neighbors));
  ASSERT_TRUE(listeners.adopt(neighbors));
  EXPECT_EQ(host.listened.size(), 10'000U);
  EXPECT_EQ(host.listened[0].keys.size(), 3U);
  EXPECT_LT(static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC, 4.0);
}

TEST(Reload, OfAListenerThatCannotBeOpenedGoesOnWithoutIt) {
  Scene scene(neighbor());
  scene.start();
  scene.host.cannot_listen.insert(endpoint("10.0.0.2", 1179));
  scene.reload(neighbor("listen 1179;"));
  EXPECT_EQ(peers(scene), Lines{"10.0.0.3"});
  EXPECT_FALSE(scene.daemon->exit());
}

TEST(Start, FailsWithoutStartingAnythingWhenAListenerCannotBeOpened) {
  Scene scene(process() + neighbor("listen 1179;" + api()));
  scene.host.cannot_listen.insert(endpoint("10.0.0.2", 1179));
  EXPECT_FALSE(scene.daemon->start(scene.now));
  EXPECT_TRUE(scene.host.started.empty());
  EXPECT_TRUE(scene.host.dialled.empty());
}

}  // namespace
}  // namespace tandem::speaker
