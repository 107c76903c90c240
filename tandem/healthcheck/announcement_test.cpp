#include "tandem/healthcheck/announcement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tandem::healthcheck {
namespace {

using ::testing::HasSubstr;

Options with(const std::vector<std::string>& words) {
  auto options = parse_options(words, [](const std::string&) -> base::Result<std::string> { return base::Error("no file"); });
  EXPECT_TRUE(options.has_value()) << options.error().reason();
  return options ? std::move(*options) : Options();
}

std::string said(const std::vector<std::string>& words, State state, unsigned api_version = 6) {
  const Options options = with(words);
  return commands(options, announced_networks(options, {}).value(), state, api_version);
}

TEST(Announcement, SaysTheRouteAndItsMetric) {
  EXPECT_EQ(said({"--ip", "192.0.2.1"}, State::up), "peer * announce route 192.0.2.1/32 next-hop self med 100\n");
  EXPECT_EQ(said({"--ip", "192.0.2.1"}, State::disabled), "peer * announce route 192.0.2.1/32 next-hop self med 500\n");
}

TEST(Announcement, HasTheAttributesInTheirOrder) {
  EXPECT_EQ(said({"--ip", "192.0.2.1", "--local-preference", "50", "--community", "65001:1", "--disabled-community", "65001:2", "--extended-community",
                  "target:1:2", "--large-community", "1:2:3", "--as-path", "65001 65001", "--path-id", "7"},
                 State::down),
            "peer * announce route 192.0.2.1/32 next-hop self med 1000 local-preference 50 community [ 65001:2 ] extended-community [ target:1:2 ] "
            "large-community [ 1:2:3 ] as-path [ 65001 65001 ] path-information 7\n");
}

TEST(Announcement, AWithdrawHasTheNextHopAndThePathAlone) {
  const std::vector<std::string> words{"--ip", "192.0.2.1", "--community", "65001:1", "--path-id", "7", "--next-hop", "192.0.2.9", "--withdraw-on-down"};
  const std::string withdraw = "peer * withdraw route 192.0.2.1/32 next-hop 192.0.2.9 path-information 7\n";
  for (const State state : {State::down, State::disabled, State::exit}) EXPECT_EQ(said(words, state), withdraw);
  EXPECT_EQ(said({"--ip", "192.0.2.1"}, State::exit), "peer * withdraw route 192.0.2.1/32 next-hop self\n");
  EXPECT_THAT(said(words, State::up), HasSubstr("announce"));
}

TEST(Announcement, EachAddressHasALargerMetric) {
  EXPECT_EQ(said({"--ip", "192.0.2.1", "--ip", "2001:db8::1", "--increase", "5"}, State::up),
            "peer * announce route 192.0.2.1/32 next-hop self med 100\npeer * announce route 2001:db8::1/128 next-hop self med 105\n");
}

TEST(Announcement, EachStateMayHaveAPathOfItsOwn) {
  const std::vector<std::string> words{"--ip", "192.0.2.1", "--as-path", "1", "--down-as-path", "2 2", "--disabled-as-path", ""};
  EXPECT_THAT(said(words, State::up), HasSubstr(" as-path [ 1 ]"));
  EXPECT_THAT(said(words, State::down), HasSubstr(" as-path [ 2 2 ]"));
  EXPECT_EQ(said(words, State::disabled).find("as-path"), std::string::npos);
}

TEST(Announcement, TheCommunityOfADisabledServiceIsThatOfOneThatIsDownToo) {
  const std::vector<std::string> words{"--ip", "192.0.2.1", "--disabled-community", "65001:2"};
  EXPECT_EQ(said(words, State::up).find("community"), std::string::npos);
  EXPECT_THAT(said(words, State::down), HasSubstr("community [ 65001:2 ]"));
  EXPECT_THAT(said(words, State::disabled), HasSubstr("community [ 65001:2 ]"));
}

TEST(Announcement, SpeaksToTheNeighborsThatWereNamed) {
  const std::vector<std::string> one{"--ip", "192.0.2.1", "--neighbor", "10.0.0.1"};
  const std::vector<std::string> two{"--ip", "192.0.2.1", "--neighbor", "10.0.0.1", "--neighbor", "2001:db8::2"};
  const std::vector<std::string> all{"--ip", "192.0.2.1", "--neighbor", "10.0.0.1", "--neighbor", "*"};
  EXPECT_THAT(said(one, State::up), ::testing::StartsWith("peer 10.0.0.1 announce route"));
  EXPECT_THAT(said(two, State::up), ::testing::StartsWith("peer [10.0.0.1, 2001:db8::2] announce route"));
  EXPECT_THAT(said(all, State::up), ::testing::StartsWith("peer * announce route"));
  EXPECT_THAT(said(one, State::exit, 4), ::testing::StartsWith("neighbor 10.0.0.1 withdraw route"));
  EXPECT_THAT(said(two, State::up, 4), ::testing::StartsWith("neighbor 10.0.0.1, neighbor 2001:db8::2 announce route"));
  EXPECT_THAT(said(all, State::up, 4), ::testing::StartsWith("neighbor * announce route"));
}

TEST(Announcement, Version4NeedsNoSelector) {
  EXPECT_EQ(said({"--ip", "192.0.2.1"}, State::up, 4), "announce route 192.0.2.1/32 next-hop self med 100\n");
}

TEST(Announcement, NetworksAreTakenApartWhereThatIsAskedFor) {
  EXPECT_EQ(said({"--ip", "192.0.2.0/31"}, State::exit), "peer * withdraw route 192.0.2.0/31 next-hop self\n");
  EXPECT_EQ(said({"--ip", "192.0.2.0/31", "--ip", "2001:db8::fffe/127", "--deaggregate-networks"}, State::exit),
            "peer * withdraw route 192.0.2.0/32 next-hop self\npeer * withdraw route 192.0.2.1/32 next-hop self\n"
            "peer * withdraw route 2001:db8::fffe/128 next-hop self\npeer * withdraw route 2001:db8::ffff/128 next-hop self\n");
}

TEST(Announcement, TooManyAddressesAreRefused) {
  const Options options = with({"--ip", "2001:db8::/64", "--deaggregate-networks"});
  EXPECT_THAT(announced_networks(options, {}).error().reason(), HasSubstr("2001:db8::/64 makes more than 65536 addresses"));
  EXPECT_EQ(each_address({*base::Prefix::parse("10.1.0.0/16")})->size(), 65536U);
  EXPECT_FALSE(each_address({*base::Prefix::parse("10.1.0.0/16"), *base::Prefix::parse("10.2.0.0/32")}).has_value());
}

TEST(Announcement, StartIpTurnsTheListInBothDirections) {
  const auto first = [](const std::string& index) {
    const std::string text = said({"--ip", "10.0.0.0", "--ip", "10.0.0.1", "--ip", "10.0.0.2", "--start-ip", index}, State::exit);
    return text.substr(22, 8);
  };
  EXPECT_EQ(first("0"), "10.0.0.0");
  EXPECT_EQ(first("1"), "10.0.0.1");
  EXPECT_EQ(first("-1"), "10.0.0.2");
  EXPECT_EQ(first("5"), "10.0.0.2");
}

TEST(Announcement, WithoutAnAddressThoseThatWereFoundCount) {
  const std::vector<base::Prefix> found{*base::Prefix::parse("10.9.9.9")};
  EXPECT_EQ(announced_networks(with({}), found)->size(), 1U);
  EXPECT_EQ(announced_networks(with({"--ip-ifname", "192.0.2.1%eth0"}), found)->at(0).text(), "192.0.2.1/32");
  EXPECT_EQ(announced_networks(with({"--ip", "192.0.2.1", "--ip-ifname", "192.0.2.1%eth0"}), found)->size(), 1U);
}

}  // namespace
}  // namespace tandem::healthcheck
