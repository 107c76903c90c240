// capability { } (spec config.md 3.4): what the OPEN announces.
#include "common/config/value.hpp"

namespace tandem::config {

namespace {

using N = NeighborDraft;

// Without a time it is that of the hold time, as with 0.
Status set_graceful_restart(ParserState& state, const Statement& statement) {
  const base::Token& last = statement.words.back();
  const bool notification = statement.words.size() > 1 && last.text == "notification";
  if (statement.words.size() == (notification ? 2U : 1U)) {
    state.draft.graceful_restart.set({std::uint16_t{0}, notification}, place_of(statement.words[0]));
    return {};
  }
  if (!notification) return set_scalar<&N::graceful_restart, RestartTime, Bare::required>(state, statement);
  Statement time = statement;
  time.words.pop_back();
  if (auto done = set_scalar<&N::graceful_restart, RestartTime, Bare::required>(state, time); !done) return done;
  GracefulRestartSetting& setting = *state.draft.graceful_restart.value;
  if (!setting.time_s) return state.fail(last, "'notification' has no effect without graceful restart: leave it out, or 'disable'");
  setting.notification = true;
  return {};
}

Status set_add_path(ParserState& state, const Statement& statement) {
  if (statement.words.size() > 1 && lower_case(statement.words[1].text) == "receive/send") {
    return state.fail(statement.words[1], "'receive/send' is not an add-path mode: did you mean send/receive?",
                      AddPathMode::alternatives());
  }
  return set_scalar<&N::add_path, AddPathMode, Bare::required>(state, statement);
}

constexpr Keyword k_keywords[] = {
    scalar<&N::asn4, Boolean, Bare::yes>("asn4", "4-octet AS numbers (RFC 6793), on by default"),
    scalar<&N::extended_message, Boolean, Bare::yes>("extended-message", "messages up to 65535 octets (RFC 8654), on by default"),
    scalar<&N::route_refresh, Boolean, Bare::yes>("route-refresh", "route refresh and enhanced route refresh (RFC 2918, 7313)"),
    {"graceful-restart", "[SECONDS|disable] [notification]",
     "graceful restart (RFC 4724), also through NOTIFICATIONs (RFC 8538); 0 or no SECONDS: the hold time", set_graceful_restart},
    {"add-path", AddPathMode::k_value, "several paths a prefix (RFC 7911)", set_add_path},
    scalar<&N::multi_session, Boolean, Bare::yes>("multi-session", "multisession (draft-ietf-idr-bgp-multisession)"),
    scalar<&N::operational, Boolean, Bare::yes>("operational", "operational messages (draft-ietf-idr-operational-message)"),
    scalar<&N::nexthop, Boolean, Bare::yes>("nexthop", "IPv4 routes with IPv6 next hops (RFC 8950); on with a nexthop section"),
    scalar<&N::aigp, Boolean, Bare::yes>("aigp", "send and accept the AIGP attribute (RFC 7311)"),
    scalar<&N::software_version, Boolean, Bare::no>("software-version", "announce the version of this program"),
    scalar<&N::link_local_nexthop, Boolean>("link-local-nexthop", "link-local next hops (draft-ietf-idr-linklocal-capability)"),
    scalar<&N::link_local_prefer, Boolean, Bare::no>("link-local-prefer", "prefer link-local next hops"),
};

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

std::span<const Keyword> capability_keywords() { return k_keywords; }
std::span<const Retired> capability_retired() { return k_retired; }

}  // namespace tandem::config
