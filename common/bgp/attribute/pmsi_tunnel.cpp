// P-Multicast Service Interface tunnel (RFC 6514 section 5).
#include <fmt/format.h>

#include <array>

#include "common/base/ip.hpp"
#include "common/bgp/attribute/rows.hpp"
#include "common/bgp/value_reader.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_head_size = 5;
constexpr std::uint8_t k_no_tunnel = 0;
constexpr std::uint8_t k_ingress_replication = 6;
constexpr std::string_view k_prefix = "pmsi:";
constexpr std::string_view k_names[] = {"notunnel",     "rsvp-tep2mplsp", "mldpp2mplsp",        "pim-ssmtree",
                                        "pim-smtree",   "bidir-pimtree",  "ingressreplication", "mldpmp2mplsp"};

// A type without a name is `unknown` in JSON; in text it is its number, which is read back. The octets of the label are shown where they
// say more than it; programs that know 4.2 are told them of the tunnels that it knows, and of no others.
std::string show(base::Bytes value, bool numbered, bool as_4_2 = false) {
  base::ByteReader reader(value);
  const unsigned flags = reader.u8();
  const std::uint8_t type = reader.u8();
  const std::uint32_t field = reader.u24();
  const base::Bytes identifier = reader.rest();
  std::string name = numbered ? fmt::to_string(type) : "unknown";
  if (type < std::size(k_names)) name = k_names[type];
  std::string label = fmt::to_string(field >> 4);
  const bool needed = (field & 0xF) != 0 && (numbered || !as_4_2);
  if (needed || (as_4_2 && type == k_ingress_replication && field != 0)) label += fmt::format("({})", field);
  std::string shown;
  if (type == k_ingress_replication && identifier.size() == 4) shown = base::IpAddress::from_bytes(identifier).text();
  else if (type != k_no_tunnel || !identifier.empty()) shown = "0x" + base::to_hex(identifier, base::HexCase::upper);
  return fmt::format("{}{}:{}:{}:{}", k_prefix, name, flags, label, shown);
}

bool well_formed(base::Bytes value, const AttributeContext&) { return value.size() >= k_head_size; }

void json(base::Bytes value, const AttributeContext&, base::JsonWriter& out) { out.string(show(value, false)); }

void text(base::Bytes value, const AttributeContext&, std::string& out) { out += show(value, true); }

void members_4_2(base::Bytes value, const AttributeContext&, base::JsonWriter& out) { out.member("pmsi", show(value, false, true)); }
void text_4_2(base::Bytes value, const AttributeContext&, std::string& out) { out += show(value, true, true); }
constexpr AttributeForms k_forms_4_2{.members = members_4_2, .shape = "pmsi?: string", .text = text_4_2};

// --- text in

std::optional<std::uint8_t> parse_type(std::string_view text) {
  for (std::size_t i = 0; i < std::size(k_names); ++i) {
    if (text == k_names[i]) return static_cast<std::uint8_t>(i);
  }
  const auto number = base::parse_decimal(text, 0xFF);
  return number ? std::optional(static_cast<std::uint8_t>(*number)) : std::nullopt;
}

// "62", "62(993)", "(993)": the label, the three octets it stands in, or these alone (a network identifier, RFC 8365 section 5.1.3).
std::optional<std::uint32_t> parse_label(std::string_view text) {
  const std::size_t open = text.find('(');
  const auto label = base::parse_decimal(text.substr(0, open), 0xFFFFF);
  if (open == std::string_view::npos) return label ? std::optional(static_cast<std::uint32_t>(*label << 4)) : std::nullopt;
  if (!text.ends_with(')')) return std::nullopt;
  const auto octets = base::parse_decimal(text.substr(open + 1, text.size() - open - 2), 0xFFFFFF);
  if (!octets || (open != 0 && (!label || *octets >> 4 != *label))) return std::nullopt;
  return static_cast<std::uint32_t>(*octets);
}

std::optional<base::Buffer> parse_identifier(std::string_view text) {
  if (text.empty()) return base::Buffer();
  if (text.starts_with("0x")) return base::from_hex(text.substr(2));
  const auto address = base::IpAddress::parse(text);
  if (!address) return std::nullopt;
  return base::Buffer(address->bytes().begin(), address->bytes().end());
}

// NAME:FLAGS:LABEL:IDENTIFIER
std::optional<base::Buffer> parse_tunnel(std::string_view text) {
  if (text.starts_with(k_prefix)) text.remove_prefix(k_prefix.size());
  std::array<std::string_view, 3> fields;
  for (std::string_view& field : fields) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    field = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  const auto type = parse_type(fields[0]);
  const auto flags = base::parse_decimal(fields[1], 0xFF);
  const auto label = parse_label(fields[2]);
  const auto identifier = parse_identifier(text);
  if (!type || !flags || !label || !identifier) return std::nullopt;
  base::Buffer value;
  base::ByteWriter writer(value);
  writer.u8(static_cast<std::uint8_t>(*flags));
  writer.u8(*type);
  writer.u24(*label);
  writer.bytes(*identifier);
  return value;
}

base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder) {
  constexpr std::string_view k_expected = "TYPE:FLAGS:LABEL:IDENTIFIER such as pmsi:ingressreplication:0:100:192.0.2.1";
  ValueReader reader("pmsi", tokens);
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(k_expected);
  std::string written(word->text);
  // Parentheses may be tokens of their own; what follows the closing one belongs to the value, too.
  if (written.find('(') == std::string::npos && reader.take("(")) {
    const base::Token* octets = reader.word();
    if (octets == nullptr || !reader.take(")")) return reader.missing("the three octets of the label as a number between parentheses");
    written += fmt::format("({})", octets->text);
    const base::Token* rest = reader.peek();
    if (rest != nullptr && rest->text.starts_with(':')) written += reader.word()->text;
  }
  const auto value = parse_tunnel(written);
  if (!value) return reader.refuse(*word, k_expected);
  set_attribute(builder, AttributeCode::pmsi_tunnel, *value);
  return reader.taken();
}

constexpr AttributeKeyword k_keywords[] = {{"pmsi", "TYPE:FLAGS:LABEL:IDENTIFIER", parse}};

}  // namespace

extern const AttributeTraits k_pmsi_tunnel_row{.code = AttributeCode::pmsi_tunnel, .name = "pmsi", .flags = k_optional_transitive,
                                               .when_malformed = ErrorAction::treat_as_withdraw, .well_formed = well_formed,
                                               .json = json, .shape = "string", .text = text, .keywords = k_keywords, .release_4_2 = &k_forms_4_2};

}  // namespace tandem::bgp
