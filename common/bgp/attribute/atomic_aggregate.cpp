// ATOMIC_AGGREGATE (RFC 4271 section 5.1.6): its presence is all it says.
#include "common/bgp/attribute/rows.hpp"

namespace tandem::bgp {

namespace {

bool well_formed(base::Bytes value, const AttributeContext&) { return value.empty(); }

void json(base::Bytes, const AttributeContext&, base::JsonWriter& out) { out.boolean(true); }

void text(base::Bytes, const AttributeContext&, std::string&) {}

base::Result<std::size_t> parse(base::Tokens, AttributeBuilder& builder) {
  set_attribute(builder, AttributeCode::atomic_aggregate, {});
  return std::size_t{0};
}

constexpr AttributeKeyword k_keywords[] = {{"atomic-aggregate", "", parse}};

}  // namespace

extern const AttributeTraits k_atomic_aggregate_row{.code = AttributeCode::atomic_aggregate, .name = "atomic-aggregate",
                                                    .flags = k_well_known, .may_be_empty = true,
                                                    .when_malformed = ErrorAction::discard, .well_formed = well_formed,
                                                    .json = json, .shape = "true", .text = text, .keywords = k_keywords};

}  // namespace tandem::bgp
