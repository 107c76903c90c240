// What `identical` and `equivalent` mean for what a peer was sent: the one definition (docs/contract.md, "Two runs compared").
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/bgp/negotiated.hpp"

namespace tandem::replay {

enum class Verdict : std::uint8_t { identical, equivalent, different };
[[nodiscard]] std::string_view to_string(Verdict verdict);

// One session as its peer has received it, in whole messages.
struct SentSession {
  std::vector<base::Bytes> messages;
  std::optional<bgp::Negotiated> agreed;  // how UPDATEs are to be read (read_as_sent); without it nothing is equivalent
  bool goes_on = false;                   // it was up before: what the peer had been told by then is not known
};

// KEEPALIVEs follow the clock: where the times of both runs are not the same, they do not count.
enum class Keepalives : std::uint8_t { count, do_not_count };

struct Comparison {
  Verdict verdict = Verdict::identical;
  // Of the first message that differs, in each; the count of messages where one has none.
  std::size_t first = 0;
  std::size_t second = 0;
};

[[nodiscard]] Comparison compare(const SentSession& one, const SentSession& other, Keepalives keepalives);

// Two sessions that go on, each cut in two where both say the same: whether they have parted for good, which is where neither speaks any more, behind
// that, of a prefix that they have left in different states.
struct CutSession {
  SentSession in_front;
  SentSession behind;
};
[[nodiscard]] bool have_parted(const CutSession& one, const CutSession& other);

}  // namespace tandem::replay
