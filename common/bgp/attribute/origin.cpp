// ORIGIN (RFC 4271 section 5.1.1).
#include "common/bgp/value_reader.hpp"
#include "common/bgp/attribute/rows.hpp"

namespace tandem::bgp {

namespace {
constexpr std::string_view k_origins[] = {"igp", "egp", "incomplete"};
}

bool OriginRow::well_formed(base::Bytes value, const AttributeContext&) {
  return value.size() == 1 && value[0] < std::size(k_origins);
}

void OriginRow::json(base::Bytes value, const AttributeContext&, base::JsonWriter& out) { out.string(k_origins[value[0]]); }

void OriginRow::text(base::Bytes value, const AttributeContext&, std::string& out) { out += k_origins[value[0]]; }

base::Result<std::size_t> OriginRow::parse(base::Tokens tokens, AttributeBuilder& builder) {
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

}  // namespace tandem::bgp
