// A listening socket: for sessions (tcp.bind, a neighbor's `listen`) or for the control socket. What it accepts it leaves for the round.
#pragma once

#include <compare>
#include <vector>

#include "common/process/host.hpp"
#include "common/speaker/channel.hpp"

namespace tandem::state {
class Reader;
class Writer;
}  // namespace tandem::state

namespace tandem::speaker {

// Where a socket listens. A link-local address is one of its interface only.
struct ListenPlace {
  base::Endpoint at;
  std::string interface;
  friend auto operator<=>(const ListenPlace&, const ListenPlace&) = default;
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [at, interface] = self;
    archive.object(self, "listen_place")("at", at)("interface", interface);
  }
  [[nodiscard]] std::string text() const { return interface.empty() ? at.text() : at.text() + " on " + interface; }
};

// What a listener knows beside what channels do.
struct ListenerMemory {
  std::vector<process::IncomingConnection>& arrivals_;
  base::Outbox outbox_{};  // always empty
  std::optional<base::TimePoint> paused_until_{};
  bool closing_ = false;
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [arrivals, outbox, paused_until, closing] = self;
    archive.object(self, "listener")("paused_until", paused_until)("closing", closing);
  }
};

class Listener final : public Channel, private ListenerMemory {
 public:
  Listener(ChannelKeeper& keeper, ChannelKind kind, std::string name, base::UniqueFd fd, std::vector<process::IncomingConnection>& arrivals);

  [[nodiscard]] Interest interest() const override;
  [[nodiscard]] const base::Outbox& outbox() const override { return outbox_; }
  void on_accepted(process::IncomingConnection connection) override { arrivals_.push_back(std::move(connection)); }
  void on_accept_failed(int error, base::TimePoint now) override;
  void on_ended(EndCause cause, int error, base::TimePoint now) override;

  void close();
  [[nodiscard]] bool closing() const { return closing_; }
  [[nodiscard]] std::optional<base::TimePoint> deadline() const { return paused_until_; }
  void expired(base::TimePoint now);
  void store(state::Writer& writer) const;
  void load(state::Reader& reader);
};

}  // namespace tandem::speaker
