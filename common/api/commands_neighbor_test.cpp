// Neighbors that come and go by command, in both grammars.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/api/test_support.hpp"

namespace tandem::api {
namespace {

using test::Console;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view k_least = "10.0.0.9 local-address 10.0.0.2 local-as 65001 peer-as 65002";

TEST(CreatePeer, TakesEveryParameterInAnyOrder) {
  for (const auto& [version, words] : {std::pair(6U, "peer create "), std::pair(4U, "create neighbor ")}) {
    Console console(version);
    const std::string line = std::string(words) +
                             "10.0.0.9 peer-as 65002 local-as 65001 local-ip 10.0.0.2 router-id 1.2.3.4 family-allowed "
                             "ipv4-unicast/ipv6-unicast graceful-restart 120 group-updates false api one api two";
    EXPECT_EQ(console.run(line), "done\n");
    ASSERT_EQ(console.executor.created.size(), 1U);
    const NewPeer& peer = console.executor.created[0];
    EXPECT_EQ(peer.peer.text(), "10.0.0.9");
    EXPECT_EQ(peer.local.text(), "10.0.0.2");
    EXPECT_EQ(base::value(peer.local_as), 65001U);
    EXPECT_EQ(base::value(peer.peer_as), 65002U);
    EXPECT_EQ(peer.router_id, base::RouterId{0x01020304});
    EXPECT_THAT(peer.families, ElementsAre(bgp::k_ipv4_unicast, *bgp::parse_family("ipv6", "unicast")));
    EXPECT_EQ(peer.graceful_restart_s, 120);
    EXPECT_FALSE(peer.group_updates);
    EXPECT_THAT(peer.services, ElementsAre("one", "two"));
  }
}

TEST(CreatePeer, IsModestUnlessToldOtherwise) {
  for (const std::string_view more : {"", " family-allowed in-open"}) {
    Console console(6);
    EXPECT_EQ(console.run("peer create " + std::string(k_least) + std::string(more)), "done\n");
    const NewPeer& peer = console.executor.created.at(0);
    EXPECT_FALSE(peer.router_id);
    EXPECT_THAT(peer.families, ElementsAre(bgp::k_ipv4_unicast));
    EXPECT_FALSE(peer.graceful_restart_s);
    EXPECT_TRUE(peer.group_updates);
    EXPECT_THAT(peer.services, IsEmpty());
  }
}

TEST(CreatePeer, SaysWhatIsWrong) {
  const std::string least(k_least);
  const std::pair<std::string, std::string> wrong[] = {
      {"", "no neighbor selector"},
      {" x", "'x' is not the address of a neighbor"},
      {" 10.0.0.9", "missing required parameters: local-address, local-as, peer-as"},
      {" 10.0.0.9 local-as 1", "missing required parameters: local-address, peer-as"},
      {" " + least + " colour red", "unknown parameter: colour"},
      {" " + least + " router-id", "missing value for router-id"},
      {" " + least + " api", "missing process name after \"api\""},
      {" " + least + " local-as 1", "duplicate parameter: local-as"},
      {" " + least + " local-ip 10.0.0.2", "duplicate parameter: local-ip"},
      {" 10.0.0.9 local-as 0", "'0' is no value of local-as (expected: an AS number)"},
      {" " + least + " router-id ::1", "'::1' is no value of router-id (expected: an IPv4 address)"},
      {" " + least + " family-allowed ipv4", "'ipv4' is no value of family-allowed (expected: in-open, or families such as ipv4-unicast/ipv6-unicast)"},
      {" " + least + " graceful-restart 4096", "'4096' is no value of graceful-restart (expected: 0 to 4095)"},
      {" " + least + " group-updates maybe", "'maybe' is no value of group-updates (expected: true or false)"},
      {" ::9 local-address 10.0.0.2 local-as 1 peer-as 1", "local-address and the peer's address are not of the same IP version"},
      {" ::9 local-address ::2 local-as 1 peer-as 1", "missing required parameters: router-id"},
  };
  for (const auto& [words, why] : wrong) {
    Console console(6);
    EXPECT_EQ(console.run("peer create" + words), "error: Unexpected error: ValueError: " + why + "\nerror\n");
    EXPECT_THAT(console.executor.created, IsEmpty());
  }
}

TEST(CreatePeer, OfOneThatIsThereSaysItsKey) {
  Console console(6);
  EXPECT_EQ(console.run("peer create 10.0.0.99 local-address 10.0.0.2 local-as 1 peer-as 1"),
            "error: peer already exists: neighbor 10.0.0.99\nerror\n");
}

TEST(DeletePeer, RemovesWhatTheSelectorMatches) {
  for (const std::string_view line : {"peer delete 127.0.0.1", "delete neighbor 127.0.0.1", "peer delete *", "peer delete [ 127.0.0.1 ]",
                                      "delete neighbor 127.0.0.1 peer-as 65001"}) {
    for (const unsigned version : {4U, 6U}) {
      Console console(version);
      EXPECT_EQ(console.run(line), "done\n") << line;
      EXPECT_THAT(console.executor.take_log(), ElementsAre("delete 0")) << line;
    }
  }
}

TEST(DeletePeer, OfNobodyIsAnErrorWithItsReason) {
  for (const std::string_view line : {"peer delete", "peer delete 10.9.9.9", "peer delete nobody", "delete neighbor 127.0.0.1 peer-as 7"}) {
    Console console(6);
    EXPECT_EQ(console.run(line), "error: no neighbors match the selector\nerror\n") << line;
    EXPECT_THAT(console.executor.take_log(), IsEmpty()) << line;
  }
  Console console(6);
  console.executor.forbid_all();
  EXPECT_EQ(console.run("peer delete 127.0.0.1"), "error: no neighbors match the selector\nerror\n");
}

}  // namespace
}  // namespace tandem::api
