// Listening sockets: for sessions (tcp.bind, a neighbor's `listen`) and for the control socket (spec session.md 1.3, api.md 7.1).
#pragma once

#include "common/process/host.hpp"
#include "common/speaker/channel.hpp"

namespace tandem::speaker {

class Daemon;

class Listener final : public Channel {
 public:
  // Sessions: `plan.at` says where. Control: kind is control_listener.
  Listener(Daemon& daemon, ChannelKind kind, std::string name, base::Endpoint at, base::UniqueFd fd);

  [[nodiscard]] Interest interest() const override;
  [[nodiscard]] const base::Outbox& outbox() const override { return outbox_; }
  void accepted(base::UniqueFd fd, const base::Endpoint& local, const base::Endpoint& remote, base::TimePoint now) override;
  void accept_failed(int error, base::TimePoint now) override;
  void ended(EndCause cause, int error, base::TimePoint now) override;

  void close();
  [[nodiscard]] bool closing() const { return closing_; }
  // Asked for by tcp.bind, not by a neighbor: no reload closes it.
  void keep() { kept_ = true; }
  [[nodiscard]] bool kept() const { return kept_; }
  [[nodiscard]] const base::Endpoint& at() const { return at_; }
  [[nodiscard]] std::optional<base::TimePoint> deadline() const { return paused_until_; }
  void expired(base::TimePoint now);

 private:
  Daemon& daemon_;
  base::Endpoint at_;
  base::Outbox outbox_;  // always empty
  std::optional<base::TimePoint> paused_until_;
  bool closing_ = false;
  bool kept_ = false;
};

}  // namespace tandem::speaker
