// Which family's grammar reads a route.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/bgp/nlri/codec.hpp"
#include "common/rib/route_statement.hpp"

namespace tandem::rib {

// Null is the grammar of `route PREFIX ...`: what all families understand that it may turn out to be.
[[nodiscard]] std::span<const bgp::NlriKeyword> keywords_of(const bgp::NlriGrammar* grammar);
// The family that asks most for what `route PREFIX ...` has said.
[[nodiscard]] const bgp::NlriGrammar& claimant(const bgp::NlriDraft& draft);
// The family of a statement of this form; the first one of its SAFI where the AFI is not said. None: another form, or no such word.
[[nodiscard]] std::optional<bgp::FamilyIndex> find_family(const RouteForm& form, base::Tokens words);
// The words of the families whose routes can be written.
[[nodiscard]] std::vector<std::string> written_families(bgp::Afi afi);

}  // namespace tandem::rib
