// Daemons tandem is tested against, each with a configuration and a control socket of its own in the test's directory. They stand on
// 127.0.0.2, AS 65002, wait for 127.0.0.1, AS 65001, to connect, and announce the routes of their exchanges, or the same unicast routes, each
// version k_their_routes: 60.0.<i>.0/24 and 2001:db8:3c:<i + 1>::/64, of which number 1 has communities of all kinds.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "conformance/interop/exchanges.hpp"
#include "harness/child_process.hpp"

namespace tandem::conformance {

using namespace harness;

inline constexpr std::size_t k_their_routes = 4;
inline constexpr std::size_t k_their_block = 60;

class OtherDaemon {
 public:
  OtherDaemon(std::string directory, std::uint16_t port) : directory_(std::move(directory)), port_(port) {}
  virtual ~OtherDaemon() = default;
  OtherDaemon(const OtherDaemon&) = delete;
  OtherDaemon& operator=(const OtherDaemon&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] virtual std::vector<std::string> programs() const = 0;
  [[nodiscard]] virtual std::string package() const = 0;
  [[nodiscard]] virtual bool needs_root() const { return false; }
  [[nodiscard]] virtual ChildProcess start() const = 0;                         // returns at once; its configuration is written
  [[nodiscard]] virtual bool answers() const = 0;                               // its own client gets an answer
  [[nodiscard]] virtual std::string ask(std::string_view command) const = 0;    // its client
  [[nodiscard]] virtual std::string state() const = 0;                          // for the message of a failure

  [[nodiscard]] virtual std::span<const Exchange> exchanges() const = 0;
  virtual void write_families() const = 0;   // its configuration, with the families of its exchanges
  virtual void announce_families() const {}  // what that cannot say; once it answers

 protected:
  [[nodiscard]] std::string at(const std::string& name) const { return directory_ + "/" + name; }
  void write_file(const std::string& name, const std::string& text) const;
  [[nodiscard]] static std::vector<std::string> words_of(std::string_view command);

  std::string directory_;
  std::uint16_t port_;
};

// With unicast routes and all their attributes instead.
class UnicastDaemon : public OtherDaemon {
 public:
  using OtherDaemon::OtherDaemon;

  virtual void write() const = 0;
  virtual void announce() const {}
  [[nodiscard]] virtual std::size_t received(int version) const = 0;  // routes of IPv4 or IPv6 it has accepted from tandem
  [[nodiscard]] virtual std::string show(const std::string& prefix) const = 0;
  // What show() says of a route with the attributes of the test.
  [[nodiscard]] virtual std::vector<std::string> expected_attributes() const = 0;
};

[[nodiscard]] std::unique_ptr<OtherDaemon> make_daemon(const std::string& name, const std::string& directory);           // those, gobgp_rtc, bird
[[nodiscard]] std::unique_ptr<UnicastDaemon> make_unicast_daemon(const std::string& name, const std::string& directory);  // frr, gobgp, openbgpd, exabgp
[[nodiscard]] std::unique_ptr<UnicastDaemon> make_openbgpd(const std::string& directory, std::uint16_t port);
[[nodiscard]] std::unique_ptr<UnicastDaemon> make_exabgp(const std::string& directory, std::uint16_t port);

}  // namespace tandem::conformance
