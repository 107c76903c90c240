// operational { }: messages that each session of the neighbor begins with.
#include <algorithm>

#include "common/bgp/message/operational.hpp"
#include "common/config/neighbor_rows.hpp"
#include "common/config/value.hpp"

namespace tandem::config {

namespace {

Status add_message(ParserState& state, const Statement& statement) {
  auto message = bgp::parse_operational(statement.words);
  if (!message) return state.locate(message.error());
  state.draft.operational_messages.push_back(std::move(*message));
  return {};
}

std::vector<Keyword> make_keywords() {
  std::vector<Keyword> keywords;
  for (const bgp::OperationalWord& word : bgp::operational_words()) keywords.push_back({word.name, word.usage, word.help, add_message});
  return keywords;
}

}  // namespace

std::span<const Keyword> operational_keywords() {
  static const std::vector<Keyword> k_keywords = make_keywords();
  return k_keywords;
}

// An advisory that stands replaces the one before it for its family.
void OperationalKept::fill(const NeighborDraft& draft, Neighbor& neighbor) {
  std::vector<bgp::Operational>& messages = neighbor.operational_messages;
  for (const bgp::Operational& message : draft.operational_messages) {
    if (message.type == bgp::Operational::k_asm) {
      std::erase_if(messages, [&](const bgp::Operational& other) { return other.type == message.type && other.family == message.family; });
    }
    messages.push_back(message);
  }
}

}  // namespace tandem::config
