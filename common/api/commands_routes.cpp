// announce and withdraw of routes. `announce route` is the hot path of the API: one walk over the tokens, one
// interned attribute set, one call per peer.
#include <algorithm>

#include "common/api/commands.hpp"
#include "common/api/jobs.hpp"
#include "common/api/route_command.hpp"
#include "common/base/assert.hpp"
#include "common/base/log.hpp"
#include "common/bgp/nlri/codec.hpp"
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
  if (reason.starts_with("announce requires nexthop")) return call.fail(reason);
  if (form.words == rib::RouteForm::Words::route) return call.fail("Could not parse route: " + command_text(call), reason);
  if (form.words == rib::RouteForm::Words::attributes) return call.fail("Failed to parse route: " + std::string(reason), reason);
  return call.refuse(reason);
}

// The family, as the command names it, when its routes cannot be written so far.
[[nodiscard]] std::optional<std::string> later_family(const Call& call, const rib::RouteForm& form, base::Tokens statement) {
  const auto index = rib::find_family(form, statement);
  if (!index || !bgp::is_not_supported_yet(*index)) return std::nullopt;
  return std::string(call.name()) + (form.keyword.empty() ? ' ' + std::string(statement[0].text) : "");
}

// Nothing changes unless every route of the command has at least one neighbor that takes it.
[[nodiscard]] base::Result<void> check(const Executor& executor, std::span<const PeerId> peers, const rib::ParsedRoutes& parsed,
                                       rib::RouteUse use) {
  for (const rib::Route& route : parsed.routes) {
    base::Result<void> taken = base::Error("no neighbor");
    for (std::size_t i = 0; i < peers.size() && !taken; ++i) {
      auto accepted = executor.accepts(peers[i], route, use);
      if (accepted || i == 0) taken = std::move(accepted);  // the first reason is the one that is told
    }
    if (!taken) return taken;
  }
  return {};
}

rib::ChangeMark apply(Executor& executor, PeerId peer, const rib::Route& route, const rib::ParsedRoutes& parsed, rib::RouteUse use) {
  if (use == rib::RouteUse::withdraw) return executor.withdraw(peer, route);
  // Filing announces, too, unless the route starts held.
  if (parsed.watchdog.empty()) return executor.announce(peer, route);
  return executor.file_watchdog(peer, parsed.watchdog, route, parsed.held);
}

// What one neighbor takes of the command.
void apply(Call& call, PeerId peer, const rib::ParsedRoutes& parsed, rib::RouteUse use) {
  Change change{peer, {}};
  std::size_t skipped = 0;
  for (const rib::Route& route : parsed.routes) {
    const auto accepted = call.executor.accepts(peer, route, use);
    if (accepted) {
      change.mark = std::max(change.mark, apply(call.executor, peer, route, parsed, use));
    } else if (skipped++ == 0) {
      base::log(base::LogCategory::processes, base::LogLevel::warning, "api {}: {} skips {}: {}", call.client.service,
                call.executor.peer_key(peer), rib::describe(route), accepted.error().reason());
    }
  }
  if (skipped < parsed.routes.size()) call.changes.push_back(change);
}

Outcome change_routes(Call& call, rib::RouteUse use) {
  const auto peers = call.targets();
  if (peers.empty()) return call.refuse_targets();
  const RouteWord* word = find_route_word(call.command.v6.last());
  TANDEM_ASSERT(word != nullptr);
  const base::Tokens statement = route_statement(*word, {call.args.data() - 1, call.args.size() + 1});
  if (const auto later = later_family(call, word->form, statement)) return call.fail(*later + " is not supported yet");
  const auto parsed = call.routes.parse_line(word->form, statement, use);
  if (!parsed) return reject(call, word->form, parsed.error().reason());
  for (const rib::RouteWarning& warning : parsed->warnings) {
    base::log(base::LogCategory::processes, base::LogLevel::warning, "api {}: {}: '{}' {}", call.client.service, command_text(call), warning.word,
              warning.reason);
  }
  if (const auto checked = check(call.executor, peers, *parsed, use); !checked) return call.refuse(checked.error().reason());
  call.changes.clear();
  for (const PeerId peer : peers) apply(call, peer, *parsed, use);
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
  if (call.args.empty()) return call.refuse(explain_unknown({}, call.line.tokens()));
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
