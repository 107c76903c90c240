// Extended communities (RFC 4360, 5668, 7153; FlowSpec actions of RFC 8955) as text and JSON, and the 20-octet IPv6 ones
// (RFC 5701). What JSON calls them depends on the low half of the type and on the subtype: the transitive and IANA bits do
// not count. Kinds without a form of their own are shown as octets.
//
// Text can be given back as a command: it has the words of JSON where these are read to the same octets, and the octets where they are not.
#include "common/bgp/attribute/extended_community.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>
#include <vector>

#include "common/base/format.hpp"
#include "common/base/ip.hpp"
#include "common/bgp/attribute/rows.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_size = k_extended_community_size;
constexpr std::size_t k_ipv6_size = k_ipv6_extended_community_size;

using Printer = void (*)(base::ByteReader& body, std::string& out);  // the body is what follows type and subtype

template <typename... Arguments>
void put(std::string& out, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  base::append(out, format, std::forward<Arguments>(arguments)...);
}

std::string address(base::ByteReader& body, std::size_t octets) { return base::IpAddress::from_bytes(body.take(octets)).text(); }

// The three layouts "administrator:number" comes in; the arguments are evaluated one statement each, in wire order.
void as2_number(std::string_view name, base::ByteReader& body, std::string& out) {
  const unsigned asn = body.u16();
  put(out, "{}:{}:{}", name, asn, body.u32());
}
void ipv4_number(std::string_view name, base::ByteReader& body, std::string& out) {
  const std::string ip = address(body, 4);
  put(out, "{}:{}:{}", name, ip, body.u16());
}
void as4_number(std::string_view name, base::ByteReader& body, std::string& out) {
  const std::uint32_t asn = body.u32();
  put(out, "{}:{}:{}", name, asn, body.u16());
}

float read_float(base::ByteReader& body) { return std::bit_cast<float>(body.u32()); }
void put_whole_part(std::string& out, float value) {
  if (std::isnan(value)) out += "nan";
  else if (std::isinf(value)) out += value < 0 ? "-inf" : "inf";
  else put(out, "{:.0f}", std::trunc(static_cast<double>(value)) + 0.0);  // + 0.0: no "-0"
}

void target_as2(base::ByteReader& body, std::string& out) { as2_number("target", body, out); }
void target_ipv4(base::ByteReader& body, std::string& out) { ipv4_number("target", body, out); }
void target_as4(base::ByteReader& body, std::string& out) { as4_number("target", body, out); }
void origin_as2(base::ByteReader& body, std::string& out) {
  const unsigned asn = body.u16();
  put(out, "origin:{}:{}", asn, address(body, 4));
}
void origin_ipv4(base::ByteReader& body, std::string& out) { ipv4_number("origin", body, out); }
void origin_as4(base::ByteReader& body, std::string& out) { as4_number("origin", body, out); }
void record_as2(base::ByteReader& body, std::string& out) { as2_number("rtrecord", body, out); }
void record_ipv4(base::ByteReader& body, std::string& out) { ipv4_number("rtrecord", body, out); }
void record_as4(base::ByteReader& body, std::string& out) { as4_number("rtrecord", body, out); }
void redirect_as2(base::ByteReader& body, std::string& out) { as2_number("redirect", body, out); }
void redirect_as4(base::ByteReader& body, std::string& out) { as4_number("redirect", body, out); }
// RFC 4360 knows no four-octet AS; where one stands, JSON has no sign of it, and the words need one.
void target_as4_written(base::ByteReader& body, std::string& out) { as4_number("target-as4", body, out); }
void origin_as4_written(base::ByteReader& body, std::string& out) { as4_number("origin-as4", body, out); }
// "70000L" is read back as four octets, too.
void target_as4_4_2(base::ByteReader& body, std::string& out) {
  const std::uint32_t asn = body.u32();
  put(out, "target:{}L:{}", asn, body.u16());
}
void origin_as4_4_2(base::ByteReader& body, std::string& out) {
  const std::uint32_t asn = body.u32();
  put(out, "origin:{}L:{}", asn, body.u16());
}
void record_as4_4_2(base::ByteReader& body, std::string& out) {
  const std::uint32_t asn = body.u32();
  put(out, "rtrecord:{}L:{}", asn, body.u16());
}
void unknown_4_2(base::ByteReader&, std::string&) {}
void mup(base::ByteReader& body, std::string& out) { as2_number("mup", body, out); }

struct Encapsulation {
  std::uint16_t type;
  std::string_view name;
};
constexpr Encapsulation k_encapsulations[] = {{0, "Default"}, {1, "L2TPv3"}, {2, "GRE"},        {7, "IP-in-IP"},     {8, "VXLAN"},
                                              {9, "NVGRE"},   {10, "MPLS"},  {12, "VXLAN-GPE"}, {13, "MPLS-in-UDP"}};

void encapsulation(base::ByteReader& body, std::string& out) {
  body.skip(4);
  const unsigned type = body.u16();
  for (const Encapsulation& each : k_encapsulations) {
    if (each.type != type) continue;
    put(out, "encap:{}", each.name);
    return;
  }
  put(out, "encap:encap:UNKNOWN-{}", type);
}

void hash_sort_order(base::ByteReader& body, std::string& out) { put(out, "consistentHashSortOrder:{}", body.u32()); }

void mac_mobility(base::ByteReader& body, std::string& out) {
  const unsigned flags = body.u8();
  body.skip(1);
  put(out, "mac-mobility:{}{}", body.u32(), flags == 1 ? ":sticky" : "");
}

void interface_set(base::ByteReader& body, std::string& out) {
  static constexpr std::string_view k_directions[] = {"0", "input", "output", "input-output"};
  const std::uint32_t asn = body.u32();
  const unsigned group = body.u16();
  put(out, "interface-set:{}:{}:{}", k_directions[group >> 14], asn, group & 0x3FFF);
}

void to_next_hop(base::ByteReader& body, std::string& out) {
  body.skip(5);
  out += (body.u8() & 1) != 0 ? "copy-to-nexthop" : "redirect-to-nexthop";
}

void put_next_hop_ietf(const std::string& ip, bool copy, std::string& out) {
  if (copy) put(out, "copy-to-nexthop-ietf {} (with copy)", ip);
  else put(out, "redirect-to-nexthop-ietf {}", ip);
}
void to_next_hop_ietf(base::ByteReader& body, std::string& out) {
  const std::string ip = address(body, 4);
  put_next_hop_ietf(ip, (body.u16() & 1) != 0, out);
}

void rate_limit(base::ByteReader& body, std::string& out) {
  body.skip(2);
  out += "rate-limit:";
  put_whole_part(out, read_float(body));
}
void rate_limit_packets(base::ByteReader& body, std::string& out) {
  body.skip(2);
  const float rate = read_float(body);
  out += "rate-limit:";
  put_whole_part(out, rate < 0 ? 0.0F : rate);
  out += ":packets";
}

void traffic_action(base::ByteReader& body, std::string& out) {
  body.skip(5);
  const unsigned bits = body.u8();
  const bool sample = (bits & 2) != 0;
  const bool terminal = (bits & 1) != 0;
  put(out, "action {}{}{}", sample ? "sample" : "", sample && terminal ? "-" : "", terminal ? "terminal" : "");
}

void mark(base::ByteReader& body, std::string& out) {
  body.skip(5);
  put(out, "mark {}", body.u8());
}

// draft-ietf-idr-link-bandwidth, in octets a second. What is no finite rate has no words.
void bandwidth(base::ByteReader& body, std::string& out) {
  const unsigned asn = body.u16();
  const float rate = read_float(body);
  if (!std::isfinite(rate) || std::signbit(rate)) return;
  if (rate == std::trunc(rate)) put(out, "bandwidth:{}:{:.0f}", asn, rate);
  else put(out, "bandwidth:{}:{}", asn, rate);
}

void layer2_info(base::ByteReader& body, std::string& out) {
  const unsigned encapsulation_type = body.u8();
  const unsigned control = body.u8();
  const unsigned mtu = body.u16();
  put(out, "l2info:{}:{}:{}:{}", encapsulation_type, control, mtu, body.u16());
}

struct Kind {
  std::uint8_t type;  // the low half
  std::uint8_t subtype;
  Printer print;              // prints nothing where the value has no words
  Printer written = nullptr;  // the words that are read, where they are others
  Printer release_4_2 = nullptr;  // in dialect 4.2, where it has others or none
};
constexpr Kind k_kinds[] = {
    {0x0, 0x02, target_as2},
    {0x1, 0x02, target_ipv4},
    {0x2, 0x02, target_as4, target_as4_written, target_as4_4_2},
    {0x0, 0x03, origin_as2},
    {0x0, 0x04, bandwidth, nullptr, unknown_4_2},
    {0x1, 0x03, origin_ipv4},
    {0x2, 0x03, origin_as4, origin_as4_written, origin_as4_4_2},
    {0x0, 0x06, rate_limit},
    {0x0, 0x07, traffic_action},
    {0x0, 0x08, redirect_as2},
    {0x2, 0x08, redirect_as4},
    {0x0, 0x09, mark},
    {0x0, 0x0a, layer2_info},
    {0x0, 0x0c, rate_limit_packets, nullptr, unknown_4_2},
    {0x1, 0x0c, to_next_hop_ietf},
    {0x3, 0x0c, encapsulation},
    {0x0, 0x13, record_as2},
    {0x1, 0x13, record_ipv4},
    {0x2, 0x13, record_as4, nullptr, record_as4_4_2},
    {0x3, 0x14, hash_sort_order},
    {0x6, 0x00, mac_mobility},
    {0x7, 0x02, interface_set},
    {0x8, 0x00, to_next_hop},
    {0xc, 0x00, mup, nullptr, unknown_4_2},
};

void append_hex_form(std::string& out, base::Bytes community) {
  out += "0x";
  base::append_hex(out, community, base::HexCase::upper);
}

const Kind* find_kind(base::Bytes community) {
  const auto* kind = std::find_if(std::begin(k_kinds), std::end(k_kinds), [&](const Kind& each) {
    return each.type == (community[0] & 0x0F) && each.subtype == community[1];
  });
  return kind == std::end(k_kinds) ? nullptr : kind;
}

void append_written_community(std::string& out, base::Bytes community) {
  const Kind* kind = find_kind(community);
  if (kind == nullptr || kind->written == nullptr) {
    append_extended_community(out, community);
    return;
  }
  base::ByteReader body(community.subspan(2));
  kind->written(body, out);
}

// Nothing where it has no words.
void append_community_4_2(std::string& out, base::Bytes community) {
  const Kind* kind = find_kind(community);
  if (kind == nullptr) return;
  base::ByteReader body(community.subspan(2));
  (kind->release_4_2 != nullptr ? kind->release_4_2 : kind->print)(body, out);
}

void append_ipv6_community(std::string& out, base::Bytes community) {
  const unsigned subtype = community[1];
  const bool known = subtype == (k_to_next_hop_ipv6 & 0xFF) || subtype == (k_redirect_ipv6 & 0xFF);
  if ((community[0] & 0x0F) != 0 || !known) {
    append_hex_form(out, community);
    return;
  }
  base::ByteReader body(community.subspan(2));
  const std::string ip = address(body, 16);
  const unsigned number = body.u16();
  if (subtype == (k_redirect_ipv6 & 0xFF)) put(out, "redirect:{}:{}", ip, number);
  else put_next_hop_ietf(ip, (number & 1) != 0, out);
}

// Whether the words make these very octets.
bool reads_back(std::string_view words, base::Bytes community, ExtendedCommunityReader& read) {
  std::vector<base::Token> tokens;
  while (!words.empty()) {
    const std::size_t blank = std::min(words.find(' '), words.size());
    if (blank != 0) tokens.push_back({words.substr(0, blank), 0, 0, false});
    words.remove_prefix(std::min(blank + 1, words.size()));
  }
  ValueReader reader("", tokens);
  const base::Token* first = reader.word();
  base::Buffer octets;
  return first != nullptr && !read(reader, *first, octets) && reader.at_end() &&
         std::equal(octets.begin(), octets.end(), community.begin(), community.end());
}

// The octets as one number in decimal: 20 of them do not fit any integer, so it is divided down by hand.
std::string decimal(base::Bytes octets) {
  constexpr std::uint64_t k_chunk = 1'000'000'000;
  std::vector<std::uint32_t> words;
  base::ByteReader reader(octets);
  while (reader.left() >= 4) words.push_back(reader.u32());
  std::vector<std::uint32_t> chunks;
  while (std::any_of(words.begin(), words.end(), [](std::uint32_t word) { return word != 0; })) {
    std::uint64_t rest = 0;
    for (auto& word : words) {
      rest = rest << 32 | word;
      word = static_cast<std::uint32_t>(rest / k_chunk);
      rest %= k_chunk;
    }
    chunks.push_back(static_cast<std::uint32_t>(rest));
  }
  if (chunks.empty()) return "0";
  std::string out = fmt::to_string(chunks.back());
  for (auto chunk = std::next(chunks.rbegin()); chunk != chunks.rend(); ++chunk) put(out, "{:09}", *chunk);
  return out;
}

using Appender = void (*)(std::string&, base::Bytes);

void write_json(base::Bytes value, std::size_t size, Appender append, base::JsonWriter& out) {
  out.begin_array();
  for (; !value.empty(); value = value.subspan(size)) {
    const base::Bytes community = value.first(size);
    std::string text;
    append(text, community);
    out.begin_object();
    out.key("value");
    out.raw(decimal(community));
    out.member("string", text);
    if (size == k_size && (community[0] & 0x0F) == k_interface_set >> 8 && community[1] == (k_interface_set & 0xFF)) {
      out.member("transitive", (community[0] & 0x40) == 0);
    }
    out.end_object();
  }
  out.end_array();
}

constexpr base::JsonShape k_shape = "[{ value: 0.., string: string, transitive?: boolean }]";

[[nodiscard]] std::vector<base::Bytes> in_order(base::Bytes value, std::size_t size) {
  std::vector<base::Bytes> communities;
  for (; !value.empty(); value = value.subspan(size)) communities.push_back(value.first(size));
  std::sort(communities.begin(), communities.end(), [](base::Bytes a, base::Bytes b) {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
  });
  return communities;
}

void write_text(base::Bytes value, std::size_t size, Appender append, ExtendedCommunityReader& read, std::string& out) {
  const std::vector<base::Bytes> communities = in_order(value, size);
  const bool brackets = communities.size() != 1;
  if (brackets) out += "[ ";
  for (const base::Bytes community : communities) {
    const std::size_t start = out.size();
    append(out, community);
    if (!reads_back(std::string_view(out).substr(start), community, read)) {
      out.resize(start);
      append_hex_form(out, community);
    }
    if (brackets) out += ' ';
  }
  if (brackets) out += ']';
}

bool well_formed(base::Bytes value, const AttributeContext&) { return value.size() % k_size == 0; }

void json(base::Bytes value, const AttributeContext&, base::JsonWriter& out) {
  write_json(value, k_size, append_extended_community, out);
}

void text(base::Bytes value, const AttributeContext&, std::string& out) {
  write_text(value, k_size, append_written_community, read_extended_community, out);
}

// Dialect 4.2 has no words for some kinds, and an empty string in their place; in text it does not ask whether the words are read back.
void members_4_2(base::Bytes value, const AttributeContext&, base::JsonWriter& out) {
  out.key("extended-community");
  out.begin_array();
  for (; !value.empty(); value = value.subspan(k_size)) {
    std::string text;
    append_community_4_2(text, value.first(k_size));
    out.begin_object();
    out.key("value");
    out.raw(decimal(value.first(k_size)));
    out.member("string", text);
    out.end_object();
  }
  out.end_array();
}

void text_4_2(base::Bytes value, const AttributeContext&, std::string& out) {
  const bool brackets = value.size() != k_size;
  if (brackets) out += "[ ";
  for (const base::Bytes community : in_order(value, k_size)) {
    const std::size_t start = out.size();
    append_community_4_2(out, community);
    if (out.size() == start) append_hex_form(out, community);
    if (brackets) out += ' ';
  }
  if (brackets) out += ']';
}

constexpr AttributeForms k_forms_4_2{
    .members = members_4_2, .shape = "extended-community?: [{ value: u64, string: string }]", .text = text_4_2};

bool well_formed_ipv6(base::Bytes value, const AttributeContext&) { return value.size() % k_ipv6_size == 0; }

void json_ipv6(base::Bytes value, const AttributeContext&, base::JsonWriter& out) {
  write_json(value, k_ipv6_size, append_ipv6_community, out);
}

void text_ipv6(base::Bytes value, const AttributeContext&, std::string& out) {
  write_text(value, k_ipv6_size, append_ipv6_community, read_ipv6_extended_community, out);
}

constexpr AttributeKeyword k_keywords[] = {{"extended-community", "COMMUNITY|[ COMMUNITY... ]", parse_extended_community}};
constexpr AttributeKeyword k_ipv6_keywords[] = {
    {"extended-community-ipv6", "COMMUNITY|[ COMMUNITY... ]", parse_ipv6_extended_community}};

}  // namespace

void append_extended_community(std::string& out, base::Bytes community) {
  const std::size_t before = out.size();
  if (const Kind* kind = find_kind(community)) {
    base::ByteReader body(community.subspan(2));
    kind->print(body, out);
  }
  if (out.size() == before) append_hex_form(out, community);
}

std::optional<std::uint16_t> encapsulation_type(std::string_view name) {
  for (const Encapsulation& each : k_encapsulations) {
    if (each.name == name) return each.type;
  }
  return std::nullopt;
}

extern const AttributeTraits k_extended_community_row{.code = AttributeCode::extended_community, .name = "extended-community",
                                                      .flags = k_optional_transitive,
                                                      .when_malformed = ErrorAction::treat_as_withdraw, .gather = gather_sorted<k_size>,
                                                      .well_formed = well_formed, .json = json, .shape = k_shape, .text = text,
                                                      .keywords = k_keywords, .release_4_2 = &k_forms_4_2};
extern const AttributeTraits k_ipv6_extended_community_row{.code = AttributeCode::ipv6_extended_community,
                                                           .name = "extended-community-ipv6", .flags = k_optional_transitive,
                                                           .when_malformed = ErrorAction::treat_as_withdraw,
                                                           .gather = gather_sorted<k_ipv6_size>, .well_formed = well_formed_ipv6,
                                                           .json = json_ipv6, .shape = k_shape, .text = text_ipv6,
                                                           .keywords = k_ipv6_keywords, .release_4_2 = &k_unknown_to_4_2};

}  // namespace tandem::bgp
