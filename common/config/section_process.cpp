// process NAME { }: a program to start. Its file is looked for and looked at through ProgramProbe.
#include <algorithm>
#include <optional>

#include "common/config/value.hpp"

namespace tandem::config {

namespace {

constexpr std::string_view k_reserved_prefix = "api-internal-cli";
constexpr std::string_view k_etc_prefix = "etc/exabgp/";
constexpr std::string_view k_etc_directory = "/etc/exabgp";

// Where a program is looked for, in order; the first place that has it counts. Only a bare name is searched in PATH: `./sync` never means
// /usr/bin/sync.
std::vector<std::string> candidates(const ParserState& state, std::string_view program) {
  if (program.starts_with('/')) return {std::string(program)};
  const bool bare = program.find('/') == std::string_view::npos;
  while (program.starts_with("./")) program.remove_prefix(2);
  if (program.starts_with(k_etc_prefix)) {
    return {fmt::format("{}/{}", state.probe.etc_directory(), program.substr(k_etc_prefix.size()))};
  }
  std::vector<std::string> folders{state.source.directory, std::string(k_etc_directory)};
  if (bare) {
    for (std::string& folder : state.probe.search_path()) folders.push_back(std::move(folder));
  }
  std::vector<std::string> places;
  for (const std::string& folder : folders) {
    std::string place = folder.empty() ? std::string(program) : fmt::format("{}/{}", folder == "/" ? "" : folder, program);
    if (std::find(places.begin(), places.end(), place) == places.end()) places.push_back(std::move(place));
  }
  return places;
}

// The reason why a program cannot be run, or nothing.
std::string_view objection(const ProgramProbe::Answer& answer) {
  if (!answer.regular) return "is not a regular file";
  if (!answer.readable) return "cannot be opened for reading (no permission)";
  if (answer.set_uid) return "is set-uid, which is refused";
  if (answer.set_gid) return "is set-gid, which is refused";
  if (!answer.executable) return "is not executable";
  return {};
}

// The file that `run` names. What was found once stays: a reload, as another user, may not be able to look.
base::Result<std::string> find_program(const ParserState& state, const base::Token& program) {
  using Found = base::Result<std::string>;
  const std::optional<std::string> before = state.probe.found_before(state.source.directory, program.text);
  if (before) {
    const ProgramProbe::Answer answer = state.probe.probe(*before);
    if (answer.hidden || (answer.exists && !answer.directory)) return Found(boost::system::in_place_value, *before);
  }
  std::vector<std::string> looked;
  std::string folder;
  for (std::string& place : candidates(state, program.text)) {
    const ProgramProbe::Answer answer = state.probe.probe(place);
    if (answer.exists && !answer.directory) {
      if (const std::string_view reason = objection(answer); !reason.empty()) return state.fail(program, fmt::format("'{}' {}", place, reason));
      state.probe.found(state.source.directory, program.text, place);
      return Found(boost::system::in_place_value, std::move(place));
    }
    if (answer.directory && folder.empty()) folder = place;
    looked.push_back(answer.hidden ? place + " (no permission to look)" : std::move(place));
  }
  if (!folder.empty()) return state.fail(program, fmt::format("'{}' is a directory", folder));
  return state.fail(program, fmt::format("program '{}' not found, looked for: {}", program.text, fmt::join(looked, ", ")));
}

Status set_run(ParserState& state, const Statement& statement) {
  const auto& words = statement.words;
  if (words.size() < 2) return missing_value(state, statement, "a program and its arguments");
  const base::Token& program = words[1];
  for (const base::Token& word : words) {
    if (word.text.find('\0') != std::string_view::npos) return state.fail(word, "an argument cannot contain a NUL character");
  }
  if (program.text.empty()) return state.fail(program, "the program has no name");

  const auto path = find_program(state, program);
  if (!path) return path.error();
  state.program.arguments = {*path};
  for (std::size_t i = 2; i < words.size(); ++i) state.program.arguments.emplace_back(words[i].text);
  return {};
}

Status set_encoder(ParserState& state, const Statement& statement) {
  const std::vector<std::string> encoders = {"text", "json"};
  if (statement.words.size() < 2) return missing_value(state, statement, "text or json");
  const std::string word = lower_case(statement.words[1].text);
  if (word != "text" && word != "json") {
    return state.fail(statement.words[1], fmt::format("'{}' is not an encoder", printable_word(statement.words[1].text)), encoders);
  }
  state.warn_ignored(statement, 2);
  state.program.encoder = word == "json" ? Encoder::json : Encoder::text;
  return {};
}

template <auto Member>
Status set_flag(ParserState& state, const Statement& statement) {
  if (statement.words.size() == 1) {
    state.program.*Member = true;
    return {};
  }
  const auto value = read_value<Boolean>(state, statement);
  if (!value) return value.error();
  state.program.*Member = *value;
  return {};
}

Status set_on_exit(ParserState& state, const Statement& statement) {
  const std::vector<std::string> right = {"withdraw", "keep"};
  if (statement.words.size() < 2) return missing_value(state, statement, "withdraw or keep");
  const std::string word = lower_case(statement.words[1].text);
  if (word != "withdraw" && word != "keep") {
    return state.fail(statement.words[1], fmt::format("'{}' is not what becomes of its routes{}", printable_word(statement.words[1].text), suggestion(word, right)), right);
  }
  state.warn_ignored(statement, 2);
  state.program.withdraw_on_exit = word == "withdraw";
  return {};
}

constexpr Keyword k_keywords[] = {
    {"run", "PROGRAM [ARGUMENT...]", "the command to start; no shell", set_run},
    {"encoder", "text|json", "form of events for API version 4", set_encoder},
    {"respawn", Boolean::k_value, "start the program again when it exits; on by default", set_flag<&ProgramDefinition::respawn>},
    {"state-snapshot", Boolean::k_value, "tell it how things are when it starts: states, and the routes that it receives; off by default", set_flag<&ProgramDefinition::state_snapshot>},
    {"on-exit", "withdraw|keep", "what becomes of the routes it has announced when it ends; keep by default", set_on_exit},
};

}  // namespace

std::span<const Keyword> process_keywords() { return k_keywords; }

Status enter_process(ParserState& state, const Statement& statement) {
  state.program = {};
  state.program_failed = false;
  if (statement.words.size() < 2) return missing_value(state, statement, "a name");
  const base::Token& name = statement.words[1];
  if (name.text.empty()) return state.fail(name, "the name of the process is empty");
  if (name.text.starts_with(k_reserved_prefix)) {
    return state.fail(name, fmt::format("names beginning with '{}' are reserved", k_reserved_prefix));
  }
  const auto [known, fresh] = state.process_names.emplace(name.text, place_of(name));
  if (!fresh) {
    return state.fail(name, fmt::format("process '{}' is already defined at line {}", printable_word(name.text), known->second.line), {},
                      known->second);
  }
  state.set_title(fmt::format("process {}", printable_word(name.text)));
  state.warn_ignored(statement, 2);
  state.program.name = name.text;
  state.program.location = state.location(place_of(statement.words[0]));
  return {};
}

Status leave_process(ParserState& state) {
  if (state.program.arguments.empty() && !state.program_failed) {
    return state.fail_section(fmt::format("process '{}' is incomplete: run is missing", printable_word(state.program.name)));
  }
  state.result.programs.push_back(std::move(state.program));
  state.program = {};
  return {};
}

}  // namespace tandem::config
