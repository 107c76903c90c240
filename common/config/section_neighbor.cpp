// neighbor ADDRESS { }: who the peer is and how the session runs. The same keywords stand in a template.
#include "common/config/value.hpp"

namespace tandem::config {

namespace {

constexpr Retired k_retired[] = {
    {"ttl-security", "use outgoing-ttl and incoming-ttl"},
    {"multihop", "every session may take several hops; outgoing-ttl limits them"},
    {"ebgp-multihop", "every session may take several hops; outgoing-ttl limits them"},
    {"ttl", "use outgoing-ttl"},
    {"md5", "use md5-password"},
    {"password", "use md5-password"},
    {"remote-as", "use peer-as"},
    {"neighbor-as", "use peer-as"},
    {"remote-address", "it stands behind the word neighbor"},
    {"local-ip", "use local-address"},
    {"peer-ip", "it stands behind the word neighbor"},
    {"update-source", "use local-address or source-interface"},
    {"hold-timer", "use hold-time"},
    {"port", "use connect, or listen for connections of the peer"},
    {"interface", "use source-interface"},
    {"peer-updates", "use api { processes [ NAME ]; neighbor-changes; receive { parsed; update; } }"},
    {"parse-routes", "use api { processes [ NAME ]; receive { parsed; update; } }"},
    {"services", "use api { processes [ NAME ]; }"},
    {"adj-rib", "use adj-rib-in and adj-rib-out"},
    {"minimal", "use family { ipv4 unicast; }"},
    {"asn4", "it stands in capability { }"},
    {"graceful-restart", "it stands in capability { }"},
    {"route-refresh", "it stands in capability { }"},
    {"multisession", "use multi-session in capability { }"},
    {"add-path", "use capability { add-path send/receive; }"},
    {"process", "use api { processes [ NAME ]; }"},
    {"group", "use template { neighbor NAME { } } and inherit"},
};

Place opened_at(const Statement& statement) { return place_of(statement.words[0]); }

}  // namespace

std::span<const Retired> neighbor_retired() { return k_retired; }

// ExaBGP takes a negative limit for "off".
Status set_rate_limit(ParserState& state, const Statement& statement) {
  if (statement.words.size() > 1) {
    const base::Token& word = statement.words[1];
    if (word.text.size() > 1 && word.text[0] == '-' && base::parse_decimal(word.text.substr(1), 0xFFFFFFFF)) {
      state.warn(word, "a negative rate limit means no limit: write 'rate-limit disable'");
      state.draft.rate_limit.set(0, place_of(statement.words[0]));
      return {};
    }
  }
  return set_scalar<&NeighborDraft::rate_limit, RateLimit, Bare::required>(state, statement);
}

Status set_role(ParserState& state, const Statement& statement) {
  const bool strict = statement.words.size() > 2 && lower_case(statement.words[2].text) == "strict";
  Statement name = statement;
  if (strict) name.words.erase(name.words.begin() + 2);
  if (auto done = set_scalar<&NeighborDraft::role, RoleName, Bare::required>(state, name); !done) return done;
  state.draft.role.value->strict = strict;
  return {};
}

Status set_md5_password(ParserState& state, const Statement& statement) {
  if (statement.words.size() < 2 || statement.words[1].text.empty()) {
    state.warn_at(place_of(statement.words[0]), "md5-password", "an empty password means no MD5");
  }
  return set_scalar<&NeighborDraft::md5_password, Secret, Bare::empty>(state, statement);
}

Status enter_tcp_ao(ParserState& state, const Statement& statement) {
  state.draft.tcp_ao = place_of(statement.words[0]);
  return {};
}

// One bare name, or names in brackets without commas; repeats extend the list.
Status add_inherit(ParserState& state, const Statement& statement) {
  if (state.current_section() == SectionId::template_neighbor) {
    state.warn(statement.words[0], "ignored: a template cannot inherit");
    return {};
  }
  const auto& words = statement.words;
  if (words.size() < 2) return missing_value(state, statement, "NAME or [ NAME NAME ]");
  std::vector<base::Token> names;
  if (!words[1].quoted && words[1].text == "[") {
    auto list = read_list(state, statement, false);
    if (!list) return list.error();
    names = std::move(*list);
  } else if (words.size() == 2) {
    names.push_back(words[1]);
  } else {
    return state.fail(words[2], "one template name, or several in brackets, expected");
  }
  for (const base::Token& name : names) state.draft.inherit.push_back({std::string(name.text), place_of(name)});
  return {};
}

Status enter_neighbor(ParserState& state, const Statement& statement) {
  state.draft = {};
  state.draft.location = state.location(opened_at(statement));
  if (statement.words.size() < 2) return missing_value(state, statement, AddressOrRange::k_expected);
  state.set_title(fmt::format("neighbor {}", printable_word(statement.words[1].text)));
  return set_scalar<&NeighborDraft::peer, AddressOrRange, Bare::required>(state, statement);
}

Status leave_neighbor(ParserState& state) {
  finish_neighbor(state);
  return {};
}

Status enter_template_neighbor(ParserState& state, const Statement& statement) {
  state.draft = {};
  state.draft.location = state.location(opened_at(statement));
  state.template_name.clear();
  if (statement.words.size() < 2) return missing_value(state, statement, "a template name");
  const base::Token& name = statement.words[1];
  if (!is_plain_name(name.text)) return state.fail(name, "a template name has letters, digits, '.', '-' and '_' only");
  const auto [known, fresh] = state.template_names.emplace(name.text, place_of(name));
  if (!fresh) {
    return state.fail(name, fmt::format("the template name '{}' is already used at line {}", name.text, known->second.line), {},
                      known->second);
  }
  state.set_title(fmt::format("neighbor {}", name.text));
  state.warn_ignored(statement, 2);
  state.template_name = name.text;
  return {};
}

Status leave_template_neighbor(ParserState& state) {
  state.templates.emplace(std::move(state.template_name), std::move(state.draft));
  state.draft = {};
  return {};
}

}  // namespace tandem::config
