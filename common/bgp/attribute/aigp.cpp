// AIGP (RFC 7311): TLVs whose length counts their own head; the first one of type 1 is the metric.
#include <fmt/format.h>

#include "common/bgp/attribute/rows.hpp"
#include "common/bgp/value_reader.hpp"

namespace tandem::bgp {

namespace {

constexpr std::uint8_t k_metric_type = 1;
constexpr std::size_t k_head_size = 3;
constexpr std::size_t k_metric_size = 11;

std::optional<std::uint64_t> find_metric(base::Bytes value) {
  std::optional<std::uint64_t> metric;
  base::ByteReader reader(value);
  while (!reader.empty()) {
    const std::uint8_t type = reader.u8();
    const std::size_t length = reader.u16();
    if (!reader.ok() || length < k_head_size || length - k_head_size > reader.left()) return std::nullopt;
    base::ByteReader body(reader.take(length - k_head_size));
    if (type != k_metric_type || metric) continue;
    if (length != k_metric_size) return std::nullopt;
    metric = body.u64();
  }
  return metric;
}

bool well_formed(base::Bytes value, const AttributeContext&) { return find_metric(value).has_value(); }

void json(base::Bytes value, const AttributeContext&, base::JsonWriter& out) {
  out.string(fmt::format("0x{:016x}", find_metric(value).value_or(0)));
}

void text(base::Bytes value, const AttributeContext&, std::string& out) {
  out += fmt::format("0x{:016x}", find_metric(value).value_or(0));
}

base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder) {
  constexpr std::string_view k_expected = "a 64-bit number, decimal or 0x and hexadecimal,";
  ValueReader reader("aigp", tokens);
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(k_expected);
  auto metric = base::parse_decimal(word->text, UINT64_MAX);
  if (!metric) metric = parse_hex_number(word->text, UINT64_MAX);
  if (!metric) return reader.refuse(*word, k_expected);
  base::Buffer value;
  base::ByteWriter writer(value);
  writer.u8(k_metric_type);
  writer.u16(k_metric_size);
  writer.u64(*metric);
  set_attribute(builder, AttributeCode::aigp, value);
  return reader.taken();
}

constexpr AttributeKeyword k_keywords[] = {{"aigp", "NUMBER", parse}};

}  // namespace

extern const AttributeTraits k_aigp_row{.code = AttributeCode::aigp, .name = "aigp", .flags = k_optional,
                                        .when_malformed = ErrorAction::discard, .accepted = Accepted::aigp,
                                        .well_formed = well_formed, .json = json, .shape = "`0x[0-9a-f]{16}`", .text = text, .keywords = k_keywords};

}  // namespace tandem::bgp
