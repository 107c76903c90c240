#include "common/api/command_table.hpp"

#include <algorithm>
#include <iterator>

#include "common/api/commands.hpp"
#include "common/base/json_writer.hpp"

namespace tandem::api {

namespace {

constexpr std::uint8_t k_route = k_selector | k_sync_word;
constexpr std::uint8_t k_later = k_selector | k_sync_word | k_hidden;  // belongs to a later issue
constexpr const char* k_none = "";

// Rows with more words stand before rows that are a part of them. The commands that come by the hundred thousand stand first.
constexpr Command k_commands[] = {
    {"peer announce route", "announce route", k_route, "<prefix> next-hop <ip|self> [attributes]",
     "puts a route into the adj-RIB-out", announce_route},
    {"peer withdraw route", "withdraw route", k_route, "<prefix>", "takes a route out of the adj-RIB-out", withdraw_route},
    {"peer announce ipv4", "announce ipv4", k_route, "unicast|multicast <prefix> next-hop <ip|self> [attributes]",
     "announces an IPv4 route of the family named", announce_ipv4},
    {"peer withdraw ipv4", "withdraw ipv4", k_route, "unicast|multicast <prefix>", "withdraws an IPv4 route of the family named",
     withdraw_ipv4},
    {"peer announce ipv6", "announce ipv6", k_route, "unicast|multicast <prefix> next-hop <ip|self> [attributes]",
     "announces an IPv6 route of the family named", announce_ipv6},
    {"peer withdraw ipv6", "withdraw ipv6", k_route, "unicast|multicast <prefix>", "withdraws an IPv6 route of the family named",
     withdraw_ipv6},
    {"peer announce attributes", "announce attributes", k_route, "next-hop <ip|self> [attributes] nlri <prefix>...",
     "announces several prefixes with the same attributes", announce_attributes},
    {"peer announce attribute", "announce attribute", k_route | k_hidden, "", "", announce_attributes},
    {"peer withdraw attributes", "withdraw attributes", k_route, "[attributes] nlri <prefix>...", "withdraws several prefixes",
     withdraw_attributes},
    {"peer withdraw attribute", "withdraw attribute", k_route | k_hidden, "", "", withdraw_attributes},
    {"peer announce watchdog", "announce watchdog", k_route, "[<name>]", "announces the configured routes filed under a name",
     announce_watchdog},
    {"peer withdraw watchdog", "withdraw watchdog", k_route, "[<name>]", "withdraws the configured routes filed under a name",
     withdraw_watchdog},
    {"peer announce eor", "announce eor", k_route, "[<afi> <safi>]", "sends an End-of-RIB", announce_end_of_rib},
    {"peer announce route-refresh", "announce route-refresh", k_route, "<afi> <safi>", "asks the peer for its routes again",
     announce_route_refresh},
    {"peer announce flow", "announce flow", k_later, "", "", not_supported},
    {"peer withdraw flow", "withdraw flow", k_later, "", "", not_supported},
    {"peer announce vpls", "announce vpls", k_later, "", "", not_supported},
    {"peer withdraw vpls", "withdraw vpls", k_later, "", "", not_supported},
    {"peer announce operational", "announce operational", k_later, "", "", not_supported},
    {"peer announce", "announce", k_route | k_hidden, "", "", unknown_announce},
    {"peer withdraw", "withdraw", k_route | k_hidden, "", "", unknown_withdraw},

    {"peer teardown", "teardown", k_selector, "<subcode>", "ends sessions with NOTIFICATION 6/<subcode>", teardown},
    {"peer list", k_none, 0, "", "lists the peers and their states", list_peers},
    {"peer show", "show neighbor", k_selector, "[ summary | extensive | configuration ]", "shows peers", show_peers},
    {"peer create", "create neighbor", k_later, "", "", not_supported},
    {"peer delete", "delete neighbor", k_later, "", "", not_supported},
    {"peer routes", k_none, k_later, "", "", not_supported},
    {"peer group", k_none, k_later, "", "", not_supported},
    {"group start", k_none, k_hidden, "", "", not_supported},
    {"group end", k_none, k_hidden, "", "", not_supported},

    {"rib show in", "show adj-rib in", k_selector, "[extensive] [inet|flow|l2vpn] [<address>]", "shows the routes received",
     show_rib_in},
    {"rib show out", "show adj-rib out", k_selector, "[extensive] [inet|flow|l2vpn] [<address>]", "shows the routes announced",
     show_rib_out},
    {"rib flush out", "flush adj-rib out", k_selector, "[<address>]", "sends all routes again", flush_rib},
    {"rib flush in", k_none, k_selector | k_hidden, "", "", flush_rib},
    {"rib clear in", "clear adj-rib in", k_selector, "[<address>]", "forgets the routes received", clear_rib_in},
    {"rib clear out", "clear adj-rib out", k_selector, "[<address>]", "withdraws all routes", clear_rib_out},
    {"rib clear", "clear adj-rib", k_selector | k_hidden, "", "", clear_rib_out},

    {"session ack enable", "enable-ack", 0, "", "commands are answered with done or error", enable_ack},
    {"session ack disable", "disable-ack", 0, "", "commands are not answered any more, after this one", disable_ack},
    {"session ack silence", "silence-ack", 0, "", "commands are not answered any more, nor is this one", silence_ack},
    {"session sync enable", "enable-sync", 0, "", "answers wait until the change is written to the peers", enable_sync},
    {"session sync disable", "disable-sync", 0, "", "answers do not wait for the peers", disable_sync},
    {"session reset", "reset", 0, "", "drops the commands of this client not carried out yet", reset},
    {"session ping", "ping", 0, "[<client-uuid> <start-time>] [text]", "checks that the daemon answers", ping},
    {"session bye", "bye", 0, "[<client-uuid>]", "takes leave", bye},

    {"daemon shutdown", "shutdown", 0, "", "ends the daemon", shutdown},
    {"daemon reload", "reload", 0, "", "reads the configuration again", reload},
    {"daemon restart", "restart", 0, "", "reads the configuration again and restarts every session", restart},
    {"daemon log rotate", "log rotate", 0, "", "opens the log file again, after it was moved away", rotate_log},
    {"daemon status", "status", 0, "", "shows the daemon and the state of its peers", status},
    {"daemon engine", "engine", 0, "[<name>]", "shows which reactor runs, or switches to the one named", engine},
    {"system help", "help", 0, "", "lists the commands", help},
    {"system version", "version", 0, "", "shows the version", version},
    {"system queue-status", "queue-status", 0, "", "shows what waits to be read by each program", queue_status},
    {"system api version", "api version", 0, "[4|6]", "shows or sets the version of the API", api_version},
    {"#", k_none, 0, "", "a comment", comment},
};

[[nodiscard]] bool starts_with(base::Tokens tokens, const Words& words, std::size_t from) {
  if (words.count < from + 1 || tokens.size() < words.count - from) return false;
  for (std::size_t i = from; i < words.count; ++i) {
    if (tokens[i - from].text != words.word[i]) return false;
  }
  return true;
}

}  // namespace

std::span<const Command> command_table() { return k_commands; }

Match find_command(std::string_view head, base::Tokens tokens) {
  for (const Command& command : k_commands) {
    // Behind "peer <selector>" the words of version 6 go on; behind "neighbor <selector>" come those of version 4.
    if (head == "peer") {
      if (command.v6.word[0] == head && starts_with(tokens, command.v6, 1)) return {&command, tokens.subspan(command.v6.count - 1)};
      continue;
    }
    if (starts_with(tokens, command.v4, 0)) return {&command, tokens.subspan(command.v4.count)};
    if (head.empty() && starts_with(tokens, command.v6, 0)) return {&command, tokens.subspan(command.v6.count)};
  }
  return {};
}

// --- Call ----------------------------------------------------------------------------------------------------------------

std::span<const PeerId> Call::filter(std::span<const PeerId> peers) {
  if (!selector.written()) return peers;
  selected.clear();
  std::copy_if(peers.begin(), peers.end(), std::back_inserter(selected),
               [this](PeerId peer) { return selector.matches(executor.peer_key(peer)); });
  return selected;
}

std::span<const PeerId> Call::targets() { return filter(executor.peers_of(client.id)); }

std::span<const PeerId> Call::shown() { return filter(executor.peers()); }

Outcome fail(std::string& out, bool acknowledge, std::string_view detail) {
  if (acknowledge) {
    out += "error: ";
    base::append_printable(out, detail);
    out += '\n';
  }
  return Outcome::error;
}

Outcome Call::fail(std::string_view detail) { return api::fail(out, client.acknowledge, detail); }

void Call::answer(std::string_view text_line) {
  out += text_line;
  out += '\n';
}

std::string_view Call::name() const { return client.version == 4 && command.v4.count > 0 ? command.v4.text : command.v6.text; }

}  // namespace tandem::api
