#include "common/api/wording.hpp"

#include <fmt/format.h>

#include "common/api/show.hpp"
#include "common/base/asn.hpp"
#include "common/bgp/message/notification.hpp"

namespace tandem::api {

namespace {

constexpr std::uint8_t k_cease = 6;

constexpr Wording k_main{.dialect = bgp::Dialect::main,
                         .version = "",
                         .counts_text = true,
                         .router_id = true,
                         .notification_message = true,
                         .idle_before_connecting = true,
                         .command_signal = "none",
                         .withdraw_next_hop = true,
                         .reason = nullptr,
                         .brackets_in_reason = true,
                         .open_is_agreed = true,
                         .always_negotiated = true,
                         .withdraws_first = false,
                         .no_next_hop = "no-nexthop",
                         .text_no_next_hop = " next-hop no-nexthop",
                         .loaded = "",
                         .not_loaded = "",
                         .connected_to = false,
                         .error_details = true,
                         .shows_nobody = false,
                         .answers_reset = true,
                         .rib_as_commands = false,
                         .idle_in_summary = true,
                         .show_usage = "usage: peer <ip> show [summary|extensive|configuration]\n",
                         .summary_header = append_summary_header,
                         .summary = append_summary,
                         .extensive = append_extensive,
                         .help = nullptr};

// What 4.2.21 has to say of its own commands; those that it does not know are understood all the same.
void help_4_2(std::string& out) {
  out += R"(
available API commands are listed here:
=======================================

filter can be: [local-ip <ip>][local-as <asn>][peer-as <asn>][router-id <router-id>]

command are:
------------

)" "# \n" R"([neighbor <ip> [filters]] announce attribute
[neighbor <ip> [filters]] announce attributes
[neighbor <ip> [filters]] announce eor
[neighbor <ip> [filters]] announce flow
[neighbor <ip> [filters]] announce operational
[neighbor <ip> [filters]] announce route
[neighbor <ip> [filters]] announce route-refresh
[neighbor <ip> [filters]] announce vpls
[neighbor <ip> [filters]] announce watchdog
[neighbor <ip> [filters]] clear adj-rib
[neighbor <ip> [filters]] flush adj-rib out
[neighbor <ip> [filters]] teardown
[neighbor <ip> [filters]] withdraw attributes
[neighbor <ip> [filters]] withdraw flow
[neighbor <ip> [filters]] withdraw route
[neighbor <ip> [filters]] withdraw vpls
[neighbor <ip> [filters]] withdraw watchdog
help )" "\n" "reload \n" "reset \n" "restart \n" R"(show adj-rib in [ extensive ] )" "\n" R"(show adj-rib out [ extensive ] )" "\n"
         R"(show neighbor [ summary | extensive | configuration ] )" "\n" "shutdown \n" "version \n\n";
}

// "notification received (6,2)" has more words around it, and what the numbers mean; a teardown of our own says its text, too.
std::string reason_4_2(std::string_view reason) {
  if (reason == "closing connection") return fmt::format("peer reset, message [{}] error[the TCP connection was closed by the remote end]", reason);
  for (const std::string_view begun : {"notification received (", "notification sent ("}) {
    if (!reason.starts_with(begun) || !reason.ends_with(')')) continue;
    const std::string_view numbers = reason.substr(begun.size(), reason.size() - begun.size() - 1);
    const std::size_t comma = numbers.find(',');
    const auto code = base::parse_decimal(numbers.substr(0, comma), 0xFF);
    const auto subcode = comma == std::string_view::npos ? std::nullopt : base::parse_decimal(numbers.substr(comma + 1), 0xFF);
    if (!code || !subcode) break;
    std::string meaning = bgp::describe(static_cast<std::uint8_t>(*code), static_cast<std::uint8_t>(*subcode));
    if (begun == "notification sent (" && *code == k_cease) {
      meaning += fmt::format(" / {}", bgp::subcode_name(k_cease, static_cast<std::uint8_t>(*subcode)));
    }
    return fmt::format("peer reset, message [{}] error[{}]", reason, meaning);
  }
  return std::string(reason);
}

constexpr Wording k_release_4_2{.dialect = bgp::Dialect::release_4_2,
                                .version = "4.2.21",
                                .counts_text = false,
                                .router_id = false,
                                .notification_message = false,
                                .idle_before_connecting = false,
                                .command_signal = "UNKNOWN",
                                .withdraw_next_hop = false,
                                .reason = reason_4_2,
                                .brackets_in_reason = false,
                                .open_is_agreed = false,
                                .always_negotiated = false,
                                .withdraws_first = true,
                                .no_next_hop = "no-nexthop",
                                .text_no_next_hop = "",
                                .loaded = "loaded new configuration successfully",
                                .not_loaded = "not reloaded, no change found in the configuration",
                                .connected_to = true,
                                .error_details = false,
                                .shows_nobody = true,
                                .answers_reset = false,
                                .rib_as_commands = true,
                                .idle_in_summary = false,
                                .show_usage = "please specify summary, extensive or configuration\n"
                                              "you can filter by peer ip address adding it after the word neighbor\n",
                                .summary_header = append_summary_header_4_2,
                                .summary = append_summary_4_2,
                                .extensive = append_extensive_4_2,
                                .help = help_4_2};

}  // namespace

const Wording& wording(bgp::Dialect dialect) { return dialect == bgp::Dialect::release_4_2 ? k_release_4_2 : k_main; }

}  // namespace tandem::api
