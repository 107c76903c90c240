// Enhanced route refresh by the peer (RFC 7313): what it does not announce between its BoRR and its EoRR is gone.
#include <gtest/gtest.h>

#include "common/speaker/limits.hpp"
#include "common/speaker/test_support.hpp"

namespace tandem::speaker {
namespace {

using namespace test;
using bgp::RefreshSubtype;

base::Buffer mark(RefreshSubtype subtype) { return refresh(bgp::k_ipv4_unicast, subtype); }

struct EnhancedRefresh : ::testing::Test {
  Scene scene{process() + neighbor("capability { route-refresh; }" + api("receive { parsed; update; }"))};
  Wire* wire = nullptr;

  void begin(bool enhanced = true) {
    scene.start();
    PeerOpen open;
    open.hold_time_s = 0;
    open.refresh = true;
    open.enhanced_refresh = enhanced;
    wire = &scene.establish_quiet(open);
    Scene::lines(scene.wire("p"));
  }
  [[nodiscard]] const rib::AdjRibIn& table() { return scene.daemon->peers().all()[0]->rib_in(); }
  // The prefixes of withdraws that the program was told, in order.
  Lines told_gone() {
    Lines gone;
    for (const std::string& line : Scene::lines(scene.wire("p"))) {
      const auto withdraw = line.find("\"withdraw\"");
      if (withdraw == std::string::npos) continue;
      for (auto at = line.find("\"nlri\": \"", withdraw); at != std::string::npos; at = line.find("\"nlri\": \"", at + 9)) {
        gone.push_back(line.substr(at + 9, line.find('"', at + 9) - at - 9));
      }
    }
    return gone;
  }
};

TEST_F(EnhancedRefresh, WhatIsNotAnnouncedAgainLeavesTheTableAndProgramsAreTold) {
  begin();
  scene.hear(*wire, announcement("10.1.1.0 10.1.2.0 10.1.3.0"));
  scene.hear(*wire, mark(RefreshSubtype::begin));
  scene.hear(*wire, announcement("10.1.2.0 10.1.4.0"));
  EXPECT_EQ(table().size(), 4U);
  EXPECT_EQ(told_gone(), Lines{});
  scene.hear(*wire, mark(RefreshSubtype::end));
  EXPECT_EQ(table().size(), 2U);
  EXPECT_EQ(told_gone(), (Lines{"10.1.1.0/24", "10.1.3.0/24"}));
}

TEST_F(EnhancedRefresh, ProgramsThatAskedForPacketsAreToldOnlyWhatWasReceived) {
  scene.host.files["conf"] = process() + neighbor("capability { route-refresh; }" + api("receive { packets; update; refresh; }"));
  begin();
  scene.hear(*wire, announcement("10.1.1.0") + mark(RefreshSubtype::begin) + mark(RefreshSubtype::end));
  EXPECT_EQ(table().size(), 0U);
  EXPECT_EQ(Scene::lines(scene.wire("p")).size(), 3U);
}

TEST_F(EnhancedRefresh, ABeginningWithoutAnEndEndsByItself) {
  begin();
  scene.hear(*wire, announcement("10.1.1.0 10.1.2.0") + mark(RefreshSubtype::begin) + announcement("10.1.2.0"));
  scene.advance(299s);
  EXPECT_EQ(table().size(), 2U);
  scene.advance(1s);
  EXPECT_EQ(table().size(), 1U);
  EXPECT_EQ(told_gone(), Lines{"10.1.1.0/24"});
  scene.hear(*wire, mark(RefreshSubtype::end));  // too late to mean anything
  EXPECT_EQ(table().size(), 1U);
}

TEST_F(EnhancedRefresh, ASecondBeginningMarksAnewAndTheTimeStartsAgain) {
  begin();
  scene.hear(*wire, announcement("10.1.1.0 10.1.2.0") + mark(RefreshSubtype::begin) + announcement("10.1.2.0"));
  scene.advance(200s);
  scene.hear(*wire, mark(RefreshSubtype::begin));
  scene.advance(200s);
  EXPECT_EQ(table().size(), 2U);
  scene.hear(*wire, mark(RefreshSubtype::end));
  EXPECT_EQ(table().size(), 0U);
  EXPECT_EQ(told_gone(), (Lines{"10.1.1.0/24", "10.1.2.0/24"}));
}

TEST_F(EnhancedRefresh, AnEndWithoutABeginningIsIgnored) {
  begin();
  scene.hear(*wire, announcement("10.1.1.0") + mark(RefreshSubtype::end));
  EXPECT_EQ(table().size(), 1U);
}

TEST_F(EnhancedRefresh, MarksThatWereNotNegotiatedAreIgnored) {
  begin(false);
  scene.hear(*wire, announcement("10.1.1.0") + mark(RefreshSubtype::begin) + mark(RefreshSubtype::end));
  EXPECT_EQ(table().size(), 1U);
}

TEST_F(EnhancedRefresh, ASessionThatEndsMeanwhileForgetsIt) {
  begin();
  scene.hear(*wire, announcement("10.1.1.0") + mark(RefreshSubtype::begin));
  scene.end(*wire);
  PeerOpen open;
  open.hold_time_s = 0;
  open.refresh = open.enhanced_refresh = true;
  wire = &scene.establish_quiet(open);
  scene.hear(*wire, announcement("10.1.1.0"));
  scene.advance(400s);
  EXPECT_EQ(table().size(), 1U);
}

TEST_F(EnhancedRefresh, ATurnSweepsASliceAndWhatThePeerSaysNextWaits) {
  begin();
  constexpr std::size_t k_routes = 3 * k_turn_rib_slice;
  base::Buffer many;
  for (std::size_t i = 0; i < k_routes; ++i) many = std::move(many) + announcement(fmt::format("{}.{}.{}.0", 20 + i / 65536, i / 256 % 256, i % 256));
  scene.hear(*wire, many);
  ASSERT_EQ(table().size(), k_routes);
  scene.hear(*wire, mark(RefreshSubtype::begin));
  wire->channel->receive(mark(RefreshSubtype::end) + announcement("10.1.1.0"), scene.now);
  std::size_t before = k_routes;
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(scene.daemon->round(scene.now), round < 2);
    EXPECT_LE(before - table().size(), k_turn_rib_slice) << round;
    before = table().size();
  }
  scene.settle();
  EXPECT_EQ(table().size(), 1U);
  EXPECT_EQ(told_gone().size(), k_routes);
}

}  // namespace
}  // namespace tandem::speaker
