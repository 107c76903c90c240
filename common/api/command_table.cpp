#include "common/api/command_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "common/api/commands.hpp"
#include "common/base/json_writer.hpp"
#include "common/base/log.hpp"

namespace tandem::api {

namespace {

constexpr std::uint8_t k_route = k_selector | k_sync_word;
constexpr std::uint8_t k_any = k_any_arguments;
constexpr const char* k_none = "";

// Rows with more words stand before rows that are a part of them. The commands that come by the hundred thousand stand first.
constexpr Command k_commands[] = {
    {"peer announce route", "announce route", k_route, k_any, "<prefix> next-hop <ip|self> [attributes]",
     "puts a route into the adj-RIB-out", announce_routes},
    {"peer withdraw route", "withdraw route", k_route, k_any, "<prefix>", "takes a route out of the adj-RIB-out", withdraw_routes},
    {"peer announce ipv4", "announce ipv4", k_route, k_any, "<safi> <route> next-hop <ip|self> [attributes]",
     "announces an IPv4 route of the family named", announce_routes},
    {"peer withdraw ipv4", "withdraw ipv4", k_route, k_any, "<safi> <route>", "withdraws an IPv4 route of the family named",
     withdraw_routes},
    {"peer announce ipv6", "announce ipv6", k_route, k_any, "<safi> <route> next-hop <ip|self> [attributes]",
     "announces an IPv6 route of the family named", announce_routes},
    {"peer withdraw ipv6", "withdraw ipv6", k_route, k_any, "<safi> <route>", "withdraws an IPv6 route of the family named",
     withdraw_routes},
    {"peer announce attributes", "announce attributes", k_route, k_any, "next-hop <ip|self> [attributes] nlri <prefix>...",
     "announces several prefixes with the same attributes", announce_routes},
    {"peer announce attribute", "announce attribute", k_route | k_hidden, k_any, "", "", announce_routes},
    {"peer withdraw attributes", "withdraw attributes", k_route, k_any, "[attributes] nlri <prefix>...", "withdraws several prefixes",
     withdraw_routes},
    {"peer withdraw attribute", "withdraw attribute", k_route | k_hidden, k_any, "", "", withdraw_routes},
    {"peer announce watchdog", "announce watchdog", k_route, 1, "[<name>]", "announces the configured routes filed under a name",
     announce_watchdog},
    {"peer withdraw watchdog", "withdraw watchdog", k_route, 1, "[<name>]", "withdraws the configured routes filed under a name",
     withdraw_watchdog},
    {"peer announce eor", "announce eor", k_route, 2, "[<afi> <safi>]", "sends an End-of-RIB", announce_end_of_rib},
    {"peer announce route-refresh", "announce route-refresh", k_route, 2, "<afi> <safi>", "asks the peer for its routes again",
     announce_route_refresh},
    {"peer announce flow", "announce flow", k_route, k_any, "route [<name>] { match { ... } then { ... } }",
     "announces a flow specification rule", announce_routes},
    {"peer withdraw flow", "withdraw flow", k_route, k_any, "route [<name>] { match { ... } }", "withdraws a flow specification rule",
     withdraw_routes},
    {"peer announce vpls", "announce vpls", k_route, k_any, "rd <rd> endpoint <n> base <n> offset <n> size <n> next-hop <ip>",
     "announces a VPLS route", announce_routes},
    {"peer withdraw vpls", "withdraw vpls", k_route, k_any, "rd <rd> endpoint <n> base <n> offset <n> size <n>", "withdraws a VPLS route",
     withdraw_routes},
    {"peer announce l2vpn", "announce l2vpn", k_route, k_any, "<safi> <route> next-hop <ip|self> [attributes]",
     "announces a layer 2 VPN route of the family named", announce_routes},
    {"peer withdraw l2vpn", "withdraw l2vpn", k_route, k_any, "<safi> <route>", "withdraws a layer 2 VPN route of the family named",
     withdraw_routes},
    {"peer announce bgp-ls", "announce bgp-ls", k_route, k_any, "<safi> <route> next-hop <ip|self> [attributes]",
     "announces a link-state object of the family named", announce_routes},
    {"peer withdraw bgp-ls", "withdraw bgp-ls", k_route, k_any, "<safi> <route>", "withdraws a link-state object of the family named",
     withdraw_routes},
    {"peer announce operational", "announce operational", k_route, k_any,
     "asm|adm|rpcq|rpcp|apcq|apcp|lpcq|lpcp afi <afi> safi <safi> [advisory <text>] [router-id <ip>] [sequence <n>] [counter <n>]",
     "sends an operational message", announce_operational},
    {"peer announce", "announce", k_route | k_hidden, k_any, "", "", unknown_announce},
    {"peer withdraw", "withdraw", k_route | k_hidden, k_any, "", "", unknown_withdraw},

    {"peer teardown", "teardown", k_selector, 2, "<subcode> [\"<text>\"]", "ends sessions with NOTIFICATION 6/<subcode>, and this text", teardown},
    {"peer enable", "enable", k_selector, 0, "", "brings neighbors back that max-prefix keeps down", enable_peers},
    {"peer list", k_none, 0, 0, "", "lists the peers and their states", list_peers},
    {"peer show", "show neighbor", k_selector, 2, "[ summary | extensive | configuration ]", "shows peers", show_peers},
    {"peer create", "create neighbor", 0, k_any,
     "<ip> local-address <ip> local-as <asn> peer-as <asn> [router-id <ip>] [family-allowed <afi-safi>[/...]|in-open] "
     "[graceful-restart <s>] [group-updates true|false] [api <process>]...",
     "makes a neighbor, until the next reload", create_peer},
    {"peer delete", "delete neighbor", 0, k_any, "<selector>", "ends and forgets neighbors, until the next reload", delete_peers},
    {"peer routes", "routes", k_selector, k_any, "[<afi> [<safi>]] list | add <route> | remove <route> | remove index <hex>",
     "lists the routes announced with an index each, adds and removes them", indexed_routes},
    {"group start", "group start", k_sync_word, 0, "", "begins a block: what is announced and withdrawn takes effect at its end", group_start},
    {"group end", "group end", k_sync_word | k_completes, 0, "", "carries the block out", group_end},
    {"peer group", "group", k_route, k_any, "<command> ; <command> ; ...", "several changes that take effect together", group_line},

    {"rib show in", "show adj-rib in", k_selector, k_any, "[extensive] [routes|static|inet|flow|l2vpn] [<address>]", "shows the routes received",
     show_rib_in},
    {"rib show out", "show adj-rib out", k_selector, k_any, "[extensive] [routes|static|inet|flow|l2vpn] [<address>]", "shows the routes announced",
     show_rib_out},
    {"rib flush out", "flush adj-rib out", k_selector, k_any, "[<address>]", "sends all routes again", flush_rib},
    {"rib flush in", k_none, k_selector | k_hidden, k_any, "", "", flush_rib},
    {"rib clear in", "clear adj-rib in", k_selector, k_any, "[<address>]", "forgets the routes received", clear_rib_in},
    {"rib clear out", "clear adj-rib out", k_selector, k_any, "[<address>]", "withdraws all routes", clear_rib_out},
    {"rib clear", "clear adj-rib", k_selector | k_hidden, k_any, "", "", clear_rib_out},

    {"session ack enable", "enable-ack", 0, 0, "", "commands are answered with done or error", enable_ack},
    {"session ack disable", "disable-ack", 0, 0, "", "commands are not answered any more, after this one", disable_ack},
    {"session ack silence", "silence-ack", 0, 0, "", "commands are not answered any more, nor is this one", silence_ack},
    {"session sync enable", "enable-sync", 0, 0, "", "answers wait until the change is written to the peers", enable_sync},
    {"session sync disable", "disable-sync", 0, 0, "", "answers do not wait for the peers", disable_sync},
    {"session reasons enable", "enable-reasons", 0, 0, "", "every error of this client is answered with its reason", enable_reasons},
    {"session reasons disable", "disable-reasons", 0, 0, "", "errors are answered as ExaBGP does", disable_reasons},
    {"session tags enable", "enable-tags", 0, 0, "", "'#17 COMMAND' is a command, whose answer ends with 'done #17' or 'error #17'", enable_tags},
    {"session tags disable", "disable-tags", 0, 0, "", "what begins with # is a comment", disable_tags},
    {"session text enable", k_none, 0, 0, "", "answers of this client are tables and text, unless 'json' is the last word", enable_text},
    {"session text disable", k_none, 0, 0, "", "answers of this client are JSON or text as the version has it", disable_text},
    {"session ready", "ready", 0, 0, "", "End-of-RIBs that wait for this program (await-ready) wait no longer", ready},
    {"session reset", "reset", 0, 0, "", "drops the commands of this client not carried out yet", reset},
    {"session ping", "ping", 0, 2, "[<client-uuid> <start-time>] [text]", "checks that the daemon answers", ping},
    {"session bye", "bye", 0, 1, "[<client-uuid>]", "takes leave", bye},

    {"daemon shutdown", "shutdown", 0, 0, "", "ends the daemon", shutdown},
    {"daemon reload check", "reload check", k_takes_while, 1, "[<file>]", "says what a reload, of this file instead, would do to whom, and does nothing", check_reload},
    {"daemon reload", "reload", k_takes_while, 0, "", "reads the configuration again", reload},
    {"daemon restart", "restart", k_takes_while, 0, "", "reads the configuration again and restarts every session", restart},
    {"daemon log rotate", "log rotate", 0, 0, "", "opens the log file again, after it was moved away", rotate_log},
    {"daemon status", "status", 0, 0, "", "shows the daemon and the state of its peers", status},
    {"daemon upgrade", "upgrade", k_keeps_sync | k_takes_while, 1, "[<program>]",
     "has another tandem, or this one as it is on the disk by now, go on with all sessions and programs", upgrade},
    {"daemon record start", "record start", k_keeps_sync, k_any, "<file> [size <octets>] [keep <n> files]",
     "records all that happens from here on, for 'tandem replay'", record_start},
    {"daemon record stop", "record stop", 0, 0, "", "ends the recording", record_stop},
    {"daemon record status", "record status", 0, 0, "", "shows what is recorded, and where to", record_status},
    {"daemon engine trial", "engine trial", k_keeps_sync, k_any,
     "<name> for <time> [unless lag <time>] [unless turn <time>] [unless sessions lost] [unless hold margin below <share>] "
     "[unless queue growth <octets>] [unless cpu factor <n>] [then keep|back] | status | stop",
     "runs another reactor for a while, and goes back by itself when it does worse", engine_trial},
    {"daemon engine shadow", "engine shadow", k_keeps_sync | k_takes_while, 1, "<name> | status | stop",
     "runs another reactor beside this one, on all that this one is given, and compares what both say", engine_shadow},
    {"daemon engine", "engine", k_keeps_sync | k_takes_while, 1, "[<name>]", "shows which reactor runs, or switches to the one named", engine},
    {"system help", "help", 0, 0, "", "lists the commands", help},
    {"system version", "version", 0, 0, "", "shows the version", version},
    {"system queue-status", "queue-status", 0, 0, "", "shows what waits to be read by each program", queue_status},
    {"system api version", "api version", 0, 1, "[4|6]", "shows or sets the version of the API", api_version},
    {"#", k_none, 0, k_any, "", "a comment", comment},
};

[[nodiscard]] bool starts_with(base::Tokens tokens, const Words& words, std::size_t from) {
  if (words.count < from + 1 || tokens.size() < words.count - from) return false;
  for (std::size_t i = from; i < words.count; ++i) {
    if (tokens[i - from].text != words.word[i]) return false;
  }
  return true;
}

// How many of its words `tokens` start with.
[[nodiscard]] std::size_t common_words(base::Tokens tokens, const Words& words, std::size_t from) {
  std::size_t count = 0;
  while (from + count < words.count && count < tokens.size() && tokens[count].text == words.word[from + count]) ++count;
  return count;
}

}  // namespace

const Command& grouped_command() {
  static constexpr Command k_grouped{"announce", "announce", k_sync_word | k_hidden, k_any, "", "", group_add};
  return k_grouped;
}

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

std::string explain_unknown(std::string_view head, base::Tokens tokens) {
  std::size_t known = 0;
  std::set<std::string_view> next;  // what could stand behind the words that are known
  const auto look_at = [&](const Words& words, std::size_t from, bool shown) {
    if (words.count <= from) return;
    const std::size_t count = common_words(tokens, words, from);
    if (count < known) return;
    if (count > known) next.clear();
    known = count;
    if (shown && from + count < words.count) next.insert(words.word[from + count]);
  };
  for (const Command& command : k_commands) {
    const bool shown = (command.flags & k_hidden) == 0 && (head.empty() || (command.flags & k_selector) != 0);
    if (head != "peer") look_at(command.v4, 0, shown);
    if (head.empty()) look_at(command.v6, 0, shown);
    if (head == "peer" && command.v6.word[0] == head) look_at(command.v6, 1, shown);
  }
  const std::string expected = known == 0 && head.empty() ? "'help' lists the commands" : fmt::format("expected: {}", fmt::join(next, ", "));
  if (known == tokens.size()) return fmt::format("the command is not complete ({})", expected);
  return fmt::format("unknown {} '{}' ({})", known == 0 ? "command" : "word", tokens[known].text, expected);
}

}  // namespace tandem::api
