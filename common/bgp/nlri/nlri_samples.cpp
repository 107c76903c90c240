#include "common/bgp/nlri/nlri_samples.hpp"

#include <algorithm>

#include "common/bgp/attribute/attributes.hpp"
#include "common/bgp/sample_octets.hpp"
#include "common/bgp/value_reader.hpp"

namespace tandem::bgp::testing {

base::Result<NlriKey> read_nlri_text(FamilyIndex family, NlriUse use, std::string_view text) {
  const NlriGrammar& grammar = *nlri_grammar(family);
  const auto words = split_words(text);
  base::Tokens tokens = words;
  NlriDraft draft;
  draft.family = family_at(family);
  draft.use = use;
  if (!tokens.empty() && parse_safi(tokens[0].text)) tokens = tokens.subspan(1);
  ValueReader head("head", tokens);
  if (grammar.head != nullptr) {
    if (auto read = grammar.head(head, draft); !read) return read.error();
  }
  tokens = tokens.subspan(head.taken());
  AttributeBuilder attributes;
  NextHop next_hop;
  RouteParts parts{attributes, next_hop};
  while (!tokens.empty()) {
    const auto row = std::find_if(grammar.keywords.begin(), grammar.keywords.end(), [&](const NlriKeyword& keyword) { return keyword.name == tokens[0].text; });
    if (row == grammar.keywords.end()) return base::Error("no keyword: " + std::string(tokens[0].text));
    ValueReader reader(row->name, tokens.subspan(1));
    if (auto taken = row->take(reader, draft, parts); !taken) return taken.error();
    tokens = tokens.subspan(1 + reader.taken());
  }
  return grammar.make(draft);
}

base::Buffer update_body(const NlriSample& sample) {
  const FamilyTraits& traits = family_traits(sample.context().family);
  base::Buffer value;
  base::ByteWriter writer(value);
  writer.u16(static_cast<std::uint16_t>(sample.family.afi));
  writer.u8(static_cast<std::uint8_t>(sample.family.safi));
  const bool announced = sample.use == NlriUse::announce;
  if (announced) {
    const auto lengths = traits.next_hop_lengths;
    const auto fits = std::find_if(lengths.begin(), lengths.end(), [&](std::uint8_t size) { return sample.family.afi != Afi::ipv6 || size >= 16; });
    const std::uint8_t length = fits == lengths.end() ? lengths.front() : *fits;
    writer.u8(length);
    writer.fill(length, 0);
    writer.u8(0);
  }
  writer.bytes(sample_octets(sample.octets));
  base::Buffer attributes = sample_octets("40010100 400200 40050400000064");
  append_attribute(attributes, k_flag_optional, static_cast<std::uint8_t>(announced ? AttributeCode::mp_reach : AttributeCode::mp_unreach), value);
  base::Buffer body;
  base::ByteWriter out(body);
  out.u16(0);
  out.u16(static_cast<std::uint16_t>(attributes.size()));
  out.bytes(attributes);
  return body;
}

}  // namespace tandem::bgp::testing
