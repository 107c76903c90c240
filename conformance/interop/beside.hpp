// A daemon under observation: one scene (a configuration, what its peer sends, what its programs say) is played with Debian's ExaBGP or
// with tandem in dialect 4.2, and everything that can be seen of it is written down: octets, lines of JSON and text, answers.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/interop/fixture.hpp"
#include "harness/scripted_peer.hpp"

namespace tandem::conformance {

// What follows from it: messages that the daemon writes, and whether the session ends.
struct Effect {
  std::size_t written = 0;
  bool ends = false;
  bool answered = true;  // the command
};

// One thing that is done, and what is waited for before the next one.
struct Act {
  std::string_view send{};        // a message of the peer: length, type and body in hexadecimal; "": nothing
  std::string_view command{};     // of a program that is told no events; "": none
  std::size_t written = 0;
  bool ends = false;
  std::optional<Effect> theirs{}; // of ExaBGP, where it is another one
  bool answered = true;
  std::string_view prints{};      // of the answer, where the command is not answered with done or error
  std::string_view statements{};  // of the neighbor: the file is written again with these
  int signal = 0;                 // to the daemon
  bool removes = false;           // the file is written again with another neighbor
  bool closes = false;            // the peer does
  bool restarts = false;          // the program that commands ends, and is started again
  std::string_view logged{};      // there is one more line with this in the log
};

struct Scene {
  std::string_view name;
  std::uint32_t peer_as;
  std::string_view families;    // of `family { }`
  std::string_view statements;  // of the neighbor
  std::string_view topics;      // of `receive { }` and `send { }`
  std::size_t written;          // messages behind the KEEPALIVE, End-of-RIBs included
  std::vector<Act> acts;
  std::string_view states = "neighbor-changes; negotiated; fsm; signal;";
  std::string_view setting{};   // "name value"
  void (*peer)(harness::PeerOptions& options) = nullptr;  // makes it another one
  std::size_t handshake = 2;    // messages of it, each way
  bool is_of_3_4 = false;       // the file, which `tandem migrate conf` makes one of today
};
inline void PrintTo(const Scene& scene, std::ostream* out) { *out << scene.name; }
// Those of routes and attributes, of answers, and of what happens to sessions.
[[nodiscard]] std::vector<Scene> route_scenes();
[[nodiscard]] std::vector<Scene> answer_scenes();
[[nodiscard]] std::vector<Scene> session_scenes();

struct Seen {
  std::vector<std::string> wire;     // messages but KEEPALIVEs, as describe() has them
  std::vector<std::string> json;     // without what differs from run to run
  std::vector<std::string> text;
  std::vector<std::string> answers;  // each command, and what it was answered
  std::size_t counted = 0;           // lines of JSON with a counter, about the neighbor
  std::size_t in_order = 0;          // whose counter is one more than that of the line before
  std::string trouble;               // what was waited for and never came; with the log of the daemon
};

// `daemon`: "exabgp", or the engine of a tandem.
[[nodiscard]] Seen play(const Scene& scene, const std::string& daemon);

// What stays different, and why: docs/compatibility.md has the table of these. A row stands for a line of ours that is there where
// theirs would be; "" on one side for a line that the other side does not have.
struct Difference {
  std::string_view scene;   // which needs it
  std::string_view theirs;  // part of the line
  std::string_view ours;
  std::string_view why;
  bool everywhere = false;  // other scenes may have it, too
};
[[nodiscard]] std::span<const Difference> dialect_differences();

}  // namespace tandem::conformance
