#include "tandem/route_check.hpp"

#include <fmt/format.h>

#include <array>

#include "common/bgp/attribute/attributes.hpp"
#include "common/bgp/message/header.hpp"
#include "common/bgp/message/update.hpp"
#include "common/rib/update_packer.hpp"
#include "common/rib/without_nlri.hpp"

namespace tandem::program {

namespace {

// The one NLRI that an encoded route announces, and its attributes.
struct Decoded {
  bgp::NlriKey nlri;
  rib::AttributeSetRef attributes;
  std::size_t count = 0;
};

base::Result<Decoded> decode(base::Bytes message, const bgp::Negotiated& negotiated, rib::AttributePool& pool) {
  auto update = bgp::decode_update(message.subspan(bgp::k_header_size), negotiated);
  if (!update) return update.error();
  if (!update->treat_as_withdraw.empty()) return base::Error(fmt::format("its {} is malformed", update->treat_as_withdraw));
  Decoded result;
  const auto take = [&](const bgp::NlriKey& key) {
    result.nlri = key;
    ++result.count;
  };
  const bool multiprotocol = !update->mp_announced.empty();
  (multiprotocol ? update->mp_announced : update->announced).for_each(take);
  result.attributes = pool.intern_received(update->attributes.wire(), update->attributes.asn4, multiprotocol ? update->mp_next_hop : update->next_hop);
  return result;
}

// What comes back of attributes that nobody knows (RFC 4271 section 5): transitive ones with the partial bit, no others.
rib::AttributeSetRef as_passed_on(const rib::AttributeSet& attributes, rib::AttributePool& pool) {
  base::Buffer block;
  base::Bytes rest = attributes.canonical();
  while (const auto attribute = bgp::next_attribute(rest)) {
    rest = rest.subspan(attribute->whole.size());
    const bool known = bgp::attribute_traits(attribute->code) != nullptr;
    const bool transitive = (attribute->flags & bgp::k_flag_transitive) != 0;
    if (known) block.insert(block.end(), attribute->whole.begin(), attribute->whole.end());
    else if (transitive) bgp::append_attribute(block, attribute->flags | bgp::k_flag_partial, attribute->code, attribute->value);
  }
  return pool.intern(block, attributes.next_hop());
}

std::optional<std::string> check_route(const rib::Route& route, const bgp::Negotiated& receiver, rib::UpdatePacker& packer,
                                       rib::AttributePool& pool) {
  base::Buffer first;
  const std::array<const bgp::NlriKey*, 1> keys{&route.nlri};
  if (packer.announce(*as_passed_on(*route.attributes, pool), keys, first) != 1) return "its attributes do not fit in a message";
  auto decoded = decode(first, receiver, pool);
  if (!decoded) return decoded.error().reason();
  if (decoded->count != (rib::without_nlri(route.nlri) ? 0U : 1U)) return fmt::format("{} prefixes come back", decoded->count);
  base::Buffer second;
  const std::array<const bgp::NlriKey*, 1> again{&decoded->nlri};
  if (packer.announce(*decoded->attributes, again, second) != 1) return "it cannot be encoded again";
  if (first != second) return fmt::format("encoded {}, encoded again {}", base::to_hex(first, base::HexCase::upper), base::to_hex(second, base::HexCase::upper));
  return std::nullopt;
}

}  // namespace

bgp::Negotiated agreeable_session(const config::Neighbor& neighbor) {
  bgp::Negotiated result;
  // "auto" mirrors the other side.
  result.local_as = neighbor.local_as.value_or(neighbor.peer_as.value_or(base::Asn{1}));
  result.peer_as = neighbor.peer_as.value_or(result.local_as);
  result.message_size = neighbor.extended_message ? 65535 : 4096;
  result.asn4 = neighbor.asn4;
  result.aigp = neighbor.aigp;
  result.link_local_next_hop = neighbor.link_local_next_hop;
  result.families = neighbor.families;
  const auto insert = [](bgp::FamilySet& set, bgp::Family family) {
    if (const auto index = bgp::family_index(family)) set.insert(*index);
  };
  for (const bgp::Family family : neighbor.families) insert(result.family_set, family);
  for (const bgp::Family family : neighbor.add_path_families) {
    insert(result.add_path_send, family);
    insert(result.add_path_receive, family);
  }
  result.extended_next_hops = neighbor.extended_next_hops;
  return result;
}

std::optional<std::string> check_routes(const config::Neighbor& neighbor, rib::AttributePool& pool) {
  const bgp::Negotiated negotiated = agreeable_session(neighbor);
  // An external receiver would discard what RFC 7606 says it must (ORIGINATOR_ID, CLUSTER_LIST), one that has not enabled AIGP that
  // attribute: here the octets are judged.
  bgp::Negotiated receiver = negotiated;
  receiver.peer_as = receiver.local_as;
  receiver.aigp = true;
  rib::UpdatePacker packer(negotiated, {neighbor.group_updates, neighbor.aigp, bgp::Dialect::main, neighbor.local_link_local});
  for (const rib::Route& route : neighbor.routes.routes) {
    if (!rib::without_nlri(route.nlri) && !packer.can_send(route.nlri.family(), route.attributes->next_hop())) continue;
    if (auto trouble = check_route(route, receiver, packer, pool)) {
      return fmt::format("neighbor {}: route {}: {}", neighbor.peer.text(), rib::describe(route), *trouble);
    }
  }
  return std::nullopt;
}

}  // namespace tandem::program
