// One command: what the table says of it, and a call of it while it is carried out.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/api/client_state.hpp"
#include "common/api/executor.hpp"
#include "common/api/job.hpp"
#include "common/api/selector.hpp"
#include "common/api/tokenize.hpp"
#include "common/api/wording.hpp"

namespace tandem::api {

struct Command;

// "done" or "error" as the last line of an answer, with the tag of the command if it has one: "done #17".
void terminate(const ClientState& client, std::string_view word, std::string& out);

// "error: detail" for a client that wants acknowledgements; the caller returns the outcome.
Outcome fail(std::string& out, bool acknowledge, std::string_view detail);

// A refusal, to wherever its user looks: the log has the line, its sender and the reason; a client that asked for reasons is answered
// with the reason; every other with `detail`, or with the bare word when there is none (docs/compatibility.md, answers).
Outcome refuse(const ClientState& client, std::string_view line, std::string_view detail, std::string_view reason, std::string& out);

// The last of what a command changes for one peer, in the order it is sent.
struct Change {
  PeerId peer = 0;
  rib::ChangeMark mark;
};

// One command being carried out: what the line said, whom it came from, and where the answer goes.
struct Call {
  Executor& executor;
  rib::RouteParser& routes;
  const Wording& words;
  ClientState& client;
  unsigned& api_version;
  const Tokenizer& line;
  std::string_view typed;     // the line as it came
  const Command& command;
  base::Tokens args;          // behind the words of the command, trailing keywords removed
  bool json = true;           // answer in JSON: version 6, or the last word was "json"
  bool text = false;          // the last words had "text"
  bool wait = false;          // sync: the answer waits for the socket
  const Selector& selector;
  std::vector<PeerId>& selected;
  std::vector<Change>& changes;  // of the command, one a peer that took something
  std::string& out;
  std::unique_ptr<Job>& job;

  // The peers the command acts on: those of the client that the selector matches.
  [[nodiscard]] std::span<const PeerId> targets();
  // The peers the command may show: all that the selector matches.
  [[nodiscard]] std::span<const PeerId> shown();
  // "error: detail" to everybody, in the words that programs know. The reason, if there is more to say, as refuse() has it.
  Outcome fail(std::string_view detail, std::string_view reason = {});
  // The bare "error", but to a client that asked for reasons.
  Outcome refuse(std::string_view reason);
  // "error: reason" too, or as JSON where the answer is JSON.
  Outcome deny(std::string_view reason);
  Outcome deny(std::string_view json_reason, std::string_view text_reason);
  Outcome refuse_targets();                      // targets() is empty
  Outcome refuse_word(const base::Token& word);  // one that means nothing here
  // Appends one line.
  void answer(std::string_view text_line);
  // The command as typed in the grammar of the table, for messages: "peer announce flow".
  [[nodiscard]] std::string_view name() const;

 private:
  [[nodiscard]] std::span<const PeerId> filter(std::span<const PeerId> peers);
};

// Up to three words, split when the table is compiled.
struct Words {
  constexpr Words(const char* literal) : text(literal) {  // NOLINT: written as a string in the table
    std::string_view left = text;
    while (!left.empty()) {
      const std::size_t end = left.find(' ');
      word[count++] = left.substr(0, end);
      left = end == std::string_view::npos ? std::string_view{} : left.substr(end + 1);
    }
  }
  [[nodiscard]] constexpr std::string_view last() const { return word[count - 1]; }

  std::string_view text;
  std::array<std::string_view, 3> word;
  std::size_t count = 0;
};

enum CommandFlag : std::uint8_t {
  k_selector = 1,   // may be preceded by a neighbor selector
  k_sync_word = 2,  // trailing "sync" and "async" say whether the answer waits
  k_hidden = 4,     // not in the help: an alias, or there to say what is wrong
  k_keeps_sync = 8, // "sync" is a word of its own arguments
  k_completes = 16, // what it changes is complete: nothing that follows belongs to it
  k_takes_while = 32  // its answer comes when a file or a table was read or written as a whole
};

inline constexpr std::uint8_t k_any_arguments = 255;  // the handler counts them itself

struct Command {
  Words v6;  // target first
  Words v4;  // action first; none: there is no such form
  std::uint8_t flags;
  std::uint8_t arguments;  // at most so many words behind those of the command
  std::string_view options;
  std::string_view meaning;
  Outcome (*handler)(Call& call);
};

}  // namespace tandem::api
