// A shadow for longer; the rest is in daemon_shadow_test.cpp.
#include "tandem/shadowed_tandem.hpp"

namespace tandem::program {
namespace {

using ::testing::AllOf;

// 10.9.7.0/24 becomes 10.9.6.0/24 in what engine async writes. There is no pause in which what is left would be judged.
TEST_P(Shadowed, FindsAWrongOctetInTrafficWithoutAPause) {
  const std::string shadow = GetParam() == "async" ? other() : "async";
  start({"FAULT_OCTET=180a0907"}, TANDEM_FAULTY_PROGRAM);
  EXPECT_EQ(ask("engine shadow " + shadow), "done\n");
  std::string said;
  for (int number = 0; number < 5000 && !HasFailure(); ++number) {
    exchange(number);
    if (number == 5) {
      EXPECT_THAT(ask("peer * announce route 10.9.7.0/24 next-hop 10.0.0.1"), HasSubstr("done"));
    }
    said = ask("engine shadow status");
    if (said.find("\"finishing\": false, \"ended\"") != std::string::npos) break;
    loopback_.run_for(50ms);
  }
  EXPECT_THAT(said, AllOf(HasSubstr("\"verdict\": \"different\""), HasSubstr("\"session\": \"neighbor 127.0.0.10 (out), connection 1\""), HasSubstr("10.9.6.0/24"), HasSubstr("10.9.7.0/24")));
  EXPECT_FALSE(peer_->has_closed());
}

INSTANTIATE_TEST_SUITE_P(Engine, Shadowed, ::testing::ValuesIn(engines_that_run()), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace tandem::program
