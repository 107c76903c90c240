#include "common/config/print.hpp"

#include <gtest/gtest.h>

#include "common/config/reload_diff.hpp"
#include "common/config/test_support.hpp"

namespace tandem::config {
namespace {

using namespace test;

// Printed, parsed again and compared; the text is returned.
std::string round_trip(const std::string& text) {
  Parsing parsing;
  const Configuration first = parsing.good(text);
  EXPECT_EQ(first.neighbors.size(), 1U);
  if (first.neighbors.empty()) return {};
  const std::string printed = print(first.neighbors[0]);
  const std::string processes = text.substr(0, text.find("neighbor "));
  const Configuration second = parsing.good(processes + printed);
  EXPECT_EQ(second.neighbors.size(), 1U) << printed;
  if (second.neighbors.empty()) return printed;
  EXPECT_TRUE(same_definition(first.neighbors[0], second.neighbors[0])) << printed;
  EXPECT_EQ(first.neighbors[0].local_link_local, second.neighbors[0].local_link_local) << printed;
  EXPECT_EQ(first.neighbors[0].api, second.neighbors[0].api) << printed;
  EXPECT_EQ(first.neighbors[0].description, second.neighbors[0].description);
  EXPECT_EQ(first.neighbors[0].auto_flush, second.neighbors[0].auto_flush);
  EXPECT_EQ(print(second.neighbors[0]), printed);
  return printed;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(Print, ANeighborIsPrintedWithTwoSpacesALevel) {
  EXPECT_EQ(round_trip(neighbor_with("family { ipv4 unicast; }")),
            "neighbor 127.0.0.1 {\n"
            "  router-id 1.2.3.4;\n"
            "  local-address 127.0.0.2;\n"
            "  local-as 65000;\n"
            "  peer-as 65001;\n"
            "  hold-time 180;\n"
            "  passive false;\n"
            "  group-updates true;\n"
            "  auto-flush true;\n"
            "  adj-rib-in true;\n"
            "  adj-rib-out true;\n"
            "  manual-eor false;\n"
            "  capability {\n"
            "    asn4 enable;\n"
            "    extended-message enable;\n"
            "    route-refresh disable;\n"
            "    graceful-restart disable;\n"
            "    add-path disable;\n"
            "    multi-session disable;\n"
            "    operational disable;\n"
            "    nexthop disable;\n"
            "    aigp disable;\n"
            "    software-version disable;\n"
            "    link-local-nexthop disable;\n"
            "    link-local-prefer disable;\n"
            "  }\n"
            "  family {\n"
            "    ipv4 unicast;\n"
            "  }\n"
            "}\n");
}

TEST(Print, EverySettingOfTheSessionComesBack) {
  round_trip(neighbor_with(
      "description 'say \"hi\" \\\\ there'; host-name \"it's\"; domain-name example; hold-time 30; rate-limit 7; passive true;\n"
      "listen 1179; connect 2179; source-interface eth0; outgoing-ttl 3; incoming-ttl 250; md5-base64 auto; md5-ip 127.0.0.3;\n"
      "group-updates false; auto-flush false; adj-rib-in false; adj-rib-out false; manual-eor true;\n"));
}

TEST(Print, EveryCapabilityComesBack) {
  round_trip(neighbor_with("capability { asn4 false; extended-message false; route-refresh; graceful-restart 99; add-path send/receive;\n"
                           "multi-session; operational; nexthop; aigp; software-version true; link-local-nexthop true;\n"
                           "link-local-prefer true; }"));
}

TEST(Print, FamiliesComeBackOneByOneOrAll) {
  EXPECT_TRUE(has(round_trip(neighbor_with("")), "    all;\n"));
  EXPECT_TRUE(has(round_trip(neighbor_with("family { ipv6 unicast; ipv4 nlri-mpls; l2vpn evpn; }")), "    l2vpn evpn;\n"));
}

TEST(Print, AddPathFamiliesAndLimitsComeBack) {
  EXPECT_TRUE(has(round_trip(neighbor_with("capability { add-path receive; } add-path { ipv4 unicast limit 5; ipv6 unicast; }")),
                  "    ipv4 unicast limit 5;\n"));
  round_trip(neighbor_with("capability { add-path send; } family { ipv4 unicast; } add-path { ipv6 unicast; }"));  // none
  round_trip(neighbor_with("capability { add-path send; } family { ipv4 flow; }"));
}

TEST(Print, NextHopsOfTheOtherVersionComeBack) {
  EXPECT_TRUE(has(round_trip(neighbor_with("nexthop { ipv4 unicast ipv6; ipv4 mpls-vpn ipv6; }")), "    ipv4 unicast ipv6;\n"));
}

TEST(Print, ARestartTimeThatOnlyTheHoldTimeCanGiveComesBack) {
  round_trip(neighbor_with("hold-time 5000; capability { graceful-restart; }"));
  round_trip(neighbor_with("capability { graceful-restart 120 notification; }"));
  round_trip(neighbor_with("hold-time 0; capability { graceful-restart 0; }"));
}

TEST(Print, AutomaticValuesComeBack) {
  round_trip("neighbor 10.0.0.1 {\nrouter-id 1.2.3.4;\nlocal-address auto;\nlocal-as auto;\npeer-as auto;\n}\n");
  round_trip("neighbor 10.0.0.0/24 {\nrouter-id 1.2.3.4;\nlocal-as 1;\npeer-as 4200000000;\npassive;\n}\n");
  round_trip("neighbor 2001:db8::1 {\nrouter-id 1.2.3.4;\nlocal-address 2001:db8::2;\nlocal-link-local fe80::1;\nlocal-as 1;\npeer-as 2;\n}\n");
}

TEST(Print, EachProcessGetsAnApiSectionOfItsOwn) {
  const std::string printed =
      round_trip(neighbor_with("api a { processes [ p q ]; neighbor-changes; receive { parsed; update; } }\n"
                               "api b { processes [ q ]; signal; fsm; negotiated; send { packets; consolidate; open; } }",
                               k_program + "process q {\nrun program;\n}\n"));
  EXPECT_TRUE(has(printed, "  api {\n    processes [ p ];\n    neighbor-changes;\n    receive {\n      parsed;\n      update;\n    }\n  }\n"));
}

TEST(Print, Dialect42SaysEverythingItKnowsAndIsReadBack) {
  const auto round_trip_4_2 = [](const std::string& text) {
    Parsing parsing;
    const Configuration first = parsing.good(text);
    const std::string printed = print_4_2(first.neighbors.at(0));
    const Configuration second = parsing.good(text.substr(0, text.find("neighbor ")) + printed);
    EXPECT_TRUE(same_definition(first.neighbors[0], second.neighbors.at(0))) << printed;
    EXPECT_EQ(first.neighbors[0].api, second.neighbors[0].api) << printed;
    return printed;
  };
  EXPECT_EQ(round_trip_4_2(neighbor_with("connect 1790; family { ipv4 unicast; }")),
            "neighbor 127.0.0.1 {\n"
            "  description \"\";\n"
            "  router-id 1.2.3.4;\n"
            "  local-address 127.0.0.2;\n"
            "  local-as 65000;\n"
            "  peer-as 65001;\n"
            "  hold-time 180;\n"
            "  rate-limit disable;\n"
            "  manual-eor false;\n"
            "\n"
            "  passive false;\n"
            "\n"
            "  connect 1790;\n"
            "  group-updates true;\n"
            "  auto-flush true;\n"
            "  adj-rib-in true;\n"
            "  adj-rib-out true;\n"
            "  md5-base64 auto;\n"
            "  md5-ip \"127.0.0.2\";\n"
            "\n"
            "  capability {\n"
            "    asn4 enable;\n"
            "    route-refresh disable;\n"
            "    graceful-restart disable;\n"
            "    nexthop disable;\n"
            "    add-path disable;\n"
            "    multi-session disable;\n"
            "    operational disable;\n"
            "    aigp disable;\n"
            "  }\n"
            "  family {\n"
            "    ipv4 unicast;\n"
            "  }\n"
            "  nexthop {\n"
            "  }\n"
            "  add-path {\n"
            "  }\n"
            "}\n");
  round_trip_4_2(neighbor_with("description 'say \"hi\"'; host-name a; domain-name b; hold-time 30; rate-limit 7; passive; listen 1179; outgoing-ttl 3;\n"
                               "incoming-ttl 250; md5-base64 false; md5-ip 127.0.0.3; source-interface eth0; send-hold-time 9; role peer;\n"
                               "capability { asn4 false; extended-message false; route-refresh; graceful-restart 99; add-path send/receive;\n"
                               "multi-session; operational; nexthop; aigp; software-version true; }\n"
                               "nexthop { ipv4 unicast ipv6; } add-path { ipv4 unicast limit 5; }\n"
                               "api { processes [ p ]; neighbor-changes; receive { parsed; update; } send { packets; consolidate; open; } }",
                               k_program));
}

TEST(Print, SecretsAndRoutesAreNotPrinted) {
  Parsing parsing;
  const Configuration configuration =
      parsing.good(neighbor_with("md5-password \"tell nobody\"; static { route 10.0.0.0/8 next-hop 1.1.1.1; }"));
  const std::string printed = print(configuration.neighbors.at(0));
  EXPECT_FALSE(has(printed, "nobody"));
  EXPECT_FALSE(has(printed, "10.0.0.0"));
  EXPECT_TRUE(has(printed, "# md5-password is set"));
  EXPECT_EQ(parsing.good(printed).neighbors.size(), 1U);
}

}  // namespace
}  // namespace tandem::config
