#include "common/bgp/attribute/segment.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "common/base/ip.hpp"
#include "common/bgp/nlri/nlri_text.hpp"

namespace tandem::bgp {

namespace {

constexpr std::uint32_t k_label_max = 0xFFFFF;
constexpr std::uint32_t k_bottom = 0x100;

constexpr std::uint8_t k_weight = 9;
constexpr std::size_t k_weight_size = 6;      // flags, reserved, weight
constexpr std::size_t k_segment_head = 2;     // flags, and the algorithm or a reserved octet
constexpr std::size_t k_list_head = 1;        // reserved
constexpr std::uint8_t k_flag_algorithm = 0x40;
constexpr std::uint8_t k_flag_behavior = 0x10;

enum class Form : std::uint8_t { number, ipv4, ipv6 };
[[nodiscard]] constexpr std::size_t size_of(Form form) { return form == Form::ipv6 ? 16 : 4; }

// A part of what a segment names, in the order of the wire.
struct Node {
  Form form;
  std::string_view keyword;
  std::string_view name;  // in JSON
};

enum class Sid : std::uint8_t { label, srv6 };

struct Kind {
  std::uint8_t type;
  std::string_view letter;   // in JSON
  std::string_view keyword;
  std::span<const Node> nodes;
  bool has_algorithm;
  Sid sid;
  bool sid_required;         // then its keyword is that of the form: "mpls", "srv6"
  bool in_stack;             // its label takes part in the label stack: bottom of stack, and shown with all its fields

  [[nodiscard]] std::string_view sid_keyword() const { return !sid_required ? "sid" : sid == Sid::label ? "mpls" : "srv6"; }
  [[nodiscard]] std::size_t sid_size() const { return sid == Sid::label ? k_label_entry_size : k_srv6_sid_size; }
  [[nodiscard]] std::size_t nodes_end() const {
    std::size_t size = k_segment_head;
    for (const Node& node : nodes) size += size_of(node.form);
    return size;
  }
};

constexpr Node k_ipv4_node[] = {{Form::ipv4, "ipv4", "ipv4_node"}};
constexpr Node k_ipv6_node[] = {{Form::ipv6, "ipv6", "ipv6_node"}};
constexpr Node k_interface_of_ipv4[] = {{Form::number, "local-if-id", "local_if_id"}, {Form::ipv4, "ipv4", "ipv4_node"}};
constexpr Node k_ipv4_link[] = {{Form::ipv4, "local", "local_ipv4"}, {Form::ipv4, "remote", "remote_ipv4"}};
constexpr Node k_ipv6_link[] = {{Form::ipv6, "local", "local_ipv6"}, {Form::ipv6, "remote", "remote_ipv6"}};
constexpr Node k_ipv6_interfaces[] = {{Form::number, "local-if-id", "local_if_id"}, {Form::ipv6, "local-ipv6", "local_ipv6"},
                                      {Form::number, "remote-if-id", "remote_if_id"}, {Form::ipv6, "remote-ipv6", "remote_ipv6"}};
constexpr Kind k_kinds[] = {
    {1, "A", "type-a", {}, false, Sid::label, true, true},
    {13, "B", "type-b", {}, false, Sid::srv6, true, false},
    {3, "C", "type-c", k_ipv4_node, true, Sid::label, false, true},
    {4, "D", "type-d", k_ipv6_node, true, Sid::label, false, false},
    {5, "E", "type-e", k_interface_of_ipv4, false, Sid::label, false, false},
    {6, "F", "type-f", k_ipv4_link, false, Sid::label, false, false},
    {7, "G", "type-g", k_ipv6_interfaces, false, Sid::label, false, false},
    {8, "H", "type-h", k_ipv6_link, false, Sid::label, false, false},
    {14, "I", "type-i", k_ipv6_node, true, Sid::srv6, false, false},
    {15, "J", "type-j", k_ipv6_interfaces, true, Sid::srv6, false, false},
    {16, "K", "type-k", k_ipv6_link, true, Sid::srv6, false, false},
};

[[nodiscard]] const Kind* find_kind(std::uint8_t type) {
  const auto* found = std::find_if(std::begin(k_kinds), std::end(k_kinds), [type](const Kind& kind) { return kind.type == type; });
  return found == std::end(k_kinds) ? nullptr : found;
}

// The parts of a segment list have the same head.
struct Part {
  std::uint8_t type = 0;
  base::Bytes value;
};
[[nodiscard]] std::optional<Part> next_part(base::ByteReader& reader) {
  Part part;
  part.type = reader.u8();
  part.value = reader.take(reader.u8());
  return reader.ok() ? std::optional(part) : std::nullopt;
}

// What stands behind the nodes is known by its length.
struct Segment {
  std::uint8_t flags = 0;
  std::uint8_t algorithm = 0;
  base::Bytes nodes;
  base::Bytes sid;
  base::Bytes behavior;  // there, whatever the flag says

  [[nodiscard]] bool shows_behavior() const { return !behavior.empty() && (flags & k_flag_behavior) != 0; }
};
[[nodiscard]] std::optional<Segment> read_segment_octets(const Kind& kind, base::Bytes value) {
  base::ByteReader reader(value);
  Segment segment;
  segment.flags = reader.u8();
  segment.algorithm = reader.u8();
  segment.nodes = reader.take(kind.nodes_end() - k_segment_head);
  if (kind.sid_required || !reader.empty()) segment.sid = reader.take(kind.sid_size());
  if (kind.sid == Sid::srv6 && !reader.empty()) segment.behavior = reader.take(k_endpoint_behavior_size);
  return reader.ok() && reader.empty() ? std::optional(segment) : std::nullopt;
}

[[nodiscard]] LabelEntry entry_of(const Segment& segment) { return LabelEntry::from(base::ByteReader(segment.sid).u32()); }

// --- out

void segment_json(const Kind& kind, const Segment& segment, base::JsonWriter& out) {
  out.begin_object();
  out.member("type", kind.letter);
  base::ByteReader nodes(segment.nodes);
  for (const Node& node : kind.nodes) {
    if (node.form == Form::number) out.member(node.name, nodes.u32());
    else out.member(node.name, base::IpAddress::from_bytes(nodes.take(size_of(node.form))).text());
  }
  if (kind.has_algorithm) out.member("algorithm", segment.algorithm);
  if (!segment.sid.empty() && kind.sid == Sid::srv6) {
    out.member("sid", base::IpAddress::from_bytes(segment.sid).text());
  } else if (!segment.sid.empty()) {
    const LabelEntry entry = entry_of(segment);
    out.member(kind.sid_required ? "label" : "sid", entry.label);
    if (kind.in_stack) {
      out.member("tc", entry.traffic_class);
      out.member("s", *entry.bottom);
      out.member("ttl", entry.ttl);
    }
  }
  if (segment.shows_behavior()) {
    out.key("endpoint-behavior");
    out.begin_object();
    endpoint_behavior_json(segment.behavior, out);
    out.end_object();
  }
  out.end_object();
}

[[nodiscard]] std::uint8_t usual_flags(std::uint8_t algorithm, bool has_behavior) {
  return static_cast<std::uint8_t>((algorithm != 0 ? k_flag_algorithm : 0) | (has_behavior ? k_flag_behavior : 0));
}

void segment_text(const Kind& kind, const Segment& segment, bool last_in_stack, std::string& out) {
  out += fmt::format(" segment {}", kind.keyword);
  base::ByteReader nodes(segment.nodes);
  for (const Node& node : kind.nodes) {
    if (node.form == Form::number) out += fmt::format(" {} {}", node.keyword, nodes.u32());
    else out += fmt::format(" {} {}", node.keyword, base::IpAddress::from_bytes(nodes.take(size_of(node.form))).text());
  }
  if (kind.has_algorithm) out += fmt::format(" algorithm {}", segment.algorithm);
  if (!segment.sid.empty()) {
    out += fmt::format(" {} ", kind.sid_keyword());
    if (kind.sid == Sid::srv6) out += base::IpAddress::from_bytes(segment.sid).text();
    else entry_of(segment).text(last_in_stack, out);
  }
  if (segment.shows_behavior()) endpoint_behavior_text(segment.behavior, out);
  flags_text(segment.flags, usual_flags(kind.has_algorithm ? segment.algorithm : std::uint8_t{0}, segment.shows_behavior()), out);
}

// Where the last segment begins whose label takes part in the stack.
[[nodiscard]] std::optional<std::size_t> find_last_in_stack(base::Bytes parts) {
  std::optional<std::size_t> last;
  base::ByteReader reader(parts);
  while (!reader.empty()) {
    const std::size_t at = reader.position();
    const auto part = next_part(reader);
    if (!part) break;
    const Kind* kind = find_kind(part->type);
    if (kind != nullptr && kind->in_stack && part->value.size() > kind->nodes_end()) last = at;
  }
  return last;
}

// --- in

base::Result<std::uint64_t> read_number_after(ValueReader& reader, std::string_view keyword, std::uint64_t maximum) {
  if (auto error = reader.expect(keyword)) return std::move(*error);
  return read_number(reader, maximum);
}

base::Result<void> read_node(ValueReader& reader, const Node& node, base::ByteWriter& writer) {
  if (auto error = reader.expect(node.keyword)) return std::move(*error);
  if (node.form == Form::number) {
    const auto number = read_number(reader, 0xFFFFFFFF);
    if (!number) return number.error();
    writer.u32(static_cast<std::uint32_t>(*number));
    return {};
  }
  const auto address = read_address(reader, node.form == Form::ipv4 ? Afi::ipv4 : Afi::ipv6);
  if (!address) return address.error();
  writer.bytes(address->bytes());
  return {};
}

[[nodiscard]] bool next_word_is(const ValueReader& reader, std::string_view word) {
  const base::Token* next = reader.peek();
  return next != nullptr && next->text == word;
}

// A label of the stack whose bottom was not said: its place, known at the end of the list, decides.
struct OpenEntry {
  std::size_t flag_at;  // the octet of the bottom of stack
  bool said;
};

base::Result<void> read_sid(ValueReader& reader, const Kind& kind, base::ByteWriter& writer, std::optional<OpenEntry>& last) {
  if (!kind.sid_required && !next_word_is(reader, "sid")) return {};
  if (auto error = reader.expect(kind.sid_keyword())) return std::move(*error);
  if (kind.sid == Sid::srv6) {
    const auto sid = read_address(reader, Afi::ipv6);
    if (!sid) return sid.error();
    writer.bytes(sid->bytes());
    return {};
  }
  const auto entry = read_label_entry(reader);
  if (!entry) return entry.error();
  if (kind.in_stack) last = OpenEntry{writer.size() + 2, entry->bottom.has_value()};
  writer.u32(entry->octets(false));
  return {};
}

// "type-c ipv4 10.0.0.1 algorithm 128 sid 16003", behind "segment".
base::Result<void> read_segment(ValueReader& reader, base::Buffer& out, std::optional<OpenEntry>& last) {
  constexpr std::string_view k_expected = "a type of segment from type-a to type-k";
  std::vector<std::string> words;
  for (const Kind& kind : k_kinds) words.emplace_back(kind.keyword);
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(k_expected, std::move(words));
  const auto* kind = std::find_if(std::begin(k_kinds), std::end(k_kinds), [&](const Kind& row) { return row.keyword == word->text; });
  if (kind == std::end(k_kinds)) return reader.refuse(*word, k_expected, std::move(words));
  reader.about(kind->keyword);
  const bool within_brackets = reader.take("[");
  base::ByteWriter writer(out);
  writer.u8(kind->type);
  const std::size_t length_at = writer.size();
  writer.u8(0);
  writer.u8(0);  // flags
  writer.u8(0);  // algorithm
  for (const Node& node : kind->nodes) {
    if (auto read = read_node(reader, node, writer); !read) return read;
  }
  std::uint64_t algorithm = 0;
  if (kind->has_algorithm) {
    const auto number = read_number_after(reader, "algorithm", 0xFF);
    if (!number) return number.error();
    algorithm = *number;
  }
  const std::size_t sid_at = writer.size();
  if (auto read = read_sid(reader, *kind, writer, last); !read) return read;
  const bool has_behavior = kind->sid == Sid::srv6 && next_is_endpoint_behavior(reader);
  if (has_behavior && writer.size() == sid_at) {
    return reader.fail(*reader.peek(), fmt::format("{}: endpoint-behavior stands behind a sid, and there is none", kind->keyword), {"sid"});
  }
  if (has_behavior) {
    if (auto read = read_endpoint_behavior(reader, writer); !read) return read;
  }
  const auto flags = read_flags(reader, usual_flags(static_cast<std::uint8_t>(algorithm), has_behavior));
  if (!flags) return flags.error();
  if (within_brackets && !reader.take("]")) return reader.missing("']'");
  writer.patch_u8(length_at, static_cast<std::uint8_t>(writer.size() - length_at - 1));
  writer.patch_u8(length_at + 1, *flags);
  writer.patch_u8(length_at + 2, static_cast<std::uint8_t>(algorithm));
  return {};
}

}  // namespace

LabelEntry LabelEntry::from(std::uint32_t octets) {
  return {octets >> 12, static_cast<std::uint8_t>(octets >> 9 & 7), (octets & k_bottom) != 0, static_cast<std::uint8_t>(octets)};
}

std::uint32_t LabelEntry::octets(bool bottom_by_place) const {
  return label << 12 | std::uint32_t{traffic_class} << 9 | (bottom.value_or(bottom_by_place) ? k_bottom : 0) | ttl;
}

void LabelEntry::text(bool bottom_by_place, std::string& out) const {
  out += fmt::to_string(label);
  if (traffic_class != 0) out += fmt::format(" tc {}", traffic_class);
  if (bottom && *bottom != bottom_by_place) out += *bottom ? " s 1" : " s 0";
  if (ttl != 0) out += fmt::format(" ttl {}", ttl);
}

base::Result<LabelEntry> read_label_entry(ValueReader& reader) {
  LabelEntry entry;
  const auto label = read_number(reader, k_label_max);
  if (!label) return label.error();
  entry.label = static_cast<std::uint32_t>(*label);
  if (next_word_is(reader, "tc")) {
    const auto number = read_number_after(reader, "tc", 7);
    if (!number) return number.error();
    entry.traffic_class = static_cast<std::uint8_t>(*number);
  }
  if (next_word_is(reader, "s")) {
    const auto number = read_number_after(reader, "s", 1);
    if (!number) return number.error();
    entry.bottom = *number == 1;
  }
  if (next_word_is(reader, "ttl")) {
    const auto number = read_number_after(reader, "ttl", 0xFF);
    if (!number) return number.error();
    entry.ttl = static_cast<std::uint8_t>(*number);
  }
  return entry;
}

bool next_is_endpoint_behavior(const ValueReader& reader) { return next_word_is(reader, "endpoint-behavior"); }

base::Result<void> read_endpoint_behavior(ValueReader& reader, base::ByteWriter& writer) {
  constexpr std::string_view k_expected = "a code up to 65535 and the lengths LB LN FUN ARG up to 255";
  if (auto error = reader.expect("endpoint-behavior")) return std::move(*error);
  for (std::size_t i = 0; i < 5; ++i) {
    const std::uint64_t maximum = i == 0 ? 0xFFFF : 0xFF;
    const base::Token* word = reader.word();
    if (word == nullptr) return reader.missing(k_expected);
    auto number = base::parse_decimal(word->text, maximum);
    if (!number && i == 0) number = parse_hex_number(word->text, maximum);
    if (!number) return reader.refuse(*word, k_expected);
    if (i == 0) {
      writer.u16(static_cast<std::uint16_t>(*number));
      writer.u16(0);  // reserved
    } else {
      writer.u8(static_cast<std::uint8_t>(*number));
    }
  }
  return {};
}

void endpoint_behavior_json(base::Bytes octets, base::JsonWriter& out) {
  base::ByteReader reader(octets);
  out.member("behavior", reader.u16());
  reader.skip(2);
  for (const std::string_view name : {"lb-length", "ln-length", "fun-length", "arg-length"}) out.member(name, reader.u8());
}

void endpoint_behavior_text(base::Bytes octets, std::string& out) {
  base::ByteReader reader(octets);
  out += fmt::format(" endpoint-behavior {}", reader.u16());
  reader.skip(2);
  while (!reader.empty()) out += fmt::format(" {}", reader.u8());
}

base::Result<std::uint8_t> read_flags(ValueReader& reader, std::uint8_t usual) {
  constexpr std::string_view k_expected = "hexadecimal from 0x00 to 0xFF";
  if (!next_word_is(reader, "flags")) return usual;
  if (auto error = reader.expect("flags")) return std::move(*error);
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(k_expected);
  const auto flags = parse_hex_number(word->text, 0xFF);
  if (!flags) return reader.refuse(*word, k_expected);
  return static_cast<std::uint8_t>(*flags);
}

void flags_text(std::uint8_t flags, std::uint8_t usual, std::string& out) {
  if (flags != usual) out += fmt::format(" flags 0x{:02x}", flags);
}

bool is_good_segment_list(base::Bytes value) {
  base::ByteReader reader(value);
  reader.skip(k_list_head);
  if (!reader.ok()) return false;
  while (!reader.empty()) {
    const auto part = next_part(reader);
    if (!part) return false;
    if (part->type == k_weight && part->value.size() != k_weight_size) return false;
    const Kind* kind = find_kind(part->type);
    if (kind != nullptr && !read_segment_octets(*kind, part->value)) return false;
  }
  return true;
}

void segment_list_json(base::Bytes value, base::JsonWriter& out) {
  std::optional<std::uint32_t> weight;
  base::ByteReader first(value.subspan(k_list_head));
  while (const auto part = next_part(first)) {
    if (part->type == k_weight && !weight) weight = base::ByteReader(part->value.subspan(k_weight_size - 4)).u32();
  }
  out.begin_object();
  out.member("weight", weight.value_or(1));
  out.key("segments");
  out.begin_array();
  base::ByteReader reader(value.subspan(k_list_head));
  while (const auto part = next_part(reader)) {
    const Kind* kind = find_kind(part->type);
    if (kind != nullptr) segment_json(*kind, *read_segment_octets(*kind, part->value), out);
  }
  out.end_array();
  out.end_object();
}

std::string segment_list_shape() {
  std::string kinds;
  for (const Kind& kind : k_kinds) {
    kinds += fmt::format("{}{{ type: \"{}\"", kinds.empty() ? "" : " | ", kind.letter);
    for (const Node& node : kind.nodes) kinds += fmt::format(", {}: {}", node.name, node.form == Form::number ? "u32" : "ip");
    if (kind.has_algorithm) kinds += ", algorithm: u8";
    if (kind.sid == Sid::srv6) kinds += fmt::format(", sid{}: ip", kind.sid_required ? "" : "?");
    else kinds += kind.sid_required ? ", label: u20" : ", sid?: u20";
    if (kind.in_stack) kinds += kind.sid_required ? ", tc: u8, s: boolean, ttl: u8" : ", tc?: u8, s?: boolean, ttl?: u8";
    kinds += fmt::format(", endpoint-behavior?: {{ {} }} }}", k_endpoint_behavior_shape);
  }
  return fmt::format("{{ weight: u32, segments: [{}] }}", kinds);
}

void segment_list_text(base::Bytes value, std::string& out) {
  const base::Bytes parts = value.subspan(k_list_head);
  const auto last = find_last_in_stack(parts);
  base::ByteReader reader(parts);
  while (!reader.empty()) {
    const std::size_t at = reader.position();
    const auto part = next_part(reader);
    if (!part) return;
    if (part->type == k_weight) {
      out += fmt::format("weight {}", base::ByteReader(part->value.subspan(k_weight_size - 4)).u32());
    } else if (const Kind* kind = find_kind(part->type); kind != nullptr) {
      segment_text(*kind, *read_segment_octets(*kind, part->value), last && at == *last, out);
    }
  }
}

base::Result<void> read_segment_list(ValueReader& reader, base::ByteWriter& writer) {
  base::Buffer parts;
  base::ByteWriter inner(parts);
  const auto weight = read_number_after(reader, "weight", 0xFFFFFFFF);
  if (!weight) return weight.error();
  inner.u8(k_weight);
  inner.u8(k_weight_size);
  inner.u16(0);  // flags, reserved
  inner.u32(static_cast<std::uint32_t>(*weight));
  std::optional<OpenEntry> last;
  while (next_word_is(reader, "segment")) {
    if (auto error = reader.expect("segment")) return std::move(*error);
    if (auto read = read_segment(reader, parts, last); !read) return read;
  }
  if (last && !last->said) parts[last->flag_at] |= 1;
  writer.fill(k_list_head, 0);
  writer.bytes(parts);
  return {};
}

}  // namespace tandem::bgp
