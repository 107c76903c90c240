// capability { }: what the OPEN announces.
#include "common/config/value.hpp"

namespace tandem::config {

namespace {

constexpr Retired k_retired[] = {
    {"multisession", "use multi-session"},
    {"as4", "use asn4"},
    {"four-byte-as", "use asn4"},
    {"refresh", "use route-refresh"},
    {"enhanced-route-refresh", "route-refresh announces it, too"},
    {"extended-nexthop", "use nexthop"},
    {"add-paths", "use add-path send/receive"},
    {"hostname", "write host-name in the neighbor"},
};

}  // namespace

std::span<const Retired> capability_retired() { return k_retired; }

// Without a time it is that of the hold time, as with 0.
Status set_graceful_restart(ParserState& state, const Statement& statement) {
  const base::Token& last = statement.words.back();
  const bool notification = statement.words.size() > 1 && last.text == "notification";
  if (statement.words.size() == (notification ? 2U : 1U)) {
    state.draft.graceful_restart.set({0, notification}, place_of(statement.words[0]));
    return {};
  }
  if (!notification) return set_scalar<&NeighborDraft::graceful_restart, RestartTime, Bare::required>(state, statement);
  Statement time = statement;
  time.words.pop_back();
  if (auto done = set_scalar<&NeighborDraft::graceful_restart, RestartTime, Bare::required>(state, time); !done) return done;
  GracefulRestart& setting = *state.draft.graceful_restart.value;
  if (!setting.time_s) return state.fail(last, "'notification' has no effect without graceful restart: leave it out, or 'disable'");
  setting.notification = true;
  return {};
}

Status set_add_path(ParserState& state, const Statement& statement) {
  if (statement.words.size() > 1 && lower_case(statement.words[1].text) == "receive/send") {
    return state.fail(statement.words[1], "'receive/send' is not an add-path mode: did you mean send/receive?",
                      AddPathMode::alternatives());
  }
  return set_scalar<&NeighborDraft::add_path_mode, AddPathMode, Bare::required>(state, statement);
}

}  // namespace tandem::config
