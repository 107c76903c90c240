// The other side of all sessions of a measurement: it accepts what the daemon dials, answers OPENs, counts what it is told and sends
// what it is given. Cheap, so that on two processors it is not what is measured: messages are looked at in place, prefixes are counted
// and not kept. One thread, one epoll(7) descriptor.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "bench/table/octets.hpp"
#include "common/base/unique_fd.hpp"

namespace tandem::bench {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Session {
  std::uint32_t address = 0;        // that the daemon has dialled
  bool established = false;
  std::uint64_t announced = 0;      // prefixes
  std::uint64_t withdrawn = 0;
  std::uint64_t updates = 0;
  std::uint64_t ends_of_rib = 0;
  std::uint64_t octets = 0;
  std::uint64_t keepalives = 0;
  Clock::time_point last{};         // when something came last
  double latest_s = 0;              // how late the latest KEEPALIVE was behind a third of the hold time
  bool reading = true;

 private:
  friend class FarEnds;
  base::UniqueFd fd;
  Octets inbox;
  std::deque<std::pair<Stream, std::size_t>> outbox;  // what is to be sent, and how much of the first is
  bool writing = false;             // the kernel is asked to tell when there is room
  Clock::time_point answer_at{};    // an OPEN that waits for its answer
};

class FarEnds {
 public:
  explicit FarEnds(std::uint16_t hold_time_s = 180);
  [[nodiscard]] std::uint16_t port() const { return port_; }  // on every address of 127.0.0.0/8

  // Moves octets until `condition` holds; false when `limit` is over first.
  bool run_until(const std::function<bool()>& condition, Seconds limit);
  void run_for(Seconds time);

  void send(Session& session, Stream stream);
  void read(Session& session, bool reading);
  void close(Session& session);     // forgets it: the daemon will dial again
  void close_all();
  [[nodiscard]] bool all_sent() const;  // and taken by the daemon's kernel
  void forget_lateness();
  // Sessions of this address take so many octets a second from when they are up, and their kernels keep as little as they can.
  void slow_down(std::uint32_t address, std::size_t octets_a_second) { slow_ = address, slow_octets_ = octets_a_second; }
  // Octets that all far ends of this process have sent and received.
  static std::uint64_t moved();
  static void forget_moved();
  // OPENs are answered one after the other with so much time between them, so that the sessions' timers do not go off together.
  void stagger(Seconds step) { stagger_ = step; }

  [[nodiscard]] const std::vector<std::unique_ptr<Session>>& sessions() const { return sessions_; }
  [[nodiscard]] Session* at(std::uint32_t address) const;  // the newest of that address
  [[nodiscard]] std::size_t established() const;
  // Called when there is something to be read, until it is forgotten.
  void watch(int fd, std::function<void()> ready);
  void forget(int fd);
  // Called for each host route of an UPDATE while it is set.
  std::function<void(std::uint32_t address, Clock::time_point)> on_route;

 private:
  struct Watched {
    int fd = -1;
    std::function<void()> ready;
  };
  void dispatch(std::uint64_t key, std::uint32_t happened);
  void accept();
  void receive(Session& session);
  bool take(Session& session, const std::uint8_t* message, std::size_t size);  // false: it is over
  void count_update(Session& session, const std::uint8_t* body, std::size_t size);
  void flush(Session& session);
  void interest(Session& session, bool writing);
  void answer(Session& session);    // its OPEN
  void answer_due();
  void send_keepalives();
  void drop_closed();
  void trickle();                   // to the slow session
  void take_octets(Session& session, std::size_t room);

  std::uint16_t hold_time_s_;
  std::uint16_t port_ = 0;
  base::UniqueFd epoll_;
  base::UniqueFd listener_;
  std::vector<std::unique_ptr<Session>> sessions_;
  std::vector<std::unique_ptr<Watched>> watched_;
  Stream keepalive_;
  Clock::time_point next_keepalives_{};
  Seconds stagger_{0};
  Clock::time_point last_answer_{};
  std::size_t unanswered_ = 0;
  std::uint32_t slow_ = 0;
  std::size_t slow_octets_ = 0;
  Clock::time_point next_trickle_{};
  Octets scratch_;
};

}  // namespace tandem::bench
