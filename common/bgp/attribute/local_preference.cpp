// LOCAL_PREF (RFC 4271 section 5.1.5).
#include "common/bgp/attribute/number.hpp"

namespace tandem::bgp {

namespace {

bool well_formed(base::Bytes value, const AttributeContext&) { return value.size() == 4; }

void json(base::Bytes value, const AttributeContext&, base::JsonWriter& out) { number_json(value, out); }

void text(base::Bytes value, const AttributeContext&, std::string& out) { number_text(value, out); }

base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder) {
  return parse_number("local-preference", AttributeCode::local_preference, tokens, builder);
}

constexpr AttributeKeyword k_keywords[] = {{"local-preference", "NUMBER", parse}};

}  // namespace

extern const AttributeTraits k_local_preference_row{.code = AttributeCode::local_preference, .name = "local-preference",
                                                    .flags = k_well_known, .when_malformed = ErrorAction::treat_as_withdraw,
                                                    .accepted = Accepted::internal, .well_formed = well_formed, .json = json, .shape = "u32",
                                                    .text = text, .keywords = k_keywords};

}  // namespace tandem::bgp
