#include "common/api/completion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "common/api/command_table.hpp"
#include "common/api/selector.hpp"
#include "common/api/selector_filters.hpp"
#include "common/bgp/attribute/attributes.hpp"
#include "common/bgp/family.hpp"

namespace tandem::api {

namespace {

using WordList = std::span<const std::string>;

// A line in its parts: "neighbor" or "peer", the selector, and the words of the command.
struct Line {
  std::string_view head;    // none: the words are the whole line
  WordList command;
  bool selector = false;    // one more of its words may follow
  bool value = false;       // a value must follow, which nobody knows
};

bool is_filter(std::string_view word) {
  const auto filters = selector_filters();
  return std::find(filters.begin(), filters.end(), word) != filters.end();
}

// Selectors of several neighbors are not completed beyond their first one.
Line parts_of(WordList words) {
  Line line{{}, words};
  if (words.empty() || (words[0] != "neighbor" && words[0] != "peer")) return line;
  if (words.size() == 1) {
    if (words[0] == "neighbor") line = {words[0], {}, false, true};
    return line;
  }
  const base::Token second{words[1]};
  if (words[0] == "peer" && !Selector::looks_like_selector(second)) return line;
  std::size_t at = 2;
  while (at + 1 < words.size() && is_filter(words[at])) at += 2;
  line = {words[0], words.subspan(at), at == words.size(), false};
  if (at < words.size() && is_filter(words[at])) line.value = true;
  return line;
}

// How a row may be written behind `head`: its words from the first that is typed.
using Form = std::span<const std::string_view>;
std::vector<Form> forms_of(const Command& command, std::string_view head) {
  std::vector<Form> forms;
  const auto add = [&forms](const Words& words, std::size_t from) {
    if (words.count > from) forms.emplace_back(words.word.data() + from, words.count - from);
  };
  if ((command.flags & k_hidden) != 0) return forms;
  if (head == "peer") {
    if (command.v6.word[0] == head) add(command.v6, 1);
    return forms;
  }
  if (head.empty() || (command.flags & k_selector) != 0) add(command.v4, 0);
  if (head.empty()) add(command.v6, 0);
  return forms;
}

// How many words of the form the line has; nullopt: it says something else.
std::optional<std::size_t> common(const Form& form, WordList words) {
  const std::size_t count = std::min(form.size(), words.size());
  if (!std::equal(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(count), form.begin())) return std::nullopt;
  return count;
}

bool is_plain(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

// AFIs, and SAFIs behind one, where the options have "<afi> <safi>".
void add_families(std::string_view before, std::string_view option, std::set<CompletionWord>& out) {
  for (const bgp::FamilyTraits& traits : bgp::family_table()) {
    const std::string afi = bgp::to_string(traits.family.afi);
    if (option == "<afi>") out.insert({afi, {}});
    if (option == "<safi>" && before == afi) out.insert({bgp::to_string(traits.family.safi), {}});
  }
}

// The literal words in "[extensive] [inet|flow|l2vpn] [<address>]".
void add_options(const Command& command, WordList all, WordList args, std::set<CompletionWord>& out) {
  const auto said = [args](std::string_view word) { return std::find(args.begin(), args.end(), word) != args.end(); };
  const std::string_view before = all.back();
  const bool families = bgp::family_table().end() != std::find_if(bgp::family_table().begin(), bgp::family_table().end(), [before](const auto& traits) {
                          return bgp::to_string(traits.family.afi) == before;
                        });
  std::string_view rest = command.options;
  while (!rest.empty()) {
    const std::size_t end = rest.find_first_of(" |");
    std::string_view option = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    while (!option.empty() && (option.front() == '[' || option.front() == '(')) option.remove_prefix(1);
    while (!option.empty() && std::string_view("]).;").find(option.back()) != std::string_view::npos) option.remove_suffix(1);
    if (option == "attributes") {
      for (const std::string_view keyword : bgp::AttributeBuilder::keywords()) {
        if (!args.empty() && !said(keyword)) out.insert({std::string(keyword), {}});
      }
    } else if (option == (families ? "<safi>" : "<afi>")) {
      if (families || args.empty() || said("afi")) add_families(before, option, out);
    } else if (is_plain(option) && !said(option)) {
      out.insert({std::string(option), {}});
    }
  }
}

}  // namespace

std::vector<CompletionWord> next_words(WordList words) {
  const Line line = parts_of(words);
  if (line.value) return {};
  std::set<CompletionWord> out;
  if (line.selector) {
    for (const std::string_view filter : selector_filters()) out.insert({std::string(filter), "narrows the selector"});
  }
  const Command* longest = nullptr;
  std::size_t length = 0;
  for (const Command& command : command_table()) {
    for (const Form& form : forms_of(command, line.head)) {
      const auto count = common(form, line.command);
      if (!count) continue;
      if (*count < form.size()) {
        const bool last = *count + 1 == form.size();
        out.insert({std::string(form[*count]), last ? std::string(command.meaning) : std::string()});
      } else if (*count > length) {
        longest = &command;
        length = *count;
      }
    }
  }
  if (line.head.empty() && words.empty()) out.insert({"neighbor", "the neighbor or neighbors a command is about"});
  if (longest != nullptr) add_options(*longest, words, line.command.subspan(length), out);
  // A word is there once: with its help, where it has some.
  std::vector<CompletionWord> list;
  for (const CompletionWord& word : out) {
    if (!list.empty() && list.back().word == word.word) {
      if (list.back().help.empty()) list.back().help = word.help;
    } else {
      list.push_back(word);
    }
  }
  return list;
}

std::vector<CompletionWord> commands_like(WordList words) {
  const Line line = parts_of(words);
  std::vector<CompletionWord> out;
  std::size_t longest = 1;
  for (const Command& command : command_table()) {
    for (const Form& form : forms_of(command, line.head)) {
      const auto count = common(form, line.command);
      if (!count || *count < std::min(longest, line.command.size())) continue;
      // Words behind a whole command are its arguments: only the command of the most words is meant.
      if (*count == form.size() && *count < line.command.size() && *count > longest) {
        out.clear();
        longest = *count;
      }
      out.push_back({fmt::format("{}{}{}", fmt::join(form, " "), command.options.empty() ? "" : " ", command.options), std::string(command.meaning)});
    }
  }
  return out;
}

}  // namespace tandem::api
