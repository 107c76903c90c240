#include "common/api/selector.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/api/selector_filters.hpp"
#include "common/base/asn.hpp"
#include "common/base/ip.hpp"
#include "common/bgp/family.hpp"

namespace tandem::api {

namespace {

constexpr std::array<std::string_view, 6> k_filters{"local-ip", "local-as", "peer-as", "router-id", "family-allowed", "source-interface"};

[[nodiscard]] bool is_filter(const base::Token& token) {
  return std::find(k_filters.begin(), k_filters.end(), token.text) != k_filters.end();
}
[[nodiscard]] bool is_mark(const base::Token& token) { return token.text == "[" || token.text == "]" || token.text == ","; }
[[nodiscard]] bool is_everybody(const base::Token& token) { return token.text == "*"; }

// "ipv4-unicast/ipv6-unicast", as keys have them.
[[nodiscard]] bool are_families(std::string_view text) {
  while (true) {
    const std::string_view family = text.substr(0, text.find('/'));
    const std::size_t dash = family.find('-');
    if (dash == std::string_view::npos || !bgp::parse_family(family.substr(0, dash), family.substr(dash + 1))) return false;
    if (family.size() == text.size()) return true;
    text.remove_prefix(family.size() + 1);
  }
}

// Takes the first word of `text`.
[[nodiscard]] std::string_view next_word(std::string_view& text) {
  const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
  const std::size_t end = std::min(text.find(' ', begin), text.size());
  const std::string_view word = text.substr(begin, end - begin);
  text.remove_prefix(end);
  return word;
}

}  // namespace

std::string_view key_value(std::string_view peer_key, std::string_view name) {
  while (!peer_key.empty()) {
    const std::string_view word = next_word(peer_key);
    const std::string_view value = next_word(peer_key);
    if (word == name) return value;
  }
  return {};
}

std::span<const std::string_view> selector_filters() { return k_filters; }

bool Selector::looks_like_selector(const base::Token& token) {
  return is_everybody(token) || token.text == "[" || token.text.find_first_of(".:") != std::string_view::npos;
}

void Selector::clear() {
  terms_.clear();
  filters_.clear();
  if (!canonical_.empty()) canonical_.clear();  // which goes through its blocks, and nearly every command has no selector
}

std::string_view Selector::kept(std::string_view written, std::string canonical) {
  if (canonical == written) return written;
  return canonical_.emplace_back(std::move(canonical));
}

// A value as peer keys have it; nullopt when it can be none.
std::optional<std::string_view> Selector::canonical_value(std::string_view key, std::string_view text) {
  if (key == "family-allowed") return text == "in-open" || are_families(text) ? std::optional(text) : std::nullopt;
  if (key == "source-interface" || (text == "auto" && key != "neighbor")) return text;
  if (key == "local-as" || key == "peer-as") {
    const auto asn = base::parse_asn(text);
    return asn ? std::optional(kept(text, base::to_string(*asn))) : std::nullopt;
  }
  const auto address = base::IpAddress::parse(text);
  if (!address || (key == "router-id" && !address->is_v4())) return std::nullopt;
  return kept(text, address->text());
}

base::Result<std::size_t> Selector::parse_term(base::Tokens tokens, Grammar grammar) {
  if (tokens.empty() || is_mark(tokens[0])) return base::Error("an address or * is expected in the selector");
  if (grammar == Grammar::peer && !looks_like_selector(tokens[0])) {
    return base::Error(fmt::format("'{}' is no selector (an address or * is expected)", tokens[0].text));
  }
  Term term{{}, filters_.size(), 0};
  if (!is_everybody(tokens[0])) {
    const auto address = canonical_value("neighbor", tokens[0].text);
    if (!address) return base::Error(fmt::format("'{}' is not the address of a neighbor", tokens[0].text));
    term.address = *address;
  }
  std::size_t taken = 1;
  for (; taken < tokens.size() && is_filter(tokens[taken]); taken += 2) {
    const std::string_view key = tokens[taken].text;
    if (taken + 1 >= tokens.size() || is_mark(tokens[taken + 1])) return base::Error(fmt::format("a value is expected behind '{}'", key));
    const auto value = canonical_value(key, tokens[taken + 1].text);
    if (!value) return base::Error(fmt::format("'{}' is no value of '{}'", tokens[taken + 1].text, key));
    filters_.push_back({key, *value});
    ++term.count;
  }
  terms_.push_back(term);
  return taken;
}

base::Result<std::size_t> Selector::parse(base::Tokens tokens, Grammar grammar) {
  clear();
  const bool bracket = grammar == Grammar::peer && !tokens.empty() && tokens[0].text == "[";
  const std::string_view word = grammar == Grammar::peer ? "peer" : "neighbor";
  std::size_t at = bracket ? 1 : 0;
  while (true) {
    const auto taken = parse_term(tokens.subspan(at), grammar);
    if (!taken) return taken.error();
    at += *taken;
    if (at >= tokens.size() || tokens[at].text != ",") break;
    ++at;
    // The word is repeated before each address, except within brackets: "neighbor A , neighbor B", "peer A, peer B".
    if (at < tokens.size() && tokens[at].text == word) ++at;
  }
  if (bracket) {
    if (at >= tokens.size() || tokens[at].text != "]") return base::Error("']' is expected at the end of the selector");
    return at + 1;
  }
  // Old health checkers write "neighbor A , neighbor B neighbor * announce ..." and mean A and B.
  if (grammar == Grammar::neighbor && at + 1 < tokens.size() && tokens[at].text == word && is_everybody(tokens[at + 1])) at += 2;
  return at;
}

bool Selector::matches(const Term& term, std::string_view peer_key) const {
  if (!term.address.empty() && key_value(peer_key, "neighbor") != term.address) return false;
  return std::all_of(filters_.begin() + static_cast<std::ptrdiff_t>(term.first),
                     filters_.begin() + static_cast<std::ptrdiff_t>(term.first + term.count),
                     [peer_key](const Filter& filter) { return key_value(peer_key, filter.key) == filter.value; });
}

bool Selector::matches(std::string_view peer_key) const {
  return terms_.empty() || std::any_of(terms_.begin(), terms_.end(), [&](const Term& term) { return matches(term, peer_key); });
}

}  // namespace tandem::api
