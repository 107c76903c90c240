// COMMUNITIES (RFC 1997; names of RFC 1997, 3765, 7999).
#include <algorithm>
#include <vector>

#include "common/bgp/attribute/rows.hpp"
#include "common/bgp/value_reader.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_size = 4;

struct NamedCommunity {
  std::uint32_t value;
  std::string_view printed;
  std::string_view alias;
};
constexpr NamedCommunity k_named[] = {{0xFFFFFF01, "no-export", "no_export"},
                                      {0xFFFFFF02, "no-advertise", "no_advertise"},
                                      {0xFFFFFF03, "no-export-subconfed", ""},
                                      {0xFFFFFF04, "no-peer", "nopeer"},
                                      {0xFFFF029A, "blackhole", ""},
                                      {0xFFFF0006, "llgr-stale", "llgr_stale"},  // RFC 9494 section 4.6
                                      {0xFFFF0007, "no-llgr", "no_llgr"}};

void append_community(std::string& out, std::uint32_t value) {
  for (const auto& named : k_named) {
    if (named.value != value) continue;
    out += named.printed;
    return;
  }
  const fmt::format_int high(value >> 16);
  const fmt::format_int low(value & 0xFFFF);
  out.append(high.data(), high.size());
  out += ':';
  out.append(low.data(), low.size());
}

std::optional<std::uint32_t> parse_community(std::string_view text) {
  if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    const auto high = base::parse_decimal(text.substr(0, colon), 0xFFFF);
    const auto low = base::parse_decimal(text.substr(colon + 1), 0xFFFF);
    if (!high || !low) return std::nullopt;
    return static_cast<std::uint32_t>(*high << 16 | *low);
  }
  auto number = base::parse_decimal(text, 0xFFFFFFFF);
  if (!number) number = parse_hex_number(text, 0xFFFFFFFF);
  if (number) return static_cast<std::uint32_t>(*number);
  const std::string name = lower(text);
  for (const auto& named : k_named) {
    if (name == named.printed || (!named.alias.empty() && name == named.alias)) return named.value;
  }
  return std::nullopt;
}

std::vector<std::uint32_t> read_all(base::Bytes value) {
  std::vector<std::uint32_t> communities;
  communities.reserve(value.size() / k_size);
  base::ByteReader reader(value);
  while (!reader.empty()) communities.push_back(reader.u32());
  return communities;
}

bool well_formed(base::Bytes value, const AttributeContext&) { return value.size() % k_size == 0; }

void json(base::Bytes value, const AttributeContext&, base::JsonWriter& out) {
  out.begin_array();
  base::ByteReader reader(value);
  while (!reader.empty()) {
    out.begin_array();
    out.number(static_cast<unsigned>(reader.u16()));
    out.number(static_cast<unsigned>(reader.u16()));
    out.end_array();
  }
  out.end_array();
}

void text(base::Bytes value, const AttributeContext&, std::string& out) {
  std::vector<std::uint32_t> communities = read_all(value);
  std::sort(communities.begin(), communities.end());
  const bool brackets = communities.size() != 1;
  if (brackets) out += "[ ";
  for (const std::uint32_t community : communities) {
    append_community(out, community);
    if (brackets) out += ' ';
  }
  if (brackets) out += ']';
}

base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder) {
  constexpr std::string_view k_expected = "a:b with halves from 0 to 65535, a number, 0x and hexadecimal, or a known name";
  ValueReader reader("community", tokens);
  std::vector<std::uint32_t> communities;
  auto error = reader.list(k_expected, [&](const base::Token& token) -> std::optional<base::Error> {
    const auto community = parse_community(token.text);
    if (!community) {
      std::vector<std::string> names;
      for (const auto& named : k_named) names.emplace_back(named.printed);
      return reader.refuse(token, k_expected, std::move(names));
    }
    communities.push_back(*community);
    return std::nullopt;
  });
  if (error) return std::move(*error);
  std::sort(communities.begin(), communities.end());
  base::Buffer value;
  base::ByteWriter writer(value);
  for (const std::uint32_t community : communities) writer.u32(community);
  set_attribute(builder, AttributeCode::community, value);
  return reader.taken();
}

constexpr AttributeKeyword k_keywords[] = {{"community", "COMMUNITY|[ COMMUNITY... ]", parse}};

}  // namespace

extern const AttributeTraits k_community_row{.code = AttributeCode::community, .name = "community",
                                             .flags = k_optional_transitive, .when_malformed = ErrorAction::treat_as_withdraw,
                                             .well_formed = well_formed, .json = json, .shape = "[[u16, u16]]", .text = text, .keywords = k_keywords};

}  // namespace tandem::bgp
