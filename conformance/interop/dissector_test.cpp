// Wireshark as a witness: what tandem writes is taken apart by tshark, which must find nothing malformed in it. The messages are the
// samples of all families and attributes (the report of bgp_test) and the routes of etc/examples (tandem encode). Families that tshark does not know are
// data to it; that it found the UPDATE is asked all the same.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "common/base/bytes.hpp"
#include "conformance/interop/fixture.hpp"
#include "harness/messages.hpp"

namespace tandem::conformance {
namespace {

constexpr const char* k_tshark = "/usr/bin/tshark";
constexpr std::uint16_t k_bgp_port = 179;

struct Sample {
  std::string name;
  base::Buffer message;
};

// Samples that tshark 4.0 reads in another way, by their octets.
struct Unread {
  std::string_view octets;
  std::string_view why;
};
constexpr Unread k_unread[] = {
    {"01160000fde8", "EVPN type 1 without a label: routers were seen to send it, no RFC has it"},
    {"08020102", "EVPN types 6 and higher of a wrong length or unknown: kept by us, refused by it"},
    {"0900", "the same"},
    {"20fa56ea01", "RTC: it knows lengths of 0 and 96 only, RFC 4684 4 any between 32 and 96"},
    {"300000fde90002", "the same"},
    {"440000fde90002fde9f7", "the same"},
    {"210000fde980", "the same"},
    {"c0000000010000006420010db8", "IPv6 SR policies withdrawn: it reads their endpoint as four octets"},
    {"300006400a0000", "a labelled route withdrawn without the bottom of the stack: RFC 8277 2.4 has the field ignored, it reads a stack"},
    {"00110000fde800000001000100010008400010", "VPLS: it looks for the bottom of the label stack, which a label base has not"},
    {"c016070002000010abcd", "PMSI: identifiers of tunnels are octets to us, an mLDP one of two octets is too short for it"},
    {"c01705000800010c", "tunnels that we do not know are not looked into, and half a sub-TLV is kept"},
};

bool is_read(std::string_view message) {
  return std::none_of(std::begin(k_unread), std::end(k_unread),
                      [&](const Unread& unread) { return message.find(unread.octets) != std::string_view::npos; });
}

// A capture file (LINKTYPE_RAW) in which each message is the only segment of a connection of its own: what is wrong with one does not
// reach the next.
base::Buffer capture(const std::vector<Sample>& samples) {
  base::Buffer file;
  base::ByteWriter out(file);
  out.u32(0xA1B2C3D4);
  out.u16(2);
  out.u16(4);
  out.fill(8, 0);
  out.u32(65535);
  out.u32(101);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto size = static_cast<std::uint32_t>(40 + samples[i].message.size());
    out.u32(static_cast<std::uint32_t>(i));
    out.u32(0);
    out.u32(size);
    out.u32(size);
    // IPv4 and TCP without options; nobody asks for the checksums.
    out.u16(0x4500);
    out.u16(static_cast<std::uint16_t>(size));
    out.u32(0);
    out.u16(0x4006);
    out.u16(0);
    out.u32(0x0A000001);
    out.u32(0x0A000002);
    out.u16(static_cast<std::uint16_t>(1024 + i));
    out.u16(k_bgp_port);
    out.u32(1);
    out.u32(1);
    out.u16(0x5018);
    out.u16(65535);
    out.u32(0);
    out.bytes(samples[i].message);
  }
  return file;
}

class Dissector : public AgainstDaemon {
 protected:
  void SetUp() override { require({k_tshark}, "tshark"); }

  // What tshark says of each message: the type of the BGP message, then the marks of a malformed one.
  void expect_well_formed(const std::vector<Sample>& samples) {
    const base::Buffer file = capture(samples);
    std::ofstream(at("samples.pcap"), std::ios::binary).write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
    std::istringstream lines(harness::output_of({k_tshark, "-n", "-r", at("samples.pcap"), "-T", "fields", "-E", "separator=|", "-e", "bgp.type", "-e",
                                                 "_ws.malformed", "-e", "_ws.expert.message"}));
    std::size_t seen = 0;
    for (std::string line; std::getline(lines, line);) {
      if (line.find('|') == std::string::npos) continue;  // a remark on standard error, as 'running as user root'
      ASSERT_LT(seen, samples.size());
      const bool known = line.find("Unknown SAFI") == std::string::npos;
      EXPECT_TRUE(line.starts_with("2|") && !(known && line.find("alformed") != std::string::npos))
          << samples[seen].name << "\n" << base::to_hex(samples[seen].message) << "\n" << line;
      ++seen;
    }
    EXPECT_EQ(seen, samples.size());
  }
};

TEST_F(Dissector, FindsNothingMalformedInTheSamplesOfFamiliesAndAttributes) {
  const std::string report = at("report.xml");
  static_cast<void>(harness::output_of({TANDEM_BGP_TEST, "--gtest_filter=Every*Sample.IsAcceptedInAnUpdate", "--gtest_output=xml:" + report}));
  const std::string text = harness::read_text(report);
  const std::regex property("name=\"update-[0-9]+\" value=\"([^:]*): ([0-9a-fA-F]*)\"");
  std::vector<Sample> samples;
  for (std::sregex_iterator found(text.begin(), text.end(), property), end; found != end; ++found) {
    if (!is_read((*found)[2].str())) continue;
    const auto body = base::from_hex((*found)[2].str());
    ASSERT_TRUE(body.has_value());
    samples.push_back({(*found)[1].str(), harness::wrap(harness::k_update, *body)});
  }
  ASSERT_GT(samples.size(), 200U) << text;
  expect_well_formed(samples);
}

TEST_F(Dissector, FindsNothingMalformedInTheRoutesOfTheExamples) {
  std::vector<Sample> samples;
  for (const auto& example : std::filesystem::directory_iterator(TANDEM_EXAMPLES)) {
    // Without ADD-PATH: tshark guesses for some families only whether there are path identifiers.
    directory_.write("example.conf", std::regex_replace(harness::read_text(example.path()), std::regex("add-path send/receive;"), ""));
    std::istringstream lines(harness::output_of({TANDEM_PROGRAM, "encode", "-c", at("example.conf")}));
    for (std::string line; std::getline(lines, line);) {
      if (const auto message = base::from_hex(line)) samples.push_back({example.path().filename(), *message});
    }
  }
  ASSERT_GT(samples.size(), 20U);
  expect_well_formed(samples);
}

}  // namespace
}  // namespace tandem::conformance
