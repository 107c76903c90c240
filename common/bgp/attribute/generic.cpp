// Attributes given and shown as octets: `attribute [ 0xCODE 0xFLAGS 0xDATA ]` and "attribute-0xCC-0xFF".
#include <fmt/format.h>

#include "common/bgp/value_reader.hpp"
#include "common/bgp/attribute/rows.hpp"

namespace tandem::bgp {

namespace {

// RFC 4271 section 5: who does not know a transitive attribute sets the partial bit before passing it on.
[[nodiscard]] unsigned shown_flags(const AttributeView& attribute, bool unknown) {
  const bool known = !unknown && attribute_traits(attribute.code) != nullptr;
  return known ? attribute.flags : attribute.flags | k_flag_partial;
}

// These are made from the route itself; a second copy would contradict it.
[[nodiscard]] bool is_reserved(std::uint8_t code) {
  switch (AttributeCode{code}) {
    case AttributeCode::next_hop:
    case AttributeCode::mp_reach:
    case AttributeCode::mp_unreach:
    case AttributeCode::as4_path:
    case AttributeCode::as4_aggregator: return true;
    default: return false;
  }
}

[[nodiscard]] std::optional<base::Buffer> parse_data(std::string_view text) {
  if (text.size() < 2 || text[0] != '0' || (text[1] != 'x' && text[1] != 'X')) return std::nullopt;
  return base::from_hex(text.substr(2));
}

base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder) {
  constexpr std::string_view k_octet = "hexadecimal from 0x00 to 0xFF";
  ValueReader reader("attribute", tokens);
  if (!reader.take("[")) return reader.missing("'[ 0xCODE 0xFLAGS 0xDATA ]'");
  std::uint8_t head[2] = {0, 0};
  for (auto& octet : head) {
    const base::Token* word = reader.word();
    if (word == nullptr) return reader.missing(k_octet);
    const auto number = parse_hex_number(word->text, 0xFF);
    if (!number) return reader.refuse(*word, k_octet);
    octet = static_cast<std::uint8_t>(*number);
    if (&octet == head && is_reserved(octet)) {
      return reader.refuse(*word, "a code that is not made from the route itself (next-hop, NLRI, as-path, aggregator)");
    }
  }
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing("0x and an even number of hexadecimal digits");
  const auto data = parse_data(word->text);
  if (!data || data->size() > k_attribute_value_size_max) return reader.refuse(*word, "0x and an even number of hexadecimal digits");
  if (!reader.take("]")) return reader.missing("']'");
  builder.set(head[1], head[0], *data);
  return reader.taken();
}

}  // namespace

extern const AttributeKeyword k_generic_keyword{"attribute", "[ 0xCODE 0xFLAGS 0xDATA ]", parse};

void generic_json(const AttributeView& attribute, bool unknown, base::JsonWriter& out) {
  out.key(fmt::format("attribute-0x{:02X}-0x{:02X}", attribute.code, shown_flags(attribute, unknown)));
  out.hex_string(attribute.value, base::HexCase::lower);
}

void generic_text(const AttributeView& attribute, bool unknown, std::string& out) {
  out += fmt::format(" attribute [ 0x{:02X} 0x{:02X} 0x", attribute.code, shown_flags(attribute, unknown));
  base::append_hex(out, attribute.value, base::HexCase::lower);
  out += " ]";
}

}  // namespace tandem::bgp
