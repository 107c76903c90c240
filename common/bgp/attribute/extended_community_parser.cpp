// Extended communities from text: "target:65000:100", "65000:100", "0x0002FDE800000064", ...
//
// A route target or origin takes the two-octet AS layout when its first field is a number up to 65535, and otherwise the
// IPv4 layout, even for a four-octet AS: these octets are what speakers of this configuration language have always sent.
#include <bit>

#include "common/base/ip.hpp"
#include "common/bgp/value_reader.hpp"
#include "common/bgp/attribute/rows.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_size = 8;
constexpr std::uint64_t k_u8 = 0xFF;
constexpr std::uint64_t k_u16 = 0xFFFF;
constexpr std::uint64_t k_u32 = 0xFFFFFFFF;

using Fields = std::vector<std::string_view>;
// Writes the six octets behind the head, or both; false when a field does not fit.
using Writer = bool (*)(const Fields& fields, base::ByteWriter& out);

// A field is decimal, decimal with a trailing L, or a dotted quad.
struct Number {
  std::uint64_t value = 0;
  bool wide = false;  // written in a form that has four octets
};

std::optional<Number> read_number(std::string_view text) {
  if (text.find('.') != std::string_view::npos) {
    const auto address = base::IpAddress::parse(text);
    if (!address || !address->is_v4()) return std::nullopt;
    return Number{address->v4_value(), true};
  }
  const bool suffix = text.ends_with('L');
  if (suffix) text.remove_suffix(1);
  const auto number = base::parse_decimal(text, k_u32);
  if (!number) return std::nullopt;
  return Number{*number, suffix || *number > k_u16};
}

std::optional<std::uint64_t> read_field(std::string_view text, std::uint64_t maximum) {
  const auto number = read_number(text);
  if (!number || number->value > maximum) return std::nullopt;
  return number->value;
}

bool write_route(const Fields& fields, bool force_wide, std::uint8_t subtype, base::ByteWriter& out) {
  const auto administrator = read_number(fields[0]);
  if (!administrator) return false;
  const bool wide = force_wide || administrator->wide;
  const auto number = read_field(fields[1], wide ? k_u16 : k_u32);
  if (!number) return false;
  out.u8(wide ? 0x01 : 0x00);
  out.u8(subtype);
  if (wide) {
    out.u32(static_cast<std::uint32_t>(administrator->value));
    out.u16(static_cast<std::uint16_t>(*number));
  } else {
    out.u16(static_cast<std::uint16_t>(administrator->value));
    out.u32(static_cast<std::uint32_t>(*number));
  }
  return true;
}

bool write_target(const Fields& fields, base::ByteWriter& out) { return write_route(fields, false, 0x02, out); }
bool write_target4(const Fields& fields, base::ByteWriter& out) { return write_route(fields, true, 0x02, out); }
bool write_origin(const Fields& fields, base::ByteWriter& out) { return write_route(fields, false, 0x03, out); }
bool write_origin4(const Fields& fields, base::ByteWriter& out) { return write_route(fields, true, 0x03, out); }

bool write_16_32(std::uint16_t head, const Fields& fields, base::ByteWriter& out) {
  const auto first = read_field(fields[0], k_u16);
  const auto second = read_field(fields[1], k_u32);
  if (!first || !second) return false;
  out.u16(head);
  out.u16(static_cast<std::uint16_t>(*first));
  out.u32(static_cast<std::uint32_t>(*second));
  return true;
}
bool write_redirect(const Fields& fields, base::ByteWriter& out) { return write_16_32(0x8008, fields, out); }
bool write_mup(const Fields& fields, base::ByteWriter& out) { return write_16_32(0x0c00, fields, out); }

bool write_bandwidth(const Fields& fields, base::ByteWriter& out) {
  const auto asn = read_field(fields[0], k_u16);
  const auto rate = base::parse_decimal(fields[1], UINT64_MAX);
  if (!asn || !rate) return false;
  out.u16(0x4004);
  out.u16(static_cast<std::uint16_t>(*asn));
  out.u32(std::bit_cast<std::uint32_t>(static_cast<float>(*rate)));
  return true;
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

bool write_to_next_hop(const Fields&, base::ByteWriter& out) {
  out.u16(0x0800);
  out.fill(k_size - 2, 0);
  return true;
}

struct Form {
  std::string_view name;
  std::size_t fields;
  std::string_view usage;
  Writer write;
};
constexpr Form k_forms[] = {
    {"target", 2, "target:ASN:NUMBER or target:IPV4:NUMBER", write_target},
    {"target4", 2, "target4:ASN:NUMBER", write_target4},
    {"origin", 2, "origin:ASN:NUMBER or origin:IPV4:NUMBER", write_origin},
    {"origin4", 2, "origin4:ASN:NUMBER", write_origin4},
    {"redirect", 2, "redirect:ASN:NUMBER with an ASN up to 65535", write_redirect},
    {"l2info", 4, "l2info:ENCAPSULATION:CONTROL:MTU:RESERVED", write_layer2_info},
    {"bandwidth", 2, "bandwidth:ASN:RATE with an ASN up to 65535", write_bandwidth},
    {"mup", 2, "mup:NUMBER:NUMBER with a first number up to 65535", write_mup},
    {"redirect-to-nexthop", 0, "redirect-to-nexthop", write_to_next_hop},
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
    if (fields.size() == form.fields && form.write(fields, writer)) return std::nullopt;
    return form.usage;
  }
  if (fields.size() == 2 && read_number(fields[0])) {
    return write_target(fields, writer) ? std::nullopt : std::optional<std::string_view>("ASN:NUMBER or IPV4:NUMBER");
  }
  return "a known kind of extended community, ASN:NUMBER, or 0x and 16 hexadecimal digits";
}

base::Result<std::size_t> parse_extended_community(base::Tokens tokens, AttributeBuilder& builder) {
  ValueReader reader("extended-community", tokens);
  base::Buffer value;
  auto error = reader.list("an extended community", [&](const base::Token& token) -> std::optional<base::Error> {
    const auto expected = write_extended_community(token.text, value);
    if (!expected) return std::nullopt;
    std::vector<std::string> alternatives;
    for (const auto& form : k_forms) alternatives.emplace_back(form.name);
    return reader.refuse(token, *expected, std::move(alternatives));
  });
  if (error) return std::move(*error);
  set_attribute(builder, AttributeCode::extended_community, value);
  return reader.taken();
}

}  // namespace tandem::bgp
