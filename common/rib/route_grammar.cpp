#include "common/rib/route_grammar.hpp"

#include <algorithm>
#include <array>

#include "common/base/assert.hpp"

namespace tandem::rib {

namespace {

using bgp::Afi;

// The keywords of all families that `route PREFIX ...` may turn out to be.
const std::vector<bgp::NlriKeyword>& prefix_keywords() {
  static const std::vector<bgp::NlriKeyword> keywords = [] {
    std::vector<bgp::NlriKeyword> out;
    for (const bgp::FamilyTraits& traits : bgp::family_table()) {
      const bgp::NlriGrammar* grammar = traits.codec == nullptr ? nullptr : traits.codec->grammar;
      if (grammar == nullptr || grammar->claim == nullptr) continue;
      for (const bgp::NlriKeyword& keyword : grammar->keywords) {
        const bool known = std::any_of(out.begin(), out.end(), [&](const bgp::NlriKeyword& other) { return other.name == keyword.name; });
        if (!known) out.push_back(keyword);
      }
    }
    return out;
  }();
  return keywords;
}

}  // namespace

std::span<const bgp::NlriKeyword> keywords_of(const bgp::NlriGrammar* grammar) {
  return grammar != nullptr ? grammar->keywords : std::span<const bgp::NlriKeyword>(prefix_keywords());
}

namespace {

// The grammars of the families of an AFI whose routes are written `route PREFIX ...`.
const std::vector<const bgp::NlriGrammar*>& claimants(Afi afi) {
  static const auto lists = [] {
    std::array<std::vector<const bgp::NlriGrammar*>, 2> out;
    for (const bgp::FamilyTraits& traits : bgp::family_table()) {
      const bgp::NlriGrammar* grammar = traits.codec == nullptr ? nullptr : traits.codec->grammar;
      if (grammar != nullptr && grammar->claim != nullptr) out[traits.family.afi == Afi::ipv4 ? 0 : 1].push_back(grammar);
    }
    return out;
  }();
  return lists[afi == Afi::ipv4 ? 0 : 1];
}

}  // namespace

const bgp::NlriGrammar& claimant(const bgp::NlriDraft& draft) {
  const bgp::NlriGrammar* best = nullptr;
  unsigned most = 0;
  for (const bgp::NlriGrammar* grammar : claimants(draft.family.afi)) {
    const unsigned wanted = grammar->claim(draft);
    if (wanted <= most) continue;
    most = wanted;
    best = grammar;
  }
  TANDEM_ASSERT(best != nullptr);
  return *best;
}

std::optional<bgp::FamilyIndex> find_family(const RouteForm& form, base::Tokens words) {
  if (form.words != RouteForm::Words::family || words.empty()) return std::nullopt;
  const Afi afi = form.family.afi;
  const auto safi = form.keyword.empty() ? bgp::parse_safi(words[0].text) : form.family.safi;
  if (!safi) return std::nullopt;
  if (afi != Afi::undefined) return bgp::family_index({afi, *safi});
  for (const bgp::FamilyTraits& traits : bgp::family_table()) {
    if (traits.family.safi == *safi) return bgp::family_index(traits.family);
  }
  return std::nullopt;
}

std::vector<std::string> written_families(Afi afi) {
  std::vector<std::string> out;
  for (const bgp::SafiWord& word : bgp::safi_words()) {
    const auto index = bgp::family_index({afi, word.safi});
    if (index && bgp::nlri_grammar(*index) != nullptr) out.emplace_back(word.name);
  }
  return out;
}

}  // namespace tandem::rib
