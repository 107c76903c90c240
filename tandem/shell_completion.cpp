#include "tandem/shell_completion.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "tandem/facts.hpp"
#include "tandem/subcommand.hpp"

namespace tandem::program {

namespace {

using Words = std::vector<std::string>;

// As a shell splits it, but for what it expands.
Words split(std::string_view line) {
  Words words(1);
  char quote = 0;
  bool inside = false;
  for (const char c : line) {
    if (quote != 0) {
      if (c == quote) quote = 0;
      else words.back() += c;
    } else if (c == '"' || c == '\'') {
      quote = c;
      inside = true;
    } else if (c != ' ' && c != '\t') {
      words.back() += c;
      inside = true;
    } else if (inside) {
      words.emplace_back();
      inside = false;
    }
  }
  return words;
}

bool is_file(std::string_view value) {
  constexpr std::string_view k_files[] = {"CONF", "FILE", "PATH", "FOLDER"};
  return std::find(std::begin(k_files), std::end(k_files), value) != std::end(k_files);
}

class Completer {
 public:
  Completer(Words words, std::string begun) : words_(std::move(words)), begun_(std::move(begun)) {}

  ShellCompletion run(const Facts& whole) {
    const Facts* here = &whole;
    std::size_t positionals = 0;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      const std::string& word = words_[i];
      if (word.starts_with('-')) {
        const OptionFact* option = find_option(*here, word);
        if (option == nullptr || option->value.empty() || word.find('=') != std::string::npos) continue;
        if (++i == words_.size()) return take_value(*option);
        continue;
      }
      if (const Facts* part = find_part(*here, word); part != nullptr) {
        here = part;
        positionals = 0;
        continue;
      }
      const OptionFact* positional = find_positional(*here, positionals++);
      if (positional != nullptr && positional->value == k_command) return take_command(Words(words_.begin() + static_cast<std::ptrdiff_t>(i), words_.end()));
    }
    return take_next(*here, positionals);
  }

 private:
  static constexpr std::string_view k_command = "COMMAND";

  static const OptionFact* find_option(const Facts& facts, std::string_view word) {
    const std::string_view name = word.substr(0, word.find('='));
    const auto found = std::find_if(facts.options.begin(), facts.options.end(), [name](const OptionFact& option) {
      return !option.positional && std::find(option.names.begin(), option.names.end(), name) != option.names.end();
    });
    return found == facts.options.end() ? nullptr : &*found;
  }
  static const Facts* find_part(const Facts& facts, std::string_view name) {
    const auto found = std::find_if(facts.parts.begin(), facts.parts.end(), [name](const Facts& part) { return part.name == name; });
    return found == facts.parts.end() ? nullptr : &*found;
  }
  // Of the last one there may be many.
  static const OptionFact* find_positional(const Facts& facts, std::size_t index) {
    const OptionFact* last = nullptr;
    for (const OptionFact& option : facts.options) {
      if (!option.positional) continue;
      last = &option;
      if (index-- == 0) break;
    }
    return last;
  }

  void offer(std::string word, std::string help) {
    if (word.starts_with(begun_)) out_.words.push_back({std::move(word), std::move(help)});
  }
  ShellCompletion take_value(const OptionFact& option) {
    for (const std::string& choice : option.choices) offer(choice, {});
    out_.files = is_file(option.value);
    return std::move(out_);
  }
  ShellCompletion take_command(const Words& words) {
    for (api::CompletionWord& word : api::next_words(words)) offer(std::move(word.word), std::move(word.help));
    return std::move(out_);
  }
  ShellCompletion take_next(const Facts& facts, std::size_t positionals) {
    if (begun_.starts_with('-')) {
      for (const OptionFact& option : facts.options) {
        if (option.positional) continue;
        for (const std::string& name : option.names) offer(name, option.help);
      }
      return std::move(out_);
    }
    for (const Facts& part : facts.parts) offer(part.name, part.help);
    const OptionFact* positional = find_positional(facts, positionals);
    if (positional == nullptr) return std::move(out_);
    return positional->value == k_command ? take_command({}) : take_value(*positional);
  }

  Words words_;
  std::string begun_;
  ShellCompletion out_;
};

Facts facts_of_subcommand(const Subcommand* subcommand) { return subcommand == nullptr || subcommand->facts == nullptr ? Facts{} : subcommand->facts(); }

struct Script {
  std::string_view shell;
  std::string_view file;
  const char* text;
};

constexpr Script k_scripts[] = {
    {"bash", ".local/share/bash-completion/completions/tandem", R"sh(# Completion of tandem in bash.
_tandem() {
  local word help
  COMPREPLY=()
  while IFS=$'\t' read -r word help; do
    if [[ $word == :files ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")
    else
      COMPREPLY+=("$word")
    fi
  done < <(tandem shell complete "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
}
complete -F _tandem tandem
# The names of ExaBGP, where they are links to tandem.
for _tandem_name in exabgp exabgpcli exabgp-cli exabgp-healthcheck; do
  [[ $(readlink -f "$(type -P "$_tandem_name")") == */tandem ]] && complete -F _tandem "$_tandem_name"
done
unset _tandem_name
)sh"},
    {"zsh", ".zsh/completions/_tandem", R"sh(#compdef tandem
# Completion of tandem in zsh. The folder of this file belongs into fpath, in front of compinit.
_tandem() {
  local word help
  local -a described
  local -i files=0
  while IFS=$'\t' read -r word help; do
    if [[ $word == :files ]]; then
      files=1
    else
      described+=("${word//:/\\:}${help:+:$help}")
    fi
  done < <(tandem shell complete "${(j: :)words[1,CURRENT]}" 2>/dev/null)
  (( $#described )) && _describe tandem described
  (( files )) && _files
}
if [[ $funcstack[1] == _tandem ]]; then
  _tandem "$@"
else
  compdef _tandem tandem
  # The names of ExaBGP, where they are links to tandem.
  for _tandem_name in exabgp exabgpcli exabgp-cli exabgp-healthcheck; do
    [[ $_tandem_name(:A) ]] && [[ ${${commands[$_tandem_name]:-/}:A:t} == tandem ]] && compdef _tandem $_tandem_name
  done
  unset _tandem_name
fi
)sh"},
    {"fish", ".config/fish/completions/tandem.fish", R"sh(# Completion of tandem in fish.
function __tandem_words
    tandem shell complete (commandline -cp) 2>/dev/null | string match -v ':files'
end
function __tandem_wants_files
    tandem shell complete (commandline -cp) 2>/dev/null | string match -q ':files'
end
# The names of ExaBGP, where they are links to tandem.
for name in tandem exabgp exabgpcli exabgp-cli exabgp-healthcheck
    if test $name = tandem; or string match -q '*/tandem' (realpath (command -s $name) 2>/dev/null)
        complete -c $name -f -a '(__tandem_words)'
        complete -c $name -n __tandem_wants_files -F
    end
end
)sh"},
};

const Script* find_script(std::string_view shell) {
  const auto* found = std::find_if(std::begin(k_scripts), std::end(k_scripts), [shell](const Script& script) { return script.shell == shell; });
  return found == std::end(k_scripts) ? nullptr : found;
}

}  // namespace

ShellCompletion complete_line(std::string_view line) {
  Words words = split(line);
  std::string begun = std::move(words.back());
  words.pop_back();
  if (words.empty()) return {};
  const StartedAs as = started_as(words[0]);
  words.erase(words.begin());
  for (auto word = words.begin(); word != words.end();) {  // --env-file may stand anywhere
    if (*word != "--env-file") {
      ++word;
      continue;
    }
    if (word + 1 == words.end()) return {{}, true};
    word = words.erase(word, word + 2);
  }
  if (!as.subcommand.empty()) return Completer(std::move(words), std::move(begun)).run(facts_of_subcommand(find_subcommand(as.subcommand)));
  if (!words.empty() && find_subcommand(words[0]) != nullptr) {
    const Subcommand* subcommand = find_subcommand(words[0]);
    words.erase(words.begin());
    return Completer(std::move(words), std::move(begun)).run(facts_of_subcommand(subcommand));
  }
  Facts bare = facts_of_subcommand(find_subcommand("server"));
  if (words.empty()) {
    for (const Subcommand& subcommand : subcommands()) bare.parts.push_back({std::string(subcommand.name), std::string(subcommand.help), {}, {}});
  }
  return Completer(std::move(words), std::move(begun)).run(bare);
}

std::vector<std::string_view> completed_shells() {
  std::vector<std::string_view> shells;
  for (const Script& script : k_scripts) shells.push_back(script.shell);
  return shells;
}

const char* completion_script(std::string_view shell) {
  const Script* script = find_script(shell);
  return script == nullptr ? nullptr : script->text;
}

std::string_view completion_file(std::string_view shell) {
  const Script* script = find_script(shell);
  return script == nullptr ? std::string_view() : script->file;
}

}  // namespace tandem::program
