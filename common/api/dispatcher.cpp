#include "common/api/dispatcher.hpp"

#include <algorithm>

#include "common/api/command_table.hpp"
#include "common/api/route_group.hpp"
#include "common/base/json_writer.hpp"
#include "common/base/log.hpp"

namespace tandem::api {

namespace {

constexpr std::string_view k_debug = "debug ";
constexpr std::string_view k_blanks = " \t";

// A tag is said again in the answer: it is no longer than this, and of characters that can be written down.
constexpr std::size_t k_tag_octets = 64;

// A small answer is not worth a job: what fits here is written at once.
constexpr std::size_t k_immediate_octets = 16384;

// "#17 COMMAND" to its two parts, for a client that has asked for it. `# ...` stays a comment. False: no answer can say such a tag.
[[nodiscard]] bool take_tag(ClientState& client, std::string_view& line) {
  const std::size_t first = std::min(line.find_first_not_of(k_blanks), line.size());
  const std::size_t end = std::min(line.find_first_of(k_blanks, first), line.size());
  if (end - first < 2 || line[first] != '#') return true;
  const std::string_view tag = line.substr(first + 1, end - first - 1);
  if (tag.size() > k_tag_octets || !std::all_of(tag.begin(), tag.end(), [](char c) { return c > ' ' && c < '\x7F'; })) return false;
  client.tag = tag;
  line.remove_prefix(std::min(line.find_first_not_of(k_blanks, end), line.size()));
  return true;
}

// "json", "text", "sync" and "async" at the end of a line: at most two of them. The last two only mean something where the answer
// can wait for sockets.
void take_trailing_words(const Command& command, const ClientState& client, Call& call) {
  bool json = false;
  std::optional<bool> wait;
  for (int i = 0; i < 2 && !call.args.empty(); ++i) {
    const base::Token& last = call.args.back();
    if (last.quoted) break;
    if (last.text == "json") json = true;
    else if (last.text == "text") call.text = true;
    else if ((command.flags & k_keeps_sync) == 0 && (last.text == "sync" || last.text == "async")) wait = last.text == "sync";
    else break;
    call.args = call.args.first(call.args.size() - 1);
  }
  call.json = json || (client.version != 4 && !client.text);
  call.wait = (command.flags & k_sync_word) != 0 && wait.value_or(client.sync);
}

// One terminator of a statement may stand behind every command, before or behind those words.
[[nodiscard]] bool take_terminator(Call& call) {
  if (call.command.arguments == k_any_arguments || call.args.empty()) return false;
  if (call.args.back().quoted || call.args.back().text != ";") return false;
  call.args = call.args.first(call.args.size() - 1);
  return true;
}

}  // namespace

Dispatcher::Dispatcher(Executor& executor, bgp::Dialect dialect) : executor_(executor), words_(wording(dialect)), routes_(executor.attribute_pool(), dialect) {}
Dispatcher::~Dispatcher() = default;

void Dispatcher::execute(ClientState& client, std::string_view line, std::string& out, std::unique_ptr<Job>& job) {
  job.reset();
  const auto outcome = dispatch(client, line, out, job);
  if (!outcome) return;
  if (*outcome != Outcome::job) {
    finish(client, *outcome, out);
    return;
  }
  if (const auto at_once = job->step(executor_, k_immediate_octets, out)) {
    job.reset();
    finish(client, *at_once, out);
  }
}

std::optional<Outcome> Dispatcher::dispatch(ClientState& client, std::string_view line, std::string& out,
                                            std::unique_ptr<Job>& job) {
  client.complete = false;
  client.tag.clear();
  const auto refused = [&](std::string_view reason) { return api::refuse(client, line, {}, reason, out); };
  if (client.tags && !take_tag(client, line)) return refused("a tag has at most 64 characters, which are printable ASCII");
  if (line.starts_with(k_debug)) {
    std::string text;
    base::append_printable(text, line.substr(k_debug.size()));
    base::log(base::LogCategory::processes, base::LogLevel::warning, "api {}: {}", client.service, text);
    if (client.tag.empty()) return std::nullopt;
    return Outcome::done;  // somebody waits for it
  }
  const std::size_t first = line.find_first_not_of(k_blanks);
  const bool comment = first != std::string_view::npos && line[first] == '#';
  if (comment || !line_.tokenize(line)) {
    if (!base::is_valid_utf8(line)) return refused("the line is not UTF-8");
    return comment ? Outcome::done : refused("a quote is opened and never closed");
  }
  base::Tokens tokens = line_.tokens();
  if (tokens.empty()) return Outcome::done;

  std::string_view head;
  if (const auto taken = take_selector(tokens, head); !taken) return refused(taken.error().reason());
  const bool grouped = client.group && head.empty() && RouteGroup::takes(tokens);
  const Match match = grouped ? Match{&grouped_command(), tokens} : find_command(head, tokens);
  if (match.command == nullptr) return refused(explain_unknown(head, tokens));
  if (selector_.written() && (match.command->flags & k_selector) == 0) return refused("this command takes no selector");

  Call call{executor_, routes_, words_, client, api_version, line_, line, *match.command, match.args, true, false, false,
            selector_, selected_, changes_, out, job};
  const bool terminated = take_terminator(call);
  take_trailing_words(*match.command, client, call);
  if (!terminated) static_cast<void>(take_terminator(call));
  client.complete = call.wait || (match.command->flags & k_completes) != 0;
  if (call.args.size() > match.command->arguments && match.command->arguments != k_any_arguments) {
    return call.refuse_word(call.args[match.command->arguments]);
  }
  return match.command->handler(call);
}

base::Result<void> Dispatcher::take_selector(base::Tokens& tokens, std::string_view& head) {
  selector_.clear();
  head = {};
  const std::string_view first = tokens[0].text;
  const bool peer = first == "peer";
  if (!peer && first != "neighbor") return {};
  // "peer list" and "peer announce ..." have none: the words simply go on. "neighbor" is always followed by one.
  if (peer && (tokens.size() < 2 || !Selector::looks_like_selector(tokens[1]))) return {};
  const auto taken = selector_.parse(tokens.subspan(1), peer ? Grammar::peer : Grammar::neighbor);
  if (!taken) return taken.error();
  tokens = tokens.subspan(1 + *taken);
  head = first;
  return {};
}

void Dispatcher::finish(const ClientState& client, Outcome outcome, std::string& out) const {
  if (!client.acknowledge) return;
  if (outcome == Outcome::done) terminate(client, "done", out);
  else if (outcome == Outcome::error) terminate(client, "error", out);
}

namespace {

// "<safi> ..." behind a command of one address family, with the words that may stand there.
[[nodiscard]] std::string options_of(const Command& command) {
  constexpr std::string_view k_safi = "<safi>";
  const auto afi = command.v6.count == 3 ? bgp::parse_afi(command.v6.last()) : std::nullopt;
  if (!afi || !command.options.starts_with(k_safi)) return std::string(command.options);
  std::string words;
  for (const std::string& word : bgp::safi_words_of(*afi)) words += (words.empty() ? "" : "|") + word;
  return words + std::string(command.options.substr(k_safi.size()));
}

}  // namespace

std::vector<Dispatcher::CommandHelp> Dispatcher::commands() {
  std::vector<CommandHelp> commands;
  for (const Command& command : command_table()) {
    if ((command.flags & k_hidden) != 0) continue;
    commands.push_back({std::string(command.v6.text), (command.flags & k_selector) != 0, options_of(command),
                        std::string(command.meaning)});
  }
  std::sort(commands.begin(), commands.end(), [](const CommandHelp& a, const CommandHelp& b) { return a.words < b.words; });
  return commands;
}

std::string normalise(std::string_view line) {
  std::string out;
  append_normalised(line, out);
  return out;
}

}  // namespace tandem::api
