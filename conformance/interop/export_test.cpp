// A recording in the forms that others read: tshark and bgpdump see in it what the far ends have seen (tandem replay --export).
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <sstream>

#include "common/recording/blocks.hpp"
#include "conformance/interop/fixture.hpp"

namespace tandem::conformance {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* k_tshark = "/usr/bin/tshark";
constexpr const char* k_bgpdump = "/usr/bin/bgpdump";

struct Spoken {
  Transcript sent;       // as the far end has received it
  std::uint16_t port = 0;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

class Export : public AgainstDaemon, public ::testing::WithParamInterface<const char*> {
 protected:
  // Two sessions, one of them without four-octet AS numbers: routes in both directions and in two families, one taken back, and the end.
  void SetUp() override {
    require({k_tshark}, "tshark");
    require({k_bgpdump}, "bgpdump");
    const auto stage = Stage::make(GetParam());
    stage->record();
    std::string text;
    for (const char* address : {"127.0.0.10", "127.0.0.11"}) {
      NeighborText neighbor;
      neighbor.peer = address;
      neighbor.peer_as = "65002";
      PeerOptions options;
      options.mirror.as = base::Asn{65002};
      if (spoken_.size() == 1) options.mirror.without_capabilities = {65};
      neighbor.connect = stage->peer_at(address, options);
      neighbor.families = {"ipv4 unicast", "ipv6 unicast"};
      neighbor.routes = {"10.1.0.0/24 next-hop 10.0.0.1 as-path [ 65010 65011 ] med 5", "2001:db8:1::/48 next-hop 2001:db8::9"};
      spoken_.push_back({{}, neighbor.connect});
      text += to_text(neighbor);
    }
    stage->configuration(text);
    stage->start();
    ASSERT_TRUE(stage->run_until_established(2));
    for (const auto& peer : stage->peers) peer->send(update({{"20.1.0.0/24", "20.2.0.0/24"}, std::nullopt, 9}));  // an empty path, as long in both
    EXPECT_THAT(stage->command("peer * announce route 10.2.0.0/24 next-hop 10.0.0.1"), Contains("done"));
    ASSERT_TRUE(stage->run_until([&] { return std::all_of(stage->peers.begin(), stage->peers.end(), [](const auto& peer) { return tells(*peer, "10.2.0.0/24"); }); }));
    EXPECT_THAT(stage->command("peer * withdraw route 10.2.0.0/24"), Contains("done"));
    ASSERT_TRUE(stage->run_until([&] {
      const auto lines = stage->command("show adj-rib in");
      const auto count = std::count_if(lines.begin(), lines.end(), [](const std::string& line) { return line.find("20.2.0.0/24") != std::string::npos; });
      return count == 2 && std::all_of(stage->peers.begin(), stage->peers.end(), [](const auto& peer) { return takes_back(*peer, "10.2.0.0/24"); });
    }));
    ASSERT_TRUE(stage->stop());
    // What the speaker says last is read, too.
    ASSERT_TRUE(stage->run_until([&] { return std::all_of(stage->peers.begin(), stage->peers.end(), [](const auto& peer) { return peer->has_closed(); }); }));
    for (Spoken& spoken : spoken_) spoken.sent = stage->peer(&spoken == &spoken_[0] ? "127.0.0.10" : "127.0.0.11")->transcript();
    base::Buffer file = recording::file_head();
    recording::pack_block(stage->recording(), file);
    directory_.write("r", std::string(base::as_text(file)));
  }

  static bool tells(const ScriptedPeer& peer, const std::string& prefix) {
    return std::any_of(peer.transcript().begin(), peer.transcript().end(), [&](const Message& message) {
      const auto announced = changes_of(message.bytes).announced;
      return std::find(announced.begin(), announced.end(), prefix) != announced.end();
    });
  }
  static bool takes_back(const ScriptedPeer& peer, const std::string& prefix) {
    return std::any_of(peer.transcript().begin(), peer.transcript().end(), [&](const Message& message) {
      const auto withdrawn = changes_of(message.bytes).withdrawn;
      return std::find(withdrawn.begin(), withdrawn.end(), prefix) != withdrawn.end();
    });
  }
  [[nodiscard]] std::string exported(const std::string& form) const {
    EXPECT_EQ(harness::output_of({TANDEM_PROGRAM, "replay", "--export", form, "-o", at(form), at("r")}), "");
    return at(form);
  }
  std::vector<Spoken> spoken_;
};

// One line a packet: who, what tshark found wrong with it, the types of the messages in it.
TEST_P(Export, TsharkFollowsTheConversationsAndFindsNothingWrong) {
  const std::string file = exported("pcap");
  for (const Spoken& spoken : spoken_) {
    const std::string port = std::to_string(spoken.port);
    const auto lines = lines_of(harness::output_of({k_tshark, "-n", "-r", file, "-d", "tcp.port==" + port + ",bgp", "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE",
                                                    "-Y", "tcp.port==" + port, "-T", "fields", "-E", "separator=|", "-e", "tcp.dstport", "-e", "tcp.flags.str", "-e",
                                                    "_ws.malformed", "-e", "_ws.expert.message", "-e", "tcp.checksum.status", "-e", "ip.checksum.status", "-e", "bgp.type"}));
    std::string types;  // of what was sent to the far end
    std::size_t packets = 0;
    for (const std::string& line : lines) {
      if (line.find('|') == std::string::npos) continue;  // a remark on standard error, as 'running as user root'
      ++packets;
      std::vector<std::string> fields;
      std::istringstream stream(line + "|");
      for (std::string part; std::getline(stream, part, '|');) fields.push_back(part);
      ASSERT_EQ(fields.size(), 7U) << line;
      EXPECT_EQ(fields[2], "") << line;
      for (const char* wrong : {"etransmission", "out-of-order", "not captured", "unseen", "alformed", "incorrect"}) EXPECT_EQ(fields[3].find(wrong), std::string::npos) << line;
      EXPECT_EQ(fields[4], "1") << "the checksum of TCP: " << line;
      EXPECT_EQ(fields[5], "1") << "the checksum of IP: " << line;
      if (fields[0] == port && !fields[6].empty()) types += fields[6] + ",";
    }
    std::string expected;
    for (const Message& message : spoken.sent) expected += std::to_string(message.type()) + ",";
    EXPECT_EQ(types, expected);
    EXPECT_GT(packets, 8U);
  }
  const std::string updates = harness::output_of({k_tshark, "-n", "-r", file, "-d", fmt::format("tcp.port=={},bgp", spoken_[0].port), "-Y", "bgp.type==2", "-V"});
  for (const char* part : {"10.1.0.0/24", "2001:db8:1::/48", "20.2.0.0/24", "10.2.0.0/24"}) EXPECT_THAT(updates, HasSubstr(part));
}

TEST_P(Export, BgpdumpReadsTheMessagesOfBothDirections) {
  const auto lines = lines_of(harness::output_of({k_bgpdump, "-m", exported("mrt")}));
  for (const char* peer : {"127.0.0.10", "127.0.0.11"}) {
    const auto announces = [&](const std::string& prefix, const std::string& path) {
      return ::testing::AllOf(HasSubstr("|A|" + std::string(peer) + "|65002|" + prefix + "|" + path + "|"), StartsWith("BGP4MP"));
    };
    EXPECT_THAT(lines, Contains(announces("20.1.0.0/24", "")));
    EXPECT_THAT(lines, Contains(announces("20.2.0.0/24", "")));
    EXPECT_THAT(lines, Contains(announces("10.1.0.0/24", "65010 65011")));
    EXPECT_THAT(lines, Contains(announces("2001:db8:1::/48", "65001")));
    EXPECT_THAT(lines, Contains(announces("10.2.0.0/24", "65001")));
    EXPECT_THAT(lines, Contains(HasSubstr("|W|" + std::string(peer) + "|65002|10.2.0.0/24")));
  }
}

TEST_P(Export, EveryMessageIsALineOfJson) {
  for (const Spoken& spoken : spoken_) {
    std::vector<std::string> octets;
    for (const std::string& line : lines_of(harness::read_text(exported("json")))) {
      boost::system::error_code failure;
      const auto value = boost::json::parse(line, failure);
      ASSERT_FALSE(failure) << line;
      const auto& object = value.as_object();
      if (object.at("event").as_string() != "sent" || object.at("kind").as_string() != "connection") continue;
      if (std::string_view(object.at("remote").as_string()).ends_with(fmt::format(":{}", spoken.port))) octets.emplace_back(object.at("octets").as_string());
    }
    std::vector<std::string> expected;
    for (const Message& message : spoken.sent) expected.push_back(base::to_hex(message.bytes));
    EXPECT_EQ(octets, expected);
  }
}

INSTANTIATE_TEST_SUITE_P(Engine, Export, ::testing::Values("sync", "async"), [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace tandem::conformance
