// Many switches from one engine to the other under random traffic; the long ones, and those with more sessions, are in
// engine_switch_slow_test.cpp.
#include "conformance/contract/switch_traffic.hpp"

namespace tandem::conformance {
namespace {

class EngineSwitches : public RealEngines {};
TANDEM_ON_REAL_ENGINES(EngineSwitches);

TEST_P(EngineSwitches, FiveHundredUnderRandomTrafficLoseNoOctet) {
  expect_unnoticed(GetParam(), {4, 0, 3000, 600, 500, 3ms});
}

}  // namespace
}  // namespace tandem::conformance
