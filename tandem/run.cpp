// tandem run: one command, or a file of them, to a running speaker over its control socket.
#include <fmt/format.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>

#include "common/process/control_pipes.hpp"
#include "common/process/control_socket.hpp"
#include "tandem/client.hpp"
#include "tandem/environment.hpp"
#include "tandem/shortcuts.hpp"
#include "tandem/subcommand.hpp"

namespace tandem::program {

namespace {

constexpr std::chrono::milliseconds k_patience{5000};

struct Flags {
  bool pipe = false;
  bool socket = false;
  bool no_color = false;  // there is none
  bool strict = false;
  bool json = false;
  std::string pipe_name;
  std::string socket_path;
  std::string batch;
  std::vector<std::string> words;
};

void print_line(std::string_view line) {
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
}

// True: an answer came (an `error` included).
bool converse(Client& client, const std::string& command, Client::Reply& reply) {
  reply = Client::Reply::lost;
  if (client.send(command)) {
    if (command == "reset") {  // it is what it takes away that matters, not its answer
      reply = Client::Reply::done;
      return true;
    }
    reply = client.receive([](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); });
  }
  std::fflush(stdout);
  switch (reply) {
    case Client::Reply::done: return true;
    case Client::Reply::error:
      fmt::print(stderr, "tandem returns an error (see tandem's logs for more information)\nuse help for a list of available commands\n");
      return true;
    case Client::Reply::shutdown: fmt::print(stderr, "tandem is shutting down, command aborted\n"); return false;
    case Client::Reply::silence:
      fmt::print(stderr, "warning: no end of command message received\nno answer came for {} seconds; the command may still be carried out\n",
                 k_patience.count() / 1000);
      return false;
    case Client::Reply::lost: fmt::print(stderr, "the connection to tandem was lost\n"); return false;
  }
  return false;
}

// What this client wants to be told, asked for before anything else. A daemon that does not know it answers as it always does.
void introduce(Client& client, const Flags& flags) {
  std::vector<std::string_view> wishes{"session reasons enable"};
  if (!flags.json && ::isatty(STDOUT_FILENO) != 0) wishes.emplace_back("session text enable");
  for (const std::string_view wish : wishes) {
    if (!client.send(wish)) return;
    const Client::Reply reply = client.receive([](std::string_view) {});
    if (reply != Client::Reply::done && reply != Client::Reply::error) return;
  }
}

int run_one(Client& client, const Flags& flags) {
  std::string typed;
  for (const std::string& word : flags.words) typed += (typed.empty() ? "" : " ") + word;
  const std::string command = expand_shortcuts(typed);
  if (command != typed) print_line("command: " + command);
  Client::Reply reply{};
  const bool answered = converse(client, command, reply);
  return flags.strict && (!answered || reply == Client::Reply::error) ? k_exit_failure : k_exit_ok;
}

int run_batch(Client& client, const Flags& flags) {
  std::ifstream file;
  if (flags.batch != "-") {
    file.open(flags.batch);
    if (!file) {
      complain("cannot read " + flags.batch);
      return k_exit_failure;
    }
  }
  std::istream& source = flags.batch == "-" ? std::cin : file;
  print_line(fmt::format("Executing commands from {}...", flags.batch == "-" ? "standard input" : flags.batch));
  std::size_t number = 0;
  std::size_t commands = 0;
  std::size_t errors = 0;
  bool broken = false;
  for (std::string line; !broken && std::getline(source, line);) {
    ++number;
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string::npos || line[first] == '#') continue;
    const std::string command = expand_shortcuts(line.substr(first, line.find_last_not_of(" \t\r") + 1 - first));
    print_line(fmt::format("[{}] {}", number, command));
    ++commands;
    Client::Reply reply{};
    const bool answered = converse(client, command, reply);
    if (!answered || reply == Client::Reply::error) ++errors;
    broken = reply == Client::Reply::lost || reply == Client::Reply::shutdown;
  }
  print_line(fmt::format("Batch execution complete: {} commands, {} errors", commands, errors));
  return broken || (flags.strict && errors > 0) ? k_exit_failure : k_exit_ok;
}

bool wants_pipe(const Flags& flags) {
  if (flags.socket) return false;
  const char* transport = ::getenv("exabgp_cli_transport");
  return flags.pipe || !flags.pipe_name.empty() || (transport != nullptr && std::string_view(transport) == "pipe");
}

// What one client asks for there would last for all who come after it, so nothing is.
int run_over_pipes(const config::Settings& settings, const Flags& flags) {
  ::signal(SIGPIPE, SIG_IGN);
  const auto path = control_pipes_for_client(settings);
  if (!path) {
    print_line(path.error().reason());
    return k_exit_failure;
  }
  auto pipes = process::connect_control_pipes(*path, k_patience);
  if (!pipes) {
    complain(pipes.error().reason());
    return k_exit_failure;
  }
  Client client(std::move(*pipes), k_patience);
  return flags.batch.empty() ? run_one(client, flags) : run_batch(client, flags);
}

}  // namespace

int run_run(const Invocation& invocation) {
  CLI::App app("Sends one command to a running speaker and prints its answer. One or two letters may stand for a word ('s n su').");
  Flags flags;
  app.add_option("WORDS", flags.words, "the command");
  app.add_option("--batch", flags.batch, "send the commands of this file, one a line; - is standard input")->type_name("FILE");
  app.add_option("--socketpath", flags.socket_path, "the control socket (default: setting api.socketpath, else searched)")->type_name("PATH");
  app.add_flag("--strict", flags.strict, "exit with status 1 when the answer is an error");
  app.add_flag("--json", flags.json, "JSON on a terminal, too, as it is everywhere else (one command: the last word 'json')");
  app.add_flag("--socket", flags.socket, "use the control socket (the default)");
  app.add_flag("--pipe", flags.pipe, "use the pair of named pipes");
  app.add_option("--pipename", flags.pipe_name, "base name (or path) of the named pipes")->type_name("NAME");
  app.add_flag("--no-color", flags.no_color, "accepted for compatibility, no effect");
  app.prefix_command();  // words like -1 belong to the command once it has begun
  app.footer(settings_hint() + "\nExit status: 0 when the command was sent, even when it is answered 'error' (see --strict); 1 without speaker or command.\n");
  int status = 0;
  if (!parse_options(app, invocation, status)) return status;
  const std::vector<std::string> rest = app.remaining();
  flags.words.insert(flags.words.end(), rest.begin(), rest.end());
  if (flags.words.empty() && flags.batch.empty()) {
    fmt::print(stderr, "Usage: {} [OPTIONS] WORDS...\n'{} --help' explains the options.\n", invocation.name, invocation.name);
    return k_exit_failure;
  }
  auto settings = read_settings(invocation);
  if (!settings) {
    complain(settings.error());
    return k_exit_failure;
  }
  if (!flags.pipe_name.empty()) settings->api_pipe_name = flags.pipe_name;
  if (wants_pipe(flags)) return run_over_pipes(*settings, flags);
  if (!flags.socket_path.empty()) settings->api_socket_path = flags.socket_path;
  const auto path = control_socket_for_client(*settings);
  if (!path) {
    print_line(path.error().reason());
    return k_exit_failure;
  }
  auto fd = process::connect_control_socket(*path);
  if (!fd) {
    complain(fd.error().reason());
    return k_exit_failure;
  }
  Client client(std::move(fd.value()), k_patience);
  introduce(client, flags);
  return flags.batch.empty() ? run_one(client, flags) : run_batch(client, flags);
}

int run_cli(const Invocation& invocation) {
  const bool words = !invocation.arguments.empty();
  if (words) return run_run(invocation);
  fmt::print(stderr, "{}: the interactive form is not supported yet; '{} WORDS...' sends one command\n", invocation.name, invocation.name);
  return k_exit_failure;
}

}  // namespace tandem::program
