#include "common/capture/conversations.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/capture/test_support.hpp"

namespace tandem::capture {
namespace {

using ::testing::ElementsAre;
using test::octets;
using test::operator+;

const base::Endpoint k_one{*base::IpAddress::parse("10.0.0.1"), 179};
const base::Endpoint k_two{*base::IpAddress::parse("10.0.0.2"), 40000};
const std::string k_asn4 = "4104 0000FDE9";
const std::string k_add_path_both = "4504 0001 01 03";

// The messages of a capture: "10.0.0.1 update asn4 add-path".
class Captured {
 public:
  void send(const base::Endpoint& from, const base::Endpoint& to, std::uint32_t sequence, base::Bytes payload, bool syn = false) {
    Segment segment;
    segment.source = from;
    segment.target = to;
    segment.sequence = sequence;
    segment.syn = syn;
    segment.payload = payload;
    conversations.add(segment, 1);
  }
  void syn(std::uint32_t one, std::uint32_t two) {
    send(k_two, k_one, two - 1, {}, true);
    send(k_one, k_two, one - 1, {}, true);
  }
  std::vector<std::string> messages;
  Conversations conversations{[this](const FoundMessage& found) {
    const api::MessageSource& source = *found.source;
    std::string text = fmt::format("{} {}", source.neighbor.peer.text(), bgp::packet_name(found.whole[18]));
    if (source.asn4) text += *source.asn4 ? " asn4" : " asn2";
    if (!source.add_path.empty()) text += " add-path";
    messages.push_back(text);
  }};
};

TEST(Conversations, OpensSayHowTheOthersAreRead) {
  Captured captured;
  captured.syn(1000, 5000);
  const base::Buffer one = test::open("FDE9", k_asn4 + k_add_path_both);
  const base::Buffer two = test::open("FDE9", k_asn4 + "4504 0001 01 01");  // receives only
  captured.send(k_two, k_one, 5000, two);
  captured.send(k_one, k_two, 1000, one + test::update("0201 0000FDE9", "00000001 18 0A0000"));
  captured.send(k_two, k_one, 5000 + static_cast<std::uint32_t>(two.size()), test::update("0201 0000FDE9", "180A0000"));
  EXPECT_THAT(captured.messages, ElementsAre("10.0.0.2 open", "10.0.0.1 open asn4 add-path", "10.0.0.1 update asn4 add-path", "10.0.0.2 update asn4"));
}

TEST(Conversations, OneEndWithoutFourOctetAsNumbersIsEnough) {
  Captured captured;
  captured.syn(1000, 5000);
  captured.send(k_one, k_two, 1000, test::open("FDE9", "") + test::update("0201 FDE9", "180A0000"));
  EXPECT_THAT(captured.messages, ElementsAre("10.0.0.1 open asn2", "10.0.0.1 update asn2"));
}

TEST(Conversations, MessagesAreFoundHoweverTheyAreCut) {
  const base::Buffer stream = test::open("FDE9", k_asn4) + test::message(bgp::MessageType::keepalive) + test::update("0201 0000FDE9", "180A0000");
  for (const std::size_t size : {1, 18, 19, 40}) {
    Captured captured;
    captured.syn(1000, 5000);
    for (std::size_t at = 0; at < stream.size(); at += size) {
      captured.send(k_one, k_two, 1000 + static_cast<std::uint32_t>(at), base::Bytes(stream).subspan(at, std::min(size, stream.size() - at)));
    }
    EXPECT_THAT(captured.messages, ElementsAre("10.0.0.1 open", "10.0.0.1 keepalive", "10.0.0.1 update")) << size;
    captured.conversations.finish();
    EXPECT_EQ(captured.conversations.lost_octets(), 0U);
  }
}

TEST(Conversations, BehindAHoleTheNextMarkerIsLookedFor) {
  Captured captured;
  captured.syn(1000, 5000);
  const base::Buffer update = test::update("0201 0000FDE9", "180A0000");
  const auto size = static_cast<std::uint32_t>(update.size());
  captured.send(k_one, k_two, 1000, update);
  captured.send(k_one, k_two, 1000 + size + 10, base::Bytes(update).subspan(10));  // its first ten octets were not captured
  captured.send(k_one, k_two, 1000 + 2 * size, update + test::message(bgp::MessageType::keepalive));
  captured.conversations.finish();
  EXPECT_THAT(captured.messages, ElementsAre("10.0.0.1 update", "10.0.0.1 update", "10.0.0.1 keepalive"));
  EXPECT_EQ(captured.conversations.holes(), 1U);
  EXPECT_EQ(captured.conversations.lost_octets(), size - 10);
}

TEST(Conversations, ACaptureMayBeginInTheMiddleOfAMessage) {
  Captured captured;
  const base::Buffer update = test::update("0201 0000FDE9", "180A0000");
  captured.send(k_one, k_two, 77, base::Bytes(update).subspan(20));
  captured.send(k_one, k_two, 77 + static_cast<std::uint32_t>(update.size()) - 20, update);
  EXPECT_THAT(captured.messages, ElementsAre("10.0.0.1 update"));
}

TEST(Conversations, TheSameEndsMayBeginAnew) {
  Captured captured;
  captured.syn(1000, 5000);
  captured.send(k_one, k_two, 1000, test::open("FDE9", ""));
  captured.syn(9000, 7000);
  captured.send(k_two, k_one, 7000, test::open("FDE9", k_asn4));
  captured.send(k_one, k_two, 9000, test::open("FDE9", k_asn4));
  captured.send(k_one, k_two, 8999, {}, true);  // the SYN, sent twice
  captured.send(k_one, k_two, 9000 + static_cast<std::uint32_t>(test::open("FDE9", k_asn4).size()), test::message(bgp::MessageType::keepalive));
  EXPECT_THAT(captured.messages, ElementsAre("10.0.0.1 open asn2", "10.0.0.2 open", "10.0.0.1 open asn4", "10.0.0.1 keepalive asn4"));
}

TEST(Conversations, AnotherPortIsBgpWhenItSpeaksIt) {
  Captured captured;
  const base::Endpoint server{k_one.address, 8080};
  const std::string request = "GET / HTTP/1.1\r\n\r\n";
  captured.send(k_two, server, 99, {}, true);
  captured.send(k_two, server, 100, base::as_bytes(request));
  const base::Buffer keepalive = test::message(bgp::MessageType::keepalive);
  captured.send(k_two, server, 100 + static_cast<std::uint32_t>(request.size()), keepalive);
  EXPECT_TRUE(captured.messages.empty()) << "it began with something else";
  captured.send(server, k_two, 499, {}, true);
  captured.send(server, k_two, 500, keepalive);
  EXPECT_THAT(captured.messages, ElementsAre("10.0.0.1 keepalive")) << "the other end does not answer in kind";
  captured.messages.clear();
  const base::Endpoint other{k_one.address, 1790};
  captured.send(k_two, other, 99, {}, true);
  captured.send(k_two, other, 100, keepalive);
  EXPECT_THAT(captured.messages, ElementsAre("10.0.0.2 keepalive"));
  captured.conversations.finish();
  EXPECT_EQ(captured.conversations.lost_octets(), 0U);
}

TEST(Conversations, MoreThan4096AreNotKept) {
  Captured captured;
  const base::Buffer open = test::open("FDE9", "");
  captured.syn(1000, 5000);
  captured.send(k_one, k_two, 1000, open);
  for (std::uint32_t i = 0; i < 4096; ++i) captured.send({base::IpAddress::v4(0x0B000000 + i), 5000}, k_one, 0, {}, true);
  captured.send(k_one, k_two, 1000 + static_cast<std::uint32_t>(open.size()), test::message(bgp::MessageType::keepalive));
  EXPECT_THAT(captured.messages, ElementsAre("10.0.0.1 open asn2", "10.0.0.1 keepalive")) << "what its OPEN said is forgotten";
}

}  // namespace
}  // namespace tandem::capture
