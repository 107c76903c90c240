// What the configuration of a neighbor, and not only its OPEN, says about the UPDATEs it may send.
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

}  // namespace
}  // namespace tandem::session
