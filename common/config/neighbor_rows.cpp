#include "common/config/neighbor_rows.hpp"

#include <deque>

#include "common/config/kind_json.hpp"
#include "common/config/value.hpp"

namespace tandem::config {

namespace {

template <typename Kind, auto Draft, auto Value>
struct Kept {
  static void merge(NeighborDraft& onto, const NeighborDraft& from) {
    if ((from.*Draft).is_set()) onto.*Draft = from.*Draft;
  }
  static void fill(const NeighborDraft& draft, Neighbor& neighbor) {
    if ((draft.*Draft).is_set()) neighbor.*Value = *(draft.*Draft).value;
  }
  static bool same(const Neighbor& a, const Neighbor& b) { return a.*Value == b.*Value; }
  static std::string fallback() { return Kind::text(Neighbor{}.*Value); }
};

template <typename Kind, auto Value>
void print_value(std::string_view keyword, const Neighbor& neighbor, Printer& to) {
  if constexpr (std::is_same_v<Kind, Secret>) {
    if (!(neighbor.*Value).empty()) to.line("# {} is set, and not shown", keyword);
  } else {
    to.value(keyword, Kind::text(neighbor.*Value));
  }
}

constexpr StatementHandler chosen(StatementHandler own, StatementHandler usual) { return own != nullptr ? own : usual; }

template <typename List>
constexpr NeighborRow list_row(Keyword keyword, Impact impact) {
  NeighborRow row{keyword, SectionId::neighbor, impact, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr};
  if constexpr (requires { &List::merge; }) row.merge = List::merge;
  if constexpr (requires { &List::fill; }) row.fill = List::fill;
  if constexpr (requires { &List::same; }) row.same = List::same;
  if constexpr (requires { &List::print; }) row.print = List::print;
  if constexpr (requires { &List::json; }) {
    row.json = List::json;
    row.schema = List::schema;
  }
  return row;
}

constexpr NeighborRow k_rows[] = {
#define TANDEM_VALUE(section_, member, name, Kind, bare, fallback_, impact_, reader, help)                                          \
  {{name, Kind::k_value, help,                                                                                                      \
    chosen(reader, set_scalar<&NeighborDraft::member, Kind, Bare::bare>)},                                                          \
   SectionId::section_,                                                                                                             \
   Impact::impact_,                                                                                                                 \
   Kept<Kind, &NeighborDraft::member, &Neighbor::member>::merge,                                                                    \
   Kept<Kind, &NeighborDraft::member, &Neighbor::member>::fill,                                                                     \
   Kept<Kind, &NeighborDraft::member, &Neighbor::member>::same,                                                                     \
   [](const Neighbor& neighbor, Printer& to) { print_value<Kind, &Neighbor::member>(name, neighbor, to); },                         \
   [](const Neighbor& neighbor, base::JsonWriter& out) { json_member<Kind>(name, neighbor.member, out); },                          \
   json_schema<Kind>,                                                                                                               \
   Kept<Kind, &NeighborDraft::member, &Neighbor::member>::fallback},
#define TANDEM_LIST(name, what_follows, reader, block, impact, List, help) \
  list_row<List>({name, what_follows, help, reader, SectionId::block}, Impact::impact),
#include "common/config/neighbor_keywords.inc"
};

// A property of the neighbor that its OPEN announces: people look for it in either section.
bool stands_in_both(std::string_view keyword) { return keyword == "role" || keyword == "long-lived-graceful-restart"; }

// The keywords that stand in one section, their defaults in the help.
std::vector<Keyword> keywords_of(SectionId where) {
  static std::deque<std::string> texts;
  std::vector<Keyword> keywords;
  for (const NeighborRow& row : k_rows) {
    if (row.section != where && !stands_in_both(row.keyword.name)) continue;
    Keyword keyword = row.keyword;
    if (const std::string fallback = row.fallback == nullptr ? std::string() : row.fallback(); !fallback.empty()) {
      keyword.help = texts.emplace_back(fmt::format("{}; default {}", keyword.help, fallback));
    }
    keywords.push_back(keyword);
  }
  return keywords;
}

}  // namespace

std::span<const NeighborRow> neighbor_rows() { return k_rows; }

std::span<const Keyword> neighbor_keywords() {
  static const std::vector<Keyword> k_keywords = keywords_of(SectionId::neighbor);
  return k_keywords;
}

std::span<const Keyword> tcp_ao_keywords() {
  static const std::vector<Keyword> k_keywords = keywords_of(SectionId::tcp_ao);
  return k_keywords;
}

std::span<const Keyword> capability_keywords() {
  static const std::vector<Keyword> k_keywords = keywords_of(SectionId::capability);
  return k_keywords;
}

}  // namespace tandem::config
