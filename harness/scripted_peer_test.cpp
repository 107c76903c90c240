// The scripted peer is what every other test trusts, so it is tested first.
#include "harness/scripted_peer.hpp"

#include <gtest/gtest.h>

#include "harness/configuration_text.hpp"

namespace tandem::harness {
namespace {

using namespace std::chrono_literals;

base::Buffer drain(Remote& remote) {
  base::Buffer out;
  while (!remote.outbox().empty()) {
    base::Bytes piece;
    remote.outbox().gather({&piece, 1});
    out.insert(out.end(), piece.begin(), piece.end());
    remote.sent(piece.size(), {});
  }
  return out;
}

const char* const k_open_text = "0031 01 04FFFD00B40A000002 14 0206010400010001 02064104 0000FFFD 02020600";

TEST(ScriptedPeer, MirrorsAnOpenWithTheNextIdentifierAndConfirmsIt) {
  ScriptedPeer peer;
  peer.connected({});
  peer.receive(message(k_open_text), {});
  base::Buffer expected = message("0031 01 04FFFD00B40A000003 14 0206010400010001 02064104 0000FFFD 02020600");
  const auto confirm = keepalive();
  expected.insert(expected.end(), confirm.begin(), confirm.end());
  EXPECT_EQ(drain(peer), expected);
  EXPECT_FALSE(peer.is_established());
  peer.receive(keepalive(), base::TimePoint(1s));
  EXPECT_TRUE(peer.is_established());
}

TEST(ScriptedPeer, MirrorsWithAnotherAsInBothPlaces) {
  PeerOptions options;
  options.mirror.as = base::Asn{65000};
  options.confirm_open = false;
  ScriptedPeer peer(options);
  peer.receive(message(k_open_text), {});
  EXPECT_EQ(drain(peer), message("0031 01 04FDE800B40A000003 14 0206010400010001 02064104 0000FDE8 02020600"));
}

TEST(ScriptedPeer, LeavesCapabilitiesOutWhenAsked) {
  PeerOptions options;
  options.mirror.without_capabilities = {65, 6};
  options.confirm_open = false;
  ScriptedPeer peer(options);
  peer.receive(message(k_open_text), {});
  EXPECT_EQ(drain(peer), message("0025 01 04FFFD00B40A000003 08 0206010400010001"));
}

TEST(ScriptedPeer, CutsMessagesOutOfAnySegmentation) {
  ScriptedPeer peer;
  auto stream = message(k_open_text);
  for (const auto& more : {keepalive(), message("0017 02 00000000")}) stream.insert(stream.end(), more.begin(), more.end());
  for (const std::uint8_t octet : stream) peer.receive(base::Bytes(&octet, 1), {});
  ASSERT_EQ(peer.transcript().size(), 3U);
  EXPECT_EQ(describe(peer.transcript()[2].bytes), "0017 02 00000000");
  EXPECT_EQ(peer.ends_of_rib(), 1U);
}

TEST(ScriptedPeer, SaysSoWhenTheStreamIsBroken) {
  ScriptedPeer peer;
  base::Buffer stream = keepalive();
  stream[3] = 0;
  peer.receive(stream, {});
  EXPECT_FALSE(peer.broken().empty());
}

TEST(ScriptedPeer, RunsItsScriptInOrder) {
  PeerOptions options;
  options.script = {Step::established(), Step::pause(2s), Step::send(notification(6, 0)), Step::close()};
  ScriptedPeer peer(options);
  peer.connected({});
  peer.receive(message(k_open_text), {});
  drain(peer);
  peer.expired(base::TimePoint(1s));
  EXPECT_TRUE(drain(peer).empty());
  peer.receive(keepalive(), base::TimePoint(1s));
  EXPECT_EQ(peer.deadline(), base::TimePoint(3s));
  peer.expired(base::TimePoint(3s));
  EXPECT_EQ(drain(peer), notification(6, 0));
  EXPECT_EQ(peer.ending(), Remote::Ending::close);
  EXPECT_TRUE(peer.script_done());
}

TEST(ScriptedPeer, KeepsItsHalfOfTheKeepaliveCadence) {
  ScriptedPeer peer;
  peer.receive(message("0031 01 04FFFD00090A000002 14 0206010400010001 02064104 0000FFFD 02020600"), base::TimePoint(10s));
  drain(peer);
  EXPECT_EQ(peer.deadline(), base::TimePoint(13s));
  peer.expired(base::TimePoint(13s));
  EXPECT_EQ(drain(peer), keepalive());
  EXPECT_EQ(peer.deadline(), base::TimePoint(16s));
}

TEST(Messages, UpdatesReadBackAsTheyWereWritten) {
  for (const auto& prefixes : {std::vector<std::string>{"10.0.0.0/24", "10.1.0.0/16", "0.0.0.0/0"},
                               std::vector<std::string>{"2001:db8:1::/48", "2001:db8::7/128"}}) {
    Announcement announcement;
    announcement.prefixes = prefixes;
    announcement.med = 7;
    const auto bytes = update(announcement);
    EXPECT_EQ(changes_of(bytes).announced, prefixes);
    RouteTable table;
    table.apply(bytes);
    EXPECT_EQ(table.size(), prefixes.size());
    table.apply(withdrawal(prefixes));
    EXPECT_EQ(table.size(), 0U);
  }
}

TEST(Messages, EndOfRibIsRecognisedInBothForms) {
  EXPECT_EQ(describe(end_of_rib(bgp::k_ipv4_unicast)), "0017 02 00000000");
  EXPECT_TRUE(is_end_of_rib(end_of_rib(bgp::k_ipv4_unicast)));
  EXPECT_TRUE(is_end_of_rib(end_of_rib(bgp::k_ipv6_unicast)));
  EXPECT_TRUE(is_end_of_rib(message("001E 02 0000 0007 90 0F 0003 0002 01")));
  EXPECT_FALSE(is_end_of_rib(message("001B 02 0004 180A0000 0000")));
}

}  // namespace
}  // namespace tandem::harness
