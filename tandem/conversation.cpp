#include "tandem/conversation.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <stdlib.h>

#include <cstdio>

#include "common/api/command_table.hpp"
#include "common/process/control_pipes.hpp"
#include "common/process/control_socket.hpp"
#include "tandem/environment.hpp"

namespace tandem::program {

namespace {

using Connected = boost::system::result<Connection, ConnectError>;

enum class Wanted : std::uint8_t { whichever, pipes, socket };

Wanted wanted(const Transport& transport) {
  if (transport.socket || !transport.socket_path.empty()) return Wanted::socket;
  if (transport.pipe || !transport.pipe_name.empty()) return Wanted::pipes;
  const char* chosen = ::getenv("exabgp_cli_transport");
  if (chosen != nullptr && std::string_view(chosen) == "pipe") return Wanted::pipes;
  if (chosen != nullptr && std::string_view(chosen) == "socket") return Wanted::socket;
  const char* socket = ::getenv("exabgp_cli_socket");
  return socket != nullptr && *socket == '\0' ? Wanted::pipes : Wanted::whichever;
}

// Speakers that have pipes of their own, but no socket, are told apart by the name of the pipes, as ExaBGP 4.2's are: a socket that is found
// may be that of another one.
bool names_the_speaker(const config::Settings& settings) {
  const config::Settings unset;
  return settings.api_pipe_name != unset.api_pipe_name && settings.api_socket_name == unset.api_socket_name && settings.api_socket_path.empty() &&
         ::getenv("exabgp_cli_socket") == nullptr;
}

Connected connect_pipes(const std::string& path, std::string_view speaker) {
  ::signal(SIGPIPE, SIG_IGN);
  auto pipes = process::connect_control_pipes(path, k_patience, speaker);
  if (!pipes) return ConnectError{pipes.error().reason()};
  return Connection{Client(std::move(*pipes), k_patience), true};
}

}  // namespace

std::chrono::milliseconds patience_for(std::string_view command) {
  constexpr std::chrono::minutes k_long{2};
  api::Tokenizer line;
  if (!line.tokenize(command)) return k_patience;
  const api::Command* known = api::find_command({}, line.tokens()).command;
  return known != nullptr && (known->flags & api::k_takes_while) != 0 ? k_long : k_patience;
}

Connected connect_to_speaker(config::Settings settings, const Transport& transport, const StartedAs& as) {
  if (!transport.pipe_name.empty()) settings.api_pipe_name = transport.pipe_name;
  if (!transport.socket_path.empty()) settings.api_socket_path = transport.socket_path;
  const Wanted which = wanted(transport);
  const auto pipes = control_pipes_for_client(settings, as.speaker);
  if (which == Wanted::pipes) return pipes ? connect_pipes(*pipes, as.speaker) : Connected(ConnectError{pipes.error().reason(), true});
  const bool named = which == Wanted::whichever && names_the_speaker(settings);
  const auto path = control_socket_for_client(settings, as.speaker);
  if (which == Wanted::whichever && pipes && (!path || named)) return connect_pipes(*pipes, as.speaker);
  if (!path && named) return ConnectError{pipes.error().reason(), true};
  if (!path) return ConnectError{path.error().reason(), true};
  auto fd = process::connect_control_socket(*path, k_patience, as.speaker);
  if (!fd) return ConnectError{fd.error().reason()};
  return Connection{Client(std::move(*fd), k_patience)};
}

void Conversation::introduce(bool text) {
  if (connection_.shared) return;
  for (const std::string_view wish : {"session reasons enable", "session text enable"}) {
    if (wish == "session text enable" && !text) continue;
    std::string ignored;
    const Client::Reply reply = ask(std::string(wish), ignored);
    // One who is not served is told why, and nothing else that he says is heard.
    if (reply == Client::Reply::error) std::fwrite(ignored.data(), 1, ignored.size(), stdout);
    if (reply != Client::Reply::done && reply != Client::Reply::error) return;
  }
}

Client::Reply Conversation::exchange(const std::string& command, const Client::Output& output) {
  const bool sent = connection_.client.send(command);
  if (!sent && connection_.shared) return Client::Reply::lost;
  if (last_) connection_.client.end_input();
  if (last_ && connection_.shared && command == "reset") return Client::Reply::done;  // ExaBGP 4.2 does not answer it
  const Client::Reply reply = connection_.client.receive(output, patience_for(command));  // whoever has closed may have said why before
  return sent ? reply : Client::Reply::lost;
}

Client::Reply Conversation::ask(const std::string& command, std::string& answer) {
  return exchange(command, [&answer](std::string_view text) { answer += text; });
}

Client::Reply Conversation::ask(const std::string& command) {
  const Client::Reply reply = exchange(command, [](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); });
  std::fflush(stdout);
  switch (reply) {
    case Client::Reply::done: break;
    case Client::Reply::error:
      fmt::print(stderr, "{0} returns an error (see {0}'s logs for more information)\nuse help for a list of available commands\n", as_.speaker);
      break;
    case Client::Reply::shutdown: fmt::print(stderr, "{} is shutting down, command aborted\n", as_.speaker); break;
    case Client::Reply::silence:
      fmt::print(stderr, "warning: no end of command message received\nno answer came for {} seconds; the command may still be carried out\n",
                 patience_for(command).count() / 1000);
      break;
    case Client::Reply::lost: fmt::print(stderr, "the connection to {} was lost\n", as_.speaker); break;
  }
  return reply;
}

bool Conversation::success(Client::Reply reply) const {
  return reply == Client::Reply::done || (as_.exabgp && reply != Client::Reply::lost);
}

}  // namespace tandem::program
