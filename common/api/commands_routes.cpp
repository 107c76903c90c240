// announce and withdraw of routes. `announce route` is the hot path of the API: one walk over the tokens, one
// interned attribute set, one call per peer.
#include <utility>

#include "common/api/commands.hpp"
#include "common/api/jobs.hpp"
#include "common/api/route_changes.hpp"
#include "common/api/route_command.hpp"
#include "common/base/assert.hpp"
#include "common/base/log.hpp"
#include "common/rib/route_grammar.hpp"

namespace tandem::api {

namespace {

// The line from the last word of the command ("route") to the last word that is not a trailing keyword.
[[nodiscard]] std::string command_text(const Call& call) {
  const base::Token* begin = call.args.data() - 1;
  return call.line.normalised({begin, call.args.size() + 1});
}

// Which rejections say something to everybody, and in which words. All others are the bare word.
Outcome reject(Call& call, const rib::RouteForm& form, std::string_view reason) {
  if (reason.starts_with(k_next_hop_missing)) return call.fail(reason);
  if (form.words == rib::RouteForm::Words::route) return call.fail("Could not parse route: " + command_text(call), reason);
  if (form.words == rib::RouteForm::Words::attributes) return call.fail("Failed to parse route: " + std::string(reason), reason);
  return call.refuse(reason);
}

Outcome change_routes(Call& call, rib::RouteUse use) {
  const auto peers = call.targets();
  if (peers.empty()) return call.refuse_targets();
  const RouteWord* word = find_route_word(call.command.v6.last());
  TANDEM_ASSERT(word != nullptr);
  const base::Tokens statement = route_statement(*word, {call.args.data() - 1, call.args.size() + 1});
  auto parsed = call.routes.parse_line(word->form, statement, use);
  if (!parsed) return reject(call, word->form, parsed.error().reason());
  RouteChange change{use, std::move(*parsed)};
  for (const rib::RouteWarning& warning : change.parsed.warnings) {
    base::log(base::LogCategory::processes, base::LogLevel::warning, "api {}: {}: '{}' {}", call.client.service, command_text(call), warning.word,
              warning.reason);
  }
  const auto changed = change_all(call, peers, change);
  call.routes.take_back(std::move(change.parsed));
  if (!changed) return call.refuse(changed.error().reason());
  return call.wait ? wait_until_written(call, call.changes, Outcome::done) : Outcome::done;
}

// Not a matter of authority: once the client may act on any of the neighbors, it does on all that it names.
Outcome change_watchdog(Call& call, void (Executor::*change)(PeerId, std::string_view)) {
  if (call.targets().empty()) return call.refuse_targets();
  const std::string_view name = call.args.empty() ? std::string_view(call.client.service) : call.args[0].text;
  for (const PeerId peer : call.shown()) (call.executor.*change)(peer, name);
  return Outcome::done;
}

Outcome unknown_type(Call& call, std::string_view verb) {
  const base::Token word{.text = verb};  // alone: the selector in front of it is not what is missing
  if (call.args.empty()) return call.refuse(explain_unknown({}, {&word, 1}));
  return call.fail("unknown " + std::string(verb) + " type: " + std::string(call.args[0].text));
}

}  // namespace

Outcome announce_routes(Call& call) { return change_routes(call, rib::RouteUse::announce); }
Outcome withdraw_routes(Call& call) { return change_routes(call, rib::RouteUse::withdraw); }
Outcome announce_watchdog(Call& call) { return change_watchdog(call, &Executor::announce_watchdog); }
Outcome withdraw_watchdog(Call& call) { return change_watchdog(call, &Executor::withdraw_watchdog); }
Outcome unknown_announce(Call& call) { return unknown_type(call, "announce"); }
Outcome unknown_withdraw(Call& call) { return unknown_type(call, "withdraw"); }

}  // namespace tandem::api
