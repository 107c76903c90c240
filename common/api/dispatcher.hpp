// Command lines to actions and answers: one table of commands (grammar in both versions, help, handler) and the
// rules of acknowledgement. A line is executed to its end, except a command that produces a lot (show) or waits (sync): that
// becomes a Job which the speaker steps, and later lines of the same client wait for it (I5).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/api/client_state.hpp"
#include "common/api/executor.hpp"
#include "common/api/job.hpp"
#include "common/api/selector.hpp"
#include "common/api/tokenize.hpp"
#include "common/api/wording.hpp"
#include "common/rib/route_parser.hpp"

namespace tandem::api {

struct Change;
class RouteGroup;

class Dispatcher {
 public:
  explicit Dispatcher(Executor& executor, bgp::Dialect dialect = bgp::Dialect::main);
  ~Dispatcher();

  // Executes one line without its newline. Data lines, then the terminator, are appended to `out` ("\n" included), unless a
  // job came of it: then `job` is set and finish() is called with its outcome.
  void execute(ClientState& client, std::string_view line, std::string& out, std::unique_ptr<Job>& job);
  void finish(const ClientState& client, Outcome outcome, std::string& out) const;

  // Every command with its words, for help and completion.
  struct CommandHelp {
    std::string words;
    bool selector = false;  // may be preceded by a neighbor selector
    std::string options;
    std::string meaning;
  };
  [[nodiscard]] static std::vector<CommandHelp> commands();

  [[nodiscard]] const Wording& words() const { return words_; }
  // The grammar version for clients that start from now on (`system api version`).
  unsigned api_version = 6;

 private:
  // The outcome of one line; nullopt when the line is not answered at all.
  std::optional<Outcome> dispatch(ClientState& client, std::string_view line, std::string& out, std::unique_ptr<Job>& job);
  // Takes the selector from the front of `tokens`, if there is one.
  [[nodiscard]] base::Result<void> take_selector(base::Tokens& tokens, std::string_view& head);

  Executor& executor_;
  const Wording& words_;
  rib::RouteParser routes_;
  // Reused from line to line, so that a command allocates nothing for its words and its targets.
  Tokenizer line_;
  Selector selector_;
  std::vector<PeerId> selected_;
  std::vector<Change> changes_;
};

// Spaces in the normal form of tokenize.hpp; the result is what error lines quote.
[[nodiscard]] std::string normalise(std::string_view line);

}  // namespace tandem::api
