// Changes that take effect together, in one line and in a block; and routes that are taken back by an index.
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/api/test_support.hpp"

namespace tandem::api {
namespace {

namespace json = boost::json;
using test::Console;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

json::value first_line(const std::string& out) {
  boost::system::error_code failed;
  json::value value = json::parse(out.substr(0, out.find('\n')), failed);
  EXPECT_FALSE(failed) << out;
  return value;
}

// --- group -----------------------------------------------------------------------------------------------------------------------

TEST(Group, OneLineCarriesOutAllThatItSays) {
  for (const std::string_view head : {"peer * group ", "peer 127.0.0.1 group ", "neighbor 127.0.0.1 group ", "group ", "peer group "}) {
    Console console;
    const std::string out = console.run(std::string(head) + "announce route 10.0.0.0/24 next-hop 1.2.3.4 ; announce ipv4 unicast 10.0.1.0/24 next-hop 1.2.3.4;"
                                                            " withdraw route 10.0.2.0/24");
    EXPECT_EQ(first_line(out), json::parse(R"({"status": "group processed", "announced": 2, "withdrawn": 1})")) << head;
    EXPECT_TRUE(out.ends_with("\ndone\n")) << out;
    EXPECT_THAT(console.executor.take_log(),
                ElementsAre("announce 0 10.0.0.0/24 next-hop 1.2.3.4", "announce 0 10.0.1.0/24 next-hop 1.2.3.4", StartsWith("withdraw 0 10.0.2.0/24")));
  }
  Console four(4);
  EXPECT_EQ(four.run("group announce route 10.0.0.0/24 next-hop 1.2.3.4 ; announce route 10.0.1.0/24 next-hop 1.2.3.4 ; withdraw route 10.0.2.0/24 ; foo"),
            "group processed: 2 announced, 1 withdrawn, 1 errors\ndone\n");
}

TEST(Group, AttributesBelongToAllCommandsThatFollow) {
  Console console;
  console.run("group attributes next-hop 9.9.9.9 med 7 ; announce route 10.0.0.0/24 ; announce route 10.0.1.0/24 { local-preference 5; } ;"
              " announce attributes origin egp nlri 10.0.2.0/24 ; announce route 10.0.3.0/24 med 1");
  EXPECT_THAT(console.executor.take_log(),
              ElementsAre("announce 0 10.0.0.0/24 next-hop 9.9.9.9 med 7", "announce 0 10.0.1.0/24 next-hop 9.9.9.9 med 7 local-preference 5",
                          "announce 0 10.0.2.0/24 next-hop 9.9.9.9 origin egp med 7", "announce 0 10.0.3.0/24 next-hop 9.9.9.9 med 1"));
}

TEST(Group, WhatIsWrongIsSaidAndTheRestIsDone) {
  Console console;
  console.executor.fakes[0].only = bgp::k_ipv4_unicast;
  const std::string line = "group foo bar ; announce route 10.0.0.0/99 next-hop 1.2.3.4 ; announce route 10.0.0.0/24 ; announce eor ;"
                           " announce route 2001:db8::/32 next-hop 2001:db8::1 ; announce route 10.0.1.0/24 next-hop 1.2.3.4";
  const std::string out = console.run(line);
  EXPECT_EQ(first_line(out).at("errors"),
            json::parse(R"(["unknown action in group: foo", "could not parse: announce route 10.0.0.0/99 next-hop 1.2.3.4", "invalid route: announce requires nexthop: 10.0.0.0/24",
                            "could not parse: announce eor", "invalid route: the family is not configured"])"));
  EXPECT_TRUE(out.ends_with("\ndone\n"));
  EXPECT_THAT(console.executor.take_log(), ElementsAre("announce 0 10.0.1.0/24 next-hop 1.2.3.4"));
  console.client.reasons = true;
  EXPECT_THAT(console.run(line), HasSubstr("10.0.0.0/99 next-hop 1.2.3.4 (")) << "with the reason, for those who ask for reasons";
}

TEST(Group, NothingIsNoGroup) {
  for (const std::string_view line : {"peer * group", "group ;", "peer * group ; ; "}) {
    Console console;
    EXPECT_EQ(console.run(line), "{ \"error\": \"empty group\" }\nerror\n") << line;
  }
  Console four(4);
  EXPECT_EQ(four.run("group"), "error: empty group\nerror\n");
}

TEST(Group, ABlockTakesEffectAtItsEnd) {
  for (const unsigned version : {4U, 6U}) {
    Console console(version);
    EXPECT_THAT(console.run("group start json"), StartsWith("{ \"status\": \"group started\" }\ndone\n"));
    EXPECT_EQ(console.run("announce route 10.0.0.0/24 next-hop 1.2.3.4"), "done\n");
    EXPECT_EQ(console.run("WithDraw route 10.0.2.0/24"), "done\n");
    EXPECT_EQ(console.run("announce nonsense"), "done\n") << "said at the end";
    EXPECT_THAT(console.executor.take_log(), IsEmpty());
    EXPECT_EQ(console.run("peer * announce route 10.9.0.0/24 next-hop 1.2.3.4"), "done\n");
    EXPECT_THAT(console.executor.take_log(), ElementsAre("announce 0 10.9.0.0/24 next-hop 1.2.3.4")) << "no part of the group";
    EXPECT_EQ(first_line(console.run("group end json")),
              json::parse(R"({"status": "group processed", "announced": 1, "withdrawn": 1, "errors": ["could not parse: announce nonsense"]})"));
    EXPECT_EQ(console.executor.take_log().size(), 2U);
    EXPECT_THAT(console.run("group end"), HasSubstr("not in group block"));
  }
}

TEST(Group, ABlockBeginsAndEndsOnce) {
  Console six;
  EXPECT_EQ(six.run("group end"), "{ \"error\": \"not in group block\" }\nerror\n");
  EXPECT_EQ(six.run("group start"), "{ \"status\": \"group started\" }\ndone\n");
  EXPECT_EQ(six.run("group start"), "{ \"error\": \"already in group block (nested groups not allowed)\" }\nerror\n");
  EXPECT_EQ(six.run("group end"), "{ \"status\": \"group ended\", \"commands\": 0 }\ndone\n");
  EXPECT_THAT(six.run("announce route 10.0.0.0/24 next-hop 1.2.3.4"), StartsWith("done"));
  EXPECT_EQ(six.executor.take_log().size(), 1U) << "carried out at once again";
}

TEST(Group, ABlockHasALimit) {
  Console console;
  console.run("group start");
  std::string out;
  std::size_t taken = 0;
  for (; taken < 200'000; ++taken) {
    out = console.run("withdraw route 10.0.0.0/24");
    if (out != "done\n") break;
  }
  EXPECT_EQ(taken + 1, 100'000U);
  EXPECT_EQ(out, "{ \"error\": \"group buffer limit reached, group discarded\" }\nerror\n");
  EXPECT_THAT(console.run("group end"), HasSubstr("not in group block"));
  EXPECT_THAT(console.executor.take_log(), IsEmpty());
}

TEST(Group, TheFirstCommandSaysWhetherItIsWaitedFor) {
  const std::string first = "announce route 10.0.0.0/24 next-hop 1.2.3.4";
  const std::string second = "announce route 10.0.1.0/24 next-hop 1.2.3.4";
  for (const auto& [lines, waits] : std::vector<std::pair<std::vector<std::string>, bool>>{
           {{"group " + first + " sync ; " + second}, true},
           {{"group " + first + " ; " + second + " sync"}, true},
           {{"group " + first + " async ; " + second + " sync"}, false},
           {{"group " + first + " ; " + second}, false},
           {{"group start", first + " sync", second, "group end"}, true},
           {{"group start", first, second, "group end"}, false},
           {{"session sync enable", "group start", first, second, "group end"}, true}}) {
    Console console;
    console.executor.fakes[0].written = false;
    std::string out;
    for (const std::string& line : lines) out = console.run(line);
    EXPECT_EQ(out.ends_with("done\n"), !waits) << lines.back();
  }
}

// --- routes ----------------------------------------------------------------------------------------------------------------------

TEST(IndexedRoutes, AreListedWithWhatTakesThemBack) {
  Console console;
  console.executor.add(test::make_peer("127.0.0.2"));
  const std::string added = console.run("peer 127.0.0.1 routes add route 10.0.0.0/24 next-hop 1.1.1.1 med 5");
  const std::string index(first_line(added).at("index").as_string());
  EXPECT_EQ(first_line(added), json::parse(R"({"index": ")" + index + R"(", "route": "10.0.0.0/24 next-hop 1.1.1.1 med 5", "success": true})"));
  EXPECT_EQ(added.find("done"), std::string::npos) << "the line of JSON is all";
  EXPECT_THAT(console.executor.take_log(), ElementsAre("announce 0 10.0.0.0/24 next-hop 1.1.1.1 med 5"));

  rib::RouteParser parser(console.executor.attribute_pool());
  const auto command = test::parse_route(parser, "10.0.0.0/24 next-hop 1.1.1.1 med 5");
  console.executor.fakes[0].out = {command};
  const json::value listed = first_line(console.run("peer * routes list"));
  ASSERT_EQ(listed.as_array().size(), 1U);
  EXPECT_EQ(listed.at(0), json::parse(R"({"index": ")" + index + R"(", "route": "10.0.0.0/24 next-hop 1.1.1.1 med 5", "neighbor": ")" +
                                      console.executor.fakes[0].key + "\"}"));
  EXPECT_EQ(console.run("routes ipv6 list"), "[ ]\n");
  EXPECT_EQ(console.run("peer 127.0.0.2 routes list"), "[ ]\n");
  EXPECT_EQ(first_line(console.run("routes ipv4 unicast list")).as_array().size(), 1U);

  EXPECT_EQ(first_line(console.run("peer * routes remove index " + index)), json::parse(R"({"removed": true, "index": ")" + index + "\"}"));
  EXPECT_THAT(console.executor.take_log(), ElementsAre(StartsWith("withdraw 0 10.0.0.0/24")));
  EXPECT_EQ(first_line(console.run("peer * routes remove index 00010100180a0001")).at("removed"), false);
  for (const std::string_view nonsense : {"", "00", "ffff0100180a", "00010101", "0001010118", "000101ff180a"}) {
    const std::string out = console.run("peer * routes remove index " + std::string(nonsense));
    EXPECT_TRUE(out.empty() || out.find("\"removed\": true") == std::string::npos) << out;
  }
}

TEST(IndexedRoutes, RemoveTakesARouteToo) {
  Console console(4);
  const json::value removed = first_line(console.run("neighbor 127.0.0.1 routes remove route 10.0.0.0/24"));
  EXPECT_EQ(removed.at("removed"), true);
  EXPECT_THAT(console.executor.take_log(), ElementsAre(StartsWith("withdraw 0 10.0.0.0/24")));
  EXPECT_EQ(first_line(console.run("routes add route 10.0.0.0/23 next-hop 1.1.1.1 split /24")).as_array().size(), 2U);
}

TEST(IndexedRoutes, WhatIsWrongIsSaid) {
  Console console;
  for (const auto& [line, reason] : std::vector<std::pair<std::string, std::string>>{
           {"peer * routes", "routes requires action: list, add, or remove"},
           {"peer * routes ipv4 unicast", "routes requires action: list, add, or remove"},
           {"peer * routes add", "routes add requires route specification"},
           {"peer * routes remove", "routes remove requires route spec or index"},
           {"peer * routes remove index", "routes remove requires route spec or index"},
           {"peer * routes remove index zz", "Invalid hex index: zz"},
           {"peer * routes add route nonsense", "Could not parse route: route nonsense"},
           {"peer * routes add nonsense", "Could not parse route: nonsense"}}) {
    EXPECT_EQ(console.run(line), "error: " + reason + "\nerror\n") << line;
  }
  EXPECT_EQ(first_line(console.run("routes add route 10.0.0.0/24")),
            json::parse(R"({"route": "10.0.0.0/24", "success": false, "error": "announce requires nexthop: 10.0.0.0/24"})"));
  EXPECT_EQ(first_line(console.run("routes ipv6 add route 10.0.0.0/24 next-hop 1.1.1.1")).at("success"), false);
  EXPECT_EQ(console.run("peer 192.0.2.1 routes list"), "error\n");
  EXPECT_THAT(console.executor.take_log(), IsEmpty());
  console.client.reasons = true;
  EXPECT_TRUE(console.run("routes list").ends_with("\ndone\n")) << "who asks for reasons is told the end of every answer";
  EXPECT_TRUE(console.run("routes add route 10.0.0.0/24").ends_with("\nerror\n"));
}

}  // namespace
}  // namespace tandem::api
