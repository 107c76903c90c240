// ORIGIN (RFC 4271 section 5.1.1).
#include "common/bgp/attribute/rows.hpp"
#include "common/bgp/value_reader.hpp"

namespace tandem::bgp {

namespace {

constexpr std::string_view k_origins[] = {"igp", "egp", "incomplete"};

bool well_formed(base::Bytes value, const AttributeContext&) {
  return value.size() == 1 && value[0] < std::size(k_origins);
}

void json(base::Bytes value, const AttributeContext&, base::JsonWriter& out) { out.string(k_origins[value[0]]); }

void text(base::Bytes value, const AttributeContext&, std::string& out) { out += k_origins[value[0]]; }

base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder) {
  ValueReader reader("origin", tokens);
  const std::vector<std::string> alternatives(std::begin(k_origins), std::end(k_origins));
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing("igp, egp or incomplete", alternatives);
  const std::string name = lower(word->text);
  for (std::uint8_t i = 0; i < std::size(k_origins); ++i) {
    if (name != k_origins[i]) continue;
    set_attribute(builder, AttributeCode::origin, base::Bytes(&i, 1));
    return reader.taken();
  }
  return reader.refuse(*word, "igp, egp or incomplete", alternatives);
}

constexpr AttributeKeyword k_keywords[] = {{"origin", "igp|egp|incomplete", parse}};

}  // namespace

extern const AttributeTraits k_origin_row{.code = AttributeCode::origin, .name = "origin", .flags = k_well_known,
                                          .when_malformed = ErrorAction::treat_as_withdraw, .well_formed = well_formed,
                                          .json = json, .shape = "\"igp\" | \"egp\" | \"incomplete\"", .text = text, .keywords = k_keywords};

}  // namespace tandem::bgp
