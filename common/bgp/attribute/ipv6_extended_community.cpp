// IPv6 extended communities (RFC 5701) from text: "redirect-to-nexthop-ietf 2001:db8::1", "target:2001:db8::1:100", 0x and their octets.
#include "common/bgp/attribute/extended_community.hpp"
#include "common/bgp/attribute/rows.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_size = k_ipv6_extended_community_size;

void write(std::uint16_t kind, const base::IpAddress& address, std::uint16_t number, base::Buffer& out) {
  base::ByteWriter writer(out);
  writer.u16(kind);
  writer.bytes(address.bytes());
  writer.u16(number);
}

std::optional<base::IpAddress> parse_ipv6(std::string_view text) {
  const auto address = base::IpAddress::parse(text);
  return address && address->is_v6() ? address : std::nullopt;
}

struct Form {
  std::string_view name;
  std::uint16_t kind;
};
// NAME:ADDRESS:NUMBER; the last colon is the one in front of the number.
constexpr Form k_forms[] = {{"target", 0x0002}, {"origin", 0x0003}, {"redirect", k_redirect_ipv6}};

// NAME ADDRESS
struct Phrase {
  std::string_view name;
  std::uint16_t number;
};
constexpr Phrase k_phrases[] = {{"redirect-to-nexthop-ietf", 0}, {"copy-to-nexthop-ietf", 1}};

bool write_form(std::string_view text, base::Buffer& out) {
  const std::size_t first = text.find(':');
  const std::size_t last = text.rfind(':');
  if (first == std::string_view::npos || first == last) return false;
  for (const Form& form : k_forms) {
    if (text.substr(0, first) != form.name) continue;
    const auto address = parse_ipv6(text.substr(first + 1, last - first - 1));
    const auto number = base::parse_decimal(text.substr(last + 1), 0xFFFF);
    if (!address || !number) return false;
    write(form.kind, *address, static_cast<std::uint16_t>(*number), out);
    return true;
  }
  return false;
}

std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const Form& form : k_forms) out.emplace_back(form.name);
  for (const Phrase& phrase : k_phrases) out.emplace_back(phrase.name);
  return out;
}

}  // namespace

std::optional<base::Error> read_ipv6_extended_community(ValueReader& reader, const base::Token& first, base::Buffer& out) {
  for (const Phrase& phrase : k_phrases) {
    if (first.text != phrase.name) continue;
    const base::Token* word = reader.word();
    const auto address = word == nullptr ? std::nullopt : parse_ipv6(word->text);
    if (!address) return word == nullptr ? reader.missing("an IPv6 address") : reader.refuse(*word, "an IPv6 address");
    if (phrase.number != 0) skip_with_copy(reader);
    write(k_to_next_hop_ipv6, *address, phrase.number, out);
    return std::nullopt;
  }
  if (first.text.starts_with("0x") || first.text.starts_with("0X")) {
    const auto octets = base::from_hex(first.text.substr(2));
    if (!octets || octets->size() != k_size) return reader.refuse(first, "0x and 40 hexadecimal digits");
    out.insert(out.end(), octets->begin(), octets->end());
    return std::nullopt;
  }
  if (write_form(first.text, out)) return std::nullopt;
  return reader.refuse(first, "KIND:IPV6:NUMBER with a number up to 65535, or 0x and 40 hexadecimal digits,", names());
}

void add_ipv6_extended_community(AttributeBuilder& builder, std::uint16_t kind, const base::IpAddress& address, std::uint16_t number) {
  base::Buffer value;
  write(kind, address, number, value);
  set_attribute(builder, AttributeCode::ipv6_extended_community, value);
}

base::Result<std::size_t> parse_ipv6_extended_community(base::Tokens tokens, AttributeBuilder& builder) {
  ValueReader reader("extended-community-ipv6", tokens);
  base::Buffer value;
  auto error = reader.list("an IPv6 extended community", [&](const base::Token& token) { return read_ipv6_extended_community(reader, token, value); });
  if (error) return std::move(*error);
  set_attribute(builder, AttributeCode::ipv6_extended_community, value);
  return reader.taken();
}

}  // namespace tandem::bgp
