#include "tandem/healthcheck/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tandem::healthcheck {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

base::Result<Options> parse(const std::vector<std::string>& words, const std::string& file = "") {
  return parse_options(words, [&](const std::string& path) -> base::Result<std::string> {
    if (path != "hc.conf") return base::Error("no " + path);
    return base::Result<std::string>(boost::system::in_place_value, file);
  });
}

std::string mistake(const std::vector<std::string>& words, const std::string& file = "") {
  const auto options = parse(words, file);
  return options ? "" : options.error().reason();
}

TEST(HealthcheckOptions, DefaultsAreThoseOfExabgp) {
  const auto options = parse({});
  ASSERT_TRUE(options.has_value());
  EXPECT_EQ(options->interval, std::chrono::seconds(5));
  EXPECT_EQ(options->fast_interval, std::chrono::seconds(1));
  EXPECT_EQ(options->timeout, std::chrono::seconds(5));
  EXPECT_EQ(options->rise, 3);
  EXPECT_EQ(options->fall, 3);
  EXPECT_EQ(options->up_metric, 100);
  EXPECT_EQ(options->down_metric, 1000);
  EXPECT_EQ(options->disabled_metric, 500);
  EXPECT_EQ(options->increase, 1);
  EXPECT_TRUE(options->setup);
  EXPECT_TRUE(options->acknowledged);
  EXPECT_EQ(options->syslog_facility, "daemon");
}

TEST(HealthcheckOptions, ValuesStandBehindASpaceASignOrTheLetter) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"--interval", "2.5"}, {"--interval=2.5"}, {"-i", "2.5"}, {"-i2.5"}, {"-i=2.5"}}) {
    const auto options = parse(words);
    ASSERT_TRUE(options.has_value()) << words[0];
    EXPECT_EQ(options->interval, std::chrono::milliseconds(2500)) << words[0];
  }
}

TEST(HealthcheckOptions, LettersThatTakeNothingMayStandTogether) {
  const auto options = parse({"-sda"});
  ASSERT_TRUE(options.has_value());
  EXPECT_TRUE(options->silent && options->debug && !options->acknowledged);
}

TEST(HealthcheckOptions, TheFacilityMayBeLeftOut) {
  EXPECT_EQ(parse({"-sF", "local0"})->syslog_facility, "local0");
  EXPECT_EQ(parse({"--syslog-facility", "--debug"})->syslog_facility, "daemon");
  EXPECT_EQ(parse({"-sFuser"})->syslog_facility, "user");
}

TEST(HealthcheckOptions, ABeginningIsEnoughWhileOnlyOneOptionHasIt) {
  EXPECT_EQ(parse({"--inter", "1"})->interval, std::chrono::seconds(1));
  EXPECT_THAT(mistake({"--up", "1"}), HasSubstr("--up could be --up-metric or --up-as-path or --up-execute"));
}

TEST(HealthcheckOptions, ANameThatIsTheBeginningOfAnotherIsItself) { EXPECT_FALSE(parse({"--label", "web"})->label_exact_match); }

TEST(HealthcheckOptions, NegativeNumbersAreValues) {
  EXPECT_EQ(parse({"--start-ip", "-1"})->start_ip, -1);
  EXPECT_EQ(parse({"--local-preference", "-1"})->local_preference, -1);
}

TEST(HealthcheckOptions, RepeatedOnesGatherOthersAreOverruled) {
  const auto options = parse({"--ip", "192.0.2.1", "--ip", "2001:db8::/64", "--execute", "a", "--execute", "b", "--rise", "1", "--rise", "2", "--neighbor", "10.0.0.1", "--neighbor", "*"});
  ASSERT_TRUE(options.has_value());
  ASSERT_EQ(options->networks.size(), 2U);
  EXPECT_EQ(options->networks[0].text(), "192.0.2.1/32");
  EXPECT_EQ(options->networks[1].text(), "2001:db8::/64");
  EXPECT_THAT(options->execute, ElementsAre("a", "b"));
  EXPECT_EQ(options->rise, 2);
  EXPECT_THAT(options->neighbors, ElementsAre("10.0.0.1", "*"));
}

TEST(HealthcheckOptions, AFileHasThemALineEachAndTheCommandLineOverrulesIt) {
  const auto options = parse({"-F", "hc.conf", "--interval", "2", "--ip", "192.0.2.2"},
                             "# a comment\n\n  debug\n name = haproxy\ninterval = 10\nfast-interval=1\r\ncommand = curl -sf http://127.0.0.1/?a=b\nip = 192.0.2.1\n");
  ASSERT_TRUE(options.has_value()) << options.error().reason();
  EXPECT_TRUE(options->debug);
  EXPECT_EQ(options->name, "haproxy");
  EXPECT_EQ(options->interval, std::chrono::seconds(2));
  EXPECT_EQ(options->command, "curl -sf http://127.0.0.1/?a=b");
  ASSERT_EQ(options->networks.size(), 2U);
  EXPECT_EQ(options->networks[0].text(), "192.0.2.1/32");
}

TEST(HealthcheckOptions, MistakesSayWhereAndWhatWouldBeRight) {
  EXPECT_EQ(mistake({"-F", "hc.conf"}, "debug\nrise = many\n"), "hc.conf:2: --rise: 'many' is not a whole number from -2147483647 to 2147483647");
  EXPECT_EQ(mistake({"-F", "hc.conf"}, "debug = yes\n"), "hc.conf:1: --debug takes no value ('yes')");
  EXPECT_EQ(mistake({"-F", "missing"}), "no missing");
  EXPECT_EQ(mistake({"--colour"}), "there is no option --colour");
  EXPECT_EQ(mistake({"-x"}), "there is no option -x");
  EXPECT_EQ(mistake({"192.0.2.1"}), "'192.0.2.1' belongs to no option");
  EXPECT_EQ(mistake({"--command", "--debug"}), "--command needs a value: --command CMD");
  EXPECT_EQ(mistake({"--silent", "--no-syslog"}), "--silent and --no-syslog exclude each other");
  EXPECT_THAT(mistake({"--interval", "-1"}), HasSubstr("is not a number of seconds"));
  EXPECT_THAT(mistake({"--interval", "nan"}), HasSubstr("is not a number of seconds"));
  EXPECT_THAT(mistake({"--ip", "192.0.2.1/24"}), HasSubstr("--ip: '192.0.2.1/24' is not an IP address or a network"));
  EXPECT_THAT(mistake({"--next-hop", "self"}), HasSubstr("is not an IP address"));
  EXPECT_THAT(mistake({"--neighbor", "a"}), HasSubstr("is neither an IP address nor *"));
  EXPECT_THAT(mistake({"--up-metric", "-5"}), HasSubstr("from 0 to 4294967295"));
  EXPECT_THAT(mistake({"--ip-ifname", "192.0.2.1"}), HasSubstr("ADDRESS%INTERFACE"));
  EXPECT_THAT(mistake({"--label", "much-too-long"}), HasSubstr("is longer than 12 octets"));
  EXPECT_THAT(mistake({"-sF", "mine"}), HasSubstr("is not a facility"));
}

TEST(HealthcheckOptions, AttributesCannotBringAnotherCommand) {
  EXPECT_THAT(mistake({"--community", "65001:1 ]\nshutdown"}), HasSubstr("has control characters in it"));
  EXPECT_THAT(mistake({"--as-path", "1\x7f"}), HasSubstr("has control characters in it"));
}

TEST(HealthcheckOptions, TheHelpHasEveryOptionOnce) {
  const std::string text = help("tandem healthcheck");
  for (const char* name : {"--ip ", "--ip-ifname ", "--debounce ", "--label-exact-match ", "--disabled-execute ", "--sudo ", "--dynamic-ip-setup "}) {
    EXPECT_THAT(text, HasSubstr(name));
  }
}

}  // namespace
}  // namespace tandem::healthcheck
