// What the tests of this room share: octets from hex with blanks, attribute blocks from route text, printed forms.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/error.hpp"
#include "common/base/json_writer.hpp"
#include "common/base/token.hpp"
#include "common/bgp/attribute/attributes.hpp"
#include "common/bgp/family.hpp"
#include "common/bgp/negotiated.hpp"

namespace tandem::bgp::testing {

inline base::Buffer octets(std::string_view hex) {
  std::string digits;
  for (const char c : hex) {
    if (c != ' ' && c != ':') digits += c;
  }
  const auto out = base::from_hex(digits);
  EXPECT_TRUE(out.has_value()) << hex;
  return out.value_or(base::Buffer());
}

inline std::string hex(base::Bytes bytes) { return base::to_hex(bytes); }

// Words at blanks; brackets and commas are words of their own, parentheses only between blanks.
inline std::vector<base::Token> tokenize(std::string_view text) {
  std::vector<base::Token> tokens;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t start = at;
    if (std::string_view("[],").find(text[at]) != std::string_view::npos) ++at;
    else if (text[at] != ' ') at = std::min(text.find_first_of(" [],", at), text.size());
    if (at == start) ++at;
    else tokens.push_back({text.substr(start, at - start), 1, static_cast<int>(start) + 1, false});
  }
  return tokens;
}

// "origin igp med 5" put into a builder; the first error ends it.
inline base::Result<void> parse_attributes(std::string_view text, AttributeBuilder& builder) {
  const auto tokens = tokenize(text);
  std::size_t at = 0;
  while (at < tokens.size()) {
    const std::string_view keyword = tokens[at].text;
    const auto taken = builder.parse(keyword, base::Tokens(tokens).subspan(at + 1));
    if (!taken) return taken.error();
    at += 1 + *taken;
  }
  return {};
}

inline base::Buffer block(std::string_view text) {
  AttributeBuilder builder;
  const auto parsed = parse_attributes(text, builder);
  EXPECT_TRUE(parsed.has_value()) << text << ": " << (parsed ? "" : parsed.error().reason());
  return {builder.canonical().begin(), builder.canonical().end()};
}

// The reason `text` is refused; "" when it is not.
inline std::string refusal(std::string_view text) {
  AttributeBuilder builder;
  const auto parsed = parse_attributes(text, builder);
  return parsed ? std::string() : parsed.error().reason();
}

// Without blanks, which mean nothing in JSON outside of strings.
inline std::string squeeze(std::string_view json) {
  std::string out;
  bool quoted = false;
  for (const char c : json) {
    if (c == '"') quoted = !quoted;
    if (quoted || (c != ' ' && c != '\n')) out += c;
  }
  return out;
}

// The report of a test (--gtest_output=xml) has what was shown in it: conformance/schema checks events with these attributes.
inline std::string json_of(base::Bytes canonical, Dialect dialect = Dialect::main) {
  static std::size_t number = 0;
  ::testing::Test::RecordProperty("attributes-" + std::to_string(number++), hex(canonical));
  std::string out;
  base::JsonWriter writer(out);
  attributes_json(canonical, writer, dialect);
  return squeeze(out);
}

inline std::string text_of(base::Bytes canonical, Dialect dialect = Dialect::main) {
  std::string out;
  attributes_text(canonical, out, dialect);
  return out;
}

inline base::Buffer canonical(std::string_view wire_hex, bool asn4 = true) {
  base::Buffer out;
  canonical_attributes(octets(wire_hex), asn4, out);
  return out;
}

inline void negotiate(Negotiated& negotiated, Family family, bool add_path = false) {
  negotiated.families.push_back(family);
  negotiated.family_set.insert(*family_index(family));
  if (add_path) negotiated.add_path_receive.insert(*family_index(family));
}

// iBGP, four-octet AS numbers, IPv4 and IPv6 unicast.
inline Negotiated plain_session() {
  Negotiated negotiated;
  negotiated.local_as = base::Asn{65533};
  negotiated.peer_as = base::Asn{65533};
  negotiated.asn4 = true;
  negotiate(negotiated, k_ipv4_unicast);
  negotiate(negotiated, k_ipv6_unicast);
  return negotiated;
}

}  // namespace tandem::bgp::testing
