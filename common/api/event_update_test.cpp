// UPDATE events, from octets as a peer sends them.
#include "common/api/event_update.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "common/api/event_encoder.hpp"
#include "common/base/random.hpp"

namespace tandem::api {
namespace {

namespace json = boost::json;

// Hexadecimal with blanks for the eye.
base::Buffer octets(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != ' ') digits += c;
  }
  return base::from_hex(digits).value();
}

class UpdateEvent : public testing::Test {
 protected:
  UpdateEvent() {
    for (const bgp::Family family : {bgp::k_ipv4_unicast, bgp::k_ipv4_multicast, bgp::k_ipv6_unicast, bgp::k_ipv6_multicast}) {
      negotiated.families.push_back(family);
      negotiated.family_set.insert(*bgp::family_index(family));
    }
    negotiated.asn4 = true;
    negotiated.local_as = negotiated.peer_as = base::Asn{65001};
    negotiated.extended_next_hops = {{bgp::k_ipv4_unicast, bgp::Afi::ipv6}};
    neighbor.peer = *base::IpAddress::parse("127.0.0.1");
  }

  void decode(std::string_view hex) {
    body = octets(hex);
    message_octets.clear();
    const std::size_t start = bgp::begin_message(message_octets, bgp::MessageType::update);
    message_octets.insert(message_octets.end(), body.begin(), body.end());
    bgp::finish_message(message_octets, start);
    event = MessageEvent{};
    event.message = {2, message_octets};
    auto decoded = bgp::decode_update(body, negotiated);
    ASSERT_TRUE(decoded) << decoded.error().reason();
    update = std::move(*decoded);
    event.update = &update;
  }
  void intern() {
    const base::Bytes wire = update.attributes.wire();
    if (!update.announced.empty()) event.attributes = pool.intern_received(wire, negotiated.asn4, update.next_hop);
    if (!update.mp_announced.empty()) event.mp_attributes = pool.intern_received(wire, negotiated.asn4, update.mp_next_hop);
  }
  json::value json_message(bool compact = false) {
    encoder.compact = compact;
    std::string out;
    encoder.message(EventForm::json_v6, neighbor, 1.5, event, &negotiated, out);
    boost::system::error_code failed;
    json::value line = json::parse(std::string_view(out).substr(0, out.size() - 1), failed);
    EXPECT_FALSE(failed) << out;
    EXPECT_EQ(line.at("type"), "update");
    EXPECT_TRUE(line.at("neighbor").as_object().contains("negotiated"));
    return line.at("neighbor").at("message");
  }
  std::string text() {
    std::string out;
    encoder.message(EventForm::text, neighbor, 1.5, event, &negotiated, out);
    return out;
  }
  // With the interned attributes and without them the event must be the same.
  void expect_json(std::string_view hex, std::string_view expected) {
    decode(hex);
    EXPECT_EQ(json_message(), json::parse(expected)) << hex;
    intern();
    EXPECT_EQ(json_message(), json::parse(expected)) << hex;
  }
  void expect_text(std::string_view hex, const std::string& expected) {
    decode(hex);
    EXPECT_EQ(text(), expected);
    intern();
    EXPECT_EQ(text(), expected);
  }

  rib::AttributePool pool;
  EventEncoder encoder{DaemonIdentity{"rtr1", 4100, 1}};
  NeighborIdentity neighbor;
  bgp::Negotiated negotiated;
  base::Buffer body, message_octets;
  bgp::Update update;
  MessageEvent event;
};

TEST_F(UpdateEvent, AnnounceIsGroupedByFamilyAndNextHop) {
  expect_json("0000 0015 40010100 400200 400304 01020304 40050400000064 180A0000 180A0001",
              R"({ "update": { "attribute": { "origin": "igp", "local-preference": 100 }, "announce": { "ipv4 unicast": { "1.2.3.4": [ { "nlri": "10.0.0.0/24" }, { "nlri": "10.0.1.0/24" } ] } } } })");
}

TEST_F(UpdateEvent, WithdrawAloneHasNoAttributes) {
  expect_json("0004 180A0000 0000", R"({ "update": { "withdraw": { "ipv4 unicast": [ { "nlri": "10.0.0.0/24" } ] } } })");
  expect_json("0000 000B 800F08 0002 01 2020010DB8", R"({ "update": { "withdraw": { "ipv6 unicast": [ { "nlri": "2001:db8::/32" } ] } } })");
  event.attributes = pool.intern_received({}, true, {});  // of nothing: still nothing to show
  EXPECT_FALSE(json_message().at("update").as_object().contains("attribute"));
}

TEST_F(UpdateEvent, MpAnnounce) {
  expect_json("0000 002B 40010100 400200 40050400000064 800E1A 0002 01 10 20010000000000000000000000000001 00 2020010DB8",
              R"({ "update": { "attribute": { "origin": "igp", "local-preference": 100 }, "announce": { "ipv6 unicast": { "2001::1": [ { "nlri": "2001:db8::/32" } ] } } } })");
}

TEST_F(UpdateEvent, NextHopIsAnAttributeWhenSomethingIsWithdrawn) {
  expect_json("0004 180A0900 0015 40010100 400200 400304 01020304 40050400000064 180A0000",
              R"({ "update": { "attribute": { "origin": "igp", "local-preference": 100, "next-hop": "1.2.3.4" }, "announce": { "ipv4 unicast": { "1.2.3.4": [ { "nlri": "10.0.0.0/24" } ] } }, "withdraw": { "ipv4 unicast": [ { "nlri": "10.9.0.0/24" } ] } } })");
}

TEST_F(UpdateEvent, AllFourPlacesAtOnce) {
  // withdrawn 10.9/24; MP_UNREACH 2001:db8:1::/48; announced 10.0.0/24; MP_REACH 2001:db8::/32
  expect_json(
      "0004 180A0900 003F 800F0A 0002 01 3020010DB80001 40010100 400200 400304 01020304 40050400000064 "
      "800E1A 0002 01 10 20010000000000000000000000000001 00 2020010DB8 180A0000",
      R"({ "update": { "attribute": { "origin": "igp", "local-preference": 100, "next-hop": "1.2.3.4" },
 "announce": { "ipv4 unicast": { "1.2.3.4": [ { "nlri": "10.0.0.0/24" } ] }, "ipv6 unicast": { "2001::1": [ { "nlri": "2001:db8::/32" } ] } },
 "withdraw": { "ipv4 unicast": [ { "nlri": "10.9.0.0/24" } ], "ipv6 unicast": [ { "nlri": "2001:db8:1::/48" } ] } } })");
}

TEST_F(UpdateEvent, OneFamilyInBothPlacesIsOneMember) {
  // 10.0.0/24 in the classic field by 1.2.3.4, 10.0.1/24 in MP_REACH by 2001::1, and then by 1.2.3.4 too
  expect_json(
      "0000 0031 40010100 400200 400304 01020304 40050400000064 800E19 0001 01 10 20010000000000000000000000000001 00 180A0001 "
      "180A0000",
      R"({ "update": { "attribute": { "origin": "igp", "local-preference": 100 },
 "announce": { "ipv4 unicast": { "1.2.3.4": [ { "nlri": "10.0.0.0/24" } ], "2001::1": [ { "nlri": "10.0.1.0/24" } ] } } } })");
  expect_json("0000 0025 40010100 400200 400304 01020304 40050400000064 800E0D 0001 01 04 01020304 00 180A0001 180A0000",
              R"({ "update": { "attribute": { "origin": "igp", "local-preference": 100 },
 "announce": { "ipv4 unicast": { "1.2.3.4": [ { "nlri": "10.0.0.0/24" }, { "nlri": "10.0.1.0/24" } ] } } } })");
  expect_json("0004 180A0900 000A 800F07 0001 01 180A0901",
              R"({ "update": { "withdraw": { "ipv4 unicast": [ { "nlri": "10.9.0.0/24" }, { "nlri": "10.9.1.0/24" } ] } } })");
}

TEST_F(UpdateEvent, TreatAsWithdrawListsTheAnnouncesAsWithdraws) {
  // MED of three octets (RFC 7606 section 7.4)
  decode("0000 0014 40010100 400200 400304 01020304 800403 000005 180A0000");
  EXPECT_EQ(json_message(),
            json::parse(R"({ "update": { "attribute": { "origin": "igp", "next-hop": "1.2.3.4", "error": "treat-as-withdraw due to med" }, "withdraw": { "ipv4 unicast": [ { "nlri": "10.0.0.0/24" } ] } } })"));
  EXPECT_EQ(text(),
            "neighbor 127.0.0.1 receive update start\nneighbor 127.0.0.1 receive update withdrawn 10.0.0.0/24\n"
            "neighbor 127.0.0.1 receive update end\n\n");
}

TEST_F(UpdateEvent, EndOfRib) {
  expect_json("0000 0000", R"({ "eor": { "afi" : "ipv4", "safi" : "unicast" } })");
  expect_json("0000 0007 900F0003 0002 01", R"({ "eor": { "afi" : "ipv6", "safi" : "unicast" } })");
  expect_text("0000 0000",
              "neighbor 127.0.0.1 receive update start\nneighbor 127.0.0.1 receive update route eor 1/1 (ipv4 unicast)\n"
              "neighbor 127.0.0.1 receive update end\n\n");
}

TEST_F(UpdateEvent, CompactMakesBareStrings) {
  decode("0004 180A0900 0015 40010100 400200 400304 01020304 40050400000064 180A0000");
  const json::value message = json_message(true);
  EXPECT_EQ(message.at("update").at("announce"), json::parse(R"({ "ipv4 unicast": { "1.2.3.4": [ "10.0.0.0/24" ] } })"));
  EXPECT_EQ(message.at("update").at("withdraw"), json::parse(R"({ "ipv4 unicast": [ "10.9.0.0/24" ] })"));
}

TEST_F(UpdateEvent, AddPath) {
  negotiated.add_path_receive.insert(*bgp::family_index(bgp::k_ipv4_unicast));
  decode("0000 0015 40010100 400200 400304 01020304 40050400000064 00000007 180A0000");
  EXPECT_EQ(json_message().at("update").at("announce"),
            json::parse(R"({ "ipv4 unicast": { "1.2.3.4": [ { "nlri": "10.0.0.0/24", "path-information": "0.0.0.7" } ] } })"));
}

TEST_F(UpdateEvent, NothingPrintableIsAnEmptyObject) {
  update = bgp::Update{};
  body = octets("400200");  // an empty AS_PATH is not shown
  update.attributes.received = body;
  event = MessageEvent{};
  event.update = &update;
  event.message = {2, body};
  EXPECT_EQ(json_message(), json::parse(R"({ "update": { "attribute": { } } })"));
}

TEST_F(UpdateEvent, WithoutANextHopItSaysSo) {
  decode("0000 0015 40010100 400200 400304 01020304 40050400000064 180A0000");
  update.next_hop = {};
  EXPECT_TRUE(json_message().at("update").at("announce").at("ipv4 unicast").as_object().contains("no-nexthop"));
}

TEST_F(UpdateEvent, TextIsOneLineForEachNlri) {
  expect_text("0004 180A0900 0015 40010100 400200 400304 01020304 40050400000064 180A0000 180A0001",
              "neighbor 127.0.0.1 receive update start\n"
              "neighbor 127.0.0.1 receive update announced 10.0.0.0/24 next-hop 1.2.3.4 origin igp local-preference 100\n"
              "neighbor 127.0.0.1 receive update announced 10.0.1.0/24 next-hop 1.2.3.4 origin igp local-preference 100\n"
              "neighbor 127.0.0.1 receive update withdrawn 10.9.0.0/24\n"
              "neighbor 127.0.0.1 receive update end\n\n");
}

TEST_F(UpdateEvent, ConsolidatedTextHasTheOctetsBeforeTheEnd) {
  decode("0004 180A0000 0000");
  event.consolidate_header = event.consolidate_body = true;
  EXPECT_EQ(text(),
            "neighbor 127.0.0.1 receive update start\nneighbor 127.0.0.1 receive update withdrawn 10.0.0.0/24\n"
            " header 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF001B02 body 0x0004180A00000000\nneighbor 127.0.0.1 receive update end\n\n");
}

TEST_F(UpdateEvent, WhateverDecodesAlsoEncodes) {
  const std::vector<base::Buffer> seeds{
      octets("0004 180A0900 003F 800F0A 0002 01 3020010DB80001 40010100 400200 400304 01020304 40050400000064 800E1A 0002 01 10 "
             "20010000000000000000000000000001 00 2020010DB8 180A0000"),
      octets("0000 003F 40010101 40020A 02020000FDE90000FDEA 40030401020304 80040400000014 400600 C00808FDE90001FFFFFF01 800904 09090909 "
             "C0100800 02FDE900000001 18 0A0000"),
      octets("0000 0015 40010100 400200 400304 01020304 40050400000064 180A0000")};
  base::Random random(11);
  int encoded = 0;
  for (int i = 0; i < 30000; ++i) {
    body = seeds[random.below(seeds.size())];
    for (std::uint64_t n = random.below(4); n > 0; --n) body[random.below(body.size())] = static_cast<std::uint8_t>(random.next());
    if (random.below(10) == 0) body.resize(random.below(body.size() + 1));
    auto decoded = bgp::decode_update(body, negotiated);
    if (!decoded) continue;
    update = std::move(*decoded);
    event = MessageEvent{};
    event.update = &update;
    event.message = {2, body};
    if (i % 2 == 0 && update.treat_as_withdraw.empty()) intern();
    json_message(i % 3 == 0);
    EXPECT_TRUE(text().ends_with("update end\n\n"));
    ++encoded;
  }
  EXPECT_GT(encoded, 1000);
}

}  // namespace
}  // namespace tandem::api
