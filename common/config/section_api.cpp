// api [NAME] { }: which programs command a neighbor and what they are told. Blocks become lists of
// names per keyword once the whole file is read, when every program is known.
#include <algorithm>
#include <unordered_set>

#include "common/config/pattern.hpp"
#include "common/config/value.hpp"

namespace tandem::config {

namespace {

ApiDraft& block(ParserState& state) { return state.draft.apis.back(); }

Status add_processes(ParserState& state, const Statement& statement) {
  const auto names = read_list(state, statement, true);
  if (!names) return names.error();
  ApiDraft& api = block(state);
  if (api.processes_place.line == 0) api.processes_place = place_of(statement.words[0]);
  for (const base::Token& name : *names) api.processes.push_back({std::string(name.text), place_of(name)});
  return {};
}

Status add_matches(ParserState& state, const Statement& statement) {
  const auto expressions = read_list(state, statement, true);
  if (!expressions) return expressions.error();
  ApiDraft& api = block(state);
  if (api.matches_place.line == 0) api.matches_place = place_of(statement.words[0]);
  for (const base::Token& expression : *expressions) {
    if (!Pattern::compile(expression.text)) {
      return state.fail(expression, fmt::format("'{}' is an invalid regular expression", printable_word(expression.text)));
    }
    api.matches.push_back({std::string(expression.text), place_of(expression)});
  }
  return {};
}

struct ApiBoolean {
  using Type = bool;
  static constexpr std::string_view k_expected = "true or false";
  static std::optional<bool> read(std::string_view word) {
    const std::string folded = lower_case(word);
    if (folded == "1" || folded == "0" || folded == "yes" || folded == "no") return std::nullopt;
    return read_boolean(word);
  }
  static std::vector<std::string> alternatives() { return {"true", "enable", "enabled", "false", "disable", "disabled"}; }
};

template <typename Kind>
base::Result<bool> read_flag(ParserState& state, const Statement& statement) {
  if (statement.words.size() == 1) return true;
  return read_value<Kind>(state, statement);
}

template <auto Member>
Status set_change_flag(ParserState& state, const Statement& statement) {
  const auto value = read_flag<ApiBoolean>(state, statement);
  if (!value) return value.error();
  block(state).*Member = *value;
  return {};
}

template <auto Direction, Topic topic>
Status set_topic(ParserState& state, const Statement& statement) {
  const auto value = read_flag<Boolean>(state, statement);
  if (!value) return value.error();
  (block(state).*Direction).set(static_cast<std::size_t>(topic), *value);
  return {};
}

constexpr Keyword k_keywords[] = {
    {"processes", "[ NAME NAME ]", "programs that command this neighbor and get its events", add_processes},
    {"processes-match", "[ REGEX REGEX ]", "programs that may command this neighbor, by name", add_matches},
    {"neighbor-changes", "true|false", "session connected, up, down", set_change_flag<&ApiDraft::neighbor_changes>},
    {"negotiated", "true|false", "what both OPENs agreed on", set_change_flag<&ApiDraft::negotiated>},
    {"fsm", "true|false", "changes of state", set_change_flag<&ApiDraft::fsm>},
    {"signal", "true|false", "signals this program receives", set_change_flag<&ApiDraft::signal>},
    {"engine-changes", "true|false", "another engine runs, and why", set_change_flag<&ApiDraft::engine_changes>},
    {"await-ready", "true|false", "the first End-of-RIB of a session waits until this program says 'session ready'", set_change_flag<&ApiDraft::await_ready>},
    {"receive", "", "messages of the peer", nullptr, SectionId::api_receive},
    {"send", "", "messages to the peer", nullptr, SectionId::api_send},
};

// One table for both directions.
template <auto Direction>
constexpr Keyword k_topics_of[] = {
    {"parsed", "true|false", "messages decoded", set_topic<Direction, Topic::parsed>},
    {"packets", "true|false", "messages as octets", set_topic<Direction, Topic::packets>},
    {"consolidate", "true|false", "decoded and octets in one event", set_topic<Direction, Topic::consolidate>},
    {"open", "true|false", "OPEN", set_topic<Direction, Topic::open>},
    {"update", "true|false", "UPDATE", set_topic<Direction, Topic::update>},
    {"notification", "true|false", "NOTIFICATION", set_topic<Direction, Topic::notification>},
    {"keepalive", "true|false", "KEEPALIVE", set_topic<Direction, Topic::keepalive>},
    {"refresh", "true|false", "ROUTE-REFRESH", set_topic<Direction, Topic::refresh>},
    {"operational", "true|false", "OPERATIONAL", set_topic<Direction, Topic::operational>},
};
static_assert(std::size(k_topics_of<&ApiDraft::send>) == k_topics);

constexpr Retired k_retired[] = {
    {"services", "use processes [ NAME ]"},
    {"peer-updates", "use neighbor-changes; receive { parsed; update; }"},
    {"parse-routes", "use receive { parsed; update; }"},
    {"receive-routes", "use receive { parsed; update; }"},
    {"receive-packets", "use receive { packets; }"},
    {"send-packets", "use send { packets; }"},
    {"encoder", "it stands in process NAME { }"},
};
constexpr Retired k_topic_retired[] = {
    {"neighbor-changes", "it stands in api { }, outside of this section"},
    {"updates", "use update"},
    {"routes", "use parsed and update"},
    {"opens", "use open"},
    {"keepalives", "use keepalive"},
    {"notifications", "use notification"},
    {"route-refresh", "use refresh"},
};

void add_names(Subscriptions::Names& names, const Subscriptions::Names& more) {
  for (const std::string& name : more) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
}

// A statement of an api section that stands far behind the reader.
base::Error fail_api(const ParserState& state, const Neighbor& neighbor, const NamedPlace& word, std::string_view keyword, std::string reason) {
  base::SourceContext context;
  context.location = state.location(word.place);
  context.section = fmt::format("neighbor {}/api", neighbor.peer.address.text());
  context.statement = fmt::format("{} [ {} ]", keyword, printable_word(word.name));
  context.token = printable_word(word.name);
  for (const ProgramDefinition& program : state.result.programs) context.alternatives.push_back(program.name);
  if (keyword == "processes") reason += suggestion(word.name, context.alternatives);
  return base::Error::at(std::move(context), std::move(reason));
}

base::Result<Subscriptions::Names> matched_programs(const ParserState& state, const Neighbor& neighbor, const ApiDraft& api) {
  Subscriptions::Names names;
  for (const NamedPlace& expression : api.matches) {
    const auto pattern = Pattern::compile(expression.name);
    for (const ProgramDefinition& program : state.result.programs) {
      if (pattern && pattern->matches(program.name)) add_names(names, {program.name});
    }
  }
  if (names.empty() && !api.matches.empty()) {
    return fail_api(state, neighbor, api.matches.front(), "processes-match", "no process has a name that matches");
  }
  return names;
}

void check_one_form(ParserState& state, const Neighbor& neighbor, const std::vector<ApiDraft>& apis) {
  Place named;
  Place matched;
  for (const ApiDraft& api : apis) {
    if (named.line == 0) named = api.processes_place;
    if (matched.line == 0) matched = api.matches_place;
  }
  if (named.line == 0 || matched.line == 0) return;
  const bool named_first = std::pair(named.line, named.column) < std::pair(matched.line, matched.column);
  base::SourceContext context;
  context.location = state.location(named_first ? matched : named);
  context.related = state.location(named_first ? named : matched);
  context.section = fmt::format("neighbor {}/api", neighbor.peer.address.text());
  context.token = named_first ? "processes-match" : "processes";
  state.note(base::Error::at(std::move(context), "processes and processes-match exclude each other in one neighbor"));
}

void add_block(ParserState& state, const ApiDraft& api, Neighbor& neighbor) {
  Subscriptions::Names named;
  for (const NamedPlace& name : api.processes) {
    if (state.process_names.count(name.name) != 0) add_names(named, {name.name});
    else state.note(fail_api(state, neighbor, name, "processes", fmt::format("there is no process '{}'", printable_word(name.name))));
  }
  const auto matched = matched_programs(state, neighbor, api);
  if (!matched) return state.note(matched.error());
  Subscriptions& all = neighbor.api;
  add_names(all.processes, named);
  add_names(all.processes, *matched);
  if (api.neighbor_changes) add_names(all.neighbor_changes, named);
  if (api.negotiated) add_names(all.negotiated, named);
  if (api.fsm) add_names(all.fsm, named);
  if (api.signal) add_names(all.signal, named);
  if (api.engine_changes) add_names(all.engine_changes, named);
  if (api.await_ready) add_names(all.await_ready, named);
  for (std::size_t topic = 0; topic < k_topics; ++topic) {
    if (api.receive.test(topic)) add_names(all.receive[topic], named);
    if (api.send.test(topic)) add_names(all.send[topic], named);
  }
}

// It runs, and waits for lines nobody sends.
void warn_of_idle_programs(ParserState& state) {
  std::unordered_set<std::string_view> named;
  for (const Neighbor& neighbor : state.result.neighbors) named.insert(neighbor.api.processes.begin(), neighbor.api.processes.end());
  for (const ProgramDefinition& program : state.result.programs) {
    if (named.count(program.name) != 0) continue;
    state.warn_at({program.location.line, program.location.column}, printable_word(program.name),
                  fmt::format("no neighbor names this process: api {{ processes [ {} ]; }} lets it command one and be told its events",
                              printable_word(program.name)));
  }
}

}  // namespace

std::span<const Keyword> api_keywords() { return k_keywords; }
std::span<const Retired> api_retired() { return k_retired; }
std::span<const Retired> topic_retired() { return k_topic_retired; }
std::span<const Keyword> api_receive_keywords() { return k_topics_of<&ApiDraft::receive>; }
std::span<const Keyword> api_send_keywords() { return k_topics_of<&ApiDraft::send>; }

Status enter_api(ParserState& state, const Statement& statement) {
  ApiDraft& api = state.draft.apis.emplace_back();
  if (statement.words.size() > 1) {
    const base::Token& name = statement.words[1];
    if (!is_plain_name(name.text)) return state.fail(name, "an api name has letters, digits, '.', '-' and '_' only");
    const auto [known, fresh] = state.api_names.emplace(name.text, place_of(name));
    if (!fresh) {
      return state.fail(name, fmt::format("the api name '{}' is already used at line {}", name.text, known->second.line), {}, known->second);
    }
    state.set_title(fmt::format("api {}", name.text));
    state.warn_ignored(statement, 2);
    api.name = name.text;
  }
  return {};
}

void finish_apis(ParserState& state) {
  for (std::size_t i = 0; i < state.result.neighbors.size(); ++i) {
    Neighbor& neighbor = state.result.neighbors[i];
    const std::vector<ApiDraft>& apis = state.neighbor_apis[i];
    check_one_form(state, neighbor, apis);
    for (const ApiDraft& api : apis) add_block(state, api, neighbor);
    if (state.full()) return;
  }
  warn_of_idle_programs(state);
}

}  // namespace tandem::config
