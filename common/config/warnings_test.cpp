// What is accepted, and probably is a mistake: what is said of it, and where.
#include <gtest/gtest.h>

#include "common/config/test_support.hpp"

namespace tandem::config {
namespace {

using test::Parsing;
using test::k_program;
using test::neighbor_with;
using test::route_with;

struct Case {
  int row;             // of the table that bad_configuration_test.cpp counts; 0: of none
  std::string text;
  int line;
  std::string token;
  std::string reason;  // a part of it
};

// Accepted by ExaBGP without a word; accepted here with one (mark W).
TEST(Warnings, TellProbableMistakes) {
  const std::vector<Case> k_cases = {
      {7, neighbor_with("family { ipv4 unicast }"), 6, "ipv4 unicast", "';' before '}' is missing"},
      {46, neighbor_with("inherit nope;"), 6, "nope", "no such template"},
      {0, neighbor_with("hold-time 30 40;"), 6, "40", "ignored"},
      {0, neighbor_with("family {\nipv4 unicast;\nall;\n}"), 8, "all", "'all' must stand alone"},
      {0, neighbor_with("adj-rib-in false;\nmax-prefix {\nipv4 unicast 5;\n}"), 6, "adj-rib-in", "which is turned on"},
      {0, neighbor_with("rate-limit -5;"), 6, "-5", "no limit"},
      {0, neighbor_with("md5-password \"\";"), 6, "md5-password", "no MD5"},
      {0, neighbor_with("tcp-ao { keyid 1; algorithm hmac-sha-256; password \"\"; }"), 6, "password", "no TCP-AO"},
      {0, neighbor_with("static {\nroute 10.0.0.0/8 med 5 {\nnext-hop 1.1.1.1;\n}\n}"), 7, "med", "inside the block"},
      {0, neighbor_with("capability {\nroute-refresh;\n}\nadj-rib-out false;"), 9, "adj-rib-out", "turned on"},
      {0, neighbor_with("add-path {\nipv4 unicast;\n}"), 7, "add-path", "no effect"},
      {0, neighbor_with("family {\nipv6 unicast;\n}\nstatic {\nroute 10.0.0.0/8 next-hop 1.1.1.1;\n}"), 10, "route", "not sent"},
      {0, neighbor_with("flow {\nroute f {\nmatch {\n}\nthen {\ndiscard;\n}\n}\n}"), 8, "match", "matches everything"},
      {0, route_with("as-path [ 1 0 2 ]"), 7, "0", "RFC 7607"},
      {0, route_with("aggregator ( 0:1.2.3.4 )"), 7, "0:1.2.3.4", "RFC 7607"},
      {0, route_with("med 5 origin egp med 6"), 7, "med", "given twice: the first one counts"},
      {0, route_with("extended-community target:1:2 extended-community target:1:3"), 7, "extended-community", "put together"},
      {0, route_with("next-hop 2.2.2.2"), 7, "next-hop", "given twice: the last one counts"},
      {0, route_with("attribute [ 0x99 0xe0 0x01 ] attribute [ 0x99 0xe0 0x02 ]"), 7, "attribute", "given twice"},
      {0, neighbor_with("static {\nroute 10.0.0.0/8 {\nmed 5;\nmed 6;\nnext-hop 1.1.1.1;\n}\n}"), 9, "med", "given twice"},
      {0, neighbor_with("static {\nroute 10.0.0.0/8 next-hop 1.1.1.1;\nroute 10.0.0.0/8 next-hop 1.1.1.2;\n}"), 8, "10.0.0.0/8", "route of line 7"},
      {0, neighbor_with("static {\nattributes next-hop 1.1.1.1 nlri 10.0.0.0/8 11.0.0.0/8 10.0.0.0/8;\n}"), 7, "10.0.0.0/8", "given twice"},
      {0, neighbor_with("static {\nattributes next-hop 1.1.1.1 med 5;\n}"), 7, "5", "an UPDATE with attributes and no route"},
      {0, neighbor_with("adj-rib-out false;\nstatic {\nroute 10.0.0.0/8 next-hop 1.1.1.1;\n}"), 6, "adj-rib-out", "session restart"},
  };
  for (const Case& c : k_cases) {
    Parsing parsing;
    const Configuration configuration = parsing.good(c.text);
    ASSERT_EQ(configuration.warnings.size(), 1U) << c.text;
    const Warning& warning = configuration.warnings[0];
    EXPECT_EQ(warning.context.location.line, c.line) << render(warning);
    EXPECT_EQ(warning.context.token, c.token) << render(warning);
    EXPECT_NE(warning.reason.find(c.reason), std::string::npos) << render(warning);
    EXPECT_EQ(configuration.neighbors.size(), 1U);
  }
}

TEST(Warnings, AtTheEndOfASectionShowNoStatementOfAnotherLine) {
  Parsing parsing;
  const Configuration read = parsing.good(neighbor_with("static {\nroute 10.0.0.0/8 next-hop 1.1.1.1;\nroute 10.0.0.0/8 next-hop 1.1.1.2;\n}"));
  ASSERT_EQ(read.warnings.size(), 1U);
  EXPECT_EQ(read.warnings[0].context.location.line, 8);
  EXPECT_EQ(read.warnings[0].context.statement, "") << "a closing brace says nothing of line 8";
}

TEST(Warnings, AboutABlockShowTheRoute) {
  Parsing parsing;
  const Configuration read = parsing.good(neighbor_with("flow {\nroute f x {\nmatch {\nport =80 =90;\n}\n}\n}"));
  ASSERT_EQ(read.warnings.size(), 2U);
  EXPECT_EQ(read.warnings[0].context.token, "x");
  EXPECT_NE(read.warnings[0].reason.find("a name alone stands before"), std::string::npos);
  EXPECT_EQ(read.warnings[1].context.token, "=90");
  EXPECT_NE(read.warnings[1].reason.find("more than one value stands between"), std::string::npos);
  for (const Warning& warning : read.warnings) EXPECT_EQ(warning.context.statement, "route f x match port =80 =90");
}

TEST(Warnings, TellAProcessThatNoNeighborNames) {
  Parsing parsing;
  const Configuration idle = parsing.good("\n" + k_program + neighbor_with(""));
  ASSERT_EQ(idle.warnings.size(), 1U);
  EXPECT_EQ(idle.warnings[0].context.location.line, 2);
  EXPECT_NE(idle.warnings[0].reason.find("api { processes [ p ]; }"), std::string::npos);
  EXPECT_TRUE(parsing.good(neighbor_with("api { processes [ p ]; }", k_program)).warnings.empty());
  EXPECT_TRUE(parsing.good(neighbor_with("api { processes-match [ \"p.*\" ]; }", k_program)).warnings.empty());
}

TEST(Warnings, DoNotTellWhatMayBeRepeated) {
  Parsing parsing;
  EXPECT_TRUE(parsing.good(route_with("attribute [ 0x99 0xe0 0x01 ] attribute [ 0x9a 0xe0 0x01 ]")).warnings.empty());
  EXPECT_TRUE(parsing.good(neighbor_with("static {\nroute 11.0.0.0/8 next-hop 1.1.1.1;\nroute 10.0.0.0/8 next-hop 1.1.1.2;\n}")).warnings.empty());
  EXPECT_TRUE(parsing.good(neighbor_with("static {\nroute 10.0.0.0/8 next-hop 1.1.1.1 watchdog a;\n"
                                         "route 10.0.0.0/8 next-hop 1.1.1.2 watchdog b withdraw;\n}")).warnings.empty());
}

TEST(Warnings, AreToldByTheErrorThatEndsTheReading) {
  const auto notes = [](const std::string& text) {
    Parsing parsing;
    const auto parsed = parsing.parse(text);
    return parsed ? std::vector<std::string>{"accepted"} : parsed.error().context()->notes;
  };
  EXPECT_EQ(notes("neighbor 127.0.0.1 {\nrouter-id 1.2.3.4;\nlocal-as 1;\npeer-as 2 }\n"),
            std::vector<std::string>{"test.conf:4:1: 'peer-as 2' ignored: the ';' before '}' is missing"});
  EXPECT_EQ(notes("neighbor 127.0.0.1 {\nrouter-id 1.2.3.4;\ninherit nope;\n}\n"),
            std::vector<std::string>{"test.conf:3:9: 'nope' ignored: there is no such template before this neighbor"});
  EXPECT_EQ(notes(neighbor_with("hold-time 2;")), std::vector<std::string>{});
  std::string many;
  for (int i = 0; i < 5; ++i) many += "hold-time 30 40;\n";
  EXPECT_EQ(notes(neighbor_with(many + "hold-time 2;")).size(), 3U);
}

}  // namespace
}  // namespace tandem::config
