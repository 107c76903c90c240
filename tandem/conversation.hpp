// A user's exchange with a running speaker: commands out, answers to standard output, and what the exit status makes of them.
#pragma once

#include <string>

#include "common/config/settings.hpp"
#include "tandem/client.hpp"
#include "tandem/subcommand.hpp"

namespace tandem::program {

struct Transport {
  bool pipe = false;
  bool socket = false;
  std::string pipe_name;
  std::string socket_path;
};

inline constexpr std::chrono::milliseconds k_patience{5000};
// How long an answer to `command` is waited for: longer when the table of commands says that it takes a while.
[[nodiscard]] std::chrono::milliseconds patience_for(std::string_view command);

// Over the control socket, or the pair of named pipes: what the options say, then $exabgp_cli_transport, then whichever is there. On
// failure the error says what was looked for and where; `not_found` tells it from a speaker that does not answer.
struct Connection {
  Client client;
  bool shared = false;  // the pipes: what one client asks to be told would last for all who come after it
};
struct ConnectError {
  std::string reason;
  bool not_found = false;
};
[[nodiscard]] boost::system::result<Connection, ConnectError> connect_to_speaker(config::Settings settings, const Transport& transport, const StartedAs& as);

class Conversation {
 public:
  Conversation(Connection connection, const StartedAs& as) : connection_(std::move(connection)), as_(as) {}

  // Errors come with their reasons from here on, and tables where `text` says so. A daemon that does not know that answers as ever.
  void introduce(bool text);
  // What is asked next is the last: the daemon is told so, and does not wait for more before it acts.
  void next_is_last() { last_ = true; }
  // Sends one command; its answer goes to standard output, and why there is none to standard error.
  Client::Reply ask(const std::string& command);
  // The same, into a string, and without a word about failures.
  Client::Reply ask(const std::string& command, std::string& answer);
  // ... piece by piece, as it comes.
  Client::Reply ask(const std::string& command, const Client::Output& output) { return exchange(command, output); }

  // What `reply` is to the exit status: tandem succeeds when the speaker has carried the command out; ExaBGP when it was sent.
  [[nodiscard]] bool success(Client::Reply reply) const;
  // There is nobody left to ask.
  [[nodiscard]] static bool over(Client::Reply reply) { return reply == Client::Reply::lost || reply == Client::Reply::shutdown; }
  [[nodiscard]] const StartedAs& as() const { return as_; }

 private:
  [[nodiscard]] Client::Reply exchange(const std::string& command, const Client::Output& output);
  Connection connection_;
  StartedAs as_;
  bool last_ = false;
};

}  // namespace tandem::program
