// ATOMIC_AGGREGATE (RFC 4271 section 5.1.6): its presence is all it says.
#include "common/bgp/attribute/rows.hpp"

namespace tandem::bgp {

bool AtomicAggregateRow::well_formed(base::Bytes value, const AttributeContext&) { return value.empty(); }

void AtomicAggregateRow::json(base::Bytes, const AttributeContext&, base::JsonWriter& out) { out.boolean(true); }

void AtomicAggregateRow::text(base::Bytes, const AttributeContext&, std::string&) {}

base::Result<std::size_t> AtomicAggregateRow::parse(base::Tokens, AttributeBuilder& builder) {
  set_attribute(builder, AttributeCode::atomic_aggregate, {});
  return std::size_t{0};
}

}  // namespace tandem::bgp
