// ONLY_TO_CUSTOMER (RFC 9234 section 5): the AS since which a route may only go to customers. Sessions with a role add it and check it.
#include "common/bgp/attribute/number.hpp"

namespace tandem::bgp {

namespace {

bool well_formed(base::Bytes value, const AttributeContext&) { return value.size() == 4; }

void json(base::Bytes value, const AttributeContext&, base::JsonWriter& out) { number_json(value, out); }

void text(base::Bytes value, const AttributeContext&, std::string& out) { number_text(value, out); }

base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder) {
  return parse_number("only-to-customer", AttributeCode::only_to_customer, tokens, builder);
}

constexpr AttributeKeyword k_keywords[] = {{"only-to-customer", "ASN", parse}};

}  // namespace

extern const AttributeTraits k_only_to_customer_row{.code = AttributeCode::only_to_customer, .name = "only-to-customer",
                                                    .flags = k_optional_transitive, .when_malformed = ErrorAction::treat_as_withdraw,
                                                    .well_formed = well_formed, .json = json, .shape = "u32", .text = text, .keywords = k_keywords, .release_4_2 = &k_unknown_to_4_2};

}  // namespace tandem::bgp
