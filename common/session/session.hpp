// One BGP session over one TCP connection (RFC 4271 section 8): bytes in, bytes out, one deadline, events. No socket, no clock,
// no callback; the same object is driven by poll(2), by Asio and by virtual time.
//
// A driver calls receive/outbox/sent; the speaker calls step and expired inside its round, so that the order of things is the
// core's. All calls come from one thread. Every call is safe in every state: too early, too late or twice is
// a no-op.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/ip.hpp"
#include "common/base/outbox.hpp"
#include "common/base/time.hpp"
#include "common/bgp/message/header.hpp"
#include "common/bgp/message/notification.hpp"
#include "common/bgp/message/open.hpp"
#include "common/bgp/message/operational.hpp"
#include "common/bgp/message/route_refresh.hpp"
#include "common/bgp/message/update.hpp"
#include "common/session/event.hpp"
#include "common/session/inbox.hpp"
#include "common/session/parameters.hpp"
#include "common/session/timers.hpp"

namespace tandem::state {
class Reader;
class Writer;
}  // namespace tandem::state

namespace tandem::session {

// One inbound message that is the speaker's business. Views the inbox: valid until the next call of step, receive or closed.
struct Inbound {
  bgp::RawMessage message;
  std::optional<bgp::Update> update;         // decoded when asked for and the type is UPDATE
  std::optional<bgp::RouteRefresh> refresh;
  std::optional<bgp::Operational> operational;  // where they were negotiated
  // Set for an UPDATE that was framed but not decoded (nobody wants it).
  bool undecoded = false;
};

class Session {
 public:
  // `parameters` must outlive the session.
  explicit Session(const Parameters& parameters);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // --- the transport -------------------------------------------------------------------------------------------------
  // TCP is up: the OPEN is queued (unless local-as is auto: then the peer speaks first).
  void connected(const base::Endpoint& local, const base::Endpoint& remote, base::TimePoint now);
  // Takes all of `bytes`. The driver asks wants_input() first; overshoot is at most what it read at once.
  void receive(base::Bytes bytes, base::TimePoint now);
  [[nodiscard]] bool wants_input() const;  // false: stop reading, let TCP push back (inbox full, or ending)
  // Reads on although the inbox is full, until it is not any more: to know whether the peer is still there.
  void look_ahead() { looking_ahead_ = true; }
  [[nodiscard]] base::Outbox& outbox() { return outbox_; }
  [[nodiscard]] const base::Outbox& outbox() const { return outbox_; }
  void sent(std::size_t count, base::TimePoint now);  // that many octets of the outbox are gone
  // The connection is gone (EOF, reset, or closed by us). `reason` appears in the down event unless one is known already.
  // The end of the stream is handled in its place: complete messages received before it are stepped through first, so that it
  // does not matter whether they and the end were read together. Until then the session is not ending() and has_input() is true.
  void closed(std::string_view reason, base::TimePoint now);

  // --- time ----------------------------------------------------------------------------------------------------------
  [[nodiscard]] std::optional<base::TimePoint> deadline() const;  // the earliest of all its timers
  void expired(base::TimePoint now);  // acts on every timer that is due; too early is a no-op

  // Nobody will be served until then: a KEEPALIVE that would be due meanwhile leaves now, and the next one an interval later.
  void speak_before(base::TimePoint pause_ends, base::TimePoint now);
  // Those that are due even so, for whoever sends them meanwhile; nothing: none is sent.
  [[nodiscard]] std::optional<Timers::KeepaliveClock> keepalives() const { return gone_ ? std::nullopt : timers_.keepalives(); }
  // One was sent then: its octets are behind those that wait, and sent() says how many of them have left.
  void keepalive_sent(base::TimePoint when);

  // How near one of both came to the end of its hold time, as the share that was left; nothing: nobody was heard since this was asked.
  [[nodiscard]] std::optional<double> take_hold_margin() { return timers_.take_hold_margin(); }

  // --- the round -----------------------------------------------------------------------------------------------------
  [[nodiscard]] bool has_input() const;  // a complete message (or a framing error, or the end of the stream) is waiting
  // Handles one inbound message: OPEN, KEEPALIVE, NOTIFICATION and every error inside, the others are returned.
  // `decode_updates` false: UPDATEs are framed, End-of-RIB recognised, nothing else is looked at.
  std::optional<Inbound> step(bool decode_updates, base::TimePoint now);
  // The next event, oldest first; nullopt when there is none.
  std::optional<Event> next_event();

  // --- sending -------------------------------------------------------------------------------------------------------
  // Queues complete messages. Only in Established; in any other state, or when the connection is gone, they are dropped.
  void queue(base::Bytes messages);
  void queue(std::shared_ptr<const base::Buffer> messages);  // that other sessions are sent as well

  // --- ending --------------------------------------------------------------------------------------------------------
  // Ends the session with a NOTIFICATION: nothing follows it, and the connection closes once it is written or a second has passed.
  // An empty `reason` becomes "notification sent (code,subcode)".
  void terminate(const base::NotificationCause& cause, std::string_view reason, base::TimePoint now);
  // Ends it without a word (graceful restart).
  void end_silently(std::string_view reason, base::TimePoint now);
  // Ending, and nothing is left to write: the driver should close the connection.
  [[nodiscard]] bool wants_close() const;
  [[nodiscard]] bool ending() const { return ending_; }

  // --- what is known -------------------------------------------------------------------------------------------------
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] const base::Endpoint& local() const { return local_; }
  [[nodiscard]] const base::Endpoint& remote() const { return remote_; }
  [[nodiscard]] const bgp::Open* sent_open() const { return sent_open_.get(); }
  [[nodiscard]] const bgp::Open* received_open() const { return received_open_.get(); }
  [[nodiscard]] const bgp::Negotiated* negotiated() const { return negotiated_.get(); }  // null before both OPENs

  // All of it but the parameters; what was negotiated follows from them and both OPENs.
  void store(state::Writer& writer) const;
  void load(state::Reader& reader);  // REQUIRES a new one

 private:
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self);
  void negotiate_again(state::Reader& reader);
  [[nodiscard]] std::string_view objection() const;
  // One function an edge of the state machine (RFC 4271 section 8.2.2).
  void enter_connect();
  void enter_open_sent(std::optional<base::Asn> mirrored);
  void enter_open_confirm(base::TimePoint now);
  void enter_established(base::TimePoint now);
  void enter_idle(std::string reason, base::TimePoint now);

  // What a message means in the present state. Only messages for the speaker come back.
  std::optional<Inbound> dispatch(const bgp::RawMessage& message, bool decode_updates, base::TimePoint now);
  void on_open(const bgp::RawMessage& message, base::TimePoint now);
  void on_notification(const bgp::RawMessage& message, base::TimePoint now);
  void on_unexpected(const bgp::RawMessage& message, std::uint8_t subcode, base::TimePoint now);
  std::optional<Inbound> on_update(const bgp::RawMessage& message, bool decode, base::TimePoint now);
  void report(const bgp::Update& update);
  void fail(const base::Error& error, base::TimePoint now);

  void send_keepalive();
  void send(base::Bytes message);
  [[nodiscard]] bool begin_sending();
  void tell(Event::Kind kind);
  void tell_message(Direction direction, base::Bytes message);
  void enter(State state);
  [[nodiscard]] bool connected() const { return state_ != State::idle; }
  [[nodiscard]] bool awaits_open() const { return state_ == State::connect || state_ == State::open_sent; }
  [[nodiscard]] bgp::HeaderRules rules() const;

  const Parameters& parameters_;
  State state_ = State::idle;
  bool ending_ = false;  // over: IDLE, nothing is read or queued any more; the outbox may still be leaving
  bool gone_ = false;    // closed() was called
  bool looking_ahead_ = false;
  base::TimePoint now_{};  // of the last call that said it
  base::Endpoint local_;
  base::Endpoint remote_;
  Timers timers_;
  Inbox inbox_;
  base::Outbox outbox_;
  std::vector<Event> events_;  // those before next_event_ were taken; no memory while there is none
  std::size_t next_event_ = 0;
  std::unique_ptr<std::string> close_reason_;  // of closed(), while messages received before it are handled
  std::unique_ptr<bgp::Open> sent_open_;
  std::unique_ptr<bgp::Open> received_open_;
  std::unique_ptr<bgp::Negotiated> negotiated_;
  std::vector<bgp::Family> skipped_;        // families whose routes were ignored; the log has been told
  std::vector<std::string_view> culprits_;  // attributes that withdrew routes; the log has been told
};

}  // namespace tandem::session
