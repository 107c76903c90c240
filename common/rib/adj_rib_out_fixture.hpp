// The fixture of the tests of AdjRibOut: one RIB, one session, and what the peer is told, as octets or in words.
#pragma once

#include <gtest/gtest.h>

#include "common/rib/adj_rib_out.hpp"
#include "common/rib/test_support.hpp"

namespace tandem::rib::test {

class AdjRibOutTest : public ::testing::Test {
 protected:
  void announce(std::string_view statement) { rib_.announce(make_route(pool_, statement)); }
  void withdraw(std::string_view statement) {
    const Route route = make_route(pool_, statement, RouteUse::withdraw);
    rib_.withdraw(route.nlri, route.attributes);
  }
  std::vector<std::string> sent() {
    UpdatePacker packer(negotiated_, options_);
    return messages_of(test::drain(rib_, packer));
  }
  // What is sent, in words: "+10.0.0.0/24 5" (with its MED), "-10.0.0.0/24", "[" BoRR, "]" EoRR; "|" between messages.
  std::string told() {
    UpdatePacker packer(negotiated_, options_);
    const base::Buffer octets = test::drain(rib_, packer);
    std::string out;
    base::Bytes left = octets;
    while (!left.empty()) {
      const std::size_t size = static_cast<std::size_t>(left[16] << 8 | left[17]);
      if (!out.empty()) out += " | ";
      out += words(left.first(size));
      left = left.subspan(size);
    }
    return out;
  }
  std::string words(base::Bytes message) {
    if (message[18] == static_cast<std::uint8_t>(bgp::MessageType::route_refresh)) {
      return (message[21] == 1 ? "[" : "]") + std::to_string(message[20]) + std::to_string(message[22]);
    }
    const auto update = bgp::decode_update(message.subspan(bgp::k_header_size), negotiated_);
    if (!update) return "undecodable: " + update.error().reason();
    std::string out;
    const auto add = [&out](char sign, std::string_view behind) {
      return [&out, sign, behind](const bgp::NlriKey& key) {
        if (!out.empty()) out += ' ';
        out += sign;
        bgp::nlri_codec(key.family())->text(key, out);
        out += behind;
      };
    };
    update->withdrawn.for_each(add('-', ""));
    update->mp_withdrawn.for_each(add('-', ""));
    const AttributeSetRef set = pool_.intern_received(update->attributes.wire(), true, bgp::NextHop{});
    std::string med(set->text());
    med = med.find("med ") == std::string::npos ? "" : "(" + med.substr(med.find("med ") + 4, 1) + ")";
    update->announced.for_each(add('+', med));
    update->mp_announced.for_each(add('+', med));
    return out;
  }
  // Ends the first run of the session, so that withdraws are encoded from now on.
  void end_first_run() {
    rib_.established({});
    withdraw("203.0.113.0/24");
    EXPECT_EQ(told(), "");
  }
  std::size_t step(UpdatePacker& packer, base::Buffer& out) {
    std::size_t budget = 4096;
    const auto produced = rib_.next_message(packer, budget, out);
    return produced.message ? 1U : 0U;
  }

  AttributePool pool_;
  bgp::Negotiated negotiated_ = test::make_negotiated();
  PackerOptions options_{.group_updates = false, .aigp = false, .dialect = bgp::Dialect::main, .link_local = {}};
  AdjRibOut rib_{true};
};

}  // namespace tandem::rib::test
