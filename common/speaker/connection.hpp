// One TCP connection of one neighbor and the session on it: where the driver's bytes meet the session (spec session.md 1.1).
#pragma once

#include <memory>

#include "common/session/session.hpp"
#include "common/speaker/channel.hpp"

namespace tandem::speaker {

class Peer;

enum class Origin : std::uint8_t { outgoing, incoming };

class Connection final : public Channel {
 public:
  // Outgoing: `fd` is configured and bound, and is to be connected to `target`.
  Connection(Runtime& runtime, Peer& peer, std::shared_ptr<const session::Parameters> parameters, base::UniqueFd fd,
             const base::Endpoint& target);
  // Incoming: `fd` is connected.
  Connection(Runtime& runtime, Peer& peer, std::shared_ptr<const session::Parameters> parameters, base::UniqueFd fd,
             const base::Endpoint& local, const base::Endpoint& remote, base::TimePoint now);

  [[nodiscard]] Interest interest() const override;
  [[nodiscard]] base::Endpoint dial_target() const override { return target_; }
  void connected(const base::Endpoint& local, const base::Endpoint& remote, base::TimePoint now) override;
  void connect_failed(int error, base::TimePoint now) override;
  void receive(base::Bytes bytes, base::TimePoint now) override;
  [[nodiscard]] const base::Outbox& outbox() const override { return session_.outbox(); }
  void sent(std::size_t count, base::TimePoint now) override;
  void ended(EndCause cause, int error, base::TimePoint now) override;

  // --- for the peer --------------------------------------------------------------------------------------------------
  [[nodiscard]] session::Session& session() { return session_; }
  [[nodiscard]] Origin origin() const { return origin_; }
  [[nodiscard]] bool dialling() const { return dialling_; }
  // The driver is done with it; the peer may still have to handle what came before the end.
  [[nodiscard]] bool over() const { return finished(); }
  // Close without writing anything more.
  void abort();
  // The peer has lost interest in what happens here (collision loser, removed neighbor): no event, no effect on the RIB.
  void mute() { muted_ = true; }
  [[nodiscard]] bool muted() const { return muted_; }
  void touch() { wake(); }

 private:
  Peer& peer_;
  Origin origin_;
  base::Endpoint target_;
  std::shared_ptr<const session::Parameters> parameters_;  // a reload gives the peer others while this one still ends
  session::Session session_;
  bool dialling_ = false;
  bool aborted_ = false;
  bool muted_ = false;
};

// A connection nobody configured: one NOTIFICATION and goodbye (spec session.md 1.3, 1.4).
class Rejection final : public Channel {
 public:
  Rejection(Runtime& runtime, base::UniqueFd fd, base::Bytes notification, base::TimePoint give_up);
  [[nodiscard]] Interest interest() const override;
  [[nodiscard]] const base::Outbox& outbox() const override { return outbox_; }
  void sent(std::size_t count, base::TimePoint now) override;
  void ended(EndCause cause, int error, base::TimePoint now) override;
  [[nodiscard]] base::TimePoint give_up() const { return give_up_; }
  void expire();
  [[nodiscard]] bool over() const { return finished(); }

 private:
  base::Outbox outbox_;
  base::TimePoint give_up_;
};

}  // namespace tandem::speaker
