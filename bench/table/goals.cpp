#include "bench/table/goals.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tandem::bench {

const std::vector<GoalRow>& goals() {
  // Reasons that several rows share.
  constexpr std::string_view k_memory = "most of the time is spent waiting for memory: a place of the table and one of its index for every route, of a million in no order";
  constexpr std::string_view k_sets =
      "an entry of the table is 32 octets and its place in the index some more; the rest is the set of attributes that five routes share, 88 octets and what it says, as it came and as it is kept";
  constexpr std::string_view k_busy = "while the loop and the far ends have other work a program is hardly ever found at rest, and then its change waits for 5 ms of quiet";
  constexpr std::string_view k_turns = "a slice of work is about a millisecond long; what is more is time in which daemon and far ends had to wait for one of two processors";
  constexpr std::string_view k_calls = "ten system calls and more a command: a wait, a read and an answer, a look at /proc whether the program is at rest, and the UPDATE";
  constexpr std::string_view k_packed = "each UPDATE and each look at the descriptors is a record, which the loop copies, and a thread beside it packs; where others use the machine, too, the uncertainty is as large as what is missing";
  constexpr std::string_view k_tcp = "each KEEPALIVE is a system call and a packet, and most of the time is the kernel's TCP";
  static const std::vector<GoalRow> rows{
      {"many.cpu", "", 0.05, false, ""},
      {"many.memory", "", 1, false, ""},
      {"many.peak", "", 1.3, false, "the file is read as a whole, and the text of 100,000 routes is more than half as large as all that stays of them"},
      {"configured.cpu", "", 0.6, false, ""},
      {"configured.peak", "", 130, false, "the text of the file is in memory while it is read"},
      {"received.cpu", "", 0.2, false, k_memory},
      {"received.cpu", "", 0.3, true, k_memory},
      {"received.memory", "", 64, false, k_sets},
      {"received.memory", "", 0.4, true, k_sets},
      {"received.stays", "", 10, false, "tables shrink and go back to the system in slices, a few at each round, and two seconds after the last withdraw that is not over on a busy machine"},
      {"wire.p50", "", 0.06, false, "that a program is at rest is looked up in /proc, twice, behind the round that has read its command"},
      {"wire.p99", "", 0.5, false, "a program that waits for a processor cannot be told from one that is writing, and then the change waits for 5 ms of quiet"},
      {"loaded.p99", "", 2, false, k_busy},
      {"announced.p99", "", 2, false, k_busy},
      {"shown.p99", "", 2, false, k_busy},
      {"reload.silence", "", 10, false, k_turns},
      {"bounce.silence", "", 10, false, k_turns},
      {"flush.silence", "", 10, false, k_turns},
      {"lost.silence", "", 10, false, k_turns},
      {"clients.memory", "", 16, false, ""},
      {"clients.silence", "", 10, false, k_turns},
      {"reload.cpu", "", 0.7, false, ""},
      {"reload.peak", "", 100, false, "the new list of routes and the text it is read from stand beside the list in force until both have been compared: nothing is applied of a file with an error"},
      {"refused.silence", "", 10, false, k_turns},
      {"churn.cpu", "", 0.5, false, "what a session has yet to be told is in a table of its own: an entry and a look-up for each change and session, and ten sessions have ten of them"},
      {"again.cpu", "", 0.1, false, ""},
      {"converse.cpu", "", 8, false, k_calls},
      {"converse.one", "", 1.5, false, k_calls},
      {"told.cpu", "", 0.3, false, "each UPDATE is a line of its own, so five prefixes pay for the names, the neighbor and the attributes of a line"},
      {"record.silence", "", 10, false, k_turns},
      {"upgrade.silence", "", 500, false, ""},
      {"recording.received", "", 10, false, k_packed},
      {"recording.converse", "", 10, false, k_packed},
      {"keepalives.cpu", "", 0.25, false, k_tcp},
      {"keepalives.cpu", "sync", 0.45, false, k_tcp},
      {"idle.memory", "", 8, false, "beside the session, its tables and its outbox, about 7 KiB, stands what waits: a page of a fiber's stack (sync), or frames of coroutines and a buffer of 512 octets (async, uring)"},
      {"idle.up", "", 2, false, "ten thousand connections are opened by one thread and accepted by another one"},
  };
  return rows;
}

std::vector<const GoalRow*> goals_of(std::string_view figure, std::string_view engine) {
  std::vector<const GoalRow*> own;
  std::vector<const GoalRow*> of_all;
  for (const GoalRow& goal : goals()) {
    if (goal.figure != figure) continue;
    if (goal.engine.empty()) of_all.push_back(&goal);
    else if (goal.engine == engine) own.push_back(&goal);
  }
  return own.empty() ? of_all : own;
}

bool is_missed(const GoalRow& goal, double value, std::optional<double> bird) {
  if (!goal.of_bird) return value > goal.value;
  return bird && value > goal.value * *bird;
}

std::string to_string(const GoalRow& goal) { return fmt::format("{:g}{}", goal.value, goal.of_bird ? " x BIRD" : ""); }

std::string_view reason_of(const GoalRow& goal) {
  return goal.missed.empty() ? "it was reached before: either this machine was busy, or something has become slower" : goal.missed;
}

}  // namespace tandem::bench
