// Numbers of the speaker's contract, each with its reason.
#pragma once

#include <cstddef>
#include <cstdint>

#include "common/base/time.hpp"

namespace tandem::speaker {

using namespace std::chrono_literals;

// One turn of one peer (I19). Enough to amortise a wake-up, little enough that nobody else waits for long.
inline constexpr std::size_t k_turn_messages_out = 25;
inline constexpr std::size_t k_turn_messages_in = 64;
// ... of 4096 octets: in longer ones (RFC 8654) there are many more routes. With the message that reaches it a turn ends; what is read at once
// is heard at once.
inline constexpr std::size_t k_turn_octets_out = k_turn_messages_out * 4096;
inline constexpr std::size_t k_turn_octets_in = 64 * 1024;

// While a peer has more to say at once, what it has said waits for a write of this size: a wait for each few messages would cost more
// than the messages.
inline constexpr std::size_t k_write_burst = 64 * 1024;

// Routes that one turn goes through for what is as long as a table: all are announced or withdrawn, a run is put in order, a route refresh
// has ended (RFC 7313), routes end with their program. All turns of a round share what a round may take; one that comes when it is used
// up goes on with a little.
inline constexpr std::size_t k_turn_rib_slice = 4096;
inline constexpr std::size_t k_round_rib_slice = 16384;
inline constexpr std::size_t k_rib_slice_least = 256;

// Routes of the adj-RIB-in that one step of a state snapshot tells.
inline constexpr std::size_t k_snapshot_slice = 256;

// Attribute sets and tables that have gone since memory was given back to the system last: so much is worth the time that takes.
inline constexpr std::size_t k_give_back = 8 * 1024 * 1024;

// What a driver takes in one round: octets of a neighbor, octets of a program or control client (a batch of I6), connections.
inline constexpr std::size_t k_bulk_read = 65536;
inline constexpr std::size_t k_line_read = 16384;
inline constexpr int k_round_accepts = 10;

// An attempt to connect.
inline constexpr int k_connects_per_attempt = 50;
inline constexpr base::Duration k_connect_spacing = 100ms;
inline constexpr base::Duration k_connect_window = 30s;

// A session must last its hold time, and this long, before the idle hold time starts anew behind it.
inline constexpr base::Duration k_stable_session = 30s;

// After Established the first UPDATE waits until the peer has been heard once or this long: what the peer sent right behind
// its KEEPALIVE is handled before anything is generated (I16).
inline constexpr base::Duration k_first_run_hold_off = 20ms;
// Commands written one right after the other are one change: generation waits until none came for the first, at most the second.
inline constexpr base::Duration k_command_quiet = 5ms;
inline constexpr base::Duration k_command_hold_off = 50ms;

// ... or until nothing else can be coming (quiet.hpp). Only what comes alone leaves early: this long after a run began the next may begin.
inline constexpr base::Duration k_alone = 1ms;
inline constexpr base::Duration k_first_look = 20us;  // behind the batch; twice as long each further time

// End-of-RIBs and route refreshes that commands asked for and the peer has not read; beyond it a family that waits already is not queued again.
inline constexpr std::size_t k_waiting_requests = 1024;

// Connections of one neighbor that wait for an OPEN: one more replaces the oldest, which is told so and may take a moment to close.
inline constexpr std::size_t k_waiting_connections = 2;
inline constexpr std::size_t k_closing_connections = 16;  // of one neighbor; beyond it the oldest is closed as it is

// Peers that a range has at the same time, unless its neighbor says otherwise (member-limit).
inline constexpr std::size_t k_range_members = 1024;

// API programs and control clients.
inline constexpr std::size_t k_command_batch = 16384;            // octets of lines executed a round and client (I6)
inline constexpr std::size_t k_batch_answers = 256 * 1024;       // a batch ends early when its answers are this long
inline constexpr std::size_t k_command_backlog = 64 * 1024;      // beyond it the client is not read until it has been served
inline constexpr std::size_t k_command_room = 1024;                // of what a client has said, kept for what it says next
inline constexpr std::size_t k_command_line = 1024 * 1024;       // a longer line ends the client
inline constexpr std::size_t k_client_queue = 64 * 1024 * 1024;  // unread answers and events beyond it end the client
inline constexpr std::size_t k_job_budget = 64 * 1024;           // octets a job adds a round, at most
inline constexpr std::size_t k_jobs_budget = 128 * 1024;         // all of them together, a little of each: about a millisecond
inline constexpr std::size_t k_job_least = 2 * 1024;             // each at least
inline constexpr std::size_t k_job_high_water = 128 * 1024;      // a job waits while this much is unread
inline constexpr std::size_t k_control_clients = 64;
inline constexpr std::size_t k_error_line = 1024;                // octets of a line of standard error that are logged
inline constexpr std::size_t k_error_lines = 100;                // lines of it that are logged in a window, of each program
inline constexpr base::Duration k_error_window = 10s;
inline constexpr int k_respawn_limit = 5;                        // starts in one 64-second bucket of the wall clock
inline constexpr base::Duration k_last_words = 100ms;            // a reload that ends programs listens to them so long when they were told
inline constexpr base::Duration k_terminate_grace = 2s;          // SIGTERM, then SIGKILL
inline constexpr base::Duration k_kill_grace = 1s;
inline constexpr base::Duration k_group_look = 100ms;            // nobody tells us when what a program has started ends
inline constexpr base::Duration k_start_retry = 1s;              // after a start that failed; twice as long after each further one
inline constexpr base::Duration k_start_retry_max = 60s;

// Shutdown (D5).
inline constexpr base::Duration k_shutdown_peers = 1s;
inline constexpr base::Duration k_shutdown_flush = 100ms;
// Whatever peers and programs do (I28: 4 s, of which the engine needs a bit).
inline constexpr base::Duration k_shutdown_total = 3900ms;

// For so long nobody may be served when another program goes on: KEEPALIVEs that are due until then leave before it.
inline constexpr base::Duration k_upgrade_pause = 5s;

// An engine that has looked at its descriptors longer ago than this looks again before it acts upon a deadline.
inline constexpr base::Duration k_looked_long_ago = 100ms;

// Lines about refused connections: as many in a window, then only their number.
inline constexpr std::uint64_t k_refusal_log_lines = 10;
inline constexpr base::Duration k_refusal_log_window = 10s;

// After EMFILE accepting pauses: trying again at once would spin.
inline constexpr base::Duration k_accept_pause = 1s;

}  // namespace tandem::speaker
