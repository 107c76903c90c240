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

// RFC 5291: what the filters are is not shown; what stands behind the message is.
TEST_F(Octets, DecodeReadsARouteRefreshWithFiltersAndWhatFollowsIt) {
  const std::string marker(32, 'F');
  EXPECT_EQ(run({"decode", "-t", marker + "002005000100010140000680" "00000005" + marker + "001304"}), k_exit_ok) << errors;
  EXPECT_THAT(output, HasSubstr("route-refresh afi ipv4 safi unicast query"));
  EXPECT_THAT(output, HasSubstr("keepalive"));
}

// What well-formed messages of other speakers have that other decoders refuse or get wrong. Nothing is said about the session.
TEST_F(Octets, DecodeReadsWhatTheOctetsSay) {
  struct Row {
    std::vector<std::string> arguments;
    std::string said;
  };
  const std::vector<Row> k_rows{
      {{"00000021 400101 00 400206 0202 5BA0 0001 400304 0A000001 C0110A 0202 00011170 00000001 180A0000"}, R"("value": [ 70000, 1 ])"},
      {{"00000023 400101 00 400208 0203 0001 5BA0 5BA0 400304 0A000001 C0110A 0202 00011170 00011171 180A0000"}, R"("value": [ 1, 70000, 70001 ])"},
      {{"00000039 400101 00 400200 400504 00000064 800E28 0019 46 10 20010DB8000000000000000000000001 00 0311 0000FDE800000001 00000064 20 0A000001"},
       R"("l2vpn evpn": { "2001:db8::1": [ { "code": 3, "parsed": true)"},
      {{"-n", "-f", "ipv6 flow", "07 01 40 20 00010002"}, R"("destination-ipv6": [ "0:0:1:2::/64/32" ])"},
      {{"-n", "-f", "ipv6 flow", "0B 01 80 40 0000000000000001"}, R"("destination-ipv6": [ "::1/128/64" ])"},
      {{"-n", "-f", "ipv4 mup", "01000318 0000006400000064 20 C0A80001 00003039 09 20 0A000001 00"}, R"("endpoint_ip": "10.0.0.1", "source_ip_len": 0)"},
      {{"-n", "-f", "l2vpn vpls", "000C 0000FDE800000001 0A000001"}, R"({ "rd": "65000:1", "pe-address": "10.0.0.1" })"},
      {{"-n", "-f", "ipv4 rtc", "40 0000FDE9 0002FDE9"}, R"({ "origin": 65001, "route-target": "0x0002FDE9", "length": 64 })"},
      {{"-n", "-f", "ipv4 rtc", "20 0000FDE9"}, R"("origin": 65001, "route-target": null, "length": 32)"},
      {{"-n", "-f", "bgp-ls bgp-ls", "0001001D 07 0000000000000000 01000010 020000040000FDE9 0204000401020304"},
       R"("protocol-id": 7, "node-descriptors": [ { "autonomous-system": 65001 }, { "bgp-router-id": "1.2.3.4" } ])"},
      {{"0000000E 400101 00 400200 400304 01020304 180A0000"}, R"("ipv4 unicast": { "1.2.3.4": [ { "nlri": "10.0.0.0/24" } ] })"},
      {{"-i", "0000000E 400101 00 400200 400304 01020304 00000007 180A0000"}, R"({ "nlri": "10.0.0.0/24", "path-information": "0.0.0.7" })"},
      {{"00000019 400101 00 400200 800E0F 0019 46 04 0A000001 00 0804 01020304"}, R"({ "code": 8, "parsed": false, "raw": "080401020304" })"},
      {{"0000001C 400101 00 400200 800E12 0002 85 00 00 0C 01 80 60 00000001 02 20 10 0DB8"}, R"("source-ipv6": [ "0:db8::/32/16" ])"},
  };
  for (const Row& row : k_rows) {
    std::vector<std::string> arguments{"decode"};
    arguments.insert(arguments.end(), row.arguments.begin(), row.arguments.end());
    EXPECT_EQ(run(arguments), k_exit_ok) << errors;
    EXPECT_THAT(output, HasSubstr(row.said)) << row.arguments.back();
    EXPECT_EQ(errors, "");
  }
  for (const char* rest : {"0010", "0011", "0012"}) {
    EXPECT_EQ(run({"decode", std::string(32, 'F') + rest}), k_exit_failure);
    EXPECT_THAT(errors, HasSubstr("invalid message length of 1"));
  }
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
