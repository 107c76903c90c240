#include "common/bgp/attribute/sr_policy.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/ip.hpp"
#include "common/bgp/attribute/segment.hpp"
#include "common/bgp/nlri/nlri_text.hpp"

namespace tandem::bgp {

namespace {

constexpr std::uint8_t k_first_long_type = 128;  // RFC 9012 section 2: the length of these has two octets
constexpr std::size_t k_head = 2;                // flags, reserved
constexpr std::size_t k_number_size = k_head + 4;
constexpr std::size_t k_priority_size = 2;       // priority, reserved
constexpr std::size_t k_enlp_size = k_head + 1;
constexpr std::size_t k_srv6_size = k_head + k_srv6_sid_size;
constexpr std::uint8_t k_flag_srv6_behavior = 0x20;
// RFC 9830 section 2.4.2 leaves this bit of a binding SID to nobody; ExaBGP sets it.
constexpr std::uint8_t k_flag_label = 0x10;
constexpr std::string_view k_raw_word = "sub-tlv-";  // "sub-tlv-99 0xABCD"

struct Tlv {
  std::uint8_t type = 0;
  base::Bytes value;
};
[[nodiscard]] std::optional<Tlv> next_tlv(base::ByteReader& reader) {
  Tlv tlv;
  tlv.type = reader.u8();
  tlv.value = reader.take(tlv.type < k_first_long_type ? reader.u8() : reader.u16());
  return reader.ok() ? std::optional(tlv) : std::nullopt;
}

// --- preference

bool is_good_preference(base::Bytes value) { return value.size() == k_number_size; }
void preference_json(base::Bytes value, base::JsonWriter& out) { out.number(base::ByteReader(value.subspan(k_head)).u32()); }
void preference_text(base::Bytes value, std::string& out) {
  out += fmt::to_string(base::ByteReader(value.subspan(k_head)).u32());
  flags_text(value[0], 0, out);
}
base::Result<void> read_preference(ValueReader& reader, base::ByteWriter& writer) {
  const auto number = read_number(reader, 0xFFFFFFFF);
  if (!number) return number.error();
  const auto flags = read_flags(reader, 0);
  if (!flags) return flags.error();
  writer.u8(*flags);
  writer.u8(0);
  writer.u32(static_cast<std::uint32_t>(*number));
  return {};
}

// --- priority

bool is_good_priority(base::Bytes value) { return value.size() == k_priority_size; }
void priority_json(base::Bytes value, base::JsonWriter& out) { out.number(unsigned{value[0]}); }
void priority_text(base::Bytes value, std::string& out) { out += fmt::to_string(value[0]); }
base::Result<void> read_priority(ValueReader& reader, base::ByteWriter& writer) {
  const auto number = read_number(reader, 0xFF);
  if (!number) return number.error();
  writer.u8(static_cast<std::uint8_t>(*number));
  writer.u8(0);
  return {};
}

// --- explicit null label policy

bool is_good_enlp(base::Bytes value) { return value.size() == k_enlp_size; }
void enlp_json(base::Bytes value, base::JsonWriter& out) { out.number(unsigned{value[k_head]}); }
void enlp_text(base::Bytes value, std::string& out) {
  out += fmt::to_string(value[k_head]);
  flags_text(value[0], 0, out);
}
base::Result<void> read_enlp(ValueReader& reader, base::ByteWriter& writer) {
  const auto number = read_number(reader, 0xFF);
  if (!number) return number.error();
  const auto flags = read_flags(reader, 0);
  if (!flags) return flags.error();
  writer.u8(*flags);
  writer.u8(0);
  writer.u8(static_cast<std::uint8_t>(*number));
  return {};
}

// --- binding SID: none, a label or an SRv6 SID, told apart by the length

bool is_good_binding_sid(base::Bytes value) {
  return value.size() == k_head || value.size() == k_head + k_label_entry_size || value.size() == k_srv6_size;
}
void binding_sid_json(base::Bytes value, base::JsonWriter& out) {
  const base::Bytes sid = value.subspan(k_head);
  if (sid.empty()) {
    out.null();
    return;
  }
  out.begin_object();
  if (sid.size() == k_label_entry_size) {
    out.member("type", "mpls");
    out.member("label", LabelEntry::from(base::ByteReader(sid).u32()).label);
  } else {
    out.member("type", "srv6");
    out.member("sid", base::IpAddress::from_bytes(sid).text());
  }
  out.end_object();
}
void binding_sid_text(base::Bytes value, std::string& out) {
  const base::Bytes sid = value.subspan(k_head);
  const bool is_label = sid.size() == k_label_entry_size;
  if (sid.empty()) {
    out += "null";
  } else if (is_label) {
    out += "mpls ";
    LabelEntry::from(base::ByteReader(sid).u32()).text(true, out);
  } else {
    out += "srv6 " + base::IpAddress::from_bytes(sid).text();
  }
  flags_text(value[0], is_label ? k_flag_label : std::uint8_t{0}, out);
}
base::Result<void> read_binding_sid(ValueReader& reader, base::ByteWriter& writer) {
  constexpr std::string_view k_expected = "mpls LABEL, srv6 IPV6, or null";
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(k_expected, {"mpls", "srv6", "null"});
  base::Buffer sid;
  base::ByteWriter inner(sid);
  if (word->text == "mpls") {
    const auto entry = read_label_entry(reader);
    if (!entry) return entry.error();
    inner.u32(entry->octets(true));
  } else if (word->text == "srv6") {
    const auto address = read_address(reader, Afi::ipv6);
    if (!address) return address.error();
    inner.bytes(address->bytes());
  } else if (word->text != "null") {
    return reader.refuse(*word, k_expected, {"mpls", "srv6", "null"});
  }
  const auto flags = read_flags(reader, word->text == "mpls" ? k_flag_label : std::uint8_t{0});
  if (!flags) return flags.error();
  writer.u8(*flags);
  writer.u8(0);
  writer.bytes(sid);
  return {};
}

// --- SRv6 binding SID

[[nodiscard]] bool shows_behavior(base::Bytes value) {
  return value.size() == k_srv6_size + k_endpoint_behavior_size && (value[0] & k_flag_srv6_behavior) != 0;
}
bool is_good_srv6_binding_sid(base::Bytes value) {
  return value.size() == k_srv6_size || value.size() == k_srv6_size + k_endpoint_behavior_size;
}
void srv6_binding_sid_json(base::Bytes value, base::JsonWriter& out) {
  const std::string sid = base::IpAddress::from_bytes(value.subspan(k_head, k_srv6_sid_size)).text();
  if (!shows_behavior(value)) {
    out.string(sid);
    return;
  }
  out.begin_object();
  out.member("sid", sid);
  endpoint_behavior_json(value.subspan(k_srv6_size), out);
  out.end_object();
}
std::string srv6_binding_sid_shape() { return fmt::format("ipv6 | {{ sid: ipv6, {} }}", k_endpoint_behavior_shape); }
void srv6_binding_sid_text(base::Bytes value, std::string& out) {
  out += base::IpAddress::from_bytes(value.subspan(k_head, k_srv6_sid_size)).text();
  if (shows_behavior(value)) endpoint_behavior_text(value.subspan(k_srv6_size), out);
  flags_text(value[0], shows_behavior(value) ? k_flag_srv6_behavior : std::uint8_t{0}, out);
}
base::Result<void> read_srv6_binding_sid(ValueReader& reader, base::ByteWriter& writer) {
  const auto sid = read_address(reader, Afi::ipv6);
  if (!sid) return sid.error();
  base::Buffer behavior;
  if (next_is_endpoint_behavior(reader)) {
    base::ByteWriter inner(behavior);
    if (auto read = read_endpoint_behavior(reader, inner); !read) return read;
  }
  const auto flags = read_flags(reader, behavior.empty() ? std::uint8_t{0} : k_flag_srv6_behavior);
  if (!flags) return flags.error();
  writer.u8(*flags);
  writer.u8(0);
  writer.bytes(sid->bytes());
  writer.bytes(behavior);
  return {};
}

// --- names

bool is_good_name(base::Bytes value) { return !value.empty(); }
[[nodiscard]] std::string_view name_in(base::Bytes value) {
  return {reinterpret_cast<const char*>(value.data()) + 1, value.size() - 1};
}
void name_json(base::Bytes value, base::JsonWriter& out) { out.string(name_in(value)); }
void name_text(base::Bytes value, std::string& out) {
  // Lines are put in order before their quotes are looked at: such a name has no words, its octets are shown.
  const std::string_view name = name_in(value);
  const bool quotable = base::is_valid_utf8(name) && name.find("  ") == std::string_view::npos &&
                        std::none_of(name.begin(), name.end(), [](char c) {
                          return static_cast<unsigned char>(c) < ' ' || c == '\x7F' || std::string_view("\"'\\[](),").find(c) != std::string_view::npos;
                        });
  if (quotable) out += fmt::format("\"{}\"", name);
}
base::Result<void> read_name(ValueReader& reader, base::ByteWriter& writer) {
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing("a name, between quotes if it has blanks");
  writer.u8(0);  // flags
  writer.bytes({reinterpret_cast<const std::uint8_t*>(word->text.data()), word->text.size()});
  return {};
}

constexpr SrPolicyTlv k_rows[] = {
    {12, "preference", "NUMBER", "preference", is_good_preference, preference_json, "u32", preference_text, read_preference},
    {13, "binding-sid", "mpls LABEL|srv6 IPV6|null", "binding-sid", is_good_binding_sid, binding_sid_json,
     "{ type: \"mpls\", label: u20 } | { type: \"srv6\", sid: ipv6 } | null", binding_sid_text, read_binding_sid},
    {14, "enlp", "NUMBER", "enlp", is_good_enlp, enlp_json, "u8", enlp_text, read_enlp},
    {15, "priority", "NUMBER", "priority", is_good_priority, priority_json, "u8", priority_text, read_priority},
    {20, "srv6-binding-sid", "IPV6 [endpoint-behavior CODE LB LN FUN ARG]", "srv6-binding-sid", is_good_srv6_binding_sid,
     srv6_binding_sid_json, srv6_binding_sid_shape, srv6_binding_sid_text, read_srv6_binding_sid},
    {128, "segment-list", "weight NUMBER [segment type-a|...|type-k ...]...", "", is_good_segment_list, segment_list_json,
     segment_list_shape, segment_list_text, read_segment_list},
    {129, "candidate-path-name", "NAME", "candidate-path-name", is_good_name, name_json, "string", name_text, read_name},
    {130, "policy-name", "NAME", "policy-name", is_good_name, name_json, "string", name_text, read_name},
};

[[nodiscard]] const SrPolicyTlv* find_row(std::uint8_t type) {
  const auto* found = std::find_if(std::begin(k_rows), std::end(k_rows), [type](const SrPolicyTlv& row) { return row.type == type; });
  return found == std::end(k_rows) ? nullptr : found;
}
[[nodiscard]] const SrPolicyTlv* find_row(std::string_view keyword) {
  const auto* found = std::find_if(std::begin(k_rows), std::end(k_rows), [&](const SrPolicyTlv& row) { return row.keyword == keyword; });
  return found == std::end(k_rows) ? nullptr : found;
}

// Appends a sub-TLV; false when the value is longer than its length can say.
[[nodiscard]] bool append_tlv(std::uint8_t type, base::Bytes value, base::Buffer& out) {
  const bool is_long = type >= k_first_long_type;
  if (value.size() > (is_long ? 0xFFFFU : 0xFFU)) return false;
  base::ByteWriter writer(out);
  writer.u8(type);
  if (is_long) writer.u16(static_cast<std::uint16_t>(value.size()));
  else writer.u8(static_cast<std::uint8_t>(value.size()));
  writer.bytes(value);
  return true;
}

// "sub-tlv-99": the type; anything else is not one.
[[nodiscard]] std::optional<std::uint8_t> raw_type(std::string_view word) {
  if (!word.starts_with(k_raw_word)) return std::nullopt;
  const auto type = base::parse_decimal(word.substr(k_raw_word.size()), 0xFF);
  return type ? std::optional(static_cast<std::uint8_t>(*type)) : std::nullopt;
}

base::Result<void> read_raw(std::uint8_t type, ValueReader& reader, base::Buffer& out) {
  constexpr std::string_view k_expected = "0x and its octets";
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(k_expected);
  const auto octets = word->text.starts_with("0x") ? base::from_hex(word->text.substr(2)) : std::nullopt;
  const SrPolicyTlv* row = find_row(type);
  if (!octets || (row != nullptr && !row->is_good(*octets))) return reader.refuse(*word, k_expected);
  if (!append_tlv(type, *octets, out)) return reader.fail(*word, fmt::format("sub-tlv-{}: more octets than its length can say", type));
  return {};
}

// The words of a sub-TLV, where they are read back as the same octets.
[[nodiscard]] std::optional<std::string> words_of(const Tlv& tlv) {
  const SrPolicyTlv* row = find_row(tlv.type);
  if (row == nullptr) return std::nullopt;
  std::string out;
  row->text(tlv.value, out);
  const auto words = split_words(out);
  ValueReader reader(row->keyword, words);
  base::Buffer again;
  base::ByteWriter writer(again);
  const bool same = row->read(reader, writer).has_value() && reader.at_end() && std::equal(again.begin(), again.end(), tlv.value.begin(), tlv.value.end());
  return same ? std::optional(fmt::format("{} {}", row->keyword, out)) : std::nullopt;
}

}  // namespace

std::span<const SrPolicyTlv> sr_policy_tlvs() { return k_rows; }

// RFC 9830 section 5: a policy of which any part is malformed cannot be used.
bool is_good_sr_policy(base::Bytes tlvs) {
  base::ByteReader reader(tlvs);
  while (!reader.empty()) {
    const auto tlv = next_tlv(reader);
    if (!tlv) return false;
    const SrPolicyTlv* row = find_row(tlv->type);
    if (row != nullptr && !row->is_good(tlv->value)) return false;
  }
  return true;
}

// Of a sub-TLV that comes twice the first one counts (RFC 9012 section 13), but for segment lists.
void sr_policy_json(base::Bytes tlvs, base::JsonWriter& out) {
  out.begin_object();
  std::array<bool, 256> shown{};
  bool has_lists = false;
  base::ByteReader reader(tlvs);
  while (!reader.empty()) {
    const Tlv tlv = next_tlv(reader).value_or(Tlv{});
    const SrPolicyTlv* row = find_row(tlv.type);
    if (row != nullptr && row->name.empty()) has_lists = true;
    else if (std::exchange(shown[tlv.type], true)) continue;
    else if (row == nullptr) out.member(fmt::format("unknown-subtlv-{}", tlv.type), "0x" + base::to_hex(tlv.value, base::HexCase::upper));
    else {
      out.key(row->name);
      row->json(tlv.value, out);
    }
  }
  if (has_lists) {
    out.key("segment-lists");
    out.begin_array();
    base::ByteReader again(tlvs);
    while (!again.empty()) {
      const Tlv tlv = next_tlv(again).value_or(Tlv{});
      const SrPolicyTlv* row = find_row(tlv.type);
      if (row != nullptr && row->name.empty()) row->json(tlv.value, out);
    }
    out.end_array();
  }
  out.end_object();
}

std::string sr_policy_shape() {
  std::string out = "{ `unknown-subtlv-[0-9]+`: hex";
  for (const SrPolicyTlv& row : k_rows) {
    if (row.name.empty()) out += fmt::format(", segment-lists?: [{}]", row.shape.text());
    else out += fmt::format(", {}?: {}", row.name, row.shape.text());
  }
  return out + " }";
}

void sr_policy_text(base::Bytes tlvs, std::string& out) {
  base::ByteReader reader(tlvs);
  while (!reader.empty()) {
    const Tlv tlv = next_tlv(reader).value_or(Tlv{});
    out += ' ';
    if (const auto words = words_of(tlv)) out += *words;
    else out += fmt::format("{}{} 0x{}", k_raw_word, tlv.type, base::to_hex(tlv.value));
  }
}

base::Result<void> read_sr_policy_tlv(const SrPolicyTlv& row, ValueReader& reader, base::Buffer& out) {
  base::Buffer value;
  base::ByteWriter writer(value);
  const base::Token* first = reader.peek();
  if (auto read = row.read(reader, writer); !read) return read;
  if (append_tlv(row.type, value, out)) return {};
  return reader.fail(*first, fmt::format("{}: more octets than its length can say", row.keyword));
}

base::Result<void> read_sr_policy(ValueReader& reader, base::Buffer& out) {
  for (const base::Token* word = reader.peek(); word != nullptr; word = reader.peek()) {
    const SrPolicyTlv* row = find_row(word->text);
    const auto type = raw_type(word->text);
    if (row == nullptr && !type) return {};
    static_cast<void>(reader.word());
    reader.about(word->text);
    if (auto read = row != nullptr ? read_sr_policy_tlv(*row, reader, out) : read_raw(*type, reader, out); !read) return read;
  }
  return {};
}

}  // namespace tandem::bgp
