// The listening sockets of the daemon: which there must be, which keys (RFC 2385, 5925) and which smallest TTL (RFC 5082) each has,
// and the connections they have accepted until the round takes them. Knows no peer.
//
// A socket has every key that a connection to it may need before it listens, and only those, because the kernel takes a bounded number.
// Whose key it did not take is told here and refused at accept (acceptor.cpp), which asks the kernel about each connection.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/config/configuration.hpp"
#include "common/speaker/listener.hpp"

namespace tandem::speaker {

class Runtime;

class Listeners {
 public:
  Listeners(process::Host& host, Runtime& runtime) : host_(host), runtime_(runtime) {}

  // The addresses of tcp.bind: listened on whatever neighbors ask for.
  [[nodiscard]] base::Result<void> bind(const std::vector<std::string>& addresses, std::uint16_t port);
  // Opens what is bound or asked for by a neighbor, closes what nobody asks for any more, and gives every socket the keys and the TTL of
  // these neighbors. All is tried; what fails is logged, and the first failure returned.
  [[nodiscard]] base::Result<void> adopt(std::span<const config::Neighbor> neighbors);
  // The host that these are in now is told of them, and of the keys that they have from these neighbors.
  void tell_host(const std::vector<std::shared_ptr<const config::Neighbor>>& neighbors);
  [[nodiscard]] base::Result<void> open_control(const std::string& path);
  [[nodiscard]] bool has_control() const;
  void close_all();

  [[nodiscard]] std::optional<base::TimePoint> deadline() const;
  void expired(base::TimePoint now);

  // What was accepted and not yet taken.
  [[nodiscard]] std::vector<process::IncomingConnection>& sessions() { return sessions_; }
  [[nodiscard]] std::vector<process::IncomingConnection>& clients() { return clients_; }
  [[nodiscard]] const std::vector<process::IncomingConnection>& sessions() const { return sessions_; }
  [[nodiscard]] const std::vector<process::IncomingConnection>& clients() const { return clients_; }

  void store(state::Writer& writer) const;
  void load(state::Reader& reader);

 private:
  struct Wanted;
  struct Open {
    Listener* listener;
    ListenPlace place;  // none: the control socket
    std::uint8_t minimum_ttl = 0;
  };
  [[nodiscard]] base::Result<void> open(const ListenPlace& place, const Wanted& wanted);
  void update(Open& open, const Wanted& wanted);
  static void tell_missing(const ListenPlace& place, std::size_t keys, const process::MissingKeys& missing);

  process::Host& host_;
  Runtime& runtime_;
  std::vector<ListenPlace> bound_;
  std::vector<Open> open_;
  std::vector<process::IncomingConnection> sessions_;
  std::vector<process::IncomingConnection> clients_;
};

}  // namespace tandem::speaker
