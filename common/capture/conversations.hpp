// BGP in captured TCP connections: messages of both directions, and what their OPENs say about how the others are to be read.
//
// A direction may begin in the middle, and have holes: messages are then looked for by their marker (RFC 4271 section 4.1). Connections
// that are no BGP are left alone.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>

#include "common/api/message_decoder.hpp"
#include "common/bgp/message/open.hpp"
#include "common/capture/packet.hpp"
#include "common/capture/tcp_stream.hpp"

namespace tandem::capture {

// A message of a file.
struct FoundMessage {
  base::Bytes whole;  // header included
  double time = 0;
  const api::MessageSource* source = nullptr;
};

class Conversations {
 public:
  using Take = std::function<void(const FoundMessage& message)>;
  explicit Conversations(Take take) : take_(std::move(take)) {}

  void add(const Segment& segment, double time);
  void finish();  // there are no more

  // Octets of BGP connections that stand in no message: cut off at the beginning, or beside a hole.
  [[nodiscard]] std::uint64_t lost_octets() const { return lost_octets_; }
  [[nodiscard]] std::uint64_t holes() const { return holes_; }

 private:
  using Key = std::pair<base::Endpoint, base::Endpoint>;  // the lesser one first

  struct Direction {
    TcpStream stream;
    std::optional<std::uint32_t> first;  // number of the first octet, where the SYN was seen
    base::Buffer pending;                // the beginning of a message
    bool in_step = false;                // pending begins with a header
    bool ever = false;                   // a message was found
    bool ignored = false;                // it says something else
    std::uint64_t skipped = 0;           // octets in none
    std::optional<bgp::Open> open;
    api::MessageSource source;
  };
  struct Connection {
    Key key;
    bool bgp_port = false;
    std::array<Direction, 2> directions;  // what the lesser end sends first
  };
  using Connections = std::list<Connection>;  // those heard last in front

  Connection& find(const Segment& segment, bool& from_lesser);
  void start(Connection& connection, std::size_t side, std::uint32_t first);
  void take_octets(Connection& connection, std::size_t side, base::Bytes octets, double time);
  [[nodiscard]] static bool find_marker(const Connection& connection, Direction& direction, std::size_t& at);
  void take_message(Connection& connection, std::size_t side, const bgp::RawMessage& message, double time);
  void agree(Connection& connection);
  void finish(Connection& connection);

  Take take_;
  Connections connections_;
  std::map<Key, Connections::iterator> places_;
  std::uint64_t lost_octets_ = 0;
  std::uint64_t holes_ = 0;
};

}  // namespace tandem::capture
