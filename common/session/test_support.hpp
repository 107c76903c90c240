// What the tests of this room share: messages from hex, events and output as lines of text, and a session with a scripted peer.
#pragma once

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/session/session.hpp"

namespace tandem::session::test {

using base::TimePoint;
using std::chrono::milliseconds;
using std::chrono::seconds;

inline base::Buffer hex(std::string_view digits) {
  std::string packed;
  for (const char c : digits) {
    if (c != ' ') packed += c;
  }
  const auto octets = base::from_hex(packed);
  EXPECT_TRUE(octets) << digits;
  return octets.value_or(base::Buffer());
}

// A whole message around a body.
inline base::Buffer message(std::uint8_t type, std::string_view body_digits = {}) {
  const base::Buffer body = hex(body_digits);
  base::Buffer out;
  const std::size_t start = bgp::begin_message(out, static_cast<bgp::MessageType>(type));
  out.insert(out.end(), body.begin(), body.end());
  bgp::finish_message(out, start);
  return out;
}

inline base::Buffer operator+(base::Buffer a, const base::Buffer& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// Fields of the peer's OPEN, in hex.
struct OpenFields {
  std::string_view version = "04";
  std::string_view as_field = "FDE8";  // 65000
  std::string_view hold_time = "00B4";
  std::string_view router_id = "0A000003";
  std::string_view parameters = "02060104000100010206 41040000FDE8";  // IPv4 unicast, AS 65000
};
inline base::Buffer open_message(const OpenFields& fields = {}) {
  const base::Buffer parameters = hex(fields.parameters);
  std::string body;
  for (const auto part : {fields.version, fields.as_field, fields.hold_time, fields.router_id}) body += part;
  const auto size = static_cast<std::uint8_t>(parameters.size());
  body += base::to_hex(base::Bytes(&size, 1)) + base::to_hex(parameters);
  return message(1, body);
}
inline base::Buffer keepalive() { return message(4); }

inline const base::Endpoint k_local{base::IpAddress::v4(0x0A000002), 40000};
inline const base::Endpoint k_remote{base::IpAddress::v4(0x0A000003), 179};

// Takes everything that waits to be written.
inline base::Buffer take_output(Session& session) {
  base::Buffer out;
  while (!session.outbox().empty()) {
    base::Bytes piece;
    session.outbox().gather(std::span(&piece, 1));
    out.insert(out.end(), piece.begin(), piece.end());
    session.sent(piece.size(), TimePoint());
  }
  return out;
}

// "04" for a KEEPALIVE, "03 0602..." for a NOTIFICATION: type and body of each message, and what does not frame in full.
inline std::vector<std::string> messages(base::Bytes stream) {
  std::vector<std::string> lines;
  while (!stream.empty()) {
    const auto next = bgp::next_message(stream, {bgp::k_extended_message_size, false});
    if (!next || !*next) {
      lines.push_back("? " + base::to_hex(stream, base::HexCase::upper));
      break;
    }
    const bgp::RawMessage& found = **next;
    std::string line = base::to_hex(found.header().last(1), base::HexCase::upper);
    if (!found.body().empty()) line += ' ' + base::to_hex(found.body(), base::HexCase::upper);
    lines.push_back(std::move(line));
    stream = stream.subspan(found.whole.size());
  }
  return lines;
}

inline std::string describe(const Event& event) {
  switch (event.kind) {
    case Event::Kind::state:
      return std::string(to_string(event.state));
    case Event::Kind::connected:
      return "connected";
    case Event::Kind::negotiated:
      return "negotiated";
    case Event::Kind::up:
      return "up";
    case Event::Kind::down:
      return "down: " + event.reason;
    case Event::Kind::message:
      break;
  }
  const std::string direction = event.direction == Direction::send ? "send " : "receive ";
  return direction + std::string(bgp::upper_name(event.message.at(18)));
}
inline std::vector<std::string> take_events(Session& session) {
  std::vector<std::string> lines;
  while (const auto event = session.next_event()) lines.push_back(describe(*event));
  return lines;
}

using Lines = std::vector<std::string>;

// What conf-ebgp says.
inline Parameters ebgp_parameters() {
  Parameters parameters;
  parameters.local_as = base::Asn{65533};
  parameters.peer_as = base::Asn{65000};
  parameters.router_id = base::RouterId{0x0A000002};
  parameters.families = {bgp::k_ipv4_unicast};
  return parameters;
}

// A session, its clock, and what its peer says.
struct Fixture {
  Parameters parameters;
  Session session{parameters};
  TimePoint now{};

  explicit Fixture(Parameters given = ebgp_parameters()) : parameters(std::move(given)) {}

  void connect() { session.connected(k_local, k_remote, now); }
  // Delivers octets and handles every message; inbound ones of the speaker are counted.
  std::size_t hear(base::Bytes octets, bool decode_updates = true) {
    session.receive(octets, now);
    return handle(decode_updates);
  }
  std::size_t handle(bool decode_updates = true) {
    std::size_t inbound = 0;
    while (session.has_input()) inbound += session.step(decode_updates, now) ? 1U : 0U;
    return inbound;
  }
  // Takes the session to `state` with the peer's OPEN and forgets the way.
  void reach(State state, const OpenFields& fields = {}) {
    connect();
    if (state >= State::open_confirm) hear(open_message(fields));
    if (state >= State::established) hear(keepalive());
    ASSERT_EQ(session.state(), state);
    take_events(session);
    take_output(session);
  }
  // Time passes and the driver's timer goes off.
  void pass(base::Duration duration) {
    now += duration;
    session.expired(now);
  }
};

}  // namespace tandem::session::test
