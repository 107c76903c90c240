// Tunnel encapsulation (RFC 9012). The tunnel of an SR policy (RFC 9830) is understood, others are kept as octets.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "common/bgp/attribute/rows.hpp"
#include "common/bgp/attribute/sr_policy.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_head_size = 4;  // type and length
constexpr std::string_view k_raw_word = "tunnel-type-";
constexpr std::string_view k_sr_policy_word = "sr-policy";

struct Tunnel {
  std::uint16_t type = 0;
  base::Bytes value;
};
[[nodiscard]] std::optional<Tunnel> next_tunnel(base::ByteReader& reader) {
  Tunnel tunnel;
  tunnel.type = reader.u16();
  tunnel.value = reader.take(reader.u16());
  return reader.ok() ? std::optional(tunnel) : std::nullopt;
}

bool well_formed(base::Bytes value, const AttributeContext&) {
  base::ByteReader reader(value);
  while (!reader.empty()) {
    const auto tunnel = next_tunnel(reader);
    if (!tunnel || (tunnel->type == k_sr_policy_tunnel && !is_good_sr_policy(tunnel->value))) return false;
  }
  return true;
}

// Of a type that comes twice the first tunnel is shown.
void json(base::Bytes value, const AttributeContext&, base::JsonWriter& out) {
  out.begin_object();
  std::set<std::uint16_t> shown;
  base::ByteReader reader(value);
  while (const auto tunnel = next_tunnel(reader)) {
    if (!shown.insert(tunnel->type).second) continue;
    if (tunnel->type == k_sr_policy_tunnel) {
      out.key(k_sr_policy_word);
      sr_policy_json(tunnel->value, out);
    } else {
      out.member(fmt::format("{}{}", k_raw_word, tunnel->type), "0x" + base::to_hex(tunnel->value, base::HexCase::upper));
    }
  }
  out.end_object();
}

std::string shape() { return fmt::format("{{ {}?: {}, `{}[0-9]+`: hex }}", k_sr_policy_word, sr_policy_shape(), k_raw_word); }

void text(base::Bytes value, const AttributeContext&, std::string& out) {
  out += '[';
  base::ByteReader reader(value);
  while (const auto tunnel = next_tunnel(reader)) {
    if (tunnel->type == k_sr_policy_tunnel) {
      out += ' ';
      out += k_sr_policy_word;
      sr_policy_text(tunnel->value, out);
    } else {
      out += fmt::format(" {}{} 0x{}", k_raw_word, tunnel->type, base::to_hex(tunnel->value));
    }
  }
  out += " ]";
}

// --- in

void append_tunnel(std::uint16_t type, base::Bytes value, base::Buffer& out) {
  base::ByteWriter writer(out);
  writer.u16(type);
  writer.u16(static_cast<std::uint16_t>(value.size()));
  writer.bytes(value);
}

[[nodiscard]] std::optional<std::uint16_t> raw_type(std::string_view word) {
  if (!word.starts_with(k_raw_word)) return std::nullopt;
  const auto type = base::parse_decimal(word.substr(k_raw_word.size()), 0xFFFF);
  return type ? std::optional(static_cast<std::uint16_t>(*type)) : std::nullopt;
}

base::Result<void> read_tunnel(ValueReader& reader, base::Buffer& out) {
  constexpr std::string_view k_expected = "sr-policy, tunnel-type-NUMBER or ']'";
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(k_expected);
  reader.about(word->text);
  base::Buffer value;
  const auto type = raw_type(word->text);
  if (word->text == k_sr_policy_word) {
    if (auto read = read_sr_policy(reader, value); !read) return read;
  } else if (type && *type != k_sr_policy_tunnel) {
    const base::Token* octets = reader.word();
    if (octets == nullptr) return reader.missing("0x and its octets");
    const auto read = octets->text.starts_with("0x") ? base::from_hex(octets->text.substr(2)) : std::nullopt;
    if (!read) return reader.refuse(*octets, "0x and its octets");
    value = *read;
  } else {
    return reader.refuse(*word, k_expected);
  }
  if (value.size() > k_attribute_value_size_max - k_head_size) return reader.fail(*word, "tunnel-encap: longer than an attribute can be");
  append_tunnel(type.value_or(k_sr_policy_tunnel), value, out);
  return {};
}

base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder) {
  ValueReader reader("tunnel-encap", tokens);
  base::Buffer value;
  if (!reader.take("[")) return reader.missing("'[ sr-policy ... ]'");
  while (!reader.take("]")) {
    if (auto read = read_tunnel(reader, value); !read) return read.error();
  }
  set_attribute(builder, AttributeCode::tunnel_encapsulation, value);
  return reader.taken();
}

// The words of an SR policy come one by one: what follows each other is one tunnel.
void gather(base::Buffer& value, base::Bytes more) {
  base::ByteReader added(more);
  const auto next = next_tunnel(added);
  std::size_t last_at = 0;
  std::optional<Tunnel> last;
  base::ByteReader reader(value);
  while (!reader.empty()) {
    last_at = reader.position();
    last = next_tunnel(reader);
    if (!last) break;
  }
  const bool one_policy = last && next && added.empty() && last->type == k_sr_policy_tunnel && next->type == k_sr_policy_tunnel &&
                          last->value.size() + next->value.size() <= k_attribute_value_size_max;
  if (!one_policy) {
    value.insert(value.end(), more.begin(), more.end());
    return;
  }
  const std::size_t size = last->value.size() + next->value.size();
  value.insert(value.end(), next->value.begin(), next->value.end());
  base::ByteWriter(value).patch_u16(last_at + 2, static_cast<std::uint16_t>(size));
}

constexpr AttributeKeyword k_keywords[] = {{"tunnel-encap", "[ sr-policy ...|tunnel-type-NUMBER 0xDATA ... ]", parse}};

}  // namespace

void add_to_sr_policy(AttributeBuilder& builder, base::Bytes tlvs) {
  base::Buffer value;
  append_tunnel(k_sr_policy_tunnel, tlvs, value);
  set_attribute(builder, AttributeCode::tunnel_encapsulation, value);
}

extern const AttributeTraits k_tunnel_encapsulation_row{.code = AttributeCode::tunnel_encapsulation, .name = "tunnel-encap",
                                                        .flags = k_optional_transitive,
                                                        .when_malformed = ErrorAction::treat_as_withdraw, .gather = gather,
                                                        .well_formed = well_formed, .json = json, .shape = shape, .text = text, .keywords = k_keywords, .release_4_2 = &k_unknown_to_4_2};

}  // namespace tandem::bgp
