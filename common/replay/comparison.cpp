#include "common/replay/comparison.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "common/bgp/attribute/attributes.hpp"
#include "common/bgp/message/header.hpp"
#include "common/bgp/message/update.hpp"

namespace tandem::replay {

namespace {

// What the peer knows of a prefix: attributes and next hop, or nothing when it was withdrawn.
using State = std::string;
using Table = std::map<std::string, State>;                // by family and NLRI
using History = std::map<std::string, std::vector<State>>; // without repetitions

// A session as far as merging cannot change it.
struct Essence {
  std::vector<base::Bytes> unmerged;  // messages that are never merged, in their order
  std::vector<Table> at_rest;         // the table at each End-of-RIB, and at the end
  History states;
  bool readable = true;
};

bool equal(base::Bytes one, base::Bytes other) { return std::equal(one.begin(), one.end(), other.begin(), other.end()); }

std::uint8_t type_of(base::Bytes message) { return message.size() < bgp::k_header_size ? std::uint8_t{0} : message[bgp::k_header_size - 1]; }

// Of a session that was up before, what is withdrawn stays in the table: it may have been there.
void apply(const bgp::NlriBlock& block, const State& state, bool goes_on, Table& table, History& history) {
  block.for_each([&](const bgp::NlriKey& key) {
    std::string name(bgp::to_string(bgp::family_at(key.family())));
    name += ' ';
    bgp::nlri_codec(key.family())->text(key, name);
    std::vector<State>& states = history[name];
    if (states.empty() || states.back() != state) states.push_back(state);
    if (state.empty() && !goes_on) table.erase(name);
    else table[name] = state;
  });
}

Essence essence_of(const SentSession& session, Keepalives keepalives) {
  Essence essence;
  Table table;
  for (const base::Bytes message : session.messages) {
    const auto type = static_cast<bgp::MessageType>(type_of(message));
    if (type == bgp::MessageType::keepalive && keepalives == Keepalives::do_not_count) continue;
    if (type != bgp::MessageType::update) {
      essence.unmerged.push_back(message);
      continue;
    }
    const auto update = bgp::decode_update(message.subspan(bgp::k_header_size), *session.agreed);
    if (!update) {
      essence.readable = false;
      return essence;
    }
    if (update->end_of_rib) {
      essence.unmerged.push_back(message);
      essence.at_rest.push_back(table);
      continue;
    }
    base::Buffer canonical;
    bgp::canonical_attributes(update->attributes.wire(), update->attributes.asn4, canonical);
    const auto state = [&canonical](const bgp::NextHop& hop) { return hop.address.text() + " " + base::to_hex(canonical); };
    const auto take = [&](const bgp::NlriBlock& block, const State& now) { apply(block, now, session.goes_on, table, essence.states); };
    take(update->withdrawn, {});
    take(update->mp_withdrawn, {});
    take(update->announced, state(update->next_hop));
    take(update->mp_announced, state(update->mp_next_hop));
  }
  const bool ended = !session.messages.empty() && static_cast<bgp::MessageType>(type_of(session.messages.back())) == bgp::MessageType::notification;
  if (!ended) essence.at_rest.push_back(std::move(table));  // one that was ended may have had more to say
  return essence;
}

bool is_part_of(const std::vector<State>& few, const std::vector<State>& many) {
  auto at = many.begin();
  for (const State& state : few) {
    at = std::find(at, many.end(), state);
    if (at == many.end()) return false;
    ++at;
  }
  return true;
}

// States that only one of the two has told were merged away in the other. What both have told, they have told in the same order.
bool same_up_to_merging(const std::vector<State>& one, const std::vector<State>& other) {
  const auto shared = [](const std::vector<State>& of, const std::vector<State>& with) {
    std::vector<State> kept;
    for (const State& state : of) {
      if (std::find(with.begin(), with.end(), state) != with.end() && (kept.empty() || kept.back() != state)) kept.push_back(state);
    }
    return kept;
  };
  const std::vector<State> a = shared(one, other);
  const std::vector<State> b = shared(other, one);
  return is_part_of(a, b) || is_part_of(b, a);
}

// What one withdraws and the other never speaks of is the same in both, unless the first word of it was the withdraw: then it had been there.
bool covers(const Table& one, const History& history, const Table& other) {
  return std::all_of(one.begin(), one.end(), [&](const auto& entry) {
    const auto& [name, state] = entry;
    const auto found = other.find(name);
    if (found != other.end()) return found->second == state;
    return state.empty() && !history.at(name).front().empty();
  });
}

bool same_tables(const Essence& a, const Essence& b) {
  return std::equal(a.at_rest.begin(), a.at_rest.end(), b.at_rest.begin(), b.at_rest.end(),
                    [&](const Table& one, const Table& other) { return covers(one, a.states, other) && covers(other, b.states, one); });
}

bool equivalent(const SentSession& one, const SentSession& other, Keepalives keepalives) {
  if (!one.agreed || !other.agreed) return false;
  const Essence a = essence_of(one, keepalives);
  const Essence b = essence_of(other, keepalives);
  if (!a.readable || !b.readable) return false;
  if (!std::equal(a.unmerged.begin(), a.unmerged.end(), b.unmerged.begin(), b.unmerged.end(), equal)) return false;
  if (!same_tables(a, b)) return false;
  static const std::vector<State> k_never;
  const auto fits = [](const History& mine, const History& theirs) {
    return std::all_of(mine.begin(), mine.end(), [&theirs](const auto& entry) {
      const auto found = theirs.find(entry.first);
      return same_up_to_merging(entry.second, found == theirs.end() ? k_never : found->second);
    });
  };
  return fits(a.states, b.states) && fits(b.states, a.states);
}

// What was said in front, of the prefixes that nobody speaks of behind it.
Table table_at_rest(const Essence& in_front, const Essence& one_behind, const Essence& other_behind) {
  Table table = in_front.at_rest.empty() ? Table() : in_front.at_rest.back();
  std::erase_if(table, [&](const auto& entry) { return one_behind.states.contains(entry.first) || other_behind.states.contains(entry.first); });
  return table;
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  constexpr std::string_view k_names[] = {"identical", "equivalent", "different"};
  return k_names[static_cast<std::size_t>(verdict)];
}

Comparison compare(const SentSession& one, const SentSession& other, Keepalives keepalives) {
  const auto next = [keepalives](const SentSession& session, std::size_t from) {
    while (keepalives == Keepalives::do_not_count && from < session.messages.size() &&
           static_cast<bgp::MessageType>(type_of(session.messages[from])) == bgp::MessageType::keepalive) {
      ++from;
    }
    return from;
  };
  Comparison comparison;
  comparison.first = next(one, 0);
  comparison.second = next(other, 0);
  while (comparison.first < one.messages.size() && comparison.second < other.messages.size() &&
         equal(one.messages[comparison.first], other.messages[comparison.second])) {
    comparison.first = next(one, comparison.first + 1);
    comparison.second = next(other, comparison.second + 1);
  }
  if (comparison.first == one.messages.size() && comparison.second == other.messages.size()) return comparison;
  comparison.verdict = equivalent(one, other, keepalives) ? Verdict::equivalent : Verdict::different;
  return comparison;
}

bool have_parted(const CutSession& one, const CutSession& other) {
  if (!one.in_front.agreed || !other.in_front.agreed) return false;
  const auto essence = [](const SentSession& session) { return essence_of(session, Keepalives::do_not_count); };
  const Essence a = essence(one.in_front);
  const Essence b = essence(other.in_front);
  const Essence behind_a = essence(one.behind);
  const Essence behind_b = essence(other.behind);
  for (const Essence* part : {&a, &b, &behind_a, &behind_b}) {
    if (!part->readable) return false;
  }
  const Table left_a = table_at_rest(a, behind_a, behind_b);
  const Table left_b = table_at_rest(b, behind_a, behind_b);
  return !covers(left_a, a.states, left_b) || !covers(left_b, b.states, left_a);
}

}  // namespace tandem::replay
