// max-prefix { }: how many routes of each family the peer may announce, and what is done about more (RFC 4486 section 4).
#include <algorithm>
#include <array>

#include "common/base/log.hpp"
#include "common/config/neighbor_rows.hpp"
#include "common/config/value.hpp"

namespace tandem::config {

namespace {

using Action = PrefixLimit::Action;

constexpr std::array<std::string_view, 3> k_actions = {"shut", "restart", "warn"};  // in the order of the type
constexpr std::string_view k_expected = "NUMBER [threshold PERCENT] [shut|restart SECONDS|warn]";

// The words behind a number, one after the other.
class Words {
 public:
  Words(const ParserState& state, const Statement& statement, std::size_t next) : state_(state), words_(statement.words), next_(next) {}

  [[nodiscard]] bool over() const { return next_ == words_.size(); }
  [[nodiscard]] const base::Token& word() const { return words_[next_]; }
  bool take(std::string_view word) {
    const bool found = !over() && words_[next_].text == word;
    if (found) ++next_;
    return found;
  }
  base::Result<std::uint32_t> number(std::uint64_t least, std::uint64_t most) {
    const std::string expected = fmt::format("a number from {} to {}", least, most);
    if (over()) return state_.fail(words_[next_ - 1], fmt::format("'{}' needs {}", printable_word(words_[next_ - 1].text), expected));
    const auto value = base::parse_decimal(words_[next_].text, most);
    if (!value || *value < least) {
      return state_.fail(words_[next_], fmt::format("'{}' is not {}", printable_word(words_[next_].text), expected));
    }
    ++next_;
    return static_cast<std::uint32_t>(*value);
  }

 private:
  const ParserState& state_;
  base::Tokens words_;
  std::size_t next_;
};

Status read_action(const ParserState& state, Words& words, PrefixLimit& entry) {
  if (words.over()) return {};
  const auto action = std::find(k_actions.begin(), k_actions.end(), words.word().text);
  if (action == k_actions.end()) {
    const std::string_view word = words.word().text;
    std::vector<std::string> right(k_actions.begin(), k_actions.end());
    right.emplace_back("threshold");
    return state.fail(words.word(), fmt::format("'{}' is not what max-prefix does{}", printable_word(word), suggestion(word, right)), right);
  }
  entry.action = static_cast<Action>(action - k_actions.begin());
  words.take(*action);
  if (entry.action != Action::restart) return {};
  const auto seconds = words.number(1, k_prefix_restart_max);
  if (!seconds) return seconds.error();
  entry.restart_s = *seconds;
  return {};
}

Status add_limit(ParserState& state, const Statement& statement) {
  const auto family = read_family(state, statement, true);
  if (!family) return family.error();
  PrefixLimit entry;
  entry.family = *bgp::family_index(*family);
  for (const PrefixLimitEntry& known : state.draft.prefix_limits) {
    if (known.value.family != entry.family) continue;
    return state.fail(statement.words[0], fmt::format("duplicate family {}", bgp::to_string(*family)), {}, known.place);
  }
  Words words(state, statement, 2);
  const auto limit = words.number(1, k_prefix_limit_max);
  if (!limit) return limit.error();
  entry.limit = *limit;
  if (words.take("threshold")) {
    const auto percent = words.number(1, 100);
    if (!percent) return percent.error();
    entry.threshold = static_cast<std::uint8_t>(*percent);
  }
  if (auto done = read_action(state, words, entry); !done) return done;
  if (!words.over()) return state.fail(words.word(), fmt::format("nothing may follow {}", k_expected));
  state.draft.prefix_limits.push_back({entry, place_of(statement.words[0])});
  return {};
}

constexpr Keyword row(std::string_view afi) {
  return {afi, "SAFI NUMBER [threshold PERCENT] [shut|restart SECONDS|warn]",
          "beyond PERCENT (75) the log warns; beyond NUMBER the session ends, and stays down", add_limit};
}
constexpr Keyword k_keywords[] = {row("ipv4"), row("ipv6"), row("l2vpn"), row("bgp-ls")};

}  // namespace

std::span<const Keyword> max_prefix_keywords() { return k_keywords; }

std::string_view to_string(Action action) { return k_actions[static_cast<std::size_t>(action)]; }

// The last entry of a family counts, as a template's comes last.
void PrefixLimitList::fill(const NeighborDraft& draft, Neighbor& neighbor) {
  for (const PrefixLimitEntry& entry : draft.prefix_limits) {
    const bgp::Family family = bgp::family_at(entry.value.family);
    if (!std::binary_search(neighbor.families.begin(), neighbor.families.end(), family)) {
      base::log(base::LogCategory::configuration, base::LogLevel::debug, "neighbor {}: max-prefix of {} skipped, it is not negotiated",
                neighbor.peer.address.text(), bgp::to_string(family));
      continue;
    }
    std::erase_if(neighbor.prefix_limits, [&](const PrefixLimit& known) { return known.family == entry.value.family; });
    neighbor.prefix_limits.push_back(entry.value);
  }
}

}  // namespace tandem::config
