// decode of files as it is called: what is printed, where, and with which exit status.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "common/capture/test_support.hpp"
#include "tandem/test_support.hpp"

namespace tandem::capture {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using test::octets;
using test::operator+;

// Little-endian, as most machines write.
void append32(std::uint32_t value, base::Buffer& out) {
  for (int i = 0; i < 4; ++i) out.push_back(static_cast<std::uint8_t>(value >> 8 * i));
}

base::Buffer pcap(const std::vector<base::Buffer>& frames) {
  base::Buffer out = octets("D4C3B2A1 0200 0400 00000000 00000000 FFFF0000 01000000");
  for (const base::Buffer& frame : frames) {
    append32(1700000000, out);
    append32(250000, out);
    append32(static_cast<std::uint32_t>(frame.size()), out);
    append32(static_cast<std::uint32_t>(frame.size()), out);
    out = std::move(out) + frame;
  }
  return out;
}

base::Buffer pcapng(const std::vector<base::Buffer>& frames) {
  base::Buffer out = octets("0A0D0D0A 1C000000 4D3C2B1A 0100 0000 FFFFFFFFFFFFFFFF 1C000000" "01000000 14000000 0100 0000 00000000 14000000");
  for (const base::Buffer& frame : frames) {
    const std::size_t padded = (frame.size() + 3) / 4 * 4;
    append32(6, out);
    append32(static_cast<std::uint32_t>(32 + padded), out);
    append32(0, out);
    append32(0, out);
    append32(0, out);
    append32(static_cast<std::uint32_t>(frame.size()), out);
    append32(static_cast<std::uint32_t>(frame.size()), out);
    out = std::move(out) + frame;
    out.resize(out.size() + padded - frame.size());
    append32(static_cast<std::uint32_t>(32 + padded), out);
  }
  return out;
}

// A session in which the first end sends path identifiers and both have four-octet AS numbers, cut in the middle of messages, the pieces
// of the last one in the wrong order.
std::vector<base::Buffer> session() {
  const base::Buffer open = test::open("5BA0", "4104 00010001" "4504 0001 01 03");
  const base::Buffer stream = open + test::message(bgp::MessageType::keepalive) + test::update("0201 00010001", "00000007 18 0A0000");
  const auto sent = [](std::uint16_t from, std::uint32_t sequence, base::Bytes payload, std::uint8_t flags = 0x10) {
    const bool first = from == 179;
    return test::ethernet(test::ipv4(test::tcp({from, static_cast<std::uint16_t>(first ? 40000 : 179), sequence, flags}, payload),
                                     first ? "0A000001" : "0A000002", first ? "0A000002" : "0A000001"),
                          first ? "0800" : "8100 0007 0800");
  };
  const auto piece = [&](std::size_t from, std::size_t to) {
    return sent(179, 1000 + static_cast<std::uint32_t>(from), base::Bytes(stream).subspan(from, to - from));
  };
  const std::size_t size = stream.size();
  return {sent(40000, 4999, {}, 0x02), sent(179, 999, {}, 0x12), sent(40000, 5000, open), piece(0, 20), piece(size - 30, size), piece(20, size - 30), piece(0, 20)};
}

class DecodeFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "tandem-decode-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string write(base::Bytes content) {
    const std::string name = folder_ + "/file";
    std::ofstream(name, std::ios::binary).write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
    return name;
  }
  int run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "decode");
    return program::test::quietly(std::move(arguments), &errors, &output);
  }
  std::size_t lines() const { return static_cast<std::size_t>(std::count(output.begin(), output.end(), '\n')); }

  std::string folder_;
  std::string errors;
  std::string output;
};

TEST_F(DecodeFile, APacketCaptureIsReadAsItsOpensSay) {
  for (const base::Buffer& file : {pcap(session()), pcapng(session())}) {
    EXPECT_EQ(run({write(file)}), program::k_exit_ok) << errors;
    EXPECT_EQ(errors, "");
    EXPECT_EQ(lines(), 4U) << output;
    EXPECT_THAT(output, HasSubstr(R"("address": { "local": "10.0.0.2", "peer": "10.0.0.1" }, "asn": { "local": 65537, "peer": 65537 })"));
    EXPECT_THAT(output, HasSubstr(R"("value": [ 65537 ])"));
    EXPECT_THAT(output, HasSubstr(R"({ "nlri": "10.0.0.0/24", "path-information": "0.0.0.7" })"));
  }
  EXPECT_EQ(run({"-t", write(pcap(session()))}), program::k_exit_ok);
  EXPECT_THAT(output, HasSubstr("neighbor 10.0.0.1 in update announced 10.0.0.0/24 path-information 0.0.0.7 next-hop 192.0.2.1 origin igp as-path [ 65537 ]\n"));
  EXPECT_EQ(run({write(pcap(session()))}), program::k_exit_ok);
  EXPECT_THAT(output, HasSubstr(R"("time": 1700000000.25)"));
}

TEST_F(DecodeFile, ACaptureThatIsCutShortIsReadAsFarAsItGoes) {
  base::Buffer file = pcap(session());
  file.resize(file.size() - 10);
  EXPECT_EQ(run({write(file)}), program::k_exit_failure);
  EXPECT_EQ(lines(), 4U) << "the last packet said nothing new";
  EXPECT_THAT(errors, HasSubstr("truncated"));
  EXPECT_EQ(run({write(octets("D4C3B2A1 0200 0400 00000000 00000000 FFFF0000 69000000"))}), program::k_exit_failure);
  EXPECT_THAT(errors, HasSubstr("packets of link type IEEE802_11 cannot be read"));
}

TEST_F(DecodeFile, ADumpIsRoutes) {
  const base::Buffer peers = octets("65536F00 000D 0001 00000015" "0A000001 0000 0001 02 0A0B0C0D C0000201 00010001");
  const base::Buffer table = octets("65536F00 000D 0002 00000026" "00000000 18 0A0000 0001 0000 00000001 0014" "40010100" "400206020100010001" "400304C0000201");
  const base::Buffer state = octets("65536F00 0010 0005 00000018" "00010001 0000FDE9 0000 0001 C0000201 0A000001 0005 0006");
  EXPECT_EQ(run({"-m", write(peers + table + state)}), program::k_exit_ok) << errors;
  EXPECT_EQ(output, "announce ipv4 unicast 10.0.0.0/24 next-hop 192.0.2.1 origin igp as-path [ 65537 ]\n");
  EXPECT_EQ(run({write(peers + table + state)}), program::k_exit_ok) << errors;
  EXPECT_EQ(lines(), 2U);
  EXPECT_THAT(output, HasSubstr(R"("type": "state")"));
  EXPECT_THAT(output, HasSubstr(R"("asn": { "local": 65001, "peer": 65537 }, "state": "up")"));
  EXPECT_EQ(run({write(table + peers)}), program::k_exit_failure);
  EXPECT_THAT(errors, HasSubstr("record 1: entry 1 is of peer 0, which is in no table of peers"));
}

TEST_F(DecodeFile, AFileMayHaveLinesOfOctets) {
  const std::string keepalive = base::to_hex(test::message(bgp::MessageType::keepalive));
  EXPECT_EQ(run({write(base::as_bytes(keepalive + keepalive + "\nnonsense\n" + keepalive))}), program::k_exit_failure);
  EXPECT_EQ(lines(), 3U);
  EXPECT_THAT(errors, HasSubstr("file: not hexadecimal octets"));
}

TEST_F(DecodeFile, WhatCannotBeDecodedIsCountedAfterTenTimes) {
  std::string many;
  for (int i = 0; i < 25; ++i) many += "nonsense\n";
  EXPECT_EQ(run({write(base::as_bytes(many))}), program::k_exit_failure);
  EXPECT_EQ(std::count(errors.begin(), errors.end(), '\n'), 11);
  EXPECT_THAT(errors, HasSubstr("15 more could not be decoded"));
}

TEST_F(DecodeFile, SeveralFilesAreReadOneBehindTheOther) {
  const std::string name = write(pcap(session()));
  EXPECT_EQ(run({name, name}), program::k_exit_ok) << errors;
  EXPECT_EQ(lines(), 8U);
  EXPECT_EQ(run({name, folder_ + "/nothing"}), program::k_exit_failure);
  EXPECT_EQ(lines(), 4U);
  EXPECT_THAT(errors, HasSubstr("nothing: No such file"));
  EXPECT_EQ(run({"nonsense"}), program::k_exit_failure);
  EXPECT_THAT(errors, HasSubstr("not hexadecimal octets, nor a file: nonsense: No such file"));
}

}  // namespace
}  // namespace tandem::capture
