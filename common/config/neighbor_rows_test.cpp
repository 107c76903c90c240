// Every keyword of a neighbor does what its row says. A keyword that is added gets a line of samples here, or the first test fails.
#include "common/config/neighbor_rows.hpp"

#include <gtest/gtest.h>

#include "common/config/print.hpp"
#include "common/config/reload_diff.hpp"
#include "common/config/test_support.hpp"

namespace tandem::config {
namespace {

using namespace test;

// Two values of a keyword.
struct Sample {
  std::string_view keyword;
  std::string_view first;
  std::string_view second;
};
constexpr Sample k_samples[] = {
    {"peer-address", "127.0.0.1", "127.0.0.5"},
    {"description", "a", "b"},
    {"router-id", "1.1.1.1", "2.2.2.2"},
    {"local-address", "127.0.0.2", "127.0.0.3"},
    {"local-link-local", "fe80::1", "fe80::2"},
    {"local-as", "1", "auto"},
    {"peer-as", "1", "2"},
    {"host-name", "a", "b"},
    {"domain-name", "a", "b"},
    {"hold-time", "30", "31"},
    {"send-hold-time", "600", "0"},
    {"role", "provider", "customer strict"},
    {"rate-limit", "1", "2"},
    {"passive", "true", "false"},
    {"member-limit", "1", "2"},
    {"listen", "1", "2"},
    {"connect", "1", "2"},
    {"source-interface", "a", "b"},
    {"outgoing-ttl", "1", "2"},
    {"incoming-ttl", "1", "2"},
    {"md5-password", "a", "b"},
    {"md5-base64", "false", "auto"},
    {"md5-ip", "127.0.0.3", "127.0.0.4"},
    {"group-updates", "true", "false"},
    {"auto-flush", "true", "false"},
    {"adj-rib-in", "true", "false"},
    {"adj-rib-out", "true", "false"},
    {"manual-eor", "true", "false"},
    {"asn4", "true", "false"},
    {"extended-message", "true", "false"},
    {"route-refresh", "true", "false"},
    {"graceful-restart", "1", "1 notification"},
    {"long-lived-graceful-restart", "0", "16777215"},
    {"add-path", "send", "receive"},
    {"multi-session", "true", "false"},
    {"operational", "true", "false"},
    {"nexthop", "true", "false"},
    {"aigp", "true", "false"},
    {"software-version", "true", "false"},
    {"link-local-nexthop", "true", "false"},
    {"link-local-prefer", "true", "false"},
    {"keyid", "1", "2"},
    {"algorithm", "hmac-sha-1-96", "hmac-sha-256"},
    {"password", "YQ==", "Yg=="},
    {"base64", "false", "true"},
    {"family", "{ ipv4 unicast; }", "{ ipv6 unicast; }"},
    {"nexthop", "{ ipv4 unicast ipv6; }", "{ ipv4 multicast ipv6; }"},
    {"add-path", "{ ipv4 unicast; }", "{ ipv4 unicast limit 5; }"},
    {"max-prefix", "{ ipv4 unicast 10; }", "{ ipv4 unicast 10 threshold 50 restart 30; }"},
    {"operational", "{ asm afi ipv4 safi unicast advisory a; }", "{ asm afi ipv4 safi unicast advisory b; rpcq afi ipv4 safi unicast sequence 1; }"},
    {"api", "{ processes [ p ]; }", "{ processes [ p ]; fsm; }"},
    {"static", "{ route 10.0.0.0/8 next-hop 1.1.1.1; }", "{ route 11.0.0.0/8 next-hop 1.1.1.1; }"},
    {"announce", "{ ipv4 { unicast 10.0.0.0/8 next-hop 1.1.1.1; } }", "{ ipv4 { unicast 10.0.0.0/8 next-hop 1.1.1.2; } }"},
};
// What they hold has rows of its own, is merged away, or cannot be written yet.
constexpr std::string_view k_without_samples[] = {"inherit", "capability", "tcp-ao", "flow", "l2vpn"};

const Sample* sample_of(const NeighborRow& row) {
  const bool block = row.keyword.block != SectionId::none;
  for (const Sample& sample : k_samples) {
    if (sample.keyword == row.keyword.name && sample.first.starts_with('{') == block) return &sample;
  }
  return nullptr;
}

std::string statement(const NeighborRow& row, std::string_view value) {
  std::string text = std::string(row.keyword.name) + " " + std::string(value);
  if (row.keyword.block == SectionId::none) text += ";";
  if (row.section == SectionId::tcp_ao) text = "tcp-ao { keyid 5; algorithm aes-128-cmac-96; password YQ==; " + text + " }";
  if (row.section == SectionId::capability) text = "capability { " + text + " }";
  if (row.keyword.name == "add-path" && row.section == SectionId::neighbor) text += "\ncapability { add-path receive; }";
  return text;
}

std::string text_with(const NeighborRow& row, std::string_view value) { return neighbor_with(statement(row, value), k_program); }

TEST(NeighborRows, EveryKeywordHasSamples) {
  for (const NeighborRow& row : neighbor_rows()) {
    const auto* end = std::end(k_without_samples);
    const bool without = row.keyword.block != SectionId::none || row.keyword.name == "inherit";
    if (without && std::find(std::begin(k_without_samples), end, row.keyword.name) != end) continue;
    EXPECT_NE(sample_of(row), nullptr) << row.keyword.name;
    EXPECT_FALSE(row.keyword.help.empty()) << row.keyword.name;
  }
}

TEST(NeighborRows, AReloadThatChangesAValueHasTheImpactOfItsRow) {
  for (const NeighborRow& row : neighbor_rows()) {
    const Sample* sample = sample_of(row);
    if (sample == nullptr) continue;
    Parsing parsing;
    const Neighbor before = parsing.good(text_with(row, sample->first)).neighbors.at(0);
    const Neighbor after = parsing.good(text_with(row, sample->second)).neighbors.at(0);
    const RouteDiff routes = diff_routes(before.routes, after.routes);
    EXPECT_EQ(same_definition(before, after), row.impact != Impact::session) << row.keyword.name;
    EXPECT_EQ(!routes->announced.empty(), row.impact == Impact::routes) << row.keyword.name;
    EXPECT_TRUE(same_definition(before, parsing.good(text_with(row, sample->first)).neighbors.at(0))) << row.keyword.name;
  }
}

TEST(NeighborRows, WhatIsPrintedIsReadAsTheSameValue) {
  for (const NeighborRow& row : neighbor_rows()) {
    const Sample* sample = sample_of(row);
    if (sample == nullptr || row.print == nullptr || row.keyword.name == "md5-password" || row.section == SectionId::tcp_ao) continue;
    for (const std::string_view value : {sample->first, sample->second}) {
      Parsing parsing;
      const Neighbor first = parsing.good(text_with(row, value)).neighbors.at(0);
      const Neighbor again = parsing.good(k_program + print(first)).neighbors.at(0);
      EXPECT_TRUE(row.same == nullptr || row.same(first, again)) << print(first);
    }
  }
}

TEST(NeighborRows, ATemplateSetsEveryValue) {
  for (const NeighborRow& row : neighbor_rows()) {
    const Sample* sample = sample_of(row);
    if (sample == nullptr || row.keyword.block != SectionId::none || row.same == nullptr || sample->second == "auto") continue;
    Parsing parsing;
    const Neighbor direct = parsing.good(text_with(row, sample->second)).neighbors.at(0);
    const std::string inherited = "template { neighbor t {\n" + statement(row, sample->second) + "\n} }\n" + neighbor_with("inherit t;", k_program);
    EXPECT_TRUE(row.same(direct, parsing.good(inherited).neighbors.at(0))) << row.keyword.name;
  }
}

TEST(NeighborRows, DefaultsAreToldInTheHelp) {
  const std::string reference = print_keywords();
  EXPECT_NE(reference.find("0: no keepalives; default 180\n"), std::string::npos) << reference;
  EXPECT_NE(reference.find("4-octet AS numbers (RFC 6793); default enable\n"), std::string::npos) << reference;
}

}  // namespace
}  // namespace tandem::config
