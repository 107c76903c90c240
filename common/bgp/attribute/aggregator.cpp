// AGGREGATOR (RFC 4271 section 5.1.7) and AS4_AGGREGATOR (RFC 6793).
#include <fmt/format.h>

#include "common/base/ip.hpp"
#include "common/bgp/attribute/rows.hpp"
#include "common/bgp/value_reader.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_narrow = 6;
constexpr std::size_t k_wide = 8;

std::uint32_t asn_of(base::Bytes value) {
  base::ByteReader reader(value);
  return value.size() == k_wide ? reader.u32() : reader.u16();
}

std::string show(base::Bytes value) {
  return fmt::format("{}:{}", asn_of(value), base::IpAddress::from_bytes(value.last(4)).text());
}

std::optional<base::Buffer> parse_value(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto asn = base::parse_asn(text.substr(0, colon));
  const auto address = base::IpAddress::parse(text.substr(colon + 1));
  if (!asn || !address || !address->is_v4()) return std::nullopt;
  base::Buffer value;
  base::ByteWriter writer(value);
  writer.u32(base::value(*asn));
  writer.bytes(address->bytes());
  return value;
}

bool well_formed(base::Bytes value, const AttributeContext& context) {
  return value.size() == (context.asn4 ? k_wide : k_narrow) && (context.as_zero || asn_of(value) != 0);
}

bool well_formed_as4(base::Bytes value, const AttributeContext& context) {
  return value.size() == k_wide && (context.as_zero || asn_of(value) != 0);
}

void json(base::Bytes value, const AttributeContext&, base::JsonWriter& out) { out.string(show(value)); }

void text(base::Bytes value, const AttributeContext&, std::string& out) {
  out += fmt::format("( {} )", show(value));
}

// "65000:1.2.3.4", "( 65000:1.2.3.4 )", "(65000:1.2.3.4)": each parenthesis is a token of its own where a blank or the reader of the
// statement makes it so.
base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder) {
  constexpr std::string_view k_expected = "asn:ipv4, as in 65000:1.2.3.4,";
  ValueReader reader("aggregator", tokens);
  bool opened = reader.take("(");
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(k_expected);
  std::string_view text = word->text;
  if (!opened && text.starts_with('(')) {
    opened = true;
    text.remove_prefix(1);
  }
  const bool closed = opened && text.ends_with(')');
  if (closed) text.remove_suffix(1);
  const auto value = parse_value(text);
  if (!value) return reader.refuse(*word, k_expected);
  if (opened && !closed && !reader.take(")")) return reader.missing("')'");
  set_attribute(builder, AttributeCode::aggregator, *value);
  return reader.taken();
}

constexpr AttributeKeyword k_keywords[] = {{"aggregator", "ASN:IPV4", parse}};

}  // namespace

extern const AttributeTraits k_aggregator_row{.code = AttributeCode::aggregator, .name = "aggregator",
                                              .flags = k_optional_transitive, .when_malformed = ErrorAction::discard,
                                              .well_formed = well_formed, .json = json, .shape = "`[0-9]+:[0-9.]+`", .text = text, .keywords = k_keywords};
extern const AttributeTraits k_as4_aggregator_row{.code = AttributeCode::as4_aggregator, .name = "as4-aggregator",
                                                  .flags = k_optional_transitive, .when_malformed = ErrorAction::discard,
                                                  .well_formed = well_formed_as4};

}  // namespace tandem::bgp
