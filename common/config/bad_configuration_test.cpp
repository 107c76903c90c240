// Bad configurations, case by case: what is rejected, at which word, on which line, and why.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "common/config/test_support.hpp"

namespace tandem::config {
namespace {

using test::Parsing;
using test::k_program;
using test::neighbor_with;
using test::route_with;

struct Case {
  int row;             // of the table
  std::string text;
  int line;
  std::string token;
  std::string reason;  // a part of it
};

std::string neighbor_lines(std::string_view address, std::string_view statements) {
  return "neighbor " + std::string(address) + " {\n" + std::string(statements) + "\n}\n";
}

// The column is that of the token, in the line as it was written.
bool stands_at(std::string_view text, const base::Location& location, std::string_view token) {
  for (int line = 1; line < location.line && !text.empty(); ++line) text.remove_prefix(std::min(text.find('\n') + 1, text.size()));
  text = text.substr(0, text.find('\n'));
  if (location.column < 1) return false;
  if (token == "end of file") return true;
  text = text.substr(std::min(static_cast<std::size_t>(location.column) - 1, text.size()));
  return text.starts_with(token) || (text.starts_with('"') && text.substr(1).starts_with(token));
}

const std::vector<Case>& cases() {
  static const std::string k_long_password(81, 'x');
  static const std::vector<Case> k_cases = {
      {1, "", 1, "end of file", "no statement"},
      {1, "# only\n# comments\n", 2, "end of file", "no statement"},
      {2, "neighbor 127.0.0.1\n{\n}\n", 1, "127.0.0.1", "not terminated"},
      {3, neighbor_with("description \"foo;"), 6, "\"", "not closed"},
      {4, neighbor_with("description foo#bar;"), 6, "#", "comment"},
      {5, neighbor_with("description \"\\u12\";"), 6, "\\u12", "four hex"},
      {6, neighbor_with(";;"), 6, ";", "empty statement"},
      {8, neighbor_with("") + "}\nneighbor nonsense {\n", 8, "}", "'neighbor 127.0.0.1', which begins at line 1, is closed already"},
      {8, "}\n", 1, "}", "nothing is open"},
      {9, "group g {\n}\n", 1, "group", "unknown section"},
      {10, neighbor_with("ttl-security 5;"), 6, "ttl-security", "outgoing-ttl and incoming-ttl"},
      {11, "neighbor 10.0.0.300 {\n}\n", 1, "10.0.0.300", "not an address or a range"},
      {12, neighbor_lines("10.0.0.0/24", "router-id 1.2.3.4;\nlocal-as 1;\npeer-as 1;"), 1, "neighbor", "needs passive"},
      {13, neighbor_lines("127.0.0.1", "router-id 1.2.3.4;\nlocal-as 1;"), 1, "neighbor", "missing: peer-as"},
      {14, neighbor_lines("127.0.0.1", "local-as 1;\npeer-as 1;"), 1, "neighbor", "missing: router-id"},
      {15, neighbor_lines("::1", "local-address ::2;\nlocal-as 1;\npeer-as 1;"), 1, "neighbor", "missing: router-id"},
      {16, neighbor_lines("::1", "router-id 1.2.3.4;\nlocal-address 127.0.0.1;\nlocal-as 1;\npeer-as 1;"), 3, "local-address", "not of the same IP version"},
      {17, neighbor_lines("127.0.0.1", "router-id 1.2.3.4;\nlisten 1790;\nlocal-as 1;\npeer-as 1;"), 3, "listen", "missing: local-address"},
      {18, neighbor_with("") + neighbor_with(""), 8, "neighbor", "duplicate peer, the first is at line 1"},
      {19, neighbor_with("hold-time 2;"), 6, "2", "0 or 3 to 65535"},
      {20, neighbor_with("local-as 4294967296;"), 6, "4294967296", "AS number"},
      {20, neighbor_with("local-as 0;"), 6, "0", "0 is reserved"},
      {20, neighbor_with("peer-as 0.0;"), 6, "0.0", "0 is reserved"},
      {21, neighbor_with("listen 0;"), 6, "0", "1 to 65535"},
      {22, neighbor_with("outgoing-ttl 256;"), 6, "256", "0 to 255 or disable"},
      {23, neighbor_with("passive maybe;"), 6, "maybe", "not a boolean"},
      {24, neighbor_with("md5-password " + k_long_password + ";"), 6, "md5-password", "longer than 80"},
      {25, neighbor_with("md5-password x;\ntcp-ao {\nkeyid 1;\nalgorithm hmac-sha-256;\npassword y;\n}"), 7, "tcp-ao", "exclude each other"},
      {26, neighbor_with("tcp-ao {\nkeyid 1;\npassword y;\n}"), 6, "tcp-ao", "incomplete, missing: algorithm"},
      {26, neighbor_with("tcp-ao {\nbase64;\n}"), 6, "tcp-ao", "incomplete, missing: keyid, algorithm, password"},
      {26, neighbor_with("tcp-ao {\nkeyid 256;\n}"), 7, "256", "0 to 255"},
      {26, neighbor_with("tcp-ao {\nalgorithm md5;\n}"), 7, "md5", "an algorithm of TCP-AO"},
      {26, neighbor_with("tcp-ao {\nkeyid 1;\nalgorithm HMAC-SHA-1-96;\npassword \"a!\";\nbase64 true;\n}"), 9, "password", "not valid base64"},
      {26, neighbor_with("tcp-ao {\nkeyid 1;\nalgorithm aes-128-cmac-96;\npassword " + k_long_password + ";\n}"), 9, "password", "longer than 80"},
      {27, neighbor_with("md5-password \"a!\";\nmd5-base64 true;"), 6, "md5-password", "not valid base64"},
      {28, neighbor_with("local-link-local 2001:db8::1;"), 6, "2001:db8::1", "fe80::/10"},
      {29, neighbor_with("family {\nipv6 evpn;\n}"), 7, "evpn", "not valid for ipv6"},
      {30, neighbor_with("family {\nipv4 unicast;\nipv4 unicast;\n}"), 8, "ipv4", "duplicate family ipv4 unicast"},
      {31, neighbor_with("family {\nall;\nipv4 unicast;\n}"), 8, "ipv4", "nothing may follow 'all'"},
      {32, neighbor_with("capability {\nadd-path receive/send;\n}"), 7, "receive/send", "did you mean send/receive"},
      {33, neighbor_with("capability {\ngraceful-restart 4096;\n}"), 7, "4096", "0 to 4095"},
      {34, neighbor_with("add-path {\nipv4 unicast limit 0;\n}"), 7, "0", "1 to 65535"},
      {35, neighbor_with("nexthop {\nipv4 unicast ipv4;\n}"), 7, "ipv4", "must be ipv6"},
      {36, "process p {\nencoder json;\n}\n", 1, "process", "run is missing"},
      {37, k_program + k_program, 4, "p", "already defined at line 1"},
      {38, "process p {\nrun ./missing;\n}\n", 2, "./missing", "not found, looked for: /conf/missing, /etc/exabgp/missing"},
      {39, "process p {\nrun /usr;\n}\n", 2, "/usr", "is a directory"},
      {40, neighbor_with("api {\nprocesses p;\n}", k_program), 10, "p", "list in brackets"},
      {41, neighbor_with("api {\nprocesses [ nope ];\n}"), 7, "nope", "no process 'nope'"},
      {42, neighbor_with("api {\nprocesses [ p ];\nprocesses-match [ \"p\" ];\n}", k_program), 11, "processes-match", "exclude each other"},
      {43, neighbor_with("api {\nprocesses-match [ \"(\" ];\n}"), 7, "(", "invalid regular expression"},
      {44, neighbor_with("api a {\n}\napi a {\n}"), 8, "a", "already used at line 6"},
      {45, "template {\nneighbor t {\n}\nneighbor t {\n}\n}\n", 4, "t", "already used at line 2"},
      {47, neighbor_with("static {\nroute 10.0.0.1/24 next-hop 1.1.1.1;\n}"), 7, "10.0.0.1/24", "host bits"},
      {48, neighbor_with("static {\nroute 10.0.0.0/24;\n}"), 7, "10.0.0.0/24", "requires nexthop"},
      {49, neighbor_with("family {\nipv4 unicast;\n}\nstatic {\nroute 2001:db8::/48 next-hop ::1;\n}"), 10, "2001:db8::/48", "ipv6 unicast is not negotiated"},
      {50, neighbor_with("static {\nroute 2001:db8::/48 next-hop self;\n}"), 7, "self", "ipv6"},
      {51, route_with("as-path [ 1 ( 2 ( 3 ) ) ]"), 7, "(", "')' expected, found '('"},
      {52, route_with("community 65536:1"), 7, "65536:1", "halves from 0 to 65535"},
      {53, route_with("extended-community foo:1:2"), 7, "foo:1:2", "a known kind of extended community"},
      {54, route_with("label 1048576"), 7, "1048576", "a label from 0 to 1048575"},
      {55, route_with("rd 65536:65536"), 7, "65536:65536", "a route distinguisher such as"},
      {56, route_with("split 25"), 7, "25", "a prefix length such as /24"},
      {57, route_with("watchdog announce"), 7, "announce", "a name other than 'announce' and 'withdraw'"},
      {58, route_with("attribute [ 20 0xc0 0x00 ]"), 7, "20", "hexadecimal from 0x00 to 0xFF"},
      {59, neighbor_with("flow {\nroute f {\nmatch {\nport 65536;\n}\nthen {\ndiscard;\n}\n}\n}"), 9, "65536", "port: '65536' is not valid, a port from 0 to 65535"},
      {60, neighbor_with("flow {\nroute f {\nmatch {\nsource foo;\n}\nthen {\ndiscard;\n}\n}\n}"), 9, "foo", "source: 'foo' is not valid, a prefix"},
      {61, neighbor_with("flow {\nroute f {\nmatch {\nport 80;\n}\nthen {\nredirect 1.2.3.4:5678;\n}\n}\n}"), 12, "1.2.3.4:5678", "asn:number, an IP address, or \"[ipv6]:number\""},
      {62, neighbor_with("l2vpn {\nvpls v {\nendpoint 1;\nbase 1;\noffset 1;\nsize 1;\n}\n}"), 7, "vpls", "vpls nlri route-distinguisher missing"},
      {63, neighbor_with("announce {\nipv4 {\nunicast 10.0.0.0/24 {\n}\n}\n}"), 8, "unicast", "takes no block"},
      {64, neighbor_with("announce {\nipv4 {\nsr-policy color 1;\n}\n}"), 8, "color", "'distinguisher' expected after sr-policy, found 'color'"},
      {65, neighbor_with("max-prefix {\nipv4 unicast 0;\n}"), 7, "0", "a number from 1 to 4294967295"},
      {65, neighbor_with("max-prefix {\nipv4 unicast;\n}"), 7, "unicast", "needs a number from 1"},
      {65, neighbor_with("max-prefix {\nipv4 unicast 5 threshold 101;\n}"), 7, "101", "from 1 to 100"},
      {65, neighbor_with("max-prefix {\nipv4 unicast 5 restart;\n}"), 7, "restart", "needs a number from 1 to 604800"},
      {65, neighbor_with("max-prefix {\nipv4 unicast 5 shutt;\n}"), 7, "shutt", "did you mean 'shut'"},
      {65, neighbor_with("max-prefix {\nipv4 unicast 5 warn 3;\n}"), 7, "3", "nothing may follow"},
      {65, neighbor_with("max-prefix {\nipv4 unicast 5;\nipv4 unicast 6;\n}"), 8, "ipv4", "duplicate family ipv4 unicast"},
      {66, "process p {\nrun program;\non-exit forget;\n}\n", 3, "forget", "not what becomes of its routes"},
      {66, "process p {\nrun program;\non-exit;\n}\n", 3, "on-exit", "withdraw or keep"},
      {66, neighbor_with("api {\nprocesses [ p ];\nawait-ready maybe;\n}", k_program), 11, "maybe", "true or false"},
  };
  return k_cases;
}

TEST(BadConfiguration, IsRejectedAtTheRightWordForTheRightReason) {
  for (const Case& c : cases()) {
    Parsing parsing;
    const auto parsed = parsing.parse(c.text);
    ASSERT_FALSE(parsed) << "row " << c.row << "\n" << c.text;
    const base::SourceContext* context = parsed.error().context();
    ASSERT_NE(context, nullptr) << "row " << c.row;
    const std::string shown = render(parsed.error());
    EXPECT_EQ(context->location.file, "test.conf") << "row " << c.row;
    EXPECT_EQ(context->location.line, c.line) << "row " << c.row << "\n" << shown;
    EXPECT_TRUE(stands_at(c.text, context->location, context->token)) << "row " << c.row << ", column " << context->location.column << "\n" << shown;
    EXPECT_EQ(context->token, c.token) << "row " << c.row << "\n" << shown;
    EXPECT_NE(parsed.error().reason().find(c.reason), std::string::npos) << "row " << c.row << "\n" << shown;
  }
}

TEST(BadConfiguration, EveryRowOfTheTableIsThereOrAWarning) {
  std::set<int> rows{7, 46};  // warnings_test.cpp
  for (const Case& c : cases()) rows.insert(c.row);
  for (int row = 1; row <= 64; ++row) EXPECT_TRUE(rows.contains(row)) << row;
}

// The keywords that have a meaning without a value, and those that need one.
TEST(BadConfiguration, KeywordsWithoutTheirValueAreRejected) {
  for (const char* keyword : {"router-id", "local-address", "local-link-local", "local-as", "peer-as", "hold-time", "rate-limit", "listen", "connect",
                              "outgoing-ttl", "incoming-ttl", "md5-ip", "inherit", "peer-address", "capability { add-path",
                              "capability { link-local-nexthop"}) {
    Parsing parsing;
    const std::string end = std::string_view(keyword).find('{') == std::string_view::npos ? ";" : "; }";
    const auto parsed = parsing.parse(neighbor_with(keyword + end));
    ASSERT_FALSE(parsed) << keyword;
    EXPECT_NE(parsed.error().reason().find("needs a value"), std::string::npos) << render(parsed.error());
    EXPECT_EQ(parsed.error().context()->location.line, 6);
  }
}

TEST(BadConfiguration, ATextWithoutItsValueIsEmpty) {
  for (const char* keyword : {"description", "host-name", "domain-name", "source-interface", "md5-password"}) {
    Parsing parsing;
    const Configuration read = parsing.good(neighbor_with(std::string(keyword) + ";"));
    const Neighbor& neighbor = read.neighbors.at(0);
    EXPECT_EQ(neighbor.description + neighbor.host_name + neighbor.domain_name + neighbor.source_interface, "") << keyword;
  }
}

TEST(BadConfiguration, AMisplacedOrMisspeltWordIsToldWhereItBelongsOrWhatWasMeant) {
  const std::vector<std::pair<std::string, std::string>> k_mistakes = {
      {neighbor_with("family {\nipv4 unicast;\nstatic {\n}\n}"), "'static' (it stands in 'neighbor 127.0.0.1': is a '}' missing before it?)"},
      {neighbor_with("neighbor 127.0.0.2 {\n}"), "'neighbor' (it stands outside 'neighbor 127.0.0.1': is a '}' missing before it?)"},
      {neighbor_with("capability { hold-time 30; }"), "'hold-time' (it stands in 'neighbor 127.0.0.1'"},
      {"hold-time 30;\n", "'hold-time' (it stands in neighbor ADDRESS[/LENGTH] { })"},
      {neighbor_with("route 10.0.0.0/8 next-hop 1.1.1.1;"), "'route' (it stands in static { })"},
      {neighbor_with("processes [ p ];"), "'processes' (it stands in api [NAME] { })"},
      {neighbor_with("announce { unicast 10.0.0.0/8 next-hop 1.1.1.1; }"), "'unicast' (it stands in ipv4 { })"},
      {neighbor_with("api { process p; }", k_program), "'process' (did you mean 'processes'?)"},
      {"process p { run program; receive { parsed; } }", "'receive' (it stands in the neighbor: api { receive { } })"},
      {"\xEF\xBB\xBFneighbor 127.0.0.1 { }", "byte order mark"},
      {neighbor_with("hold-time\xC2\xA0" "30;"), "no-break space"},
      {route_with("comunity 1:1"), "'comunity' (did you mean 'community'?)"},
      {route_with("local-pref 100"), "'local-pref' (did you mean 'local-preference'?)"},
      {route_with("origin ipg"), "(did you mean 'igp'?)"},
      {route_with("community no-exprot"), "(did you mean 'no-export'?)"},
      {neighbor_with("family { inet4 unicast; }"), "'inet4' (use ipv4)"},
      {neighbor_with("add-path { inet6 unicast; }"), "'inet6' (use ipv6)"},
      {neighbor_with("multihop 5;"), "'multihop' (every session may take several hops; outgoing-ttl limits them)"},
      {neighbor_with("api { services [ p ]; }", k_program), "'services' (use processes [ NAME ])"},
      {neighbor_with("remote-as 5;"), "'remote-as' (use peer-as)"},
      {neighbor_with("capability { as4; }"), "'as4' (use asn4)"},
      {neighbor_with("api { receive { updates; } }"), "'updates' (use update)"},
      {"process p { run program; parse-routes; }", "'parse-routes' (in the neighbor: api { receive { parsed; update; } })"},
      {neighbor_with("static { network 10.0.0.0/8 next-hop 1.1.1.1; }"), "'network' (use route PREFIX next-hop ADDRESS)"},
      {route_with("metric 5"), "'metric' (use med)"},
      {neighbor_with("passive treu;"), "(did you mean 'true'?)"},
      {neighbor_with("family { ipv4 unicats; }"), "(did you mean 'unicast'?)"},
      {neighbor_with("api { processes [ q ]; }", k_program), "there is no process 'q' (did you mean 'p'?)"},
  };
  for (const auto& [text, hint] : k_mistakes) {
    Parsing parsing;
    const auto parsed = parsing.parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_NE(parsed.error().reason().find(hint), std::string::npos) << parsed.error().reason() << "\n" << hint;
  }
}

TEST(BadConfiguration, ErrorsFoundWhenASectionEndsShowTheStatementThatIsWrong) {
  const auto context = [](const std::string& text) {
    Parsing parsing;
    const auto parsed = parsing.parse(text);
    EXPECT_FALSE(parsed) << text;
    return parsed ? base::SourceContext{} : *parsed.error().context();
  };
  const base::SourceContext secret = context(neighbor_with("hold-time 9; md5-password \"a!\";\nmd5-base64 true;"));
  EXPECT_EQ(std::pair(secret.location.line, secret.location.column), std::pair(6, 14));
  EXPECT_EQ(secret.statement, "md5-password <hidden> ;");
  const base::SourceContext opening = context("# a\nprocess \\\n  p {\nencoder \\\njson;\n}\n");
  EXPECT_EQ(std::pair(opening.location.line, opening.location.column), std::pair(2, 1));
  EXPECT_EQ(opening.statement, "process p {");
  // in the middle of a line that is continued
  const base::SourceContext joined = context("neighbor 127.0.0.1 {\nlocal-as 1; \\\n listen 5;\npeer-as 1;\nrouter-id 1.2.3.4;\n}\n");
  EXPECT_EQ(std::pair(joined.location.line, joined.location.column), std::pair(3, 2));
  EXPECT_EQ(joined.statement, "listen 5 ;");
}

// A file that was cut short, or that was edited badly, is never half applied.
TEST(BadConfiguration, AFileThatEndsInsideASectionIsRejectedWhereTheSectionBegins) {
  struct End {
    std::string text;
    int line;
    std::string statement;
    std::string reason;
  };
  const std::vector<End> k_ends = {
      {"neighbor 127.0.0.1 {\nrouter-id 1.2.3.4;\nlocal-as 1;\npeer-as 1;\n", 1, "neighbor 127.0.0.1 {", "the file ends inside 'neighbor 127.0.0.1'"},
      {neighbor_with("") + "process p {\nrun program;\n", 8, "process p {", "the file ends inside 'process p'"},
      {neighbor_with("static {\nroute 10.0.0.0/8 next-hop 1.1.1.1;\n} family { ipv4 unicast;"), 1, "neighbor 127.0.0.1 {", "inside 'neighbor 127.0.0.1'"},
      {"template {\nneighbor t {\nfamily {\nipv4 unicast;\n", 3, "family {", "inside 'template/neighbor t/family': its '}' is missing"},
  };
  for (const End& end : k_ends) {
    Parsing parsing;
    const auto parsed = parsing.parse(end.text);
    ASSERT_FALSE(parsed) << end.text;
    EXPECT_EQ(parsed.error().context()->location.line, end.line) << render(parsed.error());
    EXPECT_EQ(parsed.error().context()->statement, end.statement) << render(parsed.error());
    EXPECT_NE(parsed.error().reason().find(end.reason), std::string::npos) << render(parsed.error());
  }
}

// The places of all errors of a text, "LINE:TOKEN" each.
std::vector<std::string> all_errors(const std::string& text, std::size_t maximum = 50) {
  Parsing parsing;
  std::vector<std::string> out;
  for (const base::Error& error : examine({"test.conf", "/conf", text}, {}, parsing.probe, parsing.pool, maximum).errors) {
    out.push_back(std::to_string(error.context()->location.line) + ":" + error.context()->token);
  }
  return out;
}
using Errors = std::vector<std::string>;

TEST(BadConfiguration, EveryErrorOfATextIsTold) {
  EXPECT_EQ(all_errors(neighbor_with("hold-time 2;\npassive maybe;\nfamily {\nipv4 unicats;\nipv9 unicast;\n}\nhold-tim 5;")),
            (Errors{"6:2", "7:maybe", "9:unicats", "10:ipv9", "12:hold-tim"}));
  EXPECT_EQ(all_errors(neighbor_with("static {\nroute 10.0.0.1/8 next-hop 1.1.1.1;\nroute 10.0.0.0/8 {\nmeed 5;\norigin x;\n}\nroute 11.0.0.0/8;\n}")),
            (Errors{"7:10.0.0.1/8", "9:meed", "10:x", "12:11.0.0.0/8"}));
  EXPECT_EQ(all_errors("neighbor 10.0.0.300 {\nlocal-as 0;\n}\nprocess p {\nrun nothing;\n}\n" + neighbor_with("api { processes [ q r ]; }")),
            (Errors{"1:neighbor", "1:10.0.0.300", "2:0", "5:nothing", "12:q", "12:r"}));
  EXPECT_EQ(all_errors(neighbor_with("listen 5;\nlocal-address ::1;\nstatic { route 10.0.0.0/8 next-hop ::2; route ::/0 next-hop self; }\nmd5-base64 true;\nmd5-password a;")),
            (Errors{"7:local-address", "8:::2", "10:md5-password"}));
}

TEST(BadConfiguration, WhatOnlyFollowsFromAnotherErrorIsNotTold) {
  // a value that is wrong is not missing
  EXPECT_EQ(all_errors("neighbor 127.0.0.1 {\nrouter-id 1;\nlocal-as x;\npeer-as 0;\nstatic { route 10.0.0.0/8 next-hop self; }\n}\n"), (Errors{"2:1", "3:x", "4:0"}));
  EXPECT_EQ(all_errors(neighbor_with("family { ipv6 unicats; }\nstatic { route ::/0 next-hop ::1; }")), (Errors{"6:unicats"}));
  // the block of a word that is unknown is not looked at, that of a section which cannot stand here is
  EXPECT_EQ(all_errors(neighbor_with("nonsense {\na b;\nc {\n;\n}\n}\nhold-time 2;")), (Errors{"6:nonsense", "12:2"}));
  EXPECT_EQ(all_errors(neighbor_with("capability {\nfamily {\nipv4 unicats;\n}\nasn4 maybe;\n}")), (Errors{"7:family", "8:unicats", "10:maybe"}));
  // one missing brace
  EXPECT_EQ(all_errors(neighbor_with("family {\nipv4 unicast;\nhold-time 30;\nlisten 5;\n")), (Errors{"1:neighbor", "8:hold-time"}));
  EXPECT_EQ(all_errors(neighbor_with("}\nhold-time 30;\nneighbor 1.1.1.1 {")), (Errors{"7:hold-time", "8:neighbor"}));
  // one missing end of a statement or of a quote
  EXPECT_EQ(all_errors(neighbor_with("hold-time 30\npassive;")), (Errors{"6:30"}));
  EXPECT_EQ(all_errors("neighbor 127.0.0.1\n{\nhold-time 2;\nrouter-id 1.2.3.4;\nlocal-as 1;\npeer-as 1;\n}\n"), (Errors{"1:127.0.0.1", "3:2"}));
  EXPECT_EQ(all_errors(neighbor_with("api { processes [ p,\nq ]; }", k_program)).size(), 1U);
  EXPECT_EQ(all_errors(neighbor_with("description \"foo;\nhold-time 2;")), (Errors{"6:\"", "7:2"}));
  EXPECT_EQ(all_errors(neighbor_with("api x { description \"foo; }\nhold-time 2;")), (Errors{"6:\"", "7:hold-time"}));
}

TEST(BadConfiguration, TheNumberOfErrorsIsBounded) {
  std::string many;
  for (int i = 0; i < 100; ++i) many += "hold-time 2;\n";
  Parsing parsing;
  const Findings findings = examine({"test.conf", "/conf", neighbor_with(many)}, {}, parsing.probe, parsing.pool, 7);
  EXPECT_EQ(findings.errors.size(), 7U);
  EXPECT_TRUE(findings.more);
}

TEST(BadConfiguration, ALongListOfKeywordsIsShownOnRequestOnly) {
  Parsing parsing;
  const auto unknown = parsing.parse(neighbor_with("nonsense 5;"));
  EXPECT_EQ(render(unknown.error()).find("adj-rib-in"), std::string::npos);
  EXPECT_NE(render(unknown.error()).find("words ('tandem validate --keywords' lists them)"), std::string::npos) << render(unknown.error());
  EXPECT_NE(render(unknown.error(), Alternatives::all).find("adj-rib-in"), std::string::npos);
  EXPECT_NE(render(parsing.parse("group g {\n}\n").error()).find("process, template, neighbor"), std::string::npos);
}

TEST(BadConfiguration, InvalidUtf8IsToldWhereItStands) {
  Parsing parsing;
  const auto parsed = parsing.parse("# caf\xC3\xA9\ndescription \xC3\xA9\xFF;\n");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().context()->location.line, 2);
  EXPECT_EQ(parsed.error().context()->location.column, 14);
}

TEST(BadConfiguration, AnInnerStatementOfARouteBlockMustBeComplete) {
  Parsing parsing;
  const auto unknown = parsing.parse(neighbor_with("static {\nroute 10.0.0.0/8 {\nnext-hop 1.1.1.1;\nmeed 5;\n}\n}"));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().context()->location.line, 9);
  EXPECT_EQ(unknown.error().context()->token, "meed");
  const auto cut = parsing.parse(neighbor_with("static {\nroute 10.0.0.0/8 {\nmed;\n5;\nnext-hop 1.1.1.1;\n}\n}"));
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().context()->location.line, 8);
  const auto unreachable = parsing.parse(neighbor_with("static {\nroute 10.0.0.0/8 {\nmed 5;\n}\n}"));
  ASSERT_FALSE(unreachable);
  EXPECT_NE(unreachable.error().reason().find("requires nexthop"), std::string::npos);
  EXPECT_EQ(unreachable.error().context()->location.line, 7);
  EXPECT_EQ(unreachable.error().context()->statement, "route 10.0.0.0/8 med 5");
}

// Neither sent in a form that was not agreed on nor left out without a word: refused where it is written.
TEST(BadConfiguration, ANextHopOfTheOtherIpVersionNeedsTheNexthopSection) {
  const std::string ipv4 = "static {\nroute 10.0.0.0/8 next-hop ::1;\n}";
  const std::string ipv6 = "static {\nroute 2001:db8::/32 next-hop 1.1.1.1;\n}";
  const std::string both = "family {\nipv4 unicast;\nipv6 unicast;\n}\nnexthop {\nipv4 unicast ipv6;\nipv6 unicast ipv4;\n}\n";
  const std::vector<std::pair<std::string, std::string>> k_refused = {
      {ipv4, "nexthop { ipv4 unicast ipv6; }, the families ipv4 unicast and ipv6 unicast"},
      {ipv6, "nexthop { ipv6 unicast ipv4; }, the families ipv6 unicast and ipv4 unicast"},
      {ipv6 + "nexthop { ipv4 unicast ipv6; }", "an ipv6 unicast route with the ipv4 next hop 1.1.1.1"},
      {ipv4 + "family { ipv4 unicast; } nexthop { ipv4 unicast ipv6; }", "cannot be sent"},
      {ipv6 + both + "capability { nexthop disable; }", "capability { nexthop; }"},
      {"announce { ipv4 {\nmulticast 224.0.0.0/4 next-hop ::1;\n} }", "nexthop { ipv4 multicast ipv6; }"},
  };
  for (const auto& [text, reason] : k_refused) {
    Parsing parsing;
    const auto parsed = parsing.parse(neighbor_with(text));
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().context()->location.line, 7) << render(parsed.error());
    EXPECT_NE(parsed.error().reason().find(reason), std::string::npos) << render(parsed.error());
  }
  Parsing parsing;
  EXPECT_EQ(parsing.good(neighbor_with(both + ipv4 + ipv6)).neighbors.at(0).extended_next_hops.size(), 2U);
  EXPECT_TRUE(parsing.good(neighbor_with(both + ipv4 + ipv6)).warnings.empty());
}

TEST(BadConfiguration, ABlockInsideARouteMustBeOneThatItsFamilyHas) {
  EXPECT_EQ(all_errors(neighbor_with("static {\nroute 10.0.0.0/8 {\nmatch {\nmed 5;\n}\nnext-hop 1.1.1.1;\n}\n}")), (Errors{"8:match"}));
  EXPECT_EQ(all_errors(neighbor_with("static {\nroute 10.0.0.0/8 {\nnext-hop 1.1.1.1;\na {\nb {\n}\n}\n}\n}")), (Errors{"9:a", "10:b"}));
}

// AS_PATH segments of confederations would be written with braces, which end statements.
TEST(BadConfiguration, ABraceInAListIsToldAsWhatItIs) {
  Parsing parsing;
  const auto parsed = parsing.parse(neighbor_with("static {\nroute 10.0.0.0/8 next-hop 1.1.1.1 as-path [ 1 { 2 3 } ];\n}"));
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().context()->location.column, 43);
  EXPECT_NE(parsed.error().reason().find("not closed before '{'"), std::string::npos) << render(parsed.error());
}

TEST(BadConfiguration, WhatIsWrongWithAFlowRuleIsToldAtItsWord) {
  const auto reason = [](const std::string& text, int line) {
    Parsing parsing;
    const auto parsed = parsing.parse(neighbor_with("flow {\n" + text + "\n}"));
    if (parsed) return std::string("none");
    EXPECT_EQ(parsed.error().context()->location.line, line) << text;
    return parsed.error().context()->token + ": " + parsed.error().reason();
  };
  EXPECT_EQ(reason("route {\nmatch {\ndiscard;\n}\n}", 9), "discard: 'discard' stands in then { }");
  EXPECT_EQ(reason("route {\nport 80;\n}", 8), "port: 'port' stands in match { }");
  EXPECT_EQ(reason("route {\nmatch {\nport 80;\n}\nmatch2 {\nport 80;\n}\n}", 11).substr(0, 8), "match2: ");
  EXPECT_NE(reason("route {\nmatch {\nsource 10.0.0.0/8;\ndestination 2001::/16;\n}\n}", 10), "none");
  EXPECT_NE(reason("route {\nmatch {\nsource [ ];\n}\n}", 9), "none");
  EXPECT_NE(reason("route {\nmatch {\nport;\n}\n}", 9), "none");
  EXPECT_NE(reason("route {\nmatch {\nport !80;\n}\n}", 9), "none");
  EXPECT_EQ(reason("route source 10.0.0.0/8 then discard;", 7).substr(0, 6), "then: ");
}

TEST(BadConfiguration, WhatAnOpenCannotSayIsRefusedWithItsPlace) {
  const auto reason = [](const std::string& text) {
    Parsing parsing;
    const auto parsed = parsing.parse(neighbor_with(text));
    return parsed ? std::string("none") : render(parsed.error());
  };
  EXPECT_THAT(reason("role supplier;"), testing::AllOf(testing::HasSubstr("'supplier' is not a role"), testing::HasSubstr("rs-client")));
  EXPECT_THAT(reason("role peer loose;"), testing::HasSubstr("none"));  // what is too much is a warning, as behind any value
  EXPECT_THAT(reason("send-hold-time 2;"), testing::HasSubstr("0 or 3 to 65535"));
  EXPECT_THAT(reason("capability {\nlong-lived-graceful-restart 16777216;\n}"), testing::HasSubstr("0 to 16777215"));
  EXPECT_THAT(reason("capability {\ngraceful-restart disable;\nlong-lived-graceful-restart 5;\n}"), testing::HasSubstr("needs graceful-restart"));
  EXPECT_THAT(reason("operational {\nasm afi ipv4 safi unicast sequence 1;\n}"), testing::HasSubstr("'advisory' expected after safi, found 'sequence'"));
  EXPECT_THAT(reason("operational {\nrpcp afi ipv4 safi unicast sequence 1 counter 4294967296;\n}"), testing::HasSubstr("from 0 to 4294967295"));
}

}  // namespace
}  // namespace tandem::config
