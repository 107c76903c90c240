// MULTI_EXIT_DISC (RFC 4271 section 5.1.4).
#include "common/bgp/attribute/number.hpp"

namespace tandem::bgp {

bool MedRow::well_formed(base::Bytes value, const AttributeContext&) { return value.size() == 4; }

void MedRow::json(base::Bytes value, const AttributeContext&, base::JsonWriter& out) { number_json(value, out); }

void MedRow::text(base::Bytes value, const AttributeContext&, std::string& out) { number_text(value, out); }

base::Result<std::size_t> MedRow::parse(base::Tokens tokens, AttributeBuilder& builder) {
  return parse_number("med", AttributeCode::med, tokens, builder);
}

}  // namespace tandem::bgp
