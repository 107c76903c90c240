// MULTI_EXIT_DISC (RFC 4271 section 5.1.4).
#include "common/bgp/attribute/number.hpp"

namespace tandem::bgp {

namespace {

bool well_formed(base::Bytes value, const AttributeContext&) { return value.size() == 4; }

void json(base::Bytes value, const AttributeContext&, base::JsonWriter& out) { number_json(value, out); }

void text(base::Bytes value, const AttributeContext&, std::string& out) { number_text(value, out); }

base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder) {
  return parse_number("med", AttributeCode::med, tokens, builder);
}

constexpr AttributeKeyword k_keywords[] = {{"med", "NUMBER", parse}};

}  // namespace

extern const AttributeTraits k_med_row{.code = AttributeCode::med, .name = "med", .flags = k_optional,
                                       .when_malformed = ErrorAction::treat_as_withdraw, .well_formed = well_formed, .json = json, .shape = "u32",
                                       .text = text, .keywords = k_keywords};

}  // namespace tandem::bgp
