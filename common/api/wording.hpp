// What answers and events of a dialect look like beyond attributes and NLRI: one row a dialect (wording.cpp), handed to whoever writes
// them.
#pragma once

#include <string>
#include <string_view>

#include "common/api/executor.hpp"
#include "common/bgp/dialect.hpp"

namespace tandem::api {

struct Wording {
  bgp::Dialect dialect;     // of attributes and NLRI
  std::string_view version; // which ExaBGP it says it is; "": the version of this program

  // --- events
  bool counts_text;             // lines of the text encoder have a number, too, though they do not show it
  bool router_id;               // JSON: in the neighbor
  bool notification_message;    // JSON: what a NOTIFICATION says in words
  bool idle_before_connecting;  // fsm: IDLE behind ACTIVE when a connection is begun
  std::string_view command_signal;  // JSON: name of the signal that a command stands for, whose number is 0
  bool withdraw_next_hop;       // JSON: the next hop of an UPDATE that withdraws is an attribute
  std::string (*reason)(std::string_view reason);  // of a session that is down; null: as it is
  bool brackets_in_reason;      // JSON: in it; else parentheses
  bool open_is_agreed;          // JSON: the OPEN of the peer is told with what is agreed on, else as if nothing were
  bool always_negotiated;       // JSON: UPDATEs and packets say what is agreed on, else where a program is told `negotiated`
  bool withdraws_first;         // text: in an UPDATE that announces, too
  std::string_view no_next_hop; // JSON: the key of announces without one
  std::string_view text_no_next_hop; // behind an NLRI that has none

  // --- log lines that programs wait for
  std::string_view loaded;   // behind what was loaded or reloaded; "": no more
  std::string_view not_loaded;  // in front of why a file was not; "": no more
  bool connected_to;         // of a session that is up: "connected to peer-1 with outgoing-1 LOCAL-REMOTE"

  // --- answers
  bool error_details;       // some errors have a line that begins with "error: "
  bool shows_nobody;        // show: nothing is shown of an address that no neighbor has; else it is an error
  bool answers_reset;       // `reset`; else nothing is due, but to a client that asked for reasons or tags
  bool rib_as_commands;     // show adj-rib: "neighbor A ..." with the next hop
  bool idle_in_summary;     // show neighbor summary: peers that are not Established
  std::string_view show_usage;  // of `show neighbor` alone
  void (*summary_header)(std::string& out);
  void (*summary)(const PeerSnapshot& peer, std::string& out);
  void (*extensive)(const PeerSnapshot& peer, std::string& out);
  void (*help)(std::string& out);  // null: the table of commands
};
[[nodiscard]] const Wording& wording(bgp::Dialect dialect);

}  // namespace tandem::api
