// tandem run and tandem cli: one command, a script of them, or a dialogue with a running speaker.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>

#include "common/process/control_socket.hpp"
#include "tandem/conversation.hpp"
#include "tandem/environment.hpp"
#include "tandem/interactive.hpp"
#include "tandem/options.hpp"
#include "tandem/shortcuts.hpp"
#include "tandem/subcommand.hpp"

namespace tandem::program {

namespace {

struct Flags {
  Transport transport;
  Places places;
  bool no_color = false;  // there is none
  bool strict = false;
  bool json = false;
  std::string batch;
  std::vector<std::string> words;
};

void print_line(std::string_view line) {
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
}

int run_one(Conversation& speaker, const Flags& flags) {
  std::string typed;
  for (const std::string& word : flags.words) typed += (typed.empty() ? "" : " ") + word;
  const std::string command = expand_shortcuts(typed);
  if (command != typed) print_line("command: " + command);
  speaker.next_is_last();
  return speaker.success(speaker.ask(command)) ? k_exit_ok : k_exit_failure;
}

// The commands of `source`, one a line; `tell` is called before each of them, `failed` behind each that was not done.
struct Script {
  std::size_t commands = 0;
  std::size_t errors = 0;
  bool broken = false;
};
using BeforeCommand = std::function<void(std::size_t number, const std::string& command)>;
Script run_script(Conversation& speaker, std::istream& source, const BeforeCommand& tell, const std::function<void()>& failed) {
  Script script;
  std::size_t number = 0;
  for (std::string line; !script.broken && std::getline(source, line);) {
    ++number;
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string::npos || line[first] == '#') continue;
    const std::string command = expand_shortcuts(line.substr(first, line.find_last_not_of(" \t\r") + 1 - first));
    tell(number, command);
    ++script.commands;
    const Client::Reply reply = speaker.ask(command);
    if (reply == Client::Reply::done) continue;
    ++script.errors;
    failed();
    script.broken = Conversation::over(reply);
  }
  return script;
}

int run_batch(Conversation& speaker, const std::string& name) {
  std::ifstream file;
  if (name != "-") {
    file.open(name);
    if (!file) {
      complain("cannot read " + name);
      return k_exit_failure;
    }
  }
  print_line(fmt::format("Executing commands from {}...", name == "-" ? "standard input" : name));
  const Script script = run_script(speaker, name == "-" ? std::cin : file,
                                   [](std::size_t number, const std::string& command) { print_line(fmt::format("[{}] {}", number, command)); }, [] {});
  print_line(fmt::format("Batch execution complete: {} commands, {} errors", script.commands, script.errors));
  return script.broken || (script.errors > 0 && !speaker.as().exabgp) ? k_exit_failure : k_exit_ok;
}

void declare(Options& app, Flags& flags) {
  app.add_option("COMMAND", flags.words, "the command and its words");
  app.add_option("--batch", flags.batch, "send the commands of this file, one a line; - is standard input").type_name("FILE");
  app.add_option("--socketpath", flags.transport.socket_path, "the control socket (default: setting api.socketpath, else searched)").type_name("PATH");
  app.add_flag("--json", flags.json, "JSON on a terminal, too, as it is everywhere else (one command: the last word 'json')");
  app.add_flag("--socket", flags.transport.socket, "use the control socket (the default, where there is one); a socket's name may follow");
  app.add_flag("--pipe", flags.transport.pipe, "use the pair of named pipes");
  app.add_option("--pipename", flags.transport.pipe_name, "base name (or path) of the named pipes").type_name("NAME");
  app.add_flag("--strict", flags.strict, "exit with status 1 unless the answer is 'done', under ExaBGP's names, too");
  app.add_flag("--no-color", flags.no_color, "accepted for compatibility, no effect");
  declare_places(app, flags.places);
  app.end_at_first_word();  // words like -1 belong to the command once it has begun
}

std::string exit_statuses(const StartedAs& as) {
  return as.exabgp ? "\nExit status: 0 when the command was sent, even when it is answered 'error' (see --strict); 1 without speaker or command.\n"
                   : "\nExit status: 0 when the speaker has answered 'done', 1 when it has not, or there is no speaker or no command.\n";
}

// Commands of standard input, each answered as if it were the only one.
int run_lines(Conversation& speaker) {
  std::string last;
  const auto before = [&last](std::size_t number, const std::string& command) {
    last = fmt::format("line {}: {}", number, command);
  };
  const auto failed = [&last] { fmt::print(stderr, "{}\n", last); };
  const Script script = run_script(speaker, std::cin, before, failed);
  return script.broken || (script.errors > 0 && !speaker.as().exabgp) ? k_exit_failure : k_exit_ok;
}

std::unique_ptr<Conversation> start_conversation(const config::Settings& settings, const Flags& flags, const StartedAs& as) {
  auto connection = connect_to_speaker(settings, flags.transport, as);
  if (connection) {
    auto speaker = std::make_unique<Conversation>(std::move(*connection), as);
    speaker->introduce(!flags.json && ::isatty(STDOUT_FILENO) != 0);
    return speaker;
  }
  const ConnectError& error = connection.error();
  if (error.not_found) {
    print_line(error.reason);
  } else {
    complain(error.reason);
  }
  return nullptr;
}

int talk(const Invocation& given, const Flags& flags) {
  Invocation invocation = given;
  move_to(flags.places, invocation);
  if (flags.strict) invocation.as.exabgp = false;
  const auto settings = read_settings(invocation);
  if (!settings) {
    complain(settings.error());
    return k_exit_failure;
  }
  const Connect connect = [&] { return start_conversation(*settings, flags, invocation.as); };
  auto speaker = connect();
  if (speaker == nullptr) return k_exit_failure;
  if (!flags.batch.empty()) return run_batch(*speaker, flags.batch);
  if (!flags.words.empty()) return run_one(*speaker, flags);
  if (::isatty(STDIN_FILENO) == 0) return run_lines(*speaker);
  return talk_on_terminal(std::move(speaker), connect) ? k_exit_ok : k_exit_failure;
}

// Behind --socket, which takes no value: a path, or what is a socket in this folder. No command begins so.
std::string socket_named_by(const std::string& word) {
  if (word.find('/') != std::string::npos || word.ends_with(".sock") || process::is_socket(word)) return word;
  return process::is_socket(word + ".sock") ? word + ".sock" : "";
}

// Whether `option` stands in front of the first of the words.
bool is_before(const std::string& option, const std::vector<std::string>& words, const std::vector<std::string>& arguments) {
  return words.empty() || std::find(arguments.begin(), arguments.end(), option) < std::find(arguments.begin(), arguments.end(), words.front());
}

// True: `flags` are filled, and what is to be said may be empty.
bool read_flags(const Invocation& invocation, Options& app, Flags& flags, int& status) {
  declare(app, flags);
  app.footer(settings_hint() + exit_statuses(invocation.as));
  if (!app.parse(invocation, status)) return false;
  const std::vector<std::string> rest = app.rest();
  if (!rest.empty() && rest.front().starts_with('-') && is_before(rest.front(), flags.words, invocation.arguments)) {  // no command begins so
    fmt::print(stderr, "{0}: The following argument was not expected: {1}\n'{0} --help' explains the options.\n", invocation.name, rest.front());
    status = k_exit_usage;
    return false;
  }
  flags.words.insert(flags.words.end(), rest.begin(), rest.end());
  if (!flags.transport.socket || !flags.transport.socket_path.empty() || flags.words.empty()) return true;
  flags.transport.socket_path = socket_named_by(flags.words.front());
  if (!flags.transport.socket_path.empty()) flags.words.erase(flags.words.begin());
  return true;
}

}  // namespace

int run_run(const Invocation& invocation) {
  Options app("Sends one command to a running speaker and prints its answer. The beginning of a word may stand for it ('s n su').");
  Flags flags;
  int status = 0;
  if (!read_flags(invocation, app, flags, status)) return status;
  if (!flags.batch.empty() || !flags.words.empty()) return talk(invocation, flags);
  fmt::print(stderr, "Usage: {} [OPTIONS] COMMAND...\n'{} --help' explains the options.\n", invocation.name, invocation.name);
  return k_exit_failure;
}

int run_cli(const Invocation& invocation) {
  Options app(
      "Sends one command to a running speaker and prints its answer; without one, those of standard input, one a line. On a terminal they\n"
      "are typed with history, completion (TAB) and help (?). The beginning of a word may stand for it ('s n su').");
  Flags flags;
  int status = 0;
  return read_flags(invocation, app, flags, status) ? talk(invocation, flags) : status;
}

}  // namespace tandem::program
