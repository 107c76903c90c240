// tandem shell: completion of command lines, printed, installed for the user and taken away again, and the manual page.
#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>

#include "common/config/parser.hpp"
#include "tandem/environment.hpp"
#include "tandem/facts.hpp"
#include "tandem/manual.hpp"
#include "tandem/offline.hpp"
#include "tandem/options.hpp"
#include "tandem/shell_completion.hpp"
#include "tandem/subcommand.hpp"

namespace tandem::program {

namespace {

namespace fs = std::filesystem;

// The shell that was named, else the user's.
bool read_shell(const Invocation& invocation, const char* about, std::string& shell, int& status) {
  Options app(about);
  const std::vector<std::string_view> known = completed_shells();
  app.add_option("SHELL", shell, "the shell (default: that of $SHELL)").one_of(std::vector<std::string>(known.begin(), known.end()));
  app.footer(settings_hint());
  if (!app.parse(invocation, status)) return false;
  if (const auto settings = read_settings(invocation); !settings) {
    complain(settings.error());
    status = k_exit_failure;
    return false;
  }
  if (!shell.empty()) return true;
  const char* variable = ::getenv("SHELL");
  shell = variable == nullptr ? std::string() : fs::path(variable).filename().string();
  if (completion_script(shell) != nullptr) return true;
  fmt::print(stderr, "{}: name a shell, there is completion for {}\n", invocation.name, fmt::join(known, ", "));
  status = k_exit_failure;
  return false;
}

bool find_file(const std::string& shell, fs::path& file) {
  const char* home = ::getenv("HOME");
  if (home == nullptr || *home == '\0') {
    complain("$HOME is not set");
    return false;
  }
  file = fs::path(home) / completion_file(shell);
  return true;
}

int run_completion(const Invocation& invocation) {
  std::string shell;
  int status = 0;
  if (!read_shell(invocation, "Prints the script that completes command lines in a shell.", shell, status)) return status;
  fmt::print("{}", completion_script(shell));
  return k_exit_ok;
}

int run_install(const Invocation& invocation) {
  std::string shell;
  int status = 0;
  if (!read_shell(invocation, "Puts the script that completes command lines where the user's shell finds it.", shell, status)) return status;
  fs::path file;
  if (!find_file(shell, file)) return k_exit_failure;
  std::error_code ignored;  // what cannot be made cannot be written to either, which is told
  fs::create_directories(file.parent_path(), ignored);
  if (!write_file(file.string(), completion_script(shell))) return k_exit_failure;
  fmt::print("{} was written; it counts for shells that are started from now on\n", file.string());
  return k_exit_ok;
}

int run_uninstall(const Invocation& invocation) {
  std::string shell;
  int status = 0;
  if (!read_shell(invocation, "Removes what 'tandem shell install' has written.", shell, status)) return status;
  fs::path file;
  if (!find_file(shell, file)) return k_exit_failure;
  std::error_code failure;
  const bool removed = fs::remove(file, failure);
  if (failure) {
    complain(fmt::format("cannot remove {}: {}", file.string(), failure.message()));
    return k_exit_failure;
  }
  fmt::print("{} {}\n", file.string(), removed ? "was removed" : "is not there");
  return k_exit_ok;
}

// What the scripts ask. A wrong setting is no reason not to answer.
int run_complete(const Invocation& invocation) {
  Options app("Prints what may come next in a command line, one word a line with its meaning behind a tab; ':files' stands for files.");
  std::string line;
  app.add_option("LINE", line, "the command line up to the cursor, the name of the program included").required();
  app.footer(settings_hint());
  int status = 0;
  if (!app.parse(invocation, status)) return status;
  const ShellCompletion completion = complete_line(line);
  for (const api::CompletionWord& word : completion.words) {
    fmt::print("{}{}{}\n", word.word, word.help.empty() ? "" : "\t", word.help.substr(0, word.help.find('\n')));
  }
  if (completion.files) fmt::print(":files\n");
  return k_exit_ok;
}

int run_manual(const Invocation& invocation) {
  Options app("Prints the manual page tandem(1): 'tandem shell manual | man -l -' shows it.");
  app.footer(settings_hint());
  int status = 0;
  if (!app.parse(invocation, status)) return status;
  fmt::print("{}", manual_page());
  return k_exit_ok;
}

constexpr Subcommand k_parts[] = {
    {"install", "write the script where the user's shell finds it", run_install, facts<run_install>},
    {"uninstall", "remove it again", run_uninstall, facts<run_uninstall>},
    {"completion", "print the script", run_completion, facts<run_completion>},
    {"complete", "what the script asks", run_complete, facts<run_complete>},
    {"manual", "print the manual page", run_manual, facts<run_manual>},
};

}  // namespace

Facts shell_facts() { return facts_of_parts(k_parts); }

int run_shell(const Invocation& invocation) { return run_part(k_parts, invocation, k_exit_failure); }

}  // namespace tandem::program
