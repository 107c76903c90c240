#include "tandem/shortcuts.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "common/base/ip.hpp"

namespace tandem::program {

namespace {

using Words = std::vector<std::string>;

enum class Place : unsigned char {
  start,
  start_or_address,    // first, or behind an address
  behind_announce,     // the word before
  behind_route_verb,   // announce or withdraw
  behind_table_verb,   // show, flush or clear
  behind_session,
  behind_adj_rib,
  later_than_show,     // show stands somewhere before
  later_than_neighbor,
  anywhere
};

struct Shortcut {
  std::string_view token;
  std::string_view word;
  Place place;
  bool exact = false;  // a misspelling, not an abbreviation
};

constexpr std::array k_shortcuts = {
    Shortcut{"a", "attributes", Place::behind_route_verb}, Shortcut{"a", "adj-rib", Place::behind_table_verb},
    Shortcut{"a", "ack", Place::behind_session},           Shortcut{"a", "announce", Place::start_or_address},
    Shortcut{"r", "route", Place::behind_route_verb},      Shortcut{"rr", "route-refresh", Place::behind_announce},
    Shortcut{"w", "watchdog", Place::behind_route_verb},
    Shortcut{"w", "withdraw", Place::start_or_address},    Shortcut{"f", "flow", Place::behind_route_verb},
    Shortcut{"f", "flush", Place::start_or_address},       Shortcut{"v", "vpls", Place::behind_route_verb},
    Shortcut{"e", "eor", Place::behind_announce},          Shortcut{"e", "extensive", Place::later_than_show},
    Shortcut{"o", "out", Place::behind_adj_rib},           Shortcut{"o", "operational", Place::behind_announce},
    Shortcut{"i", "in", Place::behind_adj_rib},            Shortcut{"sy", "sync", Place::behind_session},
    Shortcut{"t", "teardown", Place::start_or_address},    Shortcut{"id", "router-id", Place::later_than_neighbor, true},
    Shortcut{"n", "neighbor", Place::start},               Shortcut{"n", "neighbor", Place::behind_table_verb},
    Shortcut{"h", "help", Place::start},                   Shortcut{"d", "daemon", Place::start},
    Shortcut{"ses", "session", Place::start, true},        Shortcut{"s", "summary", Place::later_than_show},
    Shortcut{"s", "show", Place::start_or_address},        Shortcut{"c", "configuration", Place::later_than_show},
    Shortcut{"neighbour", "neighbor", Place::anywhere, true}, Shortcut{"neigbour", "neighbor", Place::anywhere, true},
    Shortcut{"neigbor", "neighbor", Place::anywhere, true},
};

bool is_address(const std::string& word) { return base::IpAddress::parse(word).has_value() || word == "*"; }

bool contains(std::span<const std::string> words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool stands(Place place, std::span<const std::string> before) {
  const std::string_view last = before.empty() ? std::string_view() : std::string_view(before.back());
  switch (place) {
    case Place::start: return before.empty();
    case Place::start_or_address: return before.empty() || is_address(before.back());
    case Place::behind_announce: return last == "announce";
    case Place::behind_route_verb: return last == "announce" || last == "withdraw";
    case Place::behind_table_verb: return last == "show" || last == "flush" || last == "clear";
    case Place::behind_session: return last == "session";
    case Place::behind_adj_rib: return last == "adj-rib";
    case Place::later_than_show: return contains(before, "show");
    case Place::later_than_neighbor: return contains(before, "neighbor");
    case Place::anywhere: return true;
  }
  return false;
}

// What begins the word stands for it as well.
bool means(const Shortcut& shortcut, std::string_view token) {
  if (token == shortcut.token) return true;
  return !shortcut.exact && !token.empty() && shortcut.word.starts_with(token);
}

Words split(std::string_view text) {
  Words words;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of(" \t");
    if (end != 0) words.emplace_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return words;
}

std::string join(std::span<const std::string> words) {
  std::string result;
  for (const std::string& word : words) {
    if (!result.empty()) result += ' ';
    result += word;
  }
  return result;
}

// "neighbor 10.0.0.1 show X" and "neighbor 10.0.0.1 adj-rib out show X" with the verb in front.
Words verb_first(Words words) {
  const auto show = std::find(words.begin(), words.end(), "show");
  if (words.empty() || show == words.begin() || show == words.end()) return words;
  const bool neighbor = words[0] == "neighbor" && words.size() > 1 && is_address(words[1]);
  const Words head(words.begin(), show);
  const Words tail(show + 1, words.end());
  Words result{"show"};
  const auto table = std::find(head.begin(), head.end(), "adj-rib");
  if (table != head.end() && (neighbor || table == head.begin())) {
    result.insert(result.end(), table, head.end());
    if (neighbor) result.push_back(head[1]);
  } else if (neighbor) {
    result.insert(result.end(), head.begin(), head.end());
  } else {
    return words;
  }
  result.insert(result.end(), tail.begin(), tail.end());
  return result;
}

}  // namespace

std::string expand_shortcuts(std::string_view command) {
  Words words;
  for (std::string& token : split(command)) {
    const auto found = std::find_if(k_shortcuts.begin(), k_shortcuts.end(),
                                    [&](const Shortcut& shortcut) { return means(shortcut, token) && stands(shortcut.place, words); });
    words.push_back(found == k_shortcuts.end() ? std::move(token) : std::string(found->word));
  }
  return join(verb_first(std::move(words)));
}

}  // namespace tandem::program
