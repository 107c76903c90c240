// One TCP connection of one neighbor and the session on it: where the driver's bytes meet the session.
#pragma once

#include <memory>

#include "common/session/session.hpp"
#include "common/speaker/channel.hpp"
#include "common/state/layout.hpp"

namespace tandem::speaker {

class Connection;

// Whose connection it is. What it is told it looks into in its next turn.
class ConnectionOwner {
 public:
  virtual void mark_due() = 0;
  virtual void connection_made(Connection& connection, base::TimePoint now) = 0;
  virtual void connect_failed(Connection& connection, int error, base::TimePoint now) = 0;

 protected:
  ~ConnectionOwner() = default;
};

enum class Origin : std::uint8_t { outgoing, incoming };

// What a connection knows beside what channels do.
struct ConnectionMemory {
  ConnectionMemory(ConnectionOwner& owner, Origin origin, const base::Endpoint& target, std::shared_ptr<const session::Parameters> parameters,
                   bool dialling)
      : owner_(owner), origin_(origin), target_(target), parameters_(std::move(parameters)), session_(*parameters_), dialling_(dialling) {}
  // All but the parameters, which it is made with.
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [owner, origin, target, parameters, session, dialling, dropped, disowned, failed_here] = self;
    archive.object(self, "connection")("origin", state::up_to(origin, Origin::incoming))("target", target)("session", session)(
        "dialling", dialling)("dropped", dropped)("disowned", disowned)("failed_here", failed_here);
  }

  ConnectionOwner& owner_;
  Origin origin_;
  base::Endpoint target_;
  std::shared_ptr<const session::Parameters> parameters_;  // a reload gives the peer others while this one still ends
  session::Session session_;
  bool dialling_;
  bool dropped_ = false;
  bool disowned_ = false;
  bool failed_here_ = false;
};

class Connection final : public Channel, private ConnectionMemory {
 public:
  // One that goes on: its state is read into it.
  Connection(ChannelKeeper& keeper, ConnectionOwner& owner, std::shared_ptr<const session::Parameters> parameters);
  // Outgoing: `fd` is configured and bound, and is to be connected to `target`.
  Connection(ChannelKeeper& keeper, ConnectionOwner& owner, const base::IpAddress& peer,
             std::shared_ptr<const session::Parameters> parameters, base::UniqueFd fd, const base::Endpoint& target);
  // Incoming: `fd` is connected.
  Connection(ChannelKeeper& keeper, ConnectionOwner& owner, const base::IpAddress& peer,
             std::shared_ptr<const session::Parameters> parameters, base::UniqueFd fd, const base::Endpoint& local,
             const base::Endpoint& remote, base::TimePoint now);

  [[nodiscard]] Interest interest() const override;
  [[nodiscard]] base::Endpoint dial_target() const override { return target_; }
  void on_connected(const base::Endpoint& local, const base::Endpoint& remote, base::TimePoint now) override;
  void on_connect_failed(int error, base::TimePoint now) override;
  void on_received(base::Bytes bytes, base::TimePoint now) override;
  [[nodiscard]] const base::Outbox& outbox() const override { return session_.outbox(); }
  bool on_sent(std::size_t count, base::TimePoint now) override;
  void on_ended(EndCause cause, int error, base::TimePoint now) override;

  // --- for the owner -------------------------------------------------------------------------------------------------
  [[nodiscard]] session::Session& session() { return session_; }
  [[nodiscard]] const session::Session& session() const { return session_; }
  [[nodiscard]] Origin origin() const { return origin_; }
  [[nodiscard]] bool dialling() const { return dialling_; }
  // It is there and may go on: neither dialled, nor at its end.
  [[nodiscard]] bool live() const { return !finished() && !dialling_ && !session_.ending(); }
  void drop();
  // The owner takes no part in it any more: no event, no effect on a RIB. It still says what waits to be written.
  void disown() { disowned_ = true; }
  [[nodiscard]] bool disowned() const { return disowned_; }
  void touch() { wake(); }
  // It has ended, and neither the network nor the peer has ended it: this side had nothing to go on with.
  [[nodiscard]] bool failed_here() const { return failed_here_; }
  [[nodiscard]] const std::shared_ptr<const session::Parameters>& parameters() const { return parameters_; }
  void store(state::Writer& writer) const;
  void load(state::Reader& reader);
};

}  // namespace tandem::speaker
