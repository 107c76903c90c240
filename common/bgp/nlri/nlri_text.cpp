#include "common/bgp/nlri/nlri_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tandem::bgp {

namespace {

constexpr std::uint32_t k_label_max = 0xFFFFF;
constexpr std::uint64_t k_u16 = 0xFFFF;
constexpr std::uint64_t k_u32 = 0xFFFFFFFF;

// RFC 4364 section 4.2.
enum class RdType : std::uint16_t { as2 = 0, ipv4 = 1, as4 = 2 };

void append_number(std::uint64_t number, std::string& out) {
  const fmt::format_int digits(number);
  out.append(digits.data(), digits.size());
}

void put_label(LabelStack& stack, std::uint32_t octets) {
  for (int shift = 16; shift >= 0; shift -= 8) stack.octets[stack.size++] = static_cast<std::uint8_t>(octets >> shift);
}

// RFC 8277 section 2.4: in a withdraw the field may be anything. A label of three zero octets ends a stack, too.
bool stands_alone(const LabelStack& stack, NlriUse use) {
  if (stack.size != LabelStack::k_label_size) return false;
  return use == NlriUse::withdraw || (stack.octets[0] | stack.octets[1] | stack.octets[2]) == 0;
}

}  // namespace

void append_prefix(base::Bytes octets, std::uint8_t length, unsigned bits, std::string& out) {
  std::array<std::uint8_t, 16> address{};
  std::copy_n(octets.begin(), std::min(octets.size(), address.size()), address.begin());
  base::IpAddress::from_bytes(base::Bytes(address).first(bits / 8)).append_text(out);
  out += '/';
  append_number(length, out);
}

void append_path_information(const NlriKey& key, std::string& out) {
  if (!key.has_path_id()) return;
  out += " path-information ";
  base::IpAddress::v4(key.path_id()).append_text(out);
}

void path_information_json(const NlriKey& key, base::JsonWriter& out) {
  if (key.has_path_id()) out.member("path-information", base::IpAddress::v4(key.path_id()).text());
}

void append_route_distinguisher(base::Bytes octets, std::string& out) {
  base::ByteReader reader(octets);
  switch (RdType{reader.u16()}) {
    case RdType::as2:
      append_number(reader.u16(), out);
      out += ':';
      append_number(reader.u32(), out);
      return;
    case RdType::ipv4:
      base::IpAddress::from_bytes(reader.take(4)).append_text(out);
      out += ':';
      append_number(reader.u16(), out);
      return;
    case RdType::as4: {
      const std::uint32_t asn = reader.u32();
      append_number(asn, out);
      out += asn <= k_u16 ? "L:" : ":";  // without the letter it is read as one of a two-octet AS number
      append_number(reader.u16(), out);
      return;
    }
  }
  out += "0x";
  base::append_hex(out, octets, base::HexCase::upper);
}

std::string route_distinguisher_text(base::Bytes octets) {
  std::string out;
  append_route_distinguisher(octets, out);
  return out;
}

std::string route_distinguisher_json(base::Bytes octets) {
  std::string out = route_distinguisher_text(octets);
  if (const std::size_t letter = out.find('L'); letter != std::string::npos) out.erase(letter, 1);
  return out;
}

namespace {

void append_label_stack(base::Bytes octets, bool with_octets, std::string& out) {
  if (octets.empty()) return;
  const bool several = octets.size() > LabelStack::k_label_size;
  out += several ? " label [" : " label";
  base::ByteReader reader(octets);
  while (!reader.empty()) {
    const std::uint32_t raw = reader.u24();
    out += ' ';
    append_number(raw >> 4, out);
    if (!with_octets) continue;
    out += " (";
    append_number(raw, out);
    out += ')';
  }
  if (several) out += " ]";
}

}  // namespace

void append_labels(base::Bytes octets, std::string& out) { append_label_stack(octets, true, out); }
void append_bare_labels(base::Bytes octets, std::string& out) { append_label_stack(octets, false, out); }

void labels_json(base::Bytes octets, bool with_octets, base::JsonWriter& out) {
  out.begin_array();
  base::ByteReader reader(octets);
  while (!reader.empty()) {
    const std::uint32_t raw = reader.u24();
    out.begin_array();
    out.number(raw >> 4);
    if (with_octets && raw != 0) out.number(raw);
    out.end_array();
  }
  out.end_array();
}

void append_raw(base::Bytes octets, std::string& out) {
  out += " 0x";
  base::append_hex(out, octets, base::HexCase::upper);
}

bool has_host_bits(base::Bytes octets, unsigned length) { return length % 8 != 0 && (octets[length / 8] & 0xFFU >> length % 8) != 0; }

base::Result<void> read_octets_head(ValueReader& reader, NlriDraft& draft) {
  const base::Token* word = reader.peek();
  if (word == nullptr || word->quoted || !word->text.starts_with("0x")) return {};
  static_cast<void>(reader.word());
  auto octets = parse_raw(word->text);
  if (!octets) return reader.refuse(*word, "0x and the octets of the NLRI");
  draft.octets = std::move(*octets);
  return {};
}

base::Result<void> read_prefix_head(ValueReader& reader, NlriDraft& draft) {
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing("a prefix");
  auto prefix = base::Prefix::parse(word->text);
  if (!prefix) return reader.fail(*word, prefix.error().reason());
  const Afi afi = prefix->address.is_v4() ? Afi::ipv4 : Afi::ipv6;
  if (draft.family.afi != Afi::undefined && draft.family.afi != afi) {
    return reader.fail(*word, fmt::format("'{}' is not an {} prefix", word->text, to_string(draft.family.afi)));
  }
  draft.family.afi = afi;
  draft.prefix = *prefix;
  return {};
}

base::Result<void> take_path_information(ValueReader& reader, NlriDraft& draft, RouteParts&) {
  constexpr std::string_view k_expected = "a number up to 4294967295 or a dotted quad";
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(k_expected);
  const auto quad = base::IpAddress::parse(word->text);
  if (const auto number = base::parse_decimal(word->text, k_u32)) {
    draft.path_id = static_cast<std::uint32_t>(*number);
  } else if (quad && quad->is_v4()) {
    draft.path_id = quad->v4_value();
  } else {
    return reader.refuse(*word, k_expected);
  }
  return {};
}

std::optional<RouteDistinguisher> parse_route_distinguisher(std::string_view text) {
  RouteDistinguisher out{};
  const auto put = [&out](RdType type, std::uint64_t administrator, unsigned octets, std::uint64_t number) {
    std::uint64_t whole = static_cast<std::uint64_t>(type) << 48 | administrator << (octets == 4 ? 16 : 32) | number;
    for (std::size_t i = out.size(); i-- > 0; whole >>= 8) out[i] = static_cast<std::uint8_t>(whole);
  };
  if (text.starts_with("0x")) {
    const auto octets = base::from_hex(text.substr(2));
    if (!octets || octets->size() != out.size()) return std::nullopt;
    std::copy(octets->begin(), octets->end(), out.begin());
    return out;
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view first = text.substr(0, colon);
  const auto number = base::parse_decimal(text.substr(colon + 1), k_u32);
  if (!number) return std::nullopt;
  const bool four_octets = first.ends_with('L');  // as extended communities have it
  if (const auto asn = base::parse_decimal(first.substr(0, first.size() - (four_octets ? 1 : 0)), k_u32)) {
    if (*asn <= k_u16 && !four_octets) put(RdType::as2, *asn, 2, *number);
    else if (*number <= k_u16) put(RdType::as4, *asn, 4, *number);
    else return std::nullopt;
    return out;
  }
  const auto address = base::IpAddress::parse(first);
  if (!address || !address->is_v4() || *number > k_u16) return std::nullopt;
  put(RdType::ipv4, address->v4_value(), 4, *number);
  return out;
}

base::Result<RouteDistinguisher> read_route_distinguisher(ValueReader& reader) {
  constexpr std::string_view k_expected = "a route distinguisher such as 65000:1 or 192.0.2.1:1";
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(k_expected);
  const auto rd = parse_route_distinguisher(word->text);
  if (!rd) return reader.refuse(*word, k_expected);
  return *rd;
}

base::Result<void> take_route_distinguisher(ValueReader& reader, NlriDraft& draft, RouteParts&) {
  const auto rd = read_route_distinguisher(reader);
  if (!rd) return rd.error();
  draft.rd = *rd;
  return {};
}

base::Result<std::optional<std::uint32_t>> read_raw_label(ValueReader& reader) {
  constexpr std::uint64_t k_u24 = 0xFFFFFF;
  constexpr std::string_view k_expected = "the three octets of the label as a number";
  if (reader.take("(")) {
    const base::Token* word = reader.word();
    const auto raw = word == nullptr ? std::nullopt : base::parse_decimal(word->text, k_u24);
    if (!raw || !reader.take(")")) return word == nullptr ? reader.missing(k_expected) : reader.refuse(*word, k_expected);
    return std::optional(static_cast<std::uint32_t>(*raw));
  }
  const base::Token* word = reader.peek();
  if (word == nullptr || word->quoted || !word->text.starts_with('(')) return std::optional<std::uint32_t>();
  static_cast<void>(reader.word());
  const std::string_view digits = word->text.ends_with(')') ? word->text.substr(1, word->text.size() - 2) : std::string_view();
  const auto raw = base::parse_decimal(digits, k_u24);
  if (!raw) return reader.refuse(*word, k_expected);
  return std::optional(static_cast<std::uint32_t>(*raw));
}

base::Result<bool> read_label(ValueReader& reader, LabelStack& stack) {
  constexpr std::string_view k_expected = "a label from 0 to 1048575";
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(k_expected);
  const auto label = base::parse_decimal(word->text, k_label_max);
  if (!label) return reader.refuse(*word, k_expected);
  if (stack.size == stack.octets.size()) {
    return reader.fail(*word, fmt::format("more than {} labels", LabelStack::k_labels_max));
  }
  const auto raw = read_raw_label(reader);
  if (!raw) return raw.error();
  if (*raw && **raw >> 4 != *label) return reader.fail(*word, fmt::format("label {} does not stand in the octets {}", *label, **raw));
  put_label(stack, raw->value_or(static_cast<std::uint32_t>(*label) << 4));
  return raw->has_value();
}

base::Result<void> take_labels(ValueReader& reader, NlriDraft& draft, RouteParts&) {
  LabelStack stack;
  bool octets_said = false;
  const bool list = reader.take("[");
  while (!list || !reader.take("]")) {
    if (list) static_cast<void>(reader.take(","));
    const auto said = read_label(reader, stack);
    if (!said) return said.error();
    octets_said = *said;
    if (!list) break;
  }
  // RFC 8277 section 2.2: the last one is the bottom of the stack.
  const bool is_whole = octets_said && stands_alone(stack, draft.use);
  if (!stack.empty() && !is_whole) stack.octets[stack.size - 1U] |= 1;
  draft.labels = stack;
  return {};
}

base::Result<base::IpAddress> read_address(ValueReader& reader, Afi afi) {
  const std::string_view expected = afi == Afi::ipv4 ? "an IPv4 address" : afi == Afi::ipv6 ? "an IPv6 address" : "an IP address";
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(expected);
  const auto address = base::IpAddress::parse(word->text);
  if (!address || (afi == Afi::ipv4 && !address->is_v4()) || (afi == Afi::ipv6 && !address->is_v6())) return reader.refuse(*word, expected);
  return *address;
}

base::Result<base::Prefix> read_loose_prefix(ValueReader& reader, Afi afi) {
  const std::string_view expected = afi == Afi::ipv4 ? "an IPv4 prefix" : afi == Afi::ipv6 ? "an IPv6 prefix" : "a prefix";
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(expected);
  const std::size_t slash = word->text.find('/');
  const auto address = base::IpAddress::parse(word->text.substr(0, slash));
  if (!address || (afi == Afi::ipv4 && !address->is_v4()) || (afi == Afi::ipv6 && !address->is_v6())) return reader.refuse(*word, expected);
  std::uint64_t length = address->bits();
  if (slash != std::string_view::npos) {
    const auto written = base::parse_decimal(word->text.substr(slash + 1), length);
    if (!written) return reader.refuse(*word, expected);
    length = *written;
  }
  std::array<std::uint8_t, 16> octets{};
  const base::Bytes bytes = address->bytes();
  std::copy(bytes.begin(), bytes.end(), octets.begin());
  for (std::size_t bit = length; bit < address->bits(); ++bit) octets[bit / 8] &= static_cast<std::uint8_t>(~(0x80U >> bit % 8));
  return base::Prefix{base::IpAddress::from_bytes(base::Bytes(octets).first(bytes.size())), static_cast<std::uint8_t>(length)};
}

std::optional<base::Buffer> parse_raw(std::string_view text) {
  if (text.size() < 3 || text[0] != '0' || (text[1] != 'x' && text[1] != 'X')) return std::nullopt;
  return base::from_hex(text.substr(2));
}

base::Result<NlriKey> make_raw(const NlriDraft& draft, NlriDecode& decode) {
  const auto family = family_index(draft.family);
  if (!family) return base::Error("the AFI is not said: ipv4 or ipv6 must stand in front");
  NlriKey key;
  const auto step = decode({*family, draft.use, false}, draft.octets, key);
  if (!step) return base::Error(step.error().reason());
  if (step->skipped) return base::Error("these octets are no NLRI that is understood");
  if (step->octets != draft.octets.size()) return base::Error("these octets are more than one NLRI");
  return key;
}

base::Result<std::uint64_t> read_number(ValueReader& reader, std::uint64_t maximum) {
  const auto expected = [maximum] { return fmt::format("a number from 0 to {}", maximum); };
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(expected());
  const auto number = base::parse_decimal(word->text, maximum);
  if (!number) return reader.refuse(*word, expected());
  return *number;
}

}  // namespace tandem::bgp
