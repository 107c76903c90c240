// Octets from a peer may be anything: every beginning of good messages and thousands of damaged ones go through every decoder
// and printer. The sanitizer builds make this worth its time.
#include <gtest/gtest.h>

#include "common/base/changed_octets.hpp"
#include "common/base/random.hpp"
#include "common/bgp/attribute/attribute_samples.hpp"
#include "common/bgp/message/header.hpp"
#include "common/bgp/message/message_samples.hpp"
#include "common/bgp/message/notification.hpp"
#include "common/bgp/message/open.hpp"
#include "common/bgp/message/operational.hpp"
#include "common/bgp/message/route_refresh.hpp"
#include "common/bgp/message/update.hpp"
#include "common/bgp/nlri/nlri_samples.hpp"
#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using testing::octets;

// Everything there is to do with a message body, whatever its type says.
void exercise(base::Bytes body, const Negotiated& negotiated) {
  std::string out;
  if (const auto operational = decode_operational(body)) operational_text(*operational, out);
  static_cast<void>(decode_open(body));
  static_cast<void>(received_message(decode_notification(body)));
  static_cast<void>(decode_route_refresh(body));
  const auto update = decode_update(body, negotiated);
  if (!update) {
    EXPECT_NE(update.error().notification(), nullptr);
    EXPECT_FALSE(update.error().reason().empty());
    return;
  }
  base::JsonWriter json(out);
  std::size_t octets_seen = 0;
  std::size_t skipped = 0;
  for (const NlriBlock* block : {&update->withdrawn, &update->announced, &update->mp_withdrawn, &update->mp_announced}) {
    block->for_each([&](NlriKey& key) {
      const NlriCodec* codec = nlri_codec(key.family());
      codec->text(key, out);
      codec->json(key, {}, json);
      octets_seen += codec->encoded_size(key, block->add_path);
    });
    octets_seen -= block->octets.size();
    skipped += block->skipped;
  }
  EXPECT_TRUE(skipped != 0 || octets_seen == 0);  // walking reaches the end of every block
  base::Buffer canonical;
  canonical_attributes(update->attributes.wire(), update->attributes.asn4, canonical);
  attributes_json(canonical, json);
  attributes_text(canonical, out);
  base::Buffer again;
  canonical_attributes(canonical, true, again);
  EXPECT_EQ(again, canonical);
  for (const bool asn4 : {true, false}) {
    base::Buffer wire;
    encode_attributes(canonical, update->next_hop, true, {base::Asn{70000}, negotiated.internal(), asn4, true}, wire);
    base::Bytes left = wire;
    while (const auto attribute = next_attribute(left)) left = left.subspan(attribute->whole.size());
    EXPECT_TRUE(left.empty());
  }
}

std::vector<Negotiated> sessions() {
  std::vector<Negotiated> out(3, testing::plain_session());
  out[0].aigp = true;
  out[1].asn4 = false;
  out[1].peer_as = base::Asn{1};
  out[2].add_path_receive.insert(0);
  out[2].extended_next_hops = {{k_ipv4_unicast, Afi::ipv6}};
  for (const auto& traits : family_table()) out[2].family_set.insert(*family_index(traits.family));
  return out;
}

std::vector<base::Buffer> bodies() {
  std::vector<base::Buffer> out;
  for (const auto& sample : testing::nlri_samples()) out.push_back(testing::update_body(sample));
  for (const auto& sample : testing::attribute_samples()) out.push_back(testing::update_body(sample));
  for (const auto& sample : testing::message_samples()) {
    if (!sample.body.empty()) out.push_back(octets(sample.body));
  }
  return out;
}

// A sample that is refused at its first octets would lead nowhere.
TEST(Robustness, TheSamplesAreGoodMessages) {
  Negotiated negotiated = testing::plain_session();
  for (const auto& traits : family_table()) negotiated.family_set.insert(*family_index(traits.family));
  for (const auto& sample : testing::message_samples()) {
    const base::Buffer body = octets(sample.body);
    switch (sample.type) {
      case MessageType::open: EXPECT_TRUE(decode_open(body).has_value()) << sample.body; break;
      case MessageType::operational: EXPECT_TRUE(decode_operational(body).has_value()) << sample.body; break;
      case MessageType::update: {
        const bool narrow = sample.body.find("5ba0") != std::string_view::npos;
        negotiated.asn4 = !narrow;
        const auto update = decode_update(body, negotiated);
        ASSERT_TRUE(update.has_value()) << sample.body << ": " << update.error().reason();
        EXPECT_TRUE(update->treat_as_withdraw.empty()) << sample.body << ": " << update->treat_as_withdraw;
        break;
      }
      default: break;
    }
  }
}

TEST(Robustness, EveryBeginningOfAMessageIsSafe) {
  for (const auto& negotiated : sessions()) {
    for (const auto& body : bodies()) {
      for (std::size_t size = 0; size <= body.size(); ++size) {
        // A copy of the exact size, so that a sanitizer sees a read one octet too far.
        const base::Buffer cut(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(size));
        exercise(cut, negotiated);
      }
    }
  }
}

// Each octet of every sample changed, in a session in which everything was agreed on.
TEST(Robustness, AnyOctetOfAMessageChangedIsSafe) {
  const Negotiated negotiated = sessions().back();
  for (const base::Buffer& body : bodies()) {
    base::testing::change_each_octet(body, 0, base::testing::k_every_affordable, [&](const base::Buffer& changed) { exercise(changed, negotiated); });
  }
}

TEST(Robustness, DamagedMessagesAreSafe) {
  base::Random random(20260101);
  const auto all_sessions = sessions();
  const auto all_bodies = bodies();
  for (int round = 0; round < 20000; ++round) {
    base::Buffer body = all_bodies[random.below(all_bodies.size())];
    for (std::uint64_t changes = 1 + random.below(4); changes > 0; --changes) {
      const std::size_t at = random.below(body.size());
      switch (random.below(4)) {
        case 0: body[at] = static_cast<std::uint8_t>(random.next()); break;
        case 1: body[at] = static_cast<std::uint8_t>(body[at] ^ (1U << random.below(8))); break;
        case 2: body.insert(body.begin() + static_cast<std::ptrdiff_t>(at), static_cast<std::uint8_t>(random.next())); break;
        default:
          if (body.size() > 1) body.erase(body.begin() + static_cast<std::ptrdiff_t>(at));
          break;
      }
    }
    exercise(body, all_sessions[random.below(all_sessions.size())]);
  }
}

TEST(Robustness, RandomOctetsAsAttributesAreSafe) {
  base::Random random(42);
  const auto all_sessions = sessions();
  for (int round = 0; round < 20000; ++round) {
    base::Buffer section;
    base::ByteWriter writer(section);
    for (std::uint64_t count = random.below(6); count > 0; --count) {
      const auto code = static_cast<std::uint8_t>(random.below(45));
      const AttributeTraits* traits = attribute_traits(code);
      base::Buffer value(random.below(30));
      for (auto& octet : value) octet = static_cast<std::uint8_t>(random.below(random.below(2) == 0 ? 6 : 256));
      append_attribute(section, traits != nullptr ? traits->flags : 0xC0, code, value);
    }
    base::Buffer body;
    base::ByteWriter out(body);
    out.u16(0);
    out.u16(static_cast<std::uint16_t>(section.size()));
    out.bytes(section);
    out.bytes(octets("180a0000"));
    exercise(body, all_sessions[random.below(all_sessions.size())]);
  }
}

TEST(Robustness, FramingNeverTakesMoreThanThereIs) {
  base::Random random(9);
  for (int round = 0; round < 20000; ++round) {
    base::Buffer stream(16, 0xFF);
    for (std::uint64_t size = random.below(40); size > 0; --size) stream.push_back(static_cast<std::uint8_t>(random.below(8) == 0 ? random.next() : random.below(32)));
    const auto message = next_message(stream, {.maximum = random.below(2) == 0 ? k_message_size : k_extended_message_size, .strict = false});
    if (message && *message) {
      EXPECT_LE((*message)->whole.size(), stream.size());
      EXPECT_GE((*message)->whole.size(), k_header_size);
    }
  }
}

TEST(Robustness, AnyWordsInAnyOrderAreARefusalAtWorst) {
  const std::vector<std::string_view> words{
      "origin", "igp", "as-path", "[", "]", "(", ")", ",", "1", "65536", "1:2", "1:2:3", "0x", "0x20", "0xc0", "0x0102", "community", "large-community",
      "extended-community", "target:1:2", "aggregator", "1:1.2.3.4", "(1:1.2.3.4)", "cluster-list", "1.2.3.4", "originator-id", "aigp", "attribute",
      "med", "local-preference", "atomic-aggregate", "", ":", "::", "0xffffffffffffffffff", "no-export", "L", "1L:1", ";", "{", "}"};
  base::Random random(3);
  for (int round = 0; round < 50000; ++round) {
    std::vector<base::Token> tokens;
    for (std::uint64_t count = random.below(12); count > 0; --count) {
      tokens.push_back({words[random.below(words.size())], 1, 1, random.below(20) == 0});
    }
    AttributeBuilder builder;
    std::size_t at = 0;
    while (at < tokens.size()) {
      const auto taken = builder.parse(tokens[at].text, base::Tokens(tokens).subspan(at + 1));
      if (!taken) {
        EXPECT_FALSE(taken.error().reason().empty());
        break;
      }
      ASSERT_LE(at + 1 + *taken, tokens.size());
      at += 1 + *taken;
    }
    base::Buffer again;
    canonical_attributes(builder.canonical(), true, again);
    std::string out;
    base::JsonWriter json(out);
    attributes_json(builder.canonical(), json);
    attributes_text(builder.canonical(), out);
  }
}

}  // namespace
}  // namespace tandem::bgp
