#include "common/api/migrate_command.hpp"

#include <fmt/format.h>

#include "common/api/command_table.hpp"
#include "common/api/selector.hpp"
#include "common/api/tokenize.hpp"

namespace tandem::api {

namespace {

// "A key value, neighbor B" without the word in front of each address; with brackets when there are several.
std::string selector_of_version_6(base::Tokens tokens) {
  std::string out;
  bool several = false;
  for (const base::Token& token : tokens) {
    if (token.text == "neighbor") {
      if (!out.ends_with(',')) break;  // "neighbor A, neighbor B neighbor *": the last one says nothing
      continue;
    }
    if (token.text == ",") {
      several = true;
      out += ',';
      continue;
    }
    out += fmt::format("{}{}", out.empty() ? "" : " ", token.text);
  }
  return several ? fmt::format("[{}]", out) : out;
}

// Answers of version 6 are JSON without being asked.
base::Tokens without_json(base::Tokens args) {
  const bool asked = !args.empty() && !args.back().quoted && args.back().text == "json";
  return asked ? args.first(args.size() - 1) : args;
}

using Line = base::Result<std::string>;

Line join(std::string_view words, std::string_view selector, std::string_view rest, const std::string& args) {
  std::string out(words);
  for (const std::string_view part : {selector, rest, std::string_view(args)}) {
    if (!part.empty()) out += fmt::format(" {}", part);
  }
  return Line(boost::system::in_place_value, std::move(out));
}

Line with_selector(const Tokenizer& line, const Match& match, std::string_view selector, bool one_address) {
  const Words& words = match.command->v6;
  const std::string args = line.normalised(without_json(match.args));
  if (words.word[0] == "peer") return join("peer", selector, words.text.substr(words.text.find(' ') + 1), args);
  if (selector == "*") return join(words.text, {}, {}, args);
  if (one_address) return join(words.text, selector, {}, args);
  return base::Error(fmt::format("'{}' takes one address in version 6, and '{}' is none", words.text, selector));
}

}  // namespace

base::Result<std::string> command_of_version_6(std::string_view text) {
  Tokenizer line;
  if (!line.tokenize(text)) return base::Error("the line is not UTF-8, or a quote is never closed");
  const base::Tokens tokens = line.tokens();
  if (tokens.empty() || tokens[0].text.starts_with('#')) return Line(boost::system::in_place_value, text);
  if (tokens[0].text == "neighbor") {
    Selector selector;
    const auto taken = selector.parse(tokens.subspan(1), Grammar::neighbor);
    if (!taken) return taken.error();
    const base::Tokens rest = tokens.subspan(1 + *taken);
    const Match match = find_command("neighbor", rest);
    if (match.command == nullptr) return base::Error(explain_unknown("neighbor", rest));
    return with_selector(line, match, selector_of_version_6(tokens.subspan(1, *taken)), *taken == 1);
  }
  const Match match = find_command("", tokens);
  if (tokens[0].text == "peer") return Line(boost::system::in_place_value, text);
  if (match.command == nullptr) return base::Error(explain_unknown("", tokens));
  const Words& words = match.command->v6;
  if (tokens[0].text == words.word[0]) return Line(boost::system::in_place_value, text);
  // Without a selector an action is about everybody, which version 6 says. What is shown, made or forgotten says itself which.
  const bool everybody = words.word[0] == "peer" && (match.command->flags & k_selector) != 0 && words.word[1] != "show";
  if (everybody) return with_selector(line, match, "*", false);
  return join(words.text, {}, {}, line.normalised(without_json(match.args)));
}

std::string event_of_version(std::string_view line, std::string_view version) {
  constexpr std::string_view k_begin = "{ \"exabgp\": \"";
  if (!line.starts_with(k_begin)) return std::string(line);
  const std::size_t end = line.find('"', k_begin.size());
  if (end == std::string_view::npos) return std::string(line);
  return fmt::format("{}{}{}", k_begin, version, line.substr(end));
}

}  // namespace tandem::api
