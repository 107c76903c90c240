// family { }, add-path { } and nexthop { }: lists of address families.

#include <algorithm>

#include "common/base/log.hpp"
#include "common/config/neighbor_rows.hpp"
#include "common/config/value.hpp"

namespace tandem::config {

base::Result<bgp::Family> read_family(const ParserState& state, const Statement& statement, bool fold_case) {
  const base::Token& afi_word = statement.words[0];
  const bgp::Afi afi = *bgp::parse_afi(afi_word.text);
  if (statement.words.size() < 2) return state.fail(afi_word, fmt::format("'{}' needs a SAFI", afi_word.text), bgp::safi_words_of(afi));
  const base::Token& safi_word = statement.words[1];
  const auto safi = bgp::parse_safi(fold_case ? lower_case(safi_word.text) : std::string(safi_word.text));
  const auto index = safi ? bgp::family_index({afi, *safi}) : std::nullopt;
  if (!index) {
    std::vector<std::string> right = bgp::safi_words_of(afi);
    std::string reason = fmt::format("'{}' is not valid for {}{}", printable_word(safi_word.text), afi_word.text, suggestion(safi_word.text, right));
    return state.fail(safi_word, std::move(reason), std::move(right));
  }
  return bgp::Family{afi, *safi};
}

namespace {

template <typename Entries>
auto find_family(Entries& entries, bgp::Family family) {
  return std::find_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.family == family; });
}

// The rules about repeats that the lists share, inside one block.
Status note_family(ParserState& state, const Statement& statement, FamilyBlock& block, bgp::Family family) {
  const base::Token& word = statement.words[0];
  if (block.all) return state.fail(word, "nothing may follow 'all'");
  const auto known = find_family(block.seen, family);
  if (known != block.seen.end()) {
    return state.fail(word, fmt::format("duplicate family {}", bgp::to_string(family)), {}, known->place);
  }
  block.seen.push_back({family, place_of(word)});
  return {};
}

Status add_family(ParserState& state, const Statement& statement) {
  const auto family = read_family(state, statement, true);
  if (!family) return family.error();
  if (auto done = note_family(state, statement, state.family_block, *family); !done) return done;
  state.warn_ignored(statement, 2);
  state.draft.families.push_back({*family, place_of(statement.words[0])});
  return {};
}

Status add_all_families(ParserState& state, const Statement& statement) {
  if (!state.family_block.seen.empty()) {
    state.warn(statement.words[0], "ignored: 'all' must stand alone, families are listed before it");
    return {};
  }
  state.warn_ignored(statement, 1);
  state.family_block.all = true;
  state.draft.all_families = true;
  return {};
}

Status add_add_path_family(ParserState& state, const Statement& statement) {
  const auto family = read_family(state, statement, false);
  if (!family) return family.error();
  if (auto done = note_family(state, statement, state.add_path_block, *family); !done) return done;
  const auto& words = statement.words;
  AddPathEntry entry{*family, 0, place_of(words[0])};
  if (words.size() > 2) {
    if (words[2].text != "limit") return state.fail(words[2], "only 'limit NUMBER' may follow the family", {"limit"});
    if (words.size() < 4) return state.fail(words[2], "'limit' needs a number from 1 to 65535");
    const auto limit = base::parse_decimal(words[3].text, 65535);
    if (!limit || *limit == 0) {
      return state.fail(words[3], fmt::format("'{}' is not a number from 1 to 65535", printable_word(words[3].text)));
    }
    if (words.size() > 4) return state.fail(words[4], "nothing may follow the limit");
    entry.limit = static_cast<std::uint16_t>(*limit);
  }
  state.draft.add_path_entries.push_back(entry);
  return {};
}

Status add_all_add_path(ParserState& state, const Statement& statement) {
  if (statement.words.size() > 1) return state.fail(statement.words[1], "nothing may follow 'all'");
  state.add_path_block.all = true;
  state.draft.all_add_path = true;
  return {};
}

// RFC 8950 is about IPv4 NLRI; the SAFIs are the same where the entry is about IPv6.
bool can_extend_next_hop(bgp::Safi safi) {
  const auto index = bgp::family_index({bgp::Afi::ipv4, safi});
  return index && bgp::family_traits(*index).has(bgp::FamilyRule::extended_next_hop);
}

Status add_nexthop(ParserState& state, const Statement& statement) {
  const auto& words = statement.words;
  const std::vector<std::string> safis = bgp::safi_words_of(bgp::Afi::ipv4, bgp::FamilyRule::extended_next_hop);
  const bool ipv4 = words[0].text == "ipv4";
  const std::string_view other = ipv4 ? "ipv6" : "ipv4";
  if (words.size() < 2) return state.fail(words[0], fmt::format("'{}' needs a SAFI", words[0].text), safis);
  const auto safi = bgp::parse_safi(lower_case(words[1].text));
  if (!safi || !can_extend_next_hop(*safi)) {
    return state.fail(words[1], fmt::format("'{}' is not a SAFI with next hops of the other version", printable_word(words[1].text)), safis);
  }
  if (words.size() < 3) return state.fail(words[1], fmt::format("the AFI of the next hop is missing: {}", other));
  if (words[2].text != other) {
    return state.fail(words[2], fmt::format("the AFI of the next hop must be {}", other), {std::string(other)});
  }
  state.warn_ignored(statement, 3);
  const NextHopEntry entry{{{ipv4 ? bgp::Afi::ipv4 : bgp::Afi::ipv6, *safi}, ipv4 ? bgp::Afi::ipv6 : bgp::Afi::ipv4}, place_of(words[0])};
  for (const NextHopEntry& known : state.draft.next_hops) {
    if (known.value == entry.value) {
      return state.fail(words[0], fmt::format("duplicate entry {} {}", bgp::to_string(entry.value.family), other), {}, known.place);
    }
  }
  state.draft.next_hops.push_back(entry);
  return {};
}

constexpr Keyword k_family[] = {
    {"ipv4", "SAFI", "negotiate the IPv4 family", add_family},
    {"ipv6", "SAFI", "negotiate the IPv6 family", add_family},
    {"l2vpn", "SAFI", "negotiate the layer 2 VPN family", add_family},
    {"bgp-ls", "SAFI", "negotiate the link-state family", add_family},
    {"all", "", "negotiate every known family", add_all_families},
};
constexpr Keyword k_add_path[] = {
    {"ipv4", "SAFI [limit NUMBER]", "several paths a prefix, at most NUMBER received", add_add_path_family},
    {"ipv6", "SAFI [limit NUMBER]", "several paths a prefix, at most NUMBER received", add_add_path_family},
    {"l2vpn", "SAFI [limit NUMBER]", "several paths a prefix, at most NUMBER received", add_add_path_family},
    {"bgp-ls", "SAFI [limit NUMBER]", "several paths a prefix, at most NUMBER received", add_add_path_family},
    {"all", "", "all negotiated families", add_all_add_path},
};
constexpr Keyword k_nexthop[] = {
    {"ipv4", "SAFI ipv6", "IPv4 routes with IPv6 next hops (RFC 8950)", add_nexthop},
    {"ipv6", "SAFI ipv4", "IPv6 routes with IPv4 next hops", add_nexthop},
};

constexpr Retired k_retired[] = {
    {"inet4", "use ipv4"},
    {"inet6", "use ipv6"},
    {"inet", "use ipv4"},
    {"minimal", "use ipv4 unicast"},
    {"l2vpn-vpls", "use l2vpn vpls"},
    {"l2vpn-evpn", "use l2vpn evpn"},
    {"evpn", "use l2vpn evpn"},
    {"vpls", "use l2vpn vpls"},
    {"bgpls", "use bgp-ls"},
    {"linkstate", "use bgp-ls"},
};

bool negotiated(const Neighbor& neighbor, bgp::Family family) {
  return std::binary_search(neighbor.families.begin(), neighbor.families.end(), family);
}

void log_skipped(const Neighbor& neighbor, std::string_view section, bgp::Family family) {
  base::log(base::LogCategory::configuration, base::LogLevel::debug, "neighbor {}: {} of {} skipped, it is not negotiated",
            neighbor.peer.address.text(), section, bgp::to_string(family));
}

}  // namespace

std::span<const Keyword> family_keywords() { return k_family; }
std::span<const Retired> family_retired() { return k_retired; }
std::span<const Keyword> add_path_keywords() { return k_add_path; }
std::span<const Keyword> nexthop_keywords() { return k_nexthop; }

Status enter_family(ParserState& state, const Statement&) {
  state.family_block = {};
  return {};
}

Status enter_add_path(ParserState& state, const Statement&) {
  state.add_path_block = {};
  for (const AddPathEntry& entry : state.draft.add_path_entries) state.add_path_block.seen.push_back({entry.family, entry.place});
  return {};
}

// What ExaBGP 4.2 does not know is not announced in its dialect unless it is named: with it the OPEN would not fit into the form of RFC 4271.
constexpr bgp::Safi k_newer_than_4_2[] = {bgp::Safi::mcast_vpn, bgp::Safi::sr_policy, bgp::Safi::mup};
[[nodiscard]] bool is_known(bgp::Family family, bgp::Dialect dialect) {
  const auto* end = std::end(k_newer_than_4_2);
  return dialect != bgp::Dialect::release_4_2 || std::find(std::begin(k_newer_than_4_2), end, family.safi) == end;
}

void FamilyList::fill(const NeighborDraft& draft, Neighbor& neighbor) {
  if (draft.all_families || draft.families.empty()) {
    for (const bgp::FamilyTraits& traits : bgp::family_table()) {
      if (is_known(traits.family, draft.dialect)) neighbor.families.push_back(traits.family);
    }
    return;
  }
  for (const FamilyEntry& entry : draft.families) neighbor.families.push_back(entry.family);
  std::sort(neighbor.families.begin(), neighbor.families.end());
  neighbor.families.erase(std::unique(neighbor.families.begin(), neighbor.families.end()), neighbor.families.end());
}

bool AddPathList::same(const Neighbor& a, const Neighbor& b) {
  const auto same_limit = [](const bgp::PathsLimit& x, const bgp::PathsLimit& y) { return x.family == y.family && x.limit == y.limit; };
  return a.add_path_families == b.add_path_families &&
         std::equal(a.paths_limits.begin(), a.paths_limits.end(), b.paths_limits.begin(), b.paths_limits.end(), same_limit);
}

void AddPathList::fill(const NeighborDraft& draft, Neighbor& neighbor) {
  for (const AddPathEntry& entry : draft.add_path_entries) {
    if (!negotiated(neighbor, entry.family)) log_skipped(neighbor, "add-path", entry.family);
  }
  if (neighbor.add_path_mode == 0) return;
  const bool all = draft.all_add_path || draft.add_path_entries.empty();
  for (const bgp::FamilyIndex index : bgp::families_by_safi()) {
    const bgp::Family family = bgp::family_at(index);
    if (!bgp::family_traits(index).has(bgp::FamilyRule::add_path) || !negotiated(neighbor, family)) continue;
    // the last limit written wins, as a template's comes last
    const auto entry = std::find_if(draft.add_path_entries.rbegin(), draft.add_path_entries.rend(),
                                    [&](const AddPathEntry& e) { return e.family == family; });
    const bool listed = entry != draft.add_path_entries.rend();
    if (!all && !listed) continue;
    neighbor.add_path_families.push_back(family);
    if (listed && entry->limit != 0 && (neighbor.add_path_mode & 1) != 0) {
      neighbor.paths_limits.push_back({family, entry->limit});
    }
  }
}

void NextHopList::fill(const NeighborDraft& draft, Neighbor& neighbor) {
  for (const NextHopEntry& entry : draft.next_hops) {
    if (!negotiated(neighbor, entry.value.family)) log_skipped(neighbor, "nexthop", entry.value.family);
  }
  neighbor.extended_next_hop = draft.extended_next_hop.value_or(!draft.next_hops.empty());
  if (!neighbor.extended_next_hop) return;
  for (const bgp::FamilyIndex index : bgp::families_by_safi()) {
    const bgp::Family family = bgp::family_at(index);
    const auto listed = std::find_if(draft.next_hops.begin(), draft.next_hops.end(),
                                     [&](const NextHopEntry& entry) { return entry.value.family == family; });
    if (listed == draft.next_hops.end() || !negotiated(neighbor, family)) continue;
    if (negotiated(neighbor, {listed->value.next_hop_afi, family.safi})) neighbor.extended_next_hops.push_back(listed->value);
  }
}

std::string next_hop_objection(const Neighbor& neighbor, bgp::FamilyIndex index, const bgp::NextHop& next_hop) {
  const bgp::FamilyTraits& traits = bgp::family_traits(index);
  const bgp::Afi afi = next_hop.address.is_v4() ? bgp::Afi::ipv4 : bgp::Afi::ipv6;
  const bgp::ExtendedNextHop needed{traits.family, afi};
  const auto& list = neighbor.extended_next_hops;
  if (!traits.has(bgp::FamilyRule::own_next_hop) || !next_hop.known() || afi == traits.family.afi) return {};
  if (std::find(list.begin(), list.end(), needed) != list.end()) return {};
  return fmt::format("an {0} route with the {1} next hop {2} cannot be sent to this neighbor: it needs nexthop {{ {0} {1}; }}, the families {0} and {1} {3}, "
                     "and capability {{ nexthop; }}",
                     bgp::to_string(traits.family), bgp::to_string(afi), next_hop.address.text(), bgp::to_string(traits.family.safi));
}

}  // namespace tandem::config
