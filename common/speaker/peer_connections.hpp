// The connections of one neighbor: dialling with its attempts and back-off, accepting, and which of several stays (RFC 4271 section 6.8).
// There is one connection, or up to three while that is being settled. Tells nobody anything: the peer does.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "common/process/host.hpp"
#include "common/speaker/backoff.hpp"
#include "common/speaker/connection.hpp"
#include "common/speaker/limits.hpp"
#include "common/speaker/peer_context.hpp"
#include "common/speaker/peer_definition.hpp"

namespace tandem::speaker {

class PeerConnections {
 public:
  PeerConnections(const PeerDefinition& definition, const PeerContext& context, ConnectionOwner& owner)
      : definition_(definition), context_(context), owner_(owner) {}

  // --- those there are -------------------------------------------------------------------------------------------------
  // Incoming ones, oldest first, then the outgoing one; the rest is null.
  using All = std::array<Connection*, k_waiting_connections + 1>;
  [[nodiscard]] All all() const;
  [[nodiscard]] bool none() const { return outgoing_ == nullptr && incoming_.empty(); }
  // Disowned ones that are still closing.
  [[nodiscard]] const std::vector<Connection*>& leaving() const { return leaving_; }
  // The one that events are about while none is Established; null: none.
  [[nodiscard]] Connection* main() const { return incoming_.empty() ? outgoing_ : incoming_.front(); }
  [[nodiscard]] bool any_finished() const;
  [[nodiscard]] bool any_opened() const;  // a valid OPEN has come on one
  [[nodiscard]] bool any_live_but(const Connection& connection) const;
  [[nodiscard]] std::optional<base::TimePoint> deadline() const;

  // --- dialling --------------------------------------------------------------------------------------------------------
  void dial_at(base::TimePoint when) { dial_at_ = when; }
  // Another attempt, when the idle hold time has passed.
  void dial_later(base::TimePoint now);
  void stop_dialling() { dial_at_.reset(); }
  [[nodiscard]] bool take_due(base::TimePoint now);  // it is time to dial
  // True when an attempt begins, which is one or many connects.
  bool begin_connect(base::TimePoint now);
  [[nodiscard]] base::Result<void> connect(std::shared_ptr<const session::Parameters> parameters);
  // A connect has failed. True: the attempt goes on, and the next one is due soon.
  bool connect_again(base::TimePoint now);
  void connected() { connects_ = 0; }
  void end_attempt() { connects_ = 0; }
  [[nodiscard]] bool attempts_used_up() const;
  // A session has lasted, or we ended it: failures before it do not count.
  void forget_failures() { backoff_.reset(); }
  void forget_attempts() { attempts_ = 0; }

  // --- kept down -------------------------------------------------------------------------------------------------------
  // Nothing is dialled or let in until then; nullopt: until release().
  void keep_down(std::optional<base::TimePoint> until);
  void release() { down_ = false; }
  [[nodiscard]] bool kept_down(base::TimePoint now) const { return down_ && (!down_until_ || now < *down_until_); }
  [[nodiscard]] std::optional<base::TimePoint> down_until() const { return down_until_; }  // REQUIRES kept_down()

  // --- accepting -------------------------------------------------------------------------------------------------------
  // Sets aside what is at its end. False: an OPEN has decided for another connection of the peer.
  bool admits_another();
  // Makes room for one that is admitted. True when it will be the only one.
  bool make_room(base::TimePoint now);
  Connection& accept(base::UniqueFd fd, const base::Endpoint& local, const base::Endpoint& remote,
                     std::shared_ptr<const session::Parameters> parameters, base::TimePoint now);

  // --- one of several --------------------------------------------------------------------------------------------------
  // A valid OPEN has come on `opened`. `established` is the session there is; null: none.
  void settle(Connection& opened, const Connection* established, base::TimePoint now);
  void keep_only(const Connection& established, base::TimePoint now);

  // --- ending ----------------------------------------------------------------------------------------------------------
  void remove(Connection& connection);  // finished, and handled
  void drop_all();

  void store(state::Writer& writer) const;
  void load(state::Reader& reader);

 private:
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self);
  [[nodiscard]] Connection* load_connection(state::Reader& reader);
  void close_loser(Connection& connection, std::string_view text, base::TimePoint now);
  void disown(Connection& connection);
  void drop_dial();
  [[nodiscard]] process::DialPlan dial_plan() const;

  const PeerDefinition& definition_;
  const PeerContext& context_;
  ConnectionOwner& owner_;

  Connection* outgoing_ = nullptr;  // owned by the runtime, as all are
  // Oldest first. While none has brought a valid OPEN it may be the wrong one to wait for: a peer that has lost its first connection
  // must get in with its second.
  std::vector<Connection*> incoming_;
  std::vector<Connection*> leaving_;

  Backoff backoff_;
  std::uint32_t attempts_ = 0;
  int connects_ = 0;                       // of the present attempt
  bool down_ = false;
  std::optional<base::TimePoint> down_until_;
  std::optional<base::TimePoint> attempt_started_;
  std::optional<base::TimePoint> dial_at_;  // when to connect next; nullopt: not waiting to
};

}  // namespace tandem::speaker
