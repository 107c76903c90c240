// Any octets as what a peer sends, from the first message on: framing, OPEN, capabilities, UPDATE with every attribute and NLRI codec, the
// session on top, and the events that are made of it. The first octet chooses what has been negotiated.
#include <string>

#include "common/api/event_encoder.hpp"
#include "common/bgp/message/notification.hpp"
#include "common/bgp/message/open.hpp"
#include "common/bgp/message/update.hpp"
#include "common/rib/adj_rib_in.hpp"
#include "common/session/negotiation.hpp"
#include "common/session/session.hpp"
#include "conformance/fuzz/seeds.hpp"

namespace tandem::fuzz {
namespace {

session::Parameters parameters(std::uint8_t choice) {
  session::Parameters p;
  p.local_as = base::Asn{65533};
  p.peer_as = base::Asn{(choice & 1) != 0 ? 65533U : 65000U};
  p.router_id = base::RouterId{0x0A000001};
  p.families = {bgp::k_ipv4_unicast, bgp::k_ipv4_multicast, bgp::k_ipv6_unicast, bgp::k_ipv6_multicast};
  p.asn4 = (choice & 2) != 0;
  p.route_refresh = true;
  p.extended_message = (choice & 4) != 0;
  if ((choice & 8) != 0) {
    p.add_path_mode = 3;
    p.add_path_families = {bgp::k_ipv4_unicast, bgp::k_ipv6_unicast};
  }
  p.extended_next_hop = true;
  p.extended_next_hops = {{bgp::k_ipv4_unicast, bgp::Afi::ipv6}};
  return p;
}

bgp::Open answer(const session::Parameters& p) {
  bgp::Open open = session::make_open(p, {}, std::nullopt);
  open.as_field = static_cast<std::uint16_t>(base::value(*p.peer_as));
  if (open.capabilities.asn4) open.capabilities.asn4 = *p.peer_as;
  open.router_id = base::RouterId{0x0A000002};
  return open;
}

void use_update(const bgp::Update& update, const bgp::RawMessage& message, const bgp::Negotiated& negotiated) {
  rib::AttributePool pool;
  rib::AdjRibIn rib;
  api::MessageEvent event;
  event.message = message;
  event.update = &update;
  const bgp::AttributeBlock& block = update.attributes;
  event.attributes = pool.intern_received(block.wire(), block.asn4, update.next_hop);
  event.mp_attributes = pool.intern_received(block.wire(), block.asn4, update.mp_next_hop);
  update.announced.for_each([&](const bgp::NlriKey& key) { rib.announce(key, event.attributes); });
  update.mp_announced.for_each([&](const bgp::NlriKey& key) { rib.announce(key, event.mp_attributes); });
  update.withdrawn.for_each([&](const bgp::NlriKey& key) { rib.withdraw(key); });
  update.mp_withdrawn.for_each([&](const bgp::NlriKey& key) { rib.withdraw(key); });
  const api::EventEncoder encoder({"fuzz", 1, 1});
  std::string lines;
  for (const api::EventForm form : {api::EventForm::json_v4, api::EventForm::json_v6, api::EventForm::text}) {
    encoder.message(form, {}, 0, event, &negotiated, lines);
  }
}

}  // namespace

std::vector<base::Buffer> seeds() {
  std::vector<base::Buffer> made;
  const char* const updates[] = {
      "0017020000000000", "0000001440010100400200400304010203044005040000006418 0A0000",
      "0000002B400101004002004005040000006480 0E1A00020110200100000000000000000000000000010020 20010DB8",
      "0000000B800F08000201 2020010DB8",
      "0000003440010100400206020100 00FDE940030401020304C00804FDE90064C0100800020048000000 01C0200C000000010000000200000003180A0000",
  };
  for (const std::uint8_t choice : {0x00, 0x07, 0x0F}) {
    const session::Parameters p = parameters(choice);
    base::Buffer input{choice};
    base::Buffer messages;
    bgp::encode_open(answer(p), messages);
    bgp::append_keepalive(messages);
    for (const char* text : updates) {
      std::string digits;
      for (const char* c = text; *c != 0; ++c) {
        if (*c != ' ') digits += *c;
      }
      const auto body = base::from_hex(digits);
      if (!body) continue;
      const std::size_t start = bgp::begin_message(messages, bgp::MessageType::update);
      messages.insert(messages.end(), body->begin(), body->end());
      bgp::finish_message(messages, start);
    }
    bgp::encode_notification(6, 2, base::as_bytes("\x05hello"), messages);
    input.insert(input.end(), messages.begin(), messages.end());
    made.push_back(std::move(input));
  }
  return made;
}

}  // namespace tandem::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tandem;
  if (size == 0) return 0;
  const session::Parameters p = fuzz::parameters(data[0]);
  const base::Bytes octets(data + 1, size - 1);

  // The stream as it is.
  session::Session session(p);
  base::TimePoint now{};
  session.connected({base::IpAddress::v4(0x0A000001), 179}, {base::IpAddress::v4(0x0A000002), 40000}, now);
  session.receive(octets, now);
  while (session.has_input() && !session.ending()) {
    const auto inbound = session.step(true, now);
    if (inbound && inbound->update && session.negotiated() != nullptr) fuzz::use_update(*inbound->update, inbound->message, *session.negotiated());
  }
  session.closed("end", now);
  while (session.next_event()) continue;

  // The same octets as the body of one UPDATE in an Established session: the fuzzer need not find a handshake first.
  const bgp::Open ours = session::make_open(p, {}, std::nullopt);
  const bgp::Negotiated negotiated = session::negotiate(ours, fuzz::answer(p));
  base::Buffer whole(bgp::k_header_size, 0xFF);
  whole.insert(whole.end(), octets.begin(), octets.end());
  if (const auto update = bgp::decode_update(octets, negotiated)) fuzz::use_update(*update, {2, whole}, negotiated);
  static_cast<void>(bgp::decode_open(octets));
  return 0;
}
