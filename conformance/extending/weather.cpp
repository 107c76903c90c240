// An attribute that only this test knows: a number, as docs/extending.md says one is added.
#include "common/bgp/attribute/number.hpp"

namespace tandem::bgp {

namespace {

constexpr AttributeCode k_code{200};

bool well_formed(base::Bytes value, const AttributeContext&) { return value.size() == 4; }

void json(base::Bytes value, const AttributeContext&, base::JsonWriter& out) { number_json(value, out); }

void text(base::Bytes value, const AttributeContext&, std::string& out) { number_text(value, out); }

base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder) { return parse_number("weather", k_code, tokens, builder); }

constexpr AttributeKeyword k_keywords[] = {{"weather", "NUMBER", parse}};

}  // namespace

extern const AttributeTraits k_weather_row{.code = k_code, .name = "weather", .flags = k_optional_transitive, .when_malformed = ErrorAction::discard,
                                           .well_formed = well_formed, .json = json, .shape = "u32", .text = text, .keywords = k_keywords};

}  // namespace tandem::bgp
