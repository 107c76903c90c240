// LOCAL_PREF (RFC 4271 section 5.1.5).
#include "common/bgp/attribute/number.hpp"

namespace tandem::bgp {

bool LocalPreferenceRow::well_formed(base::Bytes value, const AttributeContext&) { return value.size() == 4; }

void LocalPreferenceRow::json(base::Bytes value, const AttributeContext&, base::JsonWriter& out) { number_json(value, out); }

void LocalPreferenceRow::text(base::Bytes value, const AttributeContext&, std::string& out) { number_text(value, out); }

base::Result<std::size_t> LocalPreferenceRow::parse(base::Tokens tokens, AttributeBuilder& builder) {
  return parse_number("local-preference", AttributeCode::local_preference, tokens, builder);
}

}  // namespace tandem::bgp
