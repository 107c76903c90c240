// Remotes on real sockets of the loopback interface: a small poll(2) loop that runs in the test's own thread, so that scripted peers
// need no lock. Never blocks but in run_until, and there only up to the next thing to do.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/unique_fd.hpp"
#include "harness/remote.hpp"

namespace tandem::harness {

// How a socket is treated, to make life hard for the other side.
struct SocketHabits {
  std::size_t read_at_most = 65536;
  std::size_t write_at_most = 65536;
  int receive_buffer = 0;              // SO_RCVBUF; 0: the kernel's
  base::Duration between_writes{};     // at least this long between two writes
  base::Duration between_reads{};
  std::string md5_key;                 // of a connection that is dialled (RFC 2385); empty: no signature
};

class Loopback {
 public:
  // Listens at `address`; port 0 lets the kernel pick one. The port, or 0 when it cannot listen.
  std::uint16_t listen(const std::string& address, Acceptor acceptor, std::uint16_t port = 0, SocketHabits habits = {});
  void stop_listening(std::uint16_t port);
  // Connects from `source` (empty: any) to `target`; the remote learns of success and failure through connected and closed.
  void dial(const std::string& source, const base::Endpoint& target, std::shared_ptr<Remote> remote, SocketHabits habits = {});
  bool dial_unix(const std::string& path, std::shared_ptr<Remote> remote);
  // Real API programs that the test itself plays: tandem-relay (relay.cpp) is started by the daemon, hands its standard input and
  // output over through the Unix socket `path` and lives as long as the remote does. `start` is asked for the remote of each start.
  bool listen_relay(const std::string& path, std::function<std::shared_ptr<Remote>(const std::string& name)> start);

  // A stream that is there: `fd` is a socket, or what is read when `out` is what is written.
  void adopt(base::UniqueFd fd, base::UniqueFd out, std::shared_ptr<Remote> remote);

  // Moves octets until `condition` holds; false when `limit` is over first. The condition is looked at after every move and at
  // least every 20 ms, since it may watch something else than sockets.
  bool run_until(const std::function<bool()>& condition, base::Duration limit);
  void run_for(base::Duration time);
  void close_all();
  [[nodiscard]] std::size_t connections() const { return ports_.size(); }
  [[nodiscard]] static base::TimePoint now();

 private:
  struct Listening {
    base::UniqueFd fd;
    std::uint16_t port;
    Acceptor acceptor;
    SocketHabits habits;
  };
  struct Relay {
    base::UniqueFd fd;
    std::function<std::shared_ptr<Remote>(const std::string& name)> start;
  };
  struct Port {
    base::UniqueFd fd;                 // a socket; or what is read, when `out` is there
    base::UniqueFd out;
    base::UniqueFd guard;              // the relay's connection: readable when the relay is dead
    std::shared_ptr<Remote> remote;
    SocketHabits habits;
    bool connecting = false;
    bool over = false;
    bool silent = false;               // its sending half is shut down
    base::TimePoint write_after{};
    base::TimePoint read_after{};
  };
  void pass(base::Duration wait);
  void accept(Listening& listening);
  void accept_relay(Relay& relay);
  void serve(Port& port, short input, short output, bool guard);
  void read(Port& port);
  void write(Port& port);
  void finish(Port& port, bool reset);

  std::vector<Listening> listening_;
  std::vector<Relay> relays_;
  std::vector<std::unique_ptr<Port>> ports_;
};

// A port nobody uses now; somebody else may take it later.
[[nodiscard]] std::uint16_t free_port(const std::string& address = "127.0.0.1");

}  // namespace tandem::harness
