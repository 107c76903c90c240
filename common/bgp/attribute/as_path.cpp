// AS_PATH (RFC 4271 section 5.1.2, RFC 5065) and AS4_PATH (RFC 6793).
//
// `[ 1 2 ]` is a sequence and `( 1 2 )` a set, behind the word `confed` those of a confederation: what is printed can be read.
#include "common/bgp/attribute/as_path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "common/bgp/attribute/rows.hpp"
#include "common/bgp/value_reader.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_narrow = 2;
constexpr std::size_t k_wide = 4;
constexpr std::size_t k_segment_head = 2;
constexpr std::size_t k_segment_count_max = 255;

struct SegmentStyle {
  std::string_view element;
  std::string_view open;
  std::string_view close;
};
constexpr SegmentStyle k_styles[] = {{},
                                     {"as-set", "( ", " )"},
                                     {"as-sequence", "[ ", " ]"},
                                     {"as-confed-sequence", "confed [ ", " ]"},
                                     {"as-confed-set", "confed ( ", " )"}};
[[nodiscard]] const SegmentStyle& style(const AsSegment& segment) { return k_styles[static_cast<std::size_t>(segment.type)]; }

[[nodiscard]] std::size_t as_size(const AttributeContext& context) { return context.asn4 ? k_wide : k_narrow; }

[[nodiscard]] std::uint32_t read_as(base::ByteReader& reader, std::size_t size) { return size == k_wide ? reader.u32() : reader.u16(); }

// RFC 4271 section 9.1.2.2 and RFC 6793 section 4.2.3: a set counts one, confederation segments nothing.
[[nodiscard]] std::size_t path_length(const AsSegment& segment) {
  if (segment.confederation()) return 0;
  return segment.type == SegmentType::set ? 1 : segment.count;
}

[[nodiscard]] std::size_t path_length(base::Bytes path, std::size_t size) {
  std::size_t length = 0;
  while (const auto segment = next_segment(path, size)) length += path_length(*segment);
  return length;
}

// Appends segments, and joins a sequence to the sequence before it where both fit in one.
class PathWriter {
 public:
  explicit PathWriter(base::Buffer& out) : out_(out) {}

  void append(const AsSegment& segment, std::size_t count, std::size_t size) {
    if (count == 0) return;
    base::ByteWriter writer(out_);
    const bool joins = segment.type == SegmentType::sequence && last_ && out_[*last_] == static_cast<std::uint8_t>(segment.type) &&
                       out_[*last_ + 1] + count <= k_segment_count_max;
    if (joins) {
      out_[*last_ + 1] = static_cast<std::uint8_t>(out_[*last_ + 1] + count);
    } else {
      last_ = out_.size();
      writer.u8(static_cast<std::uint8_t>(segment.type));
      writer.u8(static_cast<std::uint8_t>(count));
    }
    base::ByteReader reader(segment.octets);
    for (std::size_t i = 0; i < count; ++i) writer.u32(read_as(reader, size));
  }

 private:
  base::Buffer& out_;
  std::optional<std::size_t> last_;
};

}  // namespace

std::optional<AsSegment> next_segment(base::Bytes& path, std::size_t size) {
  if (path.size() < k_segment_head) return std::nullopt;
  const std::uint8_t type = path[0];
  const std::size_t count = path[1];
  const std::size_t octets = count * size;
  if (type < 1 || type > 4 || count == 0 || path.size() - k_segment_head < octets) return std::nullopt;
  const AsSegment segment{SegmentType{type}, count, path.subspan(k_segment_head, octets)};
  path = path.subspan(k_segment_head + octets);
  return segment;
}

bool well_formed_path(base::Bytes path, std::size_t size) {
  while (!path.empty()) {
    if (!next_segment(path, size)) return false;
  }
  return true;
}

void widen_path(base::Bytes path, std::optional<base::Bytes> as4_path, base::Buffer& out) {
  std::size_t leading = path_length(path, k_narrow);
  if (as4_path) {
    const std::size_t repaired = path_length(*as4_path, k_wide);
    if (repaired > leading) as4_path.reset();  // somebody shortened the path and did not know AS4_PATH
    else leading -= repaired;
  }
  PathWriter writer(out);
  while (const auto segment = next_segment(path, k_narrow)) {
    if (segment->confederation()) {
      writer.append(*segment, segment->count, k_narrow);
      continue;
    }
    if (leading == 0) break;
    const bool partly = segment->type == SegmentType::sequence && segment->count > leading;
    writer.append(*segment, partly ? leading : segment->count, k_narrow);
    leading -= std::min(leading, path_length(*segment));
  }
  if (!as4_path) return;
  base::Bytes rest = *as4_path;
  while (const auto segment = next_segment(rest, k_wide)) {
    if (!segment->confederation()) writer.append(*segment, segment->count, k_wide);
  }
}

bool narrow_path(base::Bytes path, base::Buffer& out) {
  bool replaced = false;
  base::ByteWriter writer(out);
  while (const auto segment = next_segment(path, k_wide)) {
    writer.u8(static_cast<std::uint8_t>(segment->type));
    writer.u8(static_cast<std::uint8_t>(segment->count));
    base::ByteReader reader(segment->octets);
    while (!reader.empty()) {
      const base::Asn asn{reader.u32()};
      replaced = replaced || base::needs_four_octets(asn);
      writer.u16(static_cast<std::uint16_t>(base::value(base::needs_four_octets(asn) ? base::k_as_trans : asn)));
    }
  }
  return replaced;
}

void append_as4_path(base::Bytes path, base::Buffer& out) {
  base::ByteWriter writer(out);
  while (const auto segment = next_segment(path, k_wide)) {
    if (segment->confederation()) continue;
    writer.u8(static_cast<std::uint8_t>(segment->type));
    writer.u8(static_cast<std::uint8_t>(segment->count));
    writer.bytes(segment->octets);
  }
}

// RFC 7607 section 2.
bool has_as_zero(const AsSegment& segment) {
  const std::size_t size = segment.octets.size() / segment.count;
  base::ByteReader reader(segment.octets);
  while (!reader.empty()) {
    if (read_as(reader, size) == 0) return true;
  }
  return false;
}

namespace {

bool well_formed_as4(base::Bytes value, const AttributeContext& context) {
  while (!value.empty()) {
    const auto segment = next_segment(value, k_wide);
    if (!segment || (!context.as_zero && has_as_zero(*segment))) return false;
  }
  return true;
}

// By the place of each segment.
constexpr base::JsonShape k_shape =
    "{ `[0-9]+`: { element: \"as-set\" | \"as-sequence\" | \"as-confed-sequence\" | \"as-confed-set\", value: [u32] } }";

void json(base::Bytes value, const AttributeContext& context, base::JsonWriter& out) {
  out.begin_object();
  std::size_t index = 0;
  while (const auto segment = next_segment(value, as_size(context))) {
    out.key(fmt::to_string(index++));
    out.begin_object();
    out.member("element", style(*segment).element);
    out.key("value");
    out.begin_array();
    base::ByteReader reader(segment->octets);
    while (!reader.empty()) out.number(read_as(reader, as_size(context)));
    out.end_array();
    out.end_object();
  }
  out.end_object();
}

void append_numbers(base::Bytes octets, std::size_t size, std::string& out) {
  base::ByteReader reader(octets);
  while (!reader.empty()) {
    const fmt::format_int digits(read_as(reader, size));
    out.append(digits.data(), digits.size());
    if (!reader.empty()) out += ' ';
  }
}

void text(base::Bytes value, const AttributeContext& context, std::string& out) {
  std::string_view space;
  while (const auto segment = next_segment(value, as_size(context))) {
    out += space;
    out += style(*segment).open;
    append_numbers(segment->octets, as_size(context), out);
    out += style(*segment).close;
    space = " ";
  }
}

// --- dialect 4.2: a list for each type of segment, whatever their order; the first and the third are there when they are empty, too

constexpr std::pair<SegmentType, std::string_view> k_lists_4_2[] = {{SegmentType::sequence, "as-path"},
                                                                    {SegmentType::set, "as-set"},
                                                                    {SegmentType::confederation_sequence, "confederation-path"},
                                                                    {SegmentType::confederation_set, "confederation-set"}};

[[nodiscard]] bool has_segment(base::Bytes path, SegmentType type, std::size_t size) {
  while (const auto segment = next_segment(path, size)) {
    if (segment->type == type) return true;
  }
  return false;
}

void members_4_2(base::Bytes value, const AttributeContext& context, base::JsonWriter& out) {
  const std::size_t size = as_size(context);
  for (const auto& [type, name] : k_lists_4_2) {
    const bool always = type == SegmentType::sequence || type == SegmentType::confederation_sequence;
    if (!always && !has_segment(value, type, size)) continue;
    out.key(name);
    out.begin_array();
    for (base::Bytes rest = value; const auto segment = next_segment(rest, size);) {
      if (segment->type != type) continue;
      base::ByteReader reader(segment->octets);
      while (!reader.empty()) out.number(read_as(reader, size));
    }
    out.end_array();
  }
}

// One sequence, and the set that may follow it: `[ 1 2 ( 3 4 ) ]`, `[ ( 3 4 )]`. Of other paths it makes what would be read as another
// path, or nothing at all; they are written as they are read.
void text_4_2(base::Bytes value, const AttributeContext& context, std::string& out) {
  const std::size_t size = as_size(context);
  std::string sequence;
  std::string set;
  for (base::Bytes rest = value; const auto segment = next_segment(rest, size);) {
    if (segment->confederation() || !set.empty()) return text(value, context, out);
    std::string& list = segment->type == SegmentType::set ? set : sequence;
    if (!list.empty()) list += ' ';
    append_numbers(segment->octets, size, list);
  }
  out += "[ ";
  out += sequence;
  if (!sequence.empty()) out += ' ';
  if (!set.empty()) out += fmt::format("( {} ){}", set, sequence.empty() ? "" : " ");
  out += ']';
}

constexpr AttributeForms k_forms_4_2{.members = members_4_2,
                                     .shape = "as-path?: [u32], as-set?: [u32], confederation-path?: [u32], confederation-set?: [u32]",
                                     .text = text_4_2};

constexpr std::string_view k_confederation = "confed";
constexpr std::string_view k_as_expected = "an AS number (0 to 4294967295, or high.low)";

void append_segments(SegmentType type, std::span<const std::uint32_t> numbers, base::Buffer& out) {
  base::ByteWriter writer(out);
  while (!numbers.empty()) {
    const auto now = numbers.first(std::min(numbers.size(), k_segment_count_max));
    writer.u8(static_cast<std::uint8_t>(type));
    writer.u8(static_cast<std::uint8_t>(now.size()));
    for (const std::uint32_t number : now) writer.u32(number);
    numbers = numbers.subspan(now.size());
  }
}

[[nodiscard]] SegmentType segment_type(bool sequence, bool confederation) {
  if (confederation) return sequence ? SegmentType::confederation_sequence : SegmentType::confederation_set;
  return sequence ? SegmentType::sequence : SegmentType::set;
}

// A segment, its bracket first, with commas where somebody likes them. A set within a sequence ends it: `[ 1 ( 2 3 ) ]` are two segments.
std::optional<base::Error> parse_group(ValueReader& reader, bool confederation, base::Buffer& out) {
  const bool sequence = reader.take("[");
  if (!sequence) reader.take("(");
  const SegmentType type = segment_type(sequence, confederation);
  const std::string_view close = sequence ? "]" : ")";
  std::vector<std::uint32_t> numbers;
  while (!reader.take(close)) {
    if (reader.take(",")) continue;
    if (sequence && reader.next_is("(")) {
      append_segments(type, numbers, out);
      numbers.clear();
      if (auto error = parse_group(reader, confederation, out)) return error;
      continue;
    }
    const base::Token* word = reader.word();
    if (word == nullptr) return reader.missing(fmt::format("{} or '{}'", k_as_expected, close));
    const auto asn = base::parse_asn(word->text);
    if (!asn) return reader.refuse(*word, k_as_expected);
    numbers.push_back(base::value(*asn));
  }
  append_segments(type, numbers, out);
  return std::nullopt;
}

base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder) {
  ValueReader reader("as-path", tokens);
  base::Buffer value;
  const auto starts_group = [&reader] { return reader.next_is("[") || reader.next_is("("); };
  if (!starts_group() && !reader.next_is(k_confederation)) {
    const base::Token* word = reader.word();
    if (word == nullptr) return reader.missing("an AS number, '[' or '('");
    const auto asn = base::parse_asn(word->text);
    if (!asn) return reader.refuse(*word, k_as_expected);
    append_segments(SegmentType::sequence, std::vector{base::value(*asn)}, value);
  }
  while (starts_group() || reader.next_is(k_confederation)) {
    const bool confederation = reader.take(k_confederation);
    if (!starts_group()) return reader.missing("'[' or '('");
    if (auto error = parse_group(reader, confederation, value)) return std::move(*error);
  }
  set_attribute(builder, AttributeCode::as_path, value);
  return reader.taken();
}

constexpr AttributeKeyword k_keywords[] = {{"as-path", "[ ASN... ] ( ASN... ) ...", parse}};

}  // namespace

// tandem is in no confederation, so that no external peer can be in it (RFC 5065 section 5). A path of two-octet numbers in an
// extended message may be longer than an attribute can be once they are widened: such a route cannot be kept, nor passed on.
bool well_formed_as_path(base::Bytes value, const AttributeContext& context) {
  std::size_t widened = 0;
  while (!value.empty()) {
    const auto segment = next_segment(value, as_size(context));
    if (!segment || (segment->confederation() && !context.internal)) return false;
    if (!context.as_zero && has_as_zero(*segment)) return false;
    widened += k_segment_head + segment->count * k_wide;
  }
  return widened <= k_attribute_value_size_max;
}

extern const AttributeTraits k_as_path_row{.code = AttributeCode::as_path, .name = "as-path", .flags = k_well_known,
                                           .may_be_empty = true, .when_malformed = ErrorAction::treat_as_withdraw,
                                           .well_formed = well_formed_as_path, .json = json, .shape = k_shape, .text = text, .keywords = k_keywords, .release_4_2 = &k_forms_4_2};
extern const AttributeTraits k_as4_path_row{.code = AttributeCode::as4_path, .name = "as4-path", .flags = k_optional_transitive,
                                            .may_be_empty = true, .when_malformed = ErrorAction::discard,
                                            .well_formed = well_formed_as4};

}  // namespace tandem::bgp
