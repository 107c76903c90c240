// announce { ipv4 { } ipv6 { } l2vpn { } bgp-ls { } }: routes by family, one statement each.
#include "common/bgp/nlri/codec.hpp"
#include "common/config/section_routes.hpp"
#include "common/config/value.hpp"

namespace tandem::config {

namespace {

bgp::Afi afi_of(SectionId section) {
  switch (section) {
    case SectionId::announce_ipv4: return bgp::Afi::ipv4;
    case SectionId::announce_ipv6: return bgp::Afi::ipv6;
    case SectionId::announce_bgp_ls: return bgp::Afi::bgp_ls;
    default: return bgp::Afi::l2vpn;
  }
}

Status announce(ParserState& state, const Statement& statement) {
  const bgp::Afi afi = afi_of(state.current_section());
  if (statement.words.size() < 2) {
    const auto index = bgp::family_index({afi, *bgp::parse_safi(statement.words[0].text)});
    const bgp::NlriGrammar* grammar = index ? bgp::nlri_grammar(*index) : nullptr;
    if (grammar != nullptr) return missing_value(state, statement, grammar->usage);
  }
  return take_route(state, rib::family_form(afi), statement.words);
}

// One row a word that the family table has for an AFI whose routes can be written.
std::vector<Keyword> keywords_of(bgp::Afi afi) {
  std::vector<Keyword> out;
  for (const bgp::SafiWord& word : bgp::safi_words()) {
    const auto index = bgp::family_index({afi, word.safi});
    if (!index) continue;
    const bgp::NlriGrammar* grammar = bgp::nlri_grammar(*index);
    if (grammar == nullptr) continue;
    out.push_back({word.name, grammar->usage, word.help, announce});
    if (!word.alias.empty()) out.push_back({word.alias, grammar->usage, word.help, announce});
  }
  return out;
}

}  // namespace

std::span<const Keyword> announce_ipv4_keywords() {
  static const std::vector<Keyword> keywords = keywords_of(bgp::Afi::ipv4);
  return keywords;
}
std::span<const Keyword> announce_ipv6_keywords() {
  static const std::vector<Keyword> keywords = keywords_of(bgp::Afi::ipv6);
  return keywords;
}
std::span<const Keyword> announce_l2vpn_keywords() {
  static const std::vector<Keyword> keywords = keywords_of(bgp::Afi::l2vpn);
  return keywords;
}
std::span<const Keyword> announce_bgp_ls_keywords() {
  static const std::vector<Keyword> keywords = keywords_of(bgp::Afi::bgp_ls);
  return keywords;
}

}  // namespace tandem::config
