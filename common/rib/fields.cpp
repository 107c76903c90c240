#include "common/rib/fields.hpp"

#include "common/bgp/attribute/attributes.hpp"
#include "common/rib/ordered_table.hpp"
#include "common/rib/shared_routes.hpp"

namespace tandem::rib {

namespace {

// Attributes one behind the other and nothing else: what is in them is nobody's business but that of whoever prints it, and they ask.
bool is_block(base::Bytes octets) {
  while (const auto attribute = bgp::next_attribute(octets)) octets = octets.subspan(attribute->whole.size());
  return octets.empty();
}

}  // namespace

void store(state::Writer& writer, const AttributeSetRef& attributes) {
  if (!writer.refer(attributes.get())) return;
  writer.hold(attributes);
  writer.bytes(attributes->canonical());
  writer.value(attributes->next_hop());
}

void load(state::Reader& reader, AttributeSetRef& attributes) {
  bool first = false;
  const auto known = reader.refer<AttributeSetRef>(first);
  if (!first) {
    attributes = known ? *known : AttributeSetRef();
    return;
  }
  const base::Bytes canonical = reader.bytes();
  bgp::NextHop next_hop;
  reader.value(next_hop);
  if (reader.ok() && !is_block(canonical)) reader.fail("attributes are cut");
  if (!reader.ok()) return;
  attributes = reader.provided<AttributePool>().intern(canonical, next_hop);
  reader.keep(std::make_shared<AttributeSetRef>(attributes));
}

bool load_piece(state::Reader& reader) {
  if (reader.at(SharedRoutes::k_section)) reader.piece<Route>(SharedRoutes::k_section);
  else if (reader.at(k_table_section)) reader.piece<OrderedTable<AttributeSetRef>::Entry>(k_table_section);
  else return false;
  return true;
}

}  // namespace tandem::rib
