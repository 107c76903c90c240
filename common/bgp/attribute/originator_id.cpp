// ORIGINATOR_ID (RFC 4456 section 8).
#include "common/base/ip.hpp"
#include "common/bgp/attribute/rows.hpp"
#include "common/bgp/value_reader.hpp"

namespace tandem::bgp {

namespace {

bool well_formed(base::Bytes value, const AttributeContext&) { return value.size() == 4; }

void json(base::Bytes value, const AttributeContext&, base::JsonWriter& out) {
  out.string(base::IpAddress::from_bytes(value).text());
}

void text(base::Bytes value, const AttributeContext&, std::string& out) {
  base::IpAddress::from_bytes(value).append_text(out);
}

base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder) {
  constexpr std::string_view k_expected = "an IPv4 address";
  ValueReader reader("originator-id", tokens);
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(k_expected);
  const auto address = base::IpAddress::parse(word->text);
  if (!address || !address->is_v4()) return reader.refuse(*word, k_expected);
  set_attribute(builder, AttributeCode::originator_id, address->bytes());
  return reader.taken();
}

constexpr AttributeKeyword k_keywords[] = {{"originator-id", "IPV4", parse}};

}  // namespace

extern const AttributeTraits k_originator_id_row{.code = AttributeCode::originator_id, .name = "originator-id",
                                                 .flags = k_optional, .when_malformed = ErrorAction::treat_as_withdraw,
                                                 .accepted = Accepted::internal, .well_formed = well_formed, .json = json, .shape = "ipv4",
                                                 .text = text, .keywords = k_keywords};

}  // namespace tandem::bgp
