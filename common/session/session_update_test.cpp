// What the configuration of a neighbor, and not only its OPEN, says about the UPDATEs it may send.
#include <fmt/format.h>

#include "common/base/log.hpp"
#include "common/session/test_support.hpp"

namespace tandem::session {
namespace {

using namespace test;

// ORIGIN, AS_PATH 65000, NEXT_HOP, AIGP 100; 10.0.0.0/24
const base::Buffer k_update_with_aigp = message(2, "0000 0022 40010100 400206 0201 0000FDE8 400304 01020304 801A0B 01000B 0000000000000064 180A0000");

// RFC 7311 section 3.1: AIGP counts only on sessions it was enabled for; elsewhere it is discarded and the route is kept.
TEST(SessionUpdate, AigpIsKeptOnlyWhereTheNeighborEnablesIt) {
  for (const bool enabled : {false, true}) {
    Parameters parameters = ebgp_parameters();
    parameters.aigp = enabled;
    Fixture f(parameters);
    f.reach(State::established);
    f.session.receive(k_update_with_aigp, f.now);
    const auto inbound = f.session.step(true, f.now);
    ASSERT_TRUE(inbound && inbound->update);
    EXPECT_TRUE(inbound->update->treat_as_withdraw.empty());
    EXPECT_TRUE(inbound->update->has_announces());
    base::Buffer canonical;
    bgp::canonical_attributes(inbound->update->attributes.wire(), true, canonical);
    std::string text;
    bgp::attributes_text(canonical, text);
    EXPECT_EQ(text.find("aigp") != std::string::npos, enabled) << text;
  }
}

class Log final : public base::LogSink {
 public:
  Log() {
    base::set_log_threshold(base::LogCategory::network, base::LogLevel::warning);
    base::set_log_sink(this);
  }
  ~Log() override { base::set_log_sink(nullptr); }
  void write(base::LogCategory, base::LogLevel, std::string_view line) override { lines.emplace_back(line); }
  std::vector<std::string> lines;
};

// A peer that sends one route of a family sends a table of them: the log says it once, where everybody looks.
TEST(SessionUpdate, RoutesThatAreIgnoredAreReportedOnceASessionAndFamily) {
  // IPv4 multicast is not negotiated; of AFI 25, SAFI 70 nobody can say how many there are.
  const base::Buffer multicast = message(2, "0000 0014 800E11 0001 02 04 0A000001 00 180A0000 180A0001");
  const base::Buffer evpn = message(2, "0000 0008 800F05 0019 46 FFFF");
  Log log;
  {
    Fixture f;
    f.reach(State::established);
    EXPECT_EQ(f.hear(multicast), 1U);
    EXPECT_EQ(f.hear(evpn), 1U);
    EXPECT_EQ(f.hear(multicast), 1U);
    EXPECT_EQ(f.session.state(), State::established);
  }
  EXPECT_EQ(log.lines, (std::vector<std::string>{"10.0.0.3:179: 2 route(s) of ipv4 multicast ignored, the family was not negotiated; more of them are not reported",
                                "10.0.0.3:179: routes of l2vpn evpn ignored, the family was not negotiated; more of them are not reported"}));
  Fixture again;
  again.reach(State::established);
  again.hear(multicast);
  EXPECT_EQ(log.lines.size(), 3U) << "another session";
}

TEST(SessionUpdate, WhoeverInventsFamiliesIsNotReportedForEver) {
  Log log;
  Fixture f;
  f.reach(State::established);
  for (int safi = 10; safi < 100; ++safi) f.hear(message(2, fmt::format("0000 0008 800F05 0063 {:02X} FFFF", safi)));
  EXPECT_EQ(log.lines.size(), 32U);
}

// RFC 7606 section 8: what an UPDATE was treated as must be found out by somebody.
TEST(SessionUpdate, RoutesTreatedAsWithdrawnAreReportedOnceASessionAndAttribute) {
  const base::Buffer bad_med = message(2, "0000 001A 40010100 400206 02010000FDE8 400304 01020304 800403 000064 180A0000");
  const base::Buffer no_origin = message(2, "0000 0010 400206 02010000FDE8 400304 01020304 180A0000");
  Log log;
  Fixture f;
  f.reach(State::established);
  for (const auto& octets : {bad_med, no_origin, bad_med, no_origin}) EXPECT_EQ(f.hear(octets), 1U);
  EXPECT_EQ(f.session.state(), State::established);
  ASSERT_EQ(log.lines.size(), 2U);
  EXPECT_EQ(log.lines[0],
            "10.0.0.3:179: routes are treated as withdrawn because of their attribute med (RFC 7606); more of them are not reported");
  EXPECT_NE(log.lines[1].find(" origin "), std::string::npos);
}

TEST(SessionUpdate, TheReasonForAnEndIsLoggedWhereTheDefaultsShowIt) {
  Log log;
  Fixture f;
  f.reach(State::open_sent);
  f.hear(open_message({.as_field = "FDE9"}));
  ASSERT_EQ(log.lines.size(), 1U);
  EXPECT_EQ(log.lines[0], "10.0.0.3:179: ASN in OPEN (65001) did not match ASN expected (65000)");
}

}  // namespace
}  // namespace tandem::session
