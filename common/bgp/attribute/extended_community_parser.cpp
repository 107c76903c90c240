// Extended communities from text: "target:65000:100", "65000:100", "0x0002FDE800000064", "mark 10", ...
//
// A route target or origin takes the two-octet AS layout when its first field is a number up to 65535, and otherwise the
// IPv4 layout, even for a four-octet AS: these octets are what ExaBGP's main sends. The layout of RFC 5668 is asked for by `target-as4`
// and `origin-as4`, or by dialect 4.2.
#include <algorithm>
#include <bit>
#include <charconv>
#include <span>

#include "common/bgp/attribute/extended_community.hpp"
#include "common/bgp/attribute/rows.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_size = k_extended_community_size;
constexpr std::uint64_t k_u8 = 0xFF;
constexpr std::uint64_t k_u16 = 0xFFFF;
constexpr std::uint64_t k_u32 = 0xFFFFFFFF;

using Fields = std::vector<std::string_view>;
// Writes the octets; false when a field does not fit.
using Writer = bool (*)(const Fields& fields, base::ByteWriter& out);

// A field is decimal, decimal with a trailing L, or a dotted quad.
struct Number {
  std::uint64_t value = 0;
  bool wide = false;  // written in a form that has four octets
  bool quad = false;
};

std::optional<Number> read_number(std::string_view text) {
  if (text.find('.') != std::string_view::npos) {
    const auto address = base::IpAddress::parse(text);
    if (!address || !address->is_v4()) return std::nullopt;
    return Number{address->v4_value(), true, true};
  }
  const bool suffix = text.ends_with('L');
  if (suffix) text.remove_suffix(1);
  const auto number = base::parse_decimal(text, k_u32);
  if (!number) return std::nullopt;
  return Number{*number, suffix || *number > k_u16, false};
}

std::optional<std::uint64_t> read_field(std::string_view text, std::uint64_t maximum) {
  const auto number = read_number(text);
  if (!number || number->value > maximum) return std::nullopt;
  return number->value;
}

bool write_16_32(std::uint16_t head, std::string_view first, std::string_view second, base::ByteWriter& out) {
  const auto left = read_field(first, k_u16);
  const auto right = read_field(second, k_u32);
  if (!left || !right) return false;
  out.u16(head);
  out.u16(static_cast<std::uint16_t>(*left));
  out.u32(static_cast<std::uint32_t>(*right));
  return true;
}

bool write_32_16(std::uint16_t head, std::string_view first, std::string_view second, base::ByteWriter& out) {
  const auto left = read_field(first, k_u32);
  const auto right = read_field(second, k_u16);
  if (!left || !right) return false;
  out.u16(head);
  out.u32(static_cast<std::uint32_t>(*left));
  out.u16(static_cast<std::uint16_t>(*right));
  return true;
}

bool write_route(const Fields& fields, bool force_wide, std::uint16_t subtype, base::ByteWriter& out) {
  const auto administrator = read_number(fields[0]);
  if (!administrator) return false;
  const bool wide = force_wide || administrator->wide;
  return wide ? write_32_16(0x0100 | subtype, fields[0], fields[1], out) : write_16_32(subtype, fields[0], fields[1], out);
}

bool write_target(const Fields& fields, base::ByteWriter& out) { return write_route(fields, false, 0x02, out); }
bool write_target4(const Fields& fields, base::ByteWriter& out) { return write_route(fields, true, 0x02, out); }
bool write_target_as4(const Fields& fields, base::ByteWriter& out) { return write_32_16(0x0202, fields[0], fields[1], out); }
bool write_origin(const Fields& fields, base::ByteWriter& out) { return write_route(fields, false, 0x03, out); }
bool write_origin4(const Fields& fields, base::ByteWriter& out) { return write_route(fields, true, 0x03, out); }
bool write_origin_as4(const Fields& fields, base::ByteWriter& out) { return write_32_16(0x0203, fields[0], fields[1], out); }
bool write_mup(const Fields& fields, base::ByteWriter& out) { return write_16_32(0x0c00, fields[0], fields[1], out); }

// RFC 8955 section 7.4. The form with an address is not written: it was an error of RFC 5575 that speakers read differently.
bool write_redirect(const Fields& fields, base::ByteWriter& out) {
  const auto administrator = read_number(fields[0]);
  if (!administrator || administrator->quad) return false;
  return administrator->wide ? write_32_16(k_redirect_as4, fields[0], fields[1], out) : write_16_32(k_redirect_as2, fields[0], fields[1], out);
}

bool write_record(const Fields& fields, base::ByteWriter& out) {
  const auto administrator = read_number(fields[0]);
  if (!administrator) return false;
  if (!administrator->wide) return write_16_32(0x0013, fields[0], fields[1], out);
  return write_32_16(administrator->quad ? 0x0113 : 0x0213, fields[0], fields[1], out);
}

// Digits, with a fraction or an exponent; a rate that is finite.
std::optional<float> read_rate(std::string_view text) {
  if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
  float rate = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), rate);
  return failure == std::errc() && end == text.data() + text.size() ? std::optional(rate) : std::nullopt;
}

bool write_rate(std::uint16_t head, std::string_view asn, std::string_view text, base::ByteWriter& out) {
  const auto number = read_field(asn, k_u16);
  const auto rate = read_rate(text);
  if (!number || !rate) return false;
  out.u16(head);
  out.u16(static_cast<std::uint16_t>(*number));
  out.u32(std::bit_cast<std::uint32_t>(*rate));
  return true;
}
bool write_bandwidth(const Fields& fields, base::ByteWriter& out) { return write_rate(0x4004, fields[0], fields[1], out); }

bool write_rate_limit(const Fields& fields, base::ByteWriter& out) {
  if (fields.size() == 2 && fields[1] != "packets") return false;
  return write_rate(fields.size() == 2 ? k_traffic_rate_packets : k_traffic_rate_bytes, "0", fields[0], out);
}

bool write_layer2_info(const Fields& fields, base::ByteWriter& out) {
  const auto encapsulation = read_field(fields[0], k_u8);
  const auto control = read_field(fields[1], k_u8);
  const auto mtu = read_field(fields[2], k_u16);
  const auto reserved = read_field(fields[3], k_u16);
  if (!encapsulation || !control || !mtu || !reserved) return false;
  out.u16(0x800a);
  out.u8(static_cast<std::uint8_t>(*encapsulation));
  out.u8(static_cast<std::uint8_t>(*control));
  out.u16(static_cast<std::uint16_t>(*mtu));
  out.u16(static_cast<std::uint16_t>(*reserved));
  return true;
}

bool write_redirect_to_next_hop(const Fields&, base::ByteWriter& out) { return write_16_32(k_to_next_hop, "0", "0", out); }
bool write_copy_to_next_hop(const Fields&, base::ByteWriter& out) { return write_16_32(k_to_next_hop, "0", "1", out); }

// "encap:VXLAN", "encap:15", and "encap:encap:UNKNOWN-15", which is printed for a type without a name.
bool write_encapsulation(const Fields& fields, base::ByteWriter& out) {
  constexpr std::string_view k_unknown = "UNKNOWN-";
  std::string_view name = fields.back();
  if (fields.size() == 2 && fields[0] != "encap") return false;
  if (name.starts_with(k_unknown)) name.remove_prefix(k_unknown.size());
  const auto named = encapsulation_type(name);
  const auto type = named ? std::optional<std::uint64_t>(*named) : base::parse_decimal(name, k_u16);
  if (!type) return false;
  out.u16(0x030c);
  out.u32(0);
  out.u16(static_cast<std::uint16_t>(*type));
  return true;
}

bool write_hash_sort_order(const Fields& fields, base::ByteWriter& out) {
  return write_32_16(0x0314, fields[0], "0", out);
}

bool write_mac_mobility(const Fields& fields, base::ByteWriter& out) {
  const bool sticky = fields.size() == 2;
  if (sticky && fields[1] != "sticky") return false;
  return write_16_32(0x0600, sticky ? "256" : "0", fields[0], out);
}

bool write_interface_set_fields(const Fields& fields, base::ByteWriter& out) {
  constexpr std::string_view k_directions[] = {"0", "input", "output", "input-output"};
  constexpr std::uint64_t k_group_max = 0x3FFF;
  const bool said = fields.size() == 4;
  if (said && fields[0] != "transitive" && fields[0] != "non-transitive") return false;
  const std::size_t at = said ? 1 : 0;
  const auto* direction = std::find(std::begin(k_directions), std::end(k_directions), fields[at]);
  const auto asn = base::parse_decimal(fields[at + 1], k_u32);
  const auto group = base::parse_decimal(fields[at + 2], k_group_max);
  if (direction == std::end(k_directions) || !asn || !group) return false;
  out.u16(said && fields[0] == "non-transitive" ? k_interface_set | k_non_transitive : k_interface_set);
  out.u32(static_cast<std::uint32_t>(*asn));
  out.u16(static_cast<std::uint16_t>((direction - std::begin(k_directions)) << 14 | static_cast<int>(*group)));
  return true;
}

struct Form {
  std::string_view name;
  std::size_t fewest;  // fields behind the name
  std::size_t most;
  std::string_view usage;
  Writer write;
};
constexpr Form k_forms[] = {
    {"target", 2, 2, "target:ASN:NUMBER or target:IPV4:NUMBER", write_target},
    {"target4", 2, 2, "target4:ASN:NUMBER", write_target4},
    {"target-as4", 2, 2, "target-as4:ASN:NUMBER with a number up to 65535", write_target_as4},
    {"origin", 2, 2, "origin:ASN:NUMBER or origin:IPV4:NUMBER", write_origin},
    {"origin4", 2, 2, "origin4:ASN:NUMBER", write_origin4},
    {"origin-as4", 2, 2, "origin-as4:ASN:NUMBER with a number up to 65535", write_origin_as4},
    {"rtrecord", 2, 2, "rtrecord:ASN:NUMBER or rtrecord:IPV4:NUMBER", write_record},
    {"redirect", 2, 2, "redirect:ASN:NUMBER", write_redirect},
    {"l2info", 4, 4, "l2info:ENCAPSULATION:CONTROL:MTU:RESERVED", write_layer2_info},
    {"bandwidth", 2, 2, "bandwidth:ASN:RATE with an ASN up to 65535", write_bandwidth},
    {"mup", 2, 2, "mup:NUMBER:NUMBER with a first number up to 65535", write_mup},
    {"encap", 1, 2, "encap:NAME or encap:NUMBER", write_encapsulation},
    {"mac-mobility", 1, 2, "mac-mobility:NUMBER or mac-mobility:NUMBER:sticky", write_mac_mobility},
    {"consistentHashSortOrder", 1, 1, "consistentHashSortOrder:NUMBER", write_hash_sort_order},
    {"interface-set", 3, 4, "interface-set:[transitive:|non-transitive:]input|output|input-output:ASN:GROUP", write_interface_set_fields},
    {"rate-limit", 1, 2, "rate-limit:NUMBER or rate-limit:NUMBER:packets", write_rate_limit},
    {"redirect-to-nexthop", 0, 0, "redirect-to-nexthop", write_redirect_to_next_hop},
    {"copy-to-nexthop", 0, 0, "copy-to-nexthop", write_copy_to_next_hop},
};

// Kinds of several words.
struct Phrase {
  std::string_view name;
  std::string_view usage;  // what follows the name
  bool (*read)(ValueReader& reader, base::ByteWriter& out);
};

bool read_action(ValueReader& reader, base::ByteWriter& out) {
  unsigned bits = 0;
  if (reader.take("sample-terminal")) bits = 3;
  else if (reader.take("sample")) bits = 2;
  else if (reader.take("terminal")) bits = 1;
  return write_16_32(k_traffic_action, "0", fmt::to_string(bits), out);
}

bool read_mark(ValueReader& reader, base::ByteWriter& out) {
  const base::Token* word = reader.word();
  return word != nullptr && base::parse_decimal(word->text, k_u8) && write_16_32(k_traffic_marking, "0", word->text, out);
}

bool read_to_next_hop(ValueReader& reader, bool copy, base::ByteWriter& out) {
  const base::Token* word = reader.word();
  const auto address = word == nullptr ? std::nullopt : base::IpAddress::parse(word->text);
  if (!address || !address->is_v4()) return false;
  if (copy) skip_with_copy(reader);
  return write_32_16(k_to_next_hop_ietf, word->text, copy ? "1" : "0", out);
}
bool read_redirect_to_next_hop_ietf(ValueReader& reader, base::ByteWriter& out) { return read_to_next_hop(reader, false, out); }
bool read_copy_to_next_hop_ietf(ValueReader& reader, base::ByteWriter& out) { return read_to_next_hop(reader, true, out); }

constexpr Phrase k_phrases[] = {
    {"action", "sample, terminal, sample-terminal or nothing", read_action},
    {"mark", "a number from 0 to 255", read_mark},
    {"redirect-to-nexthop-ietf", "an IPv4 address", read_redirect_to_next_hop_ietf},
    {"copy-to-nexthop-ietf", "an IPv4 address", read_copy_to_next_hop_ietf},
};

Fields split(std::string_view text) {
  Fields fields;
  for (std::size_t colon = text.find(':'); colon != std::string_view::npos; colon = text.find(':')) {
    fields.push_back(text.substr(0, colon));
    text = text.substr(colon + 1);
  }
  fields.push_back(text);
  return fields;
}

std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const auto& form : k_forms) out.emplace_back(form.name);
  for (const auto& phrase : k_phrases) out.emplace_back(phrase.name);
  return out;
}

}  // namespace

std::optional<std::string_view> write_extended_community(std::string_view text, base::Buffer& out) {
  base::ByteWriter writer(out);
  if (text.starts_with("0x") || text.starts_with("0X")) {
    const auto octets = base::from_hex(text.substr(2));
    if (!octets || octets->size() != k_size) return "0x and 16 hexadecimal digits";
    writer.bytes(*octets);
    return std::nullopt;
  }
  Fields fields = split(text);
  for (const auto& form : k_forms) {
    if (fields[0] != form.name) continue;
    fields.erase(fields.begin());
    if (fields.size() >= form.fewest && fields.size() <= form.most && form.write(fields, writer)) return std::nullopt;
    return form.usage;
  }
  if (fields.size() == 2 && read_number(fields[0])) {
    return write_target(fields, writer) ? std::nullopt : std::optional<std::string_view>("ASN:NUMBER or IPV4:NUMBER");
  }
  return "a known kind of extended community, ASN:NUMBER, or 0x and 16 hexadecimal digits";
}

void skip_with_copy(ValueReader& reader) {
  if (reader.take("(with")) {
    static_cast<void>(reader.take("copy)"));
  } else if (reader.take("(")) {
    for (const std::string_view word : {"with", "copy", ")"}) static_cast<void>(reader.take(word));
  }
}

std::optional<base::Error> read_extended_community(ValueReader& reader, const base::Token& first, base::Buffer& out) {
  const std::size_t before = out.size();
  for (const auto& phrase : k_phrases) {
    if (first.text != phrase.name) continue;
    base::ByteWriter writer(out);
    if (phrase.read(reader, writer)) return std::nullopt;
    out.resize(before);
    return reader.fail(first, fmt::format("{}: {} expected behind it", phrase.name, phrase.usage));
  }
  const auto expected = write_extended_community(first.text, out);
  if (!expected) return std::nullopt;
  out.resize(before);
  return reader.refuse(first, *expected, names());
}

bool write_interface_set(std::string_view text, base::Buffer& out) {
  const Fields fields = split(text);
  base::ByteWriter writer(out);
  return (fields.size() == 3 || fields.size() == 4) && write_interface_set_fields(fields, writer);
}

void add_extended_communities(AttributeBuilder& builder, base::Bytes communities) {
  set_attribute(builder, AttributeCode::extended_community, communities);
}

namespace {

// "target:70000:100", "origin:5L:1", "70000:100": a number and no address is the administrator.
[[nodiscard]] bool names_as(std::string_view text) {
  const std::string_view administrator = text.substr(0, text.rfind(':'));
  return !text.starts_with("0x") && !text.starts_with("0X") && administrator.find('.') == std::string_view::npos;
}

// ExaBGP 4.2 writes a target or origin of a four-octet AS as RFC 5668 has it.
void make_rfc_5668(std::string_view text, std::span<std::uint8_t> community) {
  const bool of_route = community[0] == 0x01 && (community[1] == 0x02 || community[1] == 0x03);
  if (of_route && names_as(text)) community[0] = 0x02;
}

}  // namespace

base::Result<std::size_t> parse_extended_community(base::Tokens tokens, AttributeBuilder& builder) {
  ValueReader reader("extended-community", tokens);
  base::Buffer value;
  auto error = reader.list("an extended community", [&](const base::Token& token) {
    const std::size_t before = value.size();
    auto refused = read_extended_community(reader, token, value);
    if (!refused && builder.dialect() == Dialect::release_4_2) make_rfc_5668(token.text, std::span(value).subspan(before));
    return refused;
  });
  if (error) return std::move(*error);
  add_extended_communities(builder, value);
  return reader.taken();
}

}  // namespace tandem::bgp
