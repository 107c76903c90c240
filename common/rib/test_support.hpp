// What the tests of this room share: routes and tokens from text, a session's packer, messages as hexadecimal text, and a peer
// that believes what it is told.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/work.hpp"
#include "common/bgp/message/header.hpp"
#include "common/bgp/message/update.hpp"
#include "common/rib/adj_rib_out.hpp"
#include "common/rib/route_parser.hpp"
#include "common/rib/update_packer.hpp"

namespace tandem::rib::test {

// The most that one call does, of all that are made with this.
class MostWork {
 public:
  template <typename Call>
  void of(Call&& call) {
    const std::uint64_t before = base::Work::done();
    call();
    most_ = std::max(most_, base::Work::done() - before);
  }
  [[nodiscard]] std::uint64_t units() const { return most_; }

 private:
  std::uint64_t most_ = 0;
};

// Tokens of one statement; line 1 and true columns when `located`.
class TokenList {
 public:
  explicit TokenList(std::string_view text, bool located = false) : text_(text) {
    const std::string_view view = text_;
    for (std::size_t at = 0; at < view.size();) {
      if (view[at] == ' ') {
        ++at;
        continue;
      }
      std::size_t end = at + 1;
      const auto stands_alone = [](char c) { return std::string_view("[](),").find(c) != std::string_view::npos; };
      if (!stands_alone(view[at])) {
        while (end < view.size() && view[end] != ' ' && !stands_alone(view[end])) ++end;
      }
      tokens_.push_back({view.substr(at, end - at), located ? 1 : 0, located ? static_cast<int>(at) + 1 : 0, false});
      at = end;
    }
  }
  TokenList(const TokenList&) = delete;
  TokenList& operator=(const TokenList&) = delete;
  operator base::Tokens() const { return tokens_; }  // NOLINT: a list of tokens is tokens

 private:
  std::string text_;
  std::vector<base::Token> tokens_;
};

inline Route make_route(AttributePool& pool, std::string_view statement, RouteUse use = RouteUse::announce) {
  RouteParser parser(pool);
  const TokenList tokens(statement);
  auto parsed = parser.parse_route(tokens, use);
  if (!parsed) {
    ADD_FAILURE() << statement.substr(0, 200) << ": " << parsed.error().reason().substr(0, 200);
    return {};
  }
  return parsed->routes.at(0);
}

// iBGP, four-octet AS numbers, the given families; IPv6 routes may have IPv4 next hops (RFC 8950 the other way round).
inline bgp::Negotiated make_negotiated(const std::vector<bgp::Family>& families = {bgp::k_ipv4_unicast, bgp::k_ipv6_unicast}) {
  bgp::Negotiated negotiated;
  negotiated.local_as = negotiated.peer_as = base::Asn{1};
  negotiated.asn4 = true;
  negotiated.families = families;
  for (const bgp::Family family : families) negotiated.family_set.insert(*bgp::family_index(family));
  negotiated.extended_next_hops.push_back({bgp::k_ipv6_unicast, bgp::Afi::ipv4});
  return negotiated;
}

// The messages of a buffer without their markers: "001C 02 ...", upper case, no blanks.
inline std::vector<std::string> messages_of(const base::Buffer& octets) {
  std::vector<std::string> out;
  base::Bytes left = octets;
  while (left.size() >= bgp::k_header_size) {
    const std::size_t size = static_cast<std::size_t>(left[16] << 8 | left[17]);
    if (size < bgp::k_header_size || size > left.size()) break;
    out.push_back(base::to_hex(left.subspan(16, size - 16), base::HexCase::upper));
    left = left.subspan(size);
  }
  EXPECT_TRUE(left.empty()) << "octets behind the last whole message";
  return out;
}

inline std::string without_blanks(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ') out += c;
  }
  return out;
}

inline std::vector<std::string> wire(std::initializer_list<std::string_view> messages) {
  std::vector<std::string> out;
  for (const std::string_view message : messages) out.push_back(without_blanks(message));
  return out;
}

// Everything a RIB wants to send now, each run to its end.
inline base::Buffer drain(AdjRibOut& rib, UpdatePacker& packer) {
  base::Buffer out;
  for (;;) {
    if (!rib.run_active()) {
      if (!rib.has_pending()) return out;
      rib.start_run();
    }
    const std::size_t before = out.size();
    std::size_t budget = 4096;
    const auto produced = rib.next_message(packer, budget, out);
    EXPECT_EQ(produced.message, out.size() > before);
    EXPECT_TRUE(produced.message || produced.over || budget == 0) << "a call must make progress";
    EXPECT_EQ(produced.over, !rib.run_active());
  }
}

// The table a peer has after the messages it got: the attributes as sent, defaults included.
class PeerTable {
 public:
  PeerTable(AttributePool& pool, const bgp::Negotiated& negotiated) : pool_(pool), received_(negotiated) {
    received_.add_path_receive = negotiated.add_path_send;
    received_.add_path_send = {};
  }

  void receive(base::Bytes message) {
    ASSERT_GE(message.size(), bgp::k_header_size);
    ++messages;
    if (message[18] != static_cast<std::uint8_t>(bgp::MessageType::update)) return;
    const auto update = bgp::decode_update(message.subspan(bgp::k_header_size), received_);
    ASSERT_TRUE(update.has_value()) << update.error().reason() << " " << base::to_hex(message);
    EXPECT_FALSE(update->end_of_rib) << "a run never sends an End-of-RIB";
    EXPECT_TRUE(update->treat_as_withdraw.empty());
    const auto remove = [this](const bgp::NlriKey& key) {
      ++withdraws;
      table.erase(key);
    };
    update->withdrawn.for_each(remove);
    update->mp_withdrawn.for_each(remove);
    const base::Bytes block = update->attributes.wire();
    const auto store = [this, &block](const bgp::NextHop& next_hop) {
      return [this, &block, &next_hop](const bgp::NlriKey& key) {
        ++announces;
        table[key] = pool_.intern_received(block, true, next_hop);
      };
    };
    update->announced.for_each(store(update->next_hop));
    update->mp_announced.for_each(store(update->mp_next_hop));
  }

  std::map<bgp::NlriKey, AttributeSetRef> table;
  std::size_t messages = 0;
  std::size_t withdraws = 0;
  std::size_t announces = 0;

 private:
  AttributePool& pool_;
  bgp::Negotiated received_;
};

// The cache of a RIB as a peer would have it.
inline std::map<bgp::NlriKey, AttributeSetRef> as_received(AttributePool& pool, const AdjRibOut& rib,
                                                           const bgp::Negotiated& negotiated) {
  std::map<bgp::NlriKey, AttributeSetRef> out;
  const bgp::EncodeContext context{negotiated.local_as, negotiated.internal(), negotiated.asn4, false, false};
  rib.for_each([&](const bgp::NlriKey& key, const AttributeSetRef& attributes) {
    if (!negotiated.family_set.contains(key.family())) return;
    base::Buffer block;
    bgp::encode_attributes(attributes->canonical(), attributes->next_hop(), false, context, block);
    out[key] = pool.intern(block, attributes->next_hop());
  });
  return out;
}

}  // namespace tandem::rib::test
