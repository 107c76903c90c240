// Flow rules as they are written: components (`match { }`), and actions (`then { }`, `scope { }`), which are extended communities and
// the next hop.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <tuple>

#include "common/bgp/attribute/extended_community.hpp"
#include "common/bgp/nlri/flow.hpp"
#include "common/bgp/nlri/nlri_text.hpp"

namespace tandem::bgp {

namespace {

constexpr std::string_view k_match = "match";
constexpr std::string_view k_then = "then";
constexpr std::string_view k_scope = "scope";

// A word for a component. Some components have one for each IP version; which of them was meant matters only where the rule says the
// other version in front (`announce ipv4 flow ...`).
struct Word {
  std::string_view name;
  std::uint8_t type;
  Afi afi;  // undefined: of both
  std::uint64_t maximum;
};
constexpr Word k_words[] = {
    {"destination", 1, Afi::undefined, 0},
    {"destination-ipv4", 1, Afi::ipv4, 0},
    {"destination-ipv6", 1, Afi::ipv6, 0},
    {"source", 2, Afi::undefined, 0},
    {"source-ipv4", 2, Afi::ipv4, 0},
    {"source-ipv6", 2, Afi::ipv6, 0},
    {"protocol", 3, Afi::ipv4, 0xFF},
    {"next-header", 3, Afi::ipv6, 0xFF},
    {"port", 4, Afi::undefined, 0xFFFF},
    {"destination-port", 5, Afi::undefined, 0xFFFF},
    {"source-port", 6, Afi::undefined, 0xFFFF},
    {"icmp-type", 7, Afi::undefined, 0xFF},
    {"icmp-code", 8, Afi::undefined, 0xFF},
    {"tcp-flags", 9, Afi::undefined, 0xFFFF},
    {"packet-length", 10, Afi::undefined, 0xFFFF},
    {"dscp", 11, Afi::ipv4, 63},
    {"traffic-class", 11, Afi::ipv6, 0xFF},
    {"fragment", 12, Afi::undefined, 0xFFFF},
    {"flow-label", 13, Afi::ipv6, 0xFFFFF},
};
constexpr std::size_t k_word_count = std::size(k_words);

// What has been written of a rule in words.
struct Draft {
  std::array<base::Buffer, k_flow_types + 1> components;  // by type, as on the wire; types that repeat have theirs inside
  Afi prefixes = Afi::undefined;                          // the IP version of the prefixes
  const Word* ipv4_only = nullptr;                        // a word of one IP version that was used
  const Word* ipv6_only = nullptr;
};

Draft& draft_of(NlriDraft& draft) {
  if (!draft.own.has_value()) draft.own = Draft();
  return *std::any_cast<Draft>(&draft.own);
}

// --- components

// An operator in front of a value, the longer one first where one begins like another.
struct Operator {
  std::string_view text;
  std::uint8_t bits;
};
constexpr Operator k_numeric[] = {{"!=", 6}, {">=", 3}, {"<=", 5}, {">", 2}, {"<", 4}, {"=", 1}, {"true", 7}, {"false", 0}};
constexpr Operator k_bitmask[] = {{"!=", 3}, {"=", 1}, {"!", 2}};

[[nodiscard]] std::uint8_t take_operator(FlowKind kind, std::string_view& text) {
  const auto operators = kind == FlowKind::numeric ? std::span<const Operator>(k_numeric) : std::span<const Operator>(k_bitmask);
  for (const Operator& each : operators) {
    if (!text.starts_with(each.text)) continue;
    text.remove_prefix(each.text.size());
    return each.bits;
  }
  return kind == FlowKind::numeric ? 1 : 0;  // a number alone is `=`, flags alone are any of them
}

[[nodiscard]] std::optional<std::uint64_t> read_value(const FlowComponent& component, std::uint64_t maximum, std::string_view text) {
  if (component.kind == FlowKind::numeric) return parse_flow_value(component, text, maximum);
  std::uint64_t value = 0;
  for (bool more = true; more;) {
    const std::size_t plus = text.find('+');
    more = plus != std::string_view::npos;
    const auto bits = parse_flow_value(component, text.substr(0, plus), maximum);
    if (!bits) return std::nullopt;
    value |= *bits;
    if (more) text.remove_prefix(plus + 1);
  }
  return value;
}

void write_value(std::uint8_t operation, std::uint64_t value, base::Buffer& out) {
  base::ByteWriter writer(out);
  const unsigned width = value <= 0xFF ? 0 : value <= 0xFFFF ? 1 : 2;
  writer.u8(static_cast<std::uint8_t>(operation | width << 4));
  for (unsigned left = 1U << width; left-- > 0;) writer.u8(static_cast<std::uint8_t>(value >> 8 * left));
}

[[nodiscard]] std::string expected_value(const Word& word, const FlowComponent& component) {
  if (component.type >= 4 && component.type <= 6) return fmt::format("a port from 0 to {} or the name of a service, behind = > >= < <= or !=,", word.maximum);
  const std::string_view named = component.names.empty() ? "" : " or a name";
  if (component.kind == FlowKind::bitmask) return fmt::format("a number up to {}{}, several joined by +, behind = ! or !=,", word.maximum, named);
  return fmt::format("a number from 0 to {}{}, behind = > >= < <= or !=,", word.maximum, named);
}

// A word of ExaBGP 4.2, which writes a value for it that no packet matches, and shows it where it means this.
constexpr std::string_view k_not_a_fragment = "not-a-fragment";
constexpr std::uint8_t k_fragment = 12;

// ">1024&<2048": values that must all be true.
std::optional<base::Error> read_expression(const Word& word, const FlowComponent& component, const ValueReader& reader,
                                           const base::Token& token, base::Buffer& out) {
  std::string_view text = token.text;
  std::uint8_t joined = 0;
  for (bool more = true; more; joined = k_flow_and) {
    const std::size_t ampersand = text.find('&');
    more = ampersand != std::string_view::npos;
    std::string_view value_text = text.substr(0, ampersand);
    if (value_text == k_not_a_fragment && component.type == k_fragment) value_text = "!is-fragment";
    const std::uint8_t operation = take_operator(component.kind, value_text);
    // `true` and `false` need no value; they are printed without.
    const bool constant = component.kind == FlowKind::numeric && (operation == 0 || operation == 7);
    const auto value = constant && value_text.empty() ? std::optional<std::uint64_t>(0) : read_value(component, word.maximum, value_text);
    if (!value) {
      std::vector<std::string> names;
      for (const FlowName& each : component.names) names.emplace_back(each.name);
      return reader.refuse(token, expected_value(word, component), std::move(names));
    }
    write_value(operation | joined, *value, out);
    if (more) text.remove_prefix(ampersand + 1);
  }
  return std::nullopt;
}

// An `&` behind which nothing stands is passed over, as ExaBGP does, but in a list.
base::Result<void> take_values(const Word& word, ValueReader& reader, RouteParts& parts, base::Buffer& out) {
  const FlowComponent& component = *flow_component(word.type, Afi::ipv6);
  base::Buffer values;
  const bool was_list = reader.next_is("[");
  auto error = reader.list(expected_value(word, component), [&](base::Token token) {
    if (!was_list && token.text.size() > 1 && token.text.ends_with('&')) {
      token.text.remove_suffix(1);
      if (parts.warnings != nullptr) parts.warnings->push_back(fmt::format("{}: nothing stands behind '&', it is ignored", word.name));
    }
    return read_expression(word, component, reader, token, values);
  });
  if (error) return std::move(*error);
  if (values.empty() && was_list) return reader.missing("a value, for nothing between brackets matches everything:");
  if (out.empty()) out.push_back(word.type);
  out.insert(out.end(), values.begin(), values.end());
  return {};
}

// "10.0.0.0/8", "2001:db8::/32", "2001:db8::/32/16": bits behind the length are cleared, those before the offset are not.
std::optional<base::Error> read_prefix(const Word& word, const ValueReader& reader, const base::Token& token, Draft& rule) {
  constexpr std::string_view k_expected = "a prefix such as 10.0.0.0/24, 2001:db8::/32, or ::1/128/64 with an offset,";
  const std::size_t slash = token.text.find('/');
  const auto address = base::IpAddress::parse(token.text.substr(0, slash));
  if (slash == std::string_view::npos || !address) return reader.refuse(token, k_expected);
  const Afi afi = address->is_v4() ? Afi::ipv4 : Afi::ipv6;
  const std::string_view numbers = token.text.substr(slash + 1);
  const std::size_t second = afi == Afi::ipv6 ? numbers.find('/') : std::string_view::npos;
  const auto length = base::parse_decimal(numbers.substr(0, second), address->bits());
  const auto offset = second == std::string_view::npos ? std::optional<std::uint64_t>(0) : base::parse_decimal(numbers.substr(second + 1), 127);
  if (!length || !offset) return reader.refuse(token, k_expected);
  if (*offset != 0 && *offset >= *length) return reader.fail(token, fmt::format("{}: the offset {} leaves nothing of {} bits", word.name, *offset, *length));
  if (word.afi != Afi::undefined && word.afi != afi) return reader.fail(token, fmt::format("{}: '{}' is an {} prefix", word.name, token.text, to_string(afi)));
  if (rule.prefixes != Afi::undefined && rule.prefixes != afi) {
    return reader.fail(token, fmt::format("{}: '{}' is an {} prefix, the rule has an {} one already", word.name, token.text, to_string(afi), to_string(rule.prefixes)));
  }
  rule.prefixes = afi;
  base::ByteWriter writer(rule.components[word.type]);
  writer.u8(word.type);
  writer.u8(static_cast<std::uint8_t>(*length));
  if (afi == Afi::ipv6) writer.u8(static_cast<std::uint8_t>(*offset));
  const base::Bytes octets = address->bytes().first(flow_pattern_octets(static_cast<unsigned>(*length), 0, FlowPattern::whole));
  writer.bytes(octets);
  if (*length % 8 != 0) rule.components[word.type].back() &= static_cast<std::uint8_t>(0xFF00U >> *length % 8);
  return std::nullopt;
}

base::Result<void> take_prefixes(const Word& word, ValueReader& reader, Draft& rule) {
  std::size_t count = 0;
  auto error = reader.list("a prefix", [&](const base::Token& token) {
    ++count;
    return read_prefix(word, reader, token, rule);
  });
  if (error) return std::move(*error);
  if (count == 0) return reader.missing("a prefix, for nothing between brackets matches everything:");
  return {};
}

template <std::size_t Index>
base::Result<void> take_component(ValueReader& reader, NlriDraft& draft, RouteParts& parts) {
  constexpr const Word& word = k_words[Index];
  Draft& rule = draft_of(draft);
  if (word.afi == Afi::ipv4) rule.ipv4_only = &word;
  if (word.afi == Afi::ipv6) rule.ipv6_only = &word;
  return word.maximum == 0 ? take_prefixes(word, reader, rule) : take_values(word, reader, parts, rule.components[word.type]);
}

// --- actions

void add_community(RouteParts& parts, std::uint16_t kind, std::uint16_t first, std::uint32_t second) {
  base::Buffer community;
  base::ByteWriter writer(community);
  writer.u16(kind);
  writer.u16(first);
  writer.u32(second);
  add_extended_communities(parts.attributes, community);
}

[[nodiscard]] std::uint32_t float_bits(std::uint64_t value) { return std::bit_cast<std::uint32_t>(static_cast<float>(value)); }

base::Result<void> take_accept(ValueReader&, NlriDraft&, RouteParts&) { return {}; }

base::Result<void> take_discard(ValueReader&, NlriDraft&, RouteParts& parts) {
  add_community(parts, k_traffic_rate_bytes, 0, 0);
  return {};
}

// "9600", "9600 bytes", "1000 packets", a second.
base::Result<void> take_rate_limit(ValueReader& reader, NlriDraft&, RouteParts& parts) {
  constexpr std::uint64_t k_rate_max = 1'000'000'000'000;
  constexpr std::uint64_t k_rate_small = 9600;
  const auto rate = read_number(reader, UINT64_MAX);
  if (!rate) return rate.error();
  const bool packets = reader.take("packets");
  if (!packets) static_cast<void>(reader.take("bytes"));
  const auto warn = [&parts](std::string warning) {
    if (parts.warnings != nullptr) parts.warnings->push_back(std::move(warning));
  };
  if (*rate > k_rate_max) warn(fmt::format("{} is more than {}, which is taken", *rate, k_rate_max));
  if (!packets && *rate != 0 && *rate < k_rate_small) warn(fmt::format("a rate below {} octets a second: some routers take none that is so low", k_rate_small));
  add_community(parts, packets ? k_traffic_rate_packets : k_traffic_rate_bytes, 0, float_bits(std::min(*rate, k_rate_max)));
  return {};
}

void redirect_to(const base::IpAddress& address, bool copy, RouteParts& parts) {
  parts.next_hop = NextHop{};
  parts.next_hop.address = address;
  add_community(parts, k_to_next_hop, 0, copy ? 1 : 0);
}

[[nodiscard]] std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// "[2001:db8::1]:100", "[2001:db8::1]", which must be in quotes: brackets are words of their own. Commands have blanks around them.
std::optional<base::IpAddress> bracketed_address(std::string_view& text) {
  if (!text.starts_with('[')) return std::nullopt;
  const std::size_t end = text.find(']');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view inner = trimmed(text.substr(1, end - 1));
  const auto address = base::IpAddress::parse(inner);
  text = trimmed(text.substr(end + 1));
  return address && address->is_v6() ? address : std::nullopt;
}

base::Result<void> take_redirect(ValueReader& reader, NlriDraft&, RouteParts& parts) {
  constexpr std::string_view k_expected = "asn:number, an IP address, or \"[ipv6]:number\" in quotes";
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(k_expected);
  if (const auto address = base::IpAddress::parse(word->text)) {
    redirect_to(*address, false, parts);
    return {};
  }
  std::string_view text = word->text;
  if (const auto address = bracketed_address(text)) {
    const auto number = text.starts_with(':') ? base::parse_decimal(text.substr(1), 0xFFFF) : std::nullopt;
    if (text.empty()) redirect_to(*address, false, parts);
    else if (number) add_ipv6_extended_community(parts.attributes, k_redirect_ipv6, *address, static_cast<std::uint16_t>(*number));
    else return reader.refuse(*word, k_expected);
    return {};
  }
  const std::size_t colon = text.find(':');
  const auto asn = base::parse_decimal(text.substr(0, colon), 0xFFFFFFFF);
  if (colon == std::string_view::npos || !asn) return reader.refuse(*word, k_expected);
  const bool wide = *asn > 0xFFFF;
  const auto number = base::parse_decimal(text.substr(colon + 1), wide ? 0xFFFF : 0xFFFFFFFF);
  if (!number) return reader.refuse(*word, wide ? "a number up to 65535 behind a four-octet AS" : k_expected);
  if (wide) {
    add_community(parts, k_redirect_as4, static_cast<std::uint16_t>(*asn >> 16), static_cast<std::uint32_t>(*asn << 16 | *number));
  } else {
    add_community(parts, k_redirect_as2, static_cast<std::uint16_t>(*asn), static_cast<std::uint32_t>(*number));
  }
  return {};
}

base::Result<void> take_redirect_to_next_hop(ValueReader&, NlriDraft&, RouteParts& parts) {
  add_community(parts, k_to_next_hop, 0, 0);
  return {};
}

base::Result<void> take_redirect_to_next_hop_ietf(ValueReader& reader, NlriDraft&, RouteParts& parts) {
  const auto address = read_address(reader, Afi::undefined);
  if (!address) return address.error();
  const std::uint32_t value = address->is_v4() ? address->v4_value() : 0;
  if (address->is_v4()) add_community(parts, k_to_next_hop_ietf, static_cast<std::uint16_t>(value >> 16), value << 16);
  else add_ipv6_extended_community(parts.attributes, k_to_next_hop_ipv6, *address, 0);
  return {};
}

base::Result<void> take_copy(ValueReader& reader, NlriDraft&, RouteParts& parts) {
  const auto address = read_address(reader, Afi::undefined);
  if (!address) return address.error();
  redirect_to(*address, true, parts);
  return {};
}

base::Result<void> take_mark(ValueReader& reader, NlriDraft&, RouteParts& parts) {
  const auto dscp = read_number(reader, 63);
  if (!dscp) return dscp.error();
  add_community(parts, k_traffic_marking, 0, static_cast<std::uint32_t>(*dscp));
  return {};
}

base::Result<void> take_action(ValueReader& reader, NlriDraft&, RouteParts& parts) {
  constexpr std::string_view k_expected = "sample, terminal or sample-terminal";
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(k_expected);
  const bool sample = word->text.find("sample") != std::string_view::npos;
  const bool terminal = word->text.find("terminal") != std::string_view::npos;
  if (!sample && !terminal) return reader.refuse(*word, k_expected, {"sample", "terminal", "sample-terminal"});
  add_community(parts, k_traffic_action, 0, (sample ? 2U : 0U) | (terminal ? 1U : 0U));
  return {};
}

base::Result<void> take_interface_set(ValueReader& reader, NlriDraft&, RouteParts& parts) {
  constexpr std::string_view k_expected = "[transitive:|non-transitive:]input|output|input-output:ASN:GROUP with a group up to 16383";
  base::Buffer communities;
  auto error = reader.list(k_expected, [&](const base::Token& token) -> std::optional<base::Error> {
    if (!write_interface_set(token.text, communities)) return reader.refuse(token, k_expected);
    return std::nullopt;
  });
  if (error) return std::move(*error);
  add_extended_communities(parts.attributes, communities);
  return {};
}

constexpr NlriKeyword k_others[] = {
    {"rd", "RD", take_route_distinguisher},
    {"route-distinguisher", "RD", take_route_distinguisher},
    {"accept", "", take_accept, k_then, true},
    {"discard", "", take_discard, k_then, true},
    {"rate-limit", "NUMBER [bytes|packets]", take_rate_limit, k_then, true},
    {"redirect", "ASN:NUMBER|ADDRESS|\"[IPV6]:NUMBER\"", take_redirect, k_then, true},
    {"redirect-to-nexthop", "", take_redirect_to_next_hop, k_then, true},
    {"redirect-to-nexthop-ietf", "ADDRESS", take_redirect_to_next_hop_ietf, k_then, true},
    {"copy", "ADDRESS", take_copy, k_then, true},
    {"mark", "0-63", take_mark, k_then, true},
    {"action", "sample|terminal|sample-terminal", take_action, k_then, true},
    {"interface-set", "SET|[ SET... ]", take_interface_set, k_scope, true},
};

constexpr std::string_view usage_of(const Word& word) {
  return word.maximum == 0 ? "PREFIX[/OFFSET]|[ PREFIX... ]" : "EXPRESSION|[ EXPRESSION... ]";
}

template <std::size_t... Index>
constexpr auto make_keywords(std::index_sequence<Index...>) {
  std::array<NlriKeyword, sizeof...(Index) + std::size(k_others)> all{
      NlriKeyword{k_words[Index].name, usage_of(k_words[Index]), take_component<Index>, k_match, true}...};
  std::copy(std::begin(k_others), std::end(k_others), all.begin() + sizeof...(Index));
  return all;
}
constexpr auto k_keywords = make_keywords(std::make_index_sequence<k_word_count>{});

// --- the rule

// The IP version: what stands in front, else that of the prefixes; only IPv6 has flow labels.
base::Result<Afi> afi_of(const NlriDraft& draft, const Draft& rule) {
  constexpr std::uint8_t k_flow_label = 13;
  Afi afi = draft.family.afi;
  const bool said = afi != Afi::undefined;
  if (!said) afi = rule.prefixes != Afi::undefined ? rule.prefixes : rule.components[k_flow_label].empty() ? Afi::ipv4 : Afi::ipv6;
  if (rule.prefixes != Afi::undefined && rule.prefixes != afi) {
    return base::Error(fmt::format("a prefix of {} in an {} flow rule", to_string(rule.prefixes), to_string(afi)));
  }
  const Word* wrong = afi == Afi::ipv4 ? rule.ipv6_only : rule.ipv4_only;
  const bool cannot_be = afi == Afi::ipv4 && !rule.components[k_flow_label].empty();
  if (cannot_be || (said && wrong != nullptr)) {
    return base::Error(fmt::format("'{}' is not valid in {} flow rules", cannot_be ? "flow-label" : wrong->name, to_string(afi)));
  }
  return afi;
}

// RFC 8955 section 4.2: types ascend, and the last value of each says so.
base::Buffer components_of(const Draft& rule) {
  base::Buffer out;
  for (std::uint8_t type = 1; type <= k_flow_types; ++type) {
    const base::Buffer& component = rule.components[type];
    if (component.empty()) continue;
    const std::size_t start = out.size();
    out.insert(out.end(), component.begin(), component.end());
    if (flow_component(type, Afi::ipv6)->kind == FlowKind::prefix) continue;
    std::size_t last = start + 1;
    for (std::size_t at = last; at < out.size(); at += 1 + flow_width(out[at])) last = at;
    out[last] |= k_flow_end;
  }
  return out;
}

base::Result<NlriKey> make(const NlriDraft& draft) {
  if (!draft.octets.empty()) {
    if (draft.rd || draft.own.has_value()) return base::Error("flow: the octets of the NLRI say all of the rule");
    return make_raw(draft, decode_flow);
  }
  static const Draft k_empty;
  const Draft* written = std::any_cast<Draft>(&draft.own);
  const Draft& rule = written == nullptr ? k_empty : *written;
  const auto afi = afi_of(draft, rule);
  if (!afi) return afi.error();
  if (draft.family.safi == Safi::flow_vpn && !draft.rd) return base::Error("flow-vpn: a route distinguisher is missing, as in rd 65000:1");
  const base::Bytes rd = draft.rd ? base::Bytes(*draft.rd) : base::Bytes();
  return make_flow_key({*afi, draft.rd ? Safi::flow_vpn : Safi::flow}, rd, components_of(rule));
}

}  // namespace

std::uint64_t flow_value_maximum(const FlowComponent& component, Afi afi) {
  const auto* word = std::find_if(std::begin(k_words), std::end(k_words), [&](const Word& each) { return each.name == component.name(afi); });
  return word == std::end(k_words) ? 0 : word->maximum;
}

extern const NlriGrammar k_flow_grammar{"COMPONENT EXPRESSION... ACTION... [rd RD]", k_keywords, read_octets_head, make, nullptr};

}  // namespace tandem::bgp
