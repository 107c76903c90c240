#include "tandem/route_check.hpp"

#include <gtest/gtest.h>

#include "common/config/parser.hpp"

namespace tandem::program {
namespace {

class NoPrograms final : public config::ProgramProbe {
 public:
  Answer probe(const std::string&) const override { return {}; }
  std::vector<std::string> search_path() const override { return {}; }
};

// The neighbor with these statements inside; internal unless `peer_as` says otherwise.
std::optional<std::string> check(const std::string& statements, const std::string& peer_as = "65000") {
  rib::AttributePool pool;
  const std::string text = "neighbor 127.0.0.1 {\nrouter-id 1.2.3.4;\nlocal-address 127.0.0.2;\nlocal-as 65000;\npeer-as " + peer_as +
                           ";\n" + statements + "\n}\n";
  const auto configuration = config::parse({"test", "/", text}, {}, NoPrograms(), pool);
  if (!configuration) return config::render(configuration.error());
  return check_routes(configuration->neighbors[0], pool);
}

TEST(RouteCheck, RoutesWithEveryKindOfAttributeSurvive) {
  const std::string routes = R"(static {
route 10.0.0.0/24 next-hop 10.0.0.1 origin egp as-path [ 1 2 70000 ] med 5 local-preference 7 atomic-aggregate;
route 10.0.1.0/24 next-hop 10.0.0.1 community [ 1:2 no-export ] large-community [ 1:2:3 ] extended-community [ target:1:2 ];
route 10.0.3.0/24 next-hop 10.0.0.1 aigp 5;
route 10.0.2.0/24 next-hop 10.0.0.1 aggregator ( 65000:10.0.0.1 ) originator-id 1.1.1.1 cluster-list [ 1.1.1.1 2.2.2.2 ];
route 2001:db8::/48 next-hop 2001:db8::1 attribute [ 0x99 0xE0 0x010203 ];
})";
  EXPECT_EQ(check(routes), std::nullopt);
  EXPECT_EQ(check(routes, "65001"), std::nullopt);
  EXPECT_EQ(check("capability { asn4 disable; }\n" + routes, "65001"), std::nullopt);
}

// RFC 4271 section 5
TEST(RouteCheck, AttributesThatNobodyKnowsComeBackPartialOrNotAtAll) {
  for (const char* flags : {"0xC0", "0xE0", "0x40", "0x80", "0x00"}) {
    EXPECT_EQ(check("static {\nroute 10.0.0.0/24 next-hop 10.0.0.1 attribute [ 0x99 " + std::string(flags) + " 0x010203 ];\n}"), std::nullopt) << flags;
  }
}

TEST(RouteCheck, AddPathAndForeignNextHopsSurvive) {
  EXPECT_EQ(check("family { ipv4 unicast; ipv6 unicast; }\ncapability { add-path send/receive; nexthop true; }\n"
                  "nexthop { ipv4 unicast ipv6; ipv6 unicast ipv4; }\nstatic {\nroute 10.0.0.0/24 path-information 1.2.3.4 next-hop ::1;\n"
                  "route ::1/128 next-hop 10.0.0.1;\n}"),
            std::nullopt);
}

TEST(RouteCheck, ARouteThatFitsInNoMessageIsNamed) {
  std::string path;
  for (int i = 0; i < 1200; ++i) path += std::to_string(100000 + i) + " ";
  const auto trouble = check("capability { extended-message disable; }\nstatic {\nroute 10.0.0.0/24 next-hop 10.0.0.1 as-path [ " + path + "];\n}");
  ASSERT_TRUE(trouble.has_value());
  EXPECT_NE(trouble->find("route 10.0.0.0/24"), std::string::npos);
  EXPECT_NE(trouble->find("do not fit"), std::string::npos);
}

}  // namespace
}  // namespace tandem::program
