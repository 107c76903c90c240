#include "common/api/route_group.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/api/jobs.hpp"
#include "common/api/route_command.hpp"
#include "common/base/format.hpp"
#include "common/base/json_writer.hpp"

namespace tandem::api {

namespace {

constexpr std::size_t k_commands = 100'000;
constexpr std::size_t k_octets = std::size_t{100} << 20;

constexpr base::Token k_semicolon{";"};

[[nodiscard]] bool same_word(std::string_view typed, std::string_view word) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(typed.begin(), typed.end(), word.begin(), word.end(), [&](char a, char b) { return lower(a) == b; });
}

[[nodiscard]] std::optional<rib::RouteUse> use_of(std::string_view word) {
  if (same_word(word, "announce")) return rib::RouteUse::announce;
  if (same_word(word, "withdraw")) return rib::RouteUse::withdraw;
  return std::nullopt;
}

// The words that say how a command is answered, at most two of them; of these, whether it is waited for.
[[nodiscard]] std::optional<bool> take_answer_words(base::Tokens& words) {
  std::optional<bool> wait;
  for (int i = 0; i < 2 && words.size() > 1 && !words.back().quoted; ++i) {
    const std::string_view last = words.back().text;
    if (last == "sync" || last == "async") wait = last == "sync";
    else if (last != "json" && last != "text") break;
    words = words.first(words.size() - 1);
  }
  return wait;
}

}  // namespace

bool RouteGroup::takes(base::Tokens line) { return !line.empty() && use_of(line[0].text).has_value(); }

bool RouteGroup::full() const { return commands_ >= k_commands || octets_ >= k_octets; }

void RouteGroup::add(base::Tokens command, std::string_view text, rib::RouteParser& parser, std::optional<bool> wait) {
  const auto said = take_answer_words(command);
  if (commands_++ == 0) wait_ = said ? said : wait;
  octets_ += text.size();
  const std::string_view first = command[0].text;
  if (first == "attributes" || first == "attribute") {
    attributes_.insert(attributes_.end(), command.begin() + 1, command.end());
    return;
  }
  const auto use = use_of(first);
  if (use) read(*use, command.subspan(1), text, parser);
  else fail("unknown action in group", first, "announce, withdraw and attributes are expected");
}

void RouteGroup::read(rib::RouteUse use, base::Tokens words, std::string_view text, rib::RouteParser& parser) {
  const RouteWord* word = words.empty() ? nullptr : find_route_word(words[0].text);
  if (word == nullptr) {
    fail("could not parse", text, words.empty() ? "there is no route" : "only routes can be in a group");
    return;
  }
  words = with_attributes(words, word->form.words == rib::RouteForm::Words::attributes);
  auto parsed = parser.parse_line(word->form, route_statement(*word, words), use);
  if (parsed) {
    changes_.push_back({use, std::move(*parsed)});
    return;
  }
  const std::string reason = parsed.error().reason();
  if (reason.starts_with(k_next_hop_missing)) fail("invalid route", reason, {});
  else fail("could not parse", text, reason);
}

// The attributes of the group stand where those of the command do: before `nlri` of a list, within the block of a statement that
// has one, at the end of others. What the command says itself comes first, and counts.
base::Tokens RouteGroup::with_attributes(base::Tokens words, bool listed) {
  if (attributes_.empty()) return words;
  merged_.assign(words.begin(), words.end());
  auto at = merged_.end();
  if (listed) at = std::find_if(merged_.begin(), merged_.end(), [](const base::Token& token) { return !token.quoted && token.text == "nlri"; });
  const bool block = !listed && !merged_.back().quoted && merged_.back().text == "}";
  if (block) --at;
  at = merged_.insert(at, attributes_.begin(), attributes_.end()) + static_cast<std::ptrdiff_t>(attributes_.size());
  if (block) merged_.insert(at, k_semicolon);
  return merged_;
}

void RouteGroup::fail(std::string_view what, std::string_view text, std::string_view reason) {
  failures_.push_back({fmt::format("{}: {}", what, text), std::string(reason)});
}

// Those that nobody takes are left out, and said; the others go on.
void RouteGroup::check(const Call& call, std::span<const PeerId> peers) {
  std::erase_if(changes_, [&](const RouteChange& change) {
    const auto checked = check_change(call.executor, peers, change);
    if (!checked) fail("invalid route", checked.error().reason(), {});
    return !checked;
  });
}

Outcome RouteGroup::apply(Call& call) {
  const auto peers = call.targets();
  if (peers.empty()) return call.refuse_targets();
  check(call, peers);
  call.changes.clear();
  for (const PeerId peer : peers) {
    std::optional<rib::ChangeMark> last;
    for (const RouteChange& change : changes_) {
      if (const auto mark = apply_change(call, peer, change)) last = std::max(last.value_or(*mark), *mark);
    }
    if (last) call.changes.push_back({peer, *last});
  }
  answer(call);
  return wait_.value_or(call.wait) ? wait_until_written(call, call.changes, Outcome::done) : Outcome::done;
}

void RouteGroup::answer(Call& call) const {
  std::size_t announced = 0;
  std::size_t withdrawn = 0;
  for (const RouteChange& change : changes_) {
    (change.use == rib::RouteUse::announce ? announced : withdrawn) += change.parsed.routes.size();
  }
  if (!call.json) {
    base::append(call.out, "group processed: {} announced, {} withdrawn", announced, withdrawn);
    call.answer(failures_.empty() ? "" : fmt::format(", {} errors", failures_.size()));
    return;
  }
  base::JsonWriter json(call.out);
  json.begin_object();
  json.member("status", std::string_view("group processed"));
  json.member("announced", announced);
  json.member("withdrawn", withdrawn);
  if (!failures_.empty()) {
    json.key("errors");
    json.begin_array();
    for (const Failure& failure : failures_) {
      const bool explained = call.client.reasons && !failure.reason.empty();
      json.string(explained ? fmt::format("{} ({})", failure.text, failure.reason) : failure.text);
    }
    json.end_array();
  }
  json.end_object();
  call.answer("");
}

}  // namespace tandem::api
