// LARGE_COMMUNITY (RFC 8092). Repeated values count once wherever they are shown or sent.
#include <algorithm>
#include <array>
#include <unordered_set>
#include <vector>

#include "common/base/hash.hpp"
#include "common/bgp/attribute/rows.hpp"
#include "common/bgp/value_reader.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_size = 12;
constexpr std::size_t k_parts = 3;
using LargeCommunity = std::array<std::uint32_t, k_parts>;

std::vector<LargeCommunity> read_all(base::Bytes value) {
  std::vector<LargeCommunity> communities;
  communities.reserve(value.size() / k_size);
  base::ByteReader reader(value);
  while (!reader.empty()) {
    LargeCommunity& community = communities.emplace_back();
    for (auto& part : community) part = reader.u32();
  }
  return communities;
}

struct Hash {
  std::size_t operator()(const LargeCommunity& community) const {
    return base::hash_bytes({reinterpret_cast<const std::uint8_t*>(community.data()), k_size}, 0);
  }
};

void sort_and_unite(std::vector<LargeCommunity>& communities) {
  std::sort(communities.begin(), communities.end());
  communities.erase(std::unique(communities.begin(), communities.end()), communities.end());
}

std::optional<LargeCommunity> parse_parts(std::string_view text) {
  LargeCommunity community{};
  for (std::size_t i = 0; i < k_parts; ++i) {
    const std::size_t colon = i + 1 < k_parts ? text.find(':') : text.size();
    if (colon == std::string_view::npos) return std::nullopt;
    const auto part = base::parse_decimal(text.substr(0, colon), 0xFFFFFFFF);
    if (!part) return std::nullopt;
    community[i] = static_cast<std::uint32_t>(*part);
    text = text.substr(std::min(text.size(), colon + 1));
  }
  return community;
}

// 96 bits as three words, most significant first; nullopt when `value * base + digit` has more.
bool push_digit(LargeCommunity& value, std::uint32_t radix, std::uint32_t digit) {
  std::uint64_t carry = digit;
  for (std::size_t i = k_parts; i-- > 0;) {
    carry += static_cast<std::uint64_t>(value[i]) * radix;
    value[i] = static_cast<std::uint32_t>(carry);
    carry >>= 32;
  }
  return carry == 0;
}

std::optional<LargeCommunity> parse_number(std::string_view text) {
  const bool hex = text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
  if (hex) text = text.substr(2);
  LargeCommunity community{};
  for (const char c : text) {
    std::uint32_t digit = 16;
    if (c >= '0' && c <= '9') digit = static_cast<std::uint32_t>(c - '0');
    else if (hex && c >= 'a' && c <= 'f') digit = static_cast<std::uint32_t>(c - 'a' + 10);
    else if (hex && c >= 'A' && c <= 'F') digit = static_cast<std::uint32_t>(c - 'A' + 10);
    if (digit == 16 || !push_digit(community, hex ? 16 : 10, digit)) return std::nullopt;
  }
  return text.empty() ? std::nullopt : std::optional(community);
}

bool well_formed(base::Bytes value, const AttributeContext&) { return value.size() % k_size == 0; }

void json(base::Bytes value, const AttributeContext&, base::JsonWriter& out) {
  std::unordered_set<LargeCommunity, Hash> shown;
  out.begin_array();
  for (const auto& community : read_all(value)) {
    if (!shown.insert(community).second) continue;
    out.begin_array();
    for (const std::uint32_t part : community) out.number(part);
    out.end_array();
  }
  out.end_array();
}

void text(base::Bytes value, const AttributeContext&, std::string& out) {
  std::vector<LargeCommunity> communities = read_all(value);
  sort_and_unite(communities);
  const bool brackets = communities.size() != 1;
  if (brackets) out += "[ ";
  for (const auto& community : communities) {
    out += fmt::format("{}:{}:{}", community[0], community[1], community[2]);
    if (brackets) out += ' ';
  }
  if (brackets) out += ']';
}

base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder) {
  constexpr std::string_view k_expected = "a:b:c with parts from 0 to 4294967295, or a 96-bit number,";
  ValueReader reader("large-community", tokens);
  std::vector<LargeCommunity> communities;
  auto error = reader.list(k_expected, [&](const base::Token& token) -> std::optional<base::Error> {
    const bool parts = token.text.find(':') != std::string_view::npos;
    const auto community = parts ? parse_parts(token.text) : parse_number(token.text);
    if (!community) return reader.refuse(token, k_expected);
    communities.push_back(*community);
    return std::nullopt;
  });
  if (error) return std::move(*error);
  sort_and_unite(communities);
  base::Buffer value;
  base::ByteWriter writer(value);
  for (const auto& community : communities) {
    for (const std::uint32_t part : community) writer.u32(part);
  }
  set_attribute(builder, AttributeCode::large_community, value);
  return reader.taken();
}

constexpr AttributeKeyword k_keywords[] = {{"large-community", "A:B:C|[ A:B:C... ]", parse}};

}  // namespace

extern const AttributeTraits k_large_community_row{.code = AttributeCode::large_community, .name = "large-community",
                                                   .flags = k_optional_transitive,
                                                   .when_malformed = ErrorAction::treat_as_withdraw, .well_formed = well_formed,
                                                   .json = json, .shape = "[[u32, u32, u32]]", .text = text, .keywords = k_keywords};

}  // namespace tandem::bgp
