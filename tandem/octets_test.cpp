// decode and encode as they are called: what is printed, where, and with which exit status.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tandem/test_support.hpp"

namespace tandem::program {
namespace {

using ::testing::HasSubstr;
using test::quietly;

const std::string k_route = "route 10.0.0.0/24 next-hop 192.0.2.1";
const std::string k_update =
    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF0030020000001540010100" "400200" "400304C0000201" "40050400000064" "180A0000";

class Octets : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "tandem-octets-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string write(const std::string& text) {
    std::ofstream(folder_ + "/x.conf") << text;
    return folder_ + "/x.conf";
  }
  int run(std::vector<std::string> arguments) { return quietly(std::move(arguments), &errors, &output); }

  std::string folder_;
  std::string errors;
  std::string output;
};

TEST_F(Octets, EncodeOfARouteIsDecodedAgain) {
  EXPECT_EQ(run({"encode", k_route}), k_exit_ok) << errors;
  EXPECT_EQ(output, k_update + "\n");
  EXPECT_EQ(run({"decode", k_update}), k_exit_ok);
  EXPECT_THAT(output, HasSubstr(R"("announce": { "ipv4 unicast": { "192.0.2.1": [ { "nlri": "10.0.0.0/24" } ] } })"));
  EXPECT_EQ(errors, "");
  EXPECT_EQ(run({"decode", "-m", k_update}), k_exit_ok);
  std::string command = output;
  command.pop_back();
  EXPECT_EQ(run({"encode", command}), k_exit_ok) << errors;
  EXPECT_EQ(output, k_update + "\n");
}

TEST_F(Octets, EncodeTakesEachWordOfTheCommandLineAsItIs) {
  EXPECT_EQ(run({"encode", "--no-header", "route", "10.0.0.0/24", "next-hop", "192.0.2.1", "as-path", "[]"}), k_exit_ok) << errors;
  EXPECT_EQ(output, "0000001540010100400200400304C000020140050400000064180A0000\n");
  EXPECT_EQ(run({"encode", "--no-header", "route", "10.0.0.0/24", "next-hop", "192.0.2.1", "community", "[1:2,", "3:4]"}), k_exit_failure) << "no comma between communities";
  EXPECT_EQ(run({"encode", "--no-header", "route", "10.0.0.0/24", "next-hop", "192.0.2.1", "bgp-prefix-sid-srv6", "(", "l2-service", "2001:db8:1:1::", "0x48",
                 "[64,24,16,0,0,0]", ")"}), k_exit_ok) << errors;
  EXPECT_THAT(output, HasSubstr("C028250600220001001E0020010DB800010001000000000000000000004800010006401810000000"));
}

TEST_F(Octets, EncodeTakesAWithdraw) {
  EXPECT_EQ(run({"encode", "withdraw route 10.0.0.0/24"}), k_exit_ok) << errors;
  EXPECT_EQ(output, "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF001B020004180A00000000\n");
  EXPECT_EQ(run({"encode", "--no-header", "withdraw route 10.0.0.0/24"}), k_exit_ok);
  EXPECT_EQ(output, "0004180A00000000\n");
  EXPECT_EQ(run({"encode", "-n", "withdraw route 10.0.0.0/24"}), k_exit_ok);
  EXPECT_EQ(output, "180A0000\n");
}

TEST_F(Octets, EncodeSaysWhatIsWrong) {
  EXPECT_EQ(run({"encode", "route 10.0.0.0/33 next-hop 192.0.2.1"}), k_exit_failure);
  EXPECT_THAT(errors, HasSubstr("10.0.0.0/33"));
  EXPECT_EQ(output, "");
  EXPECT_EQ(run({"encode", "-f", "ipv6 unicast", k_route}), k_exit_failure);
  EXPECT_THAT(errors, HasSubstr("ipv4 unicast"));
  EXPECT_EQ(run({"encode", "-f", "ipv5 unicast", k_route}), k_exit_failure);
  EXPECT_THAT(errors, HasSubstr("'ipv5 unicast' is no family"));
  EXPECT_EQ(run({"encode", "root 10.0.0.0/24"}), k_exit_failure);
  EXPECT_THAT(errors, HasSubstr("'root' is no route"));
  EXPECT_EQ(run({"encode", "--no-such-option"}), k_exit_usage);
}

TEST_F(Octets, EncodeOfAConfigurationIsAllItsRoutes) {
  const std::string head = "neighbor 127.0.0.1 { router-id 1.2.3.4; local-address 127.0.0.1; local-as 65533; peer-as 65533; family { ipv4 unicast; } ";
  EXPECT_EQ(run({"encode", "-c", write(head + "static { " + k_route + "; " + k_route + " med 1; } }")}), k_exit_ok) << errors;
  EXPECT_EQ(std::count(output.begin(), output.end(), '\n'), 2);
  EXPECT_THAT(output, HasSubstr(k_update + "\n"));
  EXPECT_EQ(run({"encode", "-c", write(head + "}")}), k_exit_failure);
  EXPECT_THAT(errors, HasSubstr("there is no route"));
  EXPECT_EQ(run({"encode", "-c", folder_ + "/missing"}), k_exit_failure);
}

// A daemon refuses it, because it could never be said; here somebody wants to see the octets (RFC 4760 section 3).
TEST_F(Octets, EncodeTakesANextHopThatNoSessionCouldCarry) {
  const std::string conf = write("neighbor 127.0.0.1 { router-id 1.2.3.4; local-address 127.0.0.1; local-as 65533; peer-as 65533; "
                                 "family { ipv6 unicast; } static { route 2001:db8::/32 next-hop 192.0.2.1; } }");
  EXPECT_EQ(run({"encode", "-c", conf}), k_exit_ok) << errors;
  EXPECT_THAT(output, HasSubstr("000201" "04" "C0000201" "00" "2020010DB8"));
}

TEST_F(Octets, DecodeOfAConfigurationIsInItsSession) {
  const std::string conf = write("neighbor 127.0.0.2 { router-id 1.2.3.4; local-address 127.0.0.1; local-as 65001; peer-as 65002; family { ipv6 unicast; } }");
  EXPECT_EQ(run({"decode", "-c", conf, k_update}), k_exit_failure);
  EXPECT_THAT(errors, HasSubstr("ipv4 unicast is left out"));
  EXPECT_THAT(output, HasSubstr(R"("peer": "127.0.0.2")"));
  EXPECT_THAT(output, HasSubstr(R"("router-id": "1.2.3.4")"));
  EXPECT_THAT(output, ::testing::Not(HasSubstr("10.0.0.0/24")));
}

TEST_F(Octets, DecodeTakesHexadecimalAsPeopleWriteIt) {
  EXPECT_EQ(run({"decode", "--nlri", "0x18:0a:00 00", "18 0A0001"}), k_exit_ok) << errors;
  EXPECT_EQ(output, "{ \"nlri\": \"10.0.0.0/24\" }\n{ \"nlri\": \"10.0.1.0/24\" }\n");
  EXPECT_EQ(run({"decode", "--nlri", "-t", "-f", "ipv6 unicast", "2020010DB8"}), k_exit_ok);
  EXPECT_EQ(output, "2001:db8::/32\n");
  EXPECT_EQ(run({"decode", "xyz"}), k_exit_failure);
  EXPECT_THAT(errors, HasSubstr("hexadecimal"));
  EXPECT_EQ(run({"decode", "--nlri", "FF"}), k_exit_failure);
  EXPECT_THAT(errors, HasSubstr("NOTIFICATION 3/10"));
  EXPECT_EQ(run({"decode", "--nlri", "--open", "FF"}), k_exit_usage);
}

}  // namespace
}  // namespace tandem::program
