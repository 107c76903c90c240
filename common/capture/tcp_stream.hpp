// One direction of a TCP connection put together from its segments: out of order, sent twice, with holes (RFC 9293).
//
// Octets are given on in order, each once. A hole that is not filled while 256 segments or 1 MiB wait behind it is given up: so much is
// kept of a direction, and no more.
#pragma once

#include <cstdint>
#include <functional>
#include <map>

#include "common/base/bytes.hpp"

namespace tandem::capture {

class TcpStream {
 public:
  // In order: octets and the time they were captured, or, with none, a hole whose octets nobody has seen.
  using Take = std::function<void(base::Bytes octets, double time)>;

  // The next octet has this number: a SYN was seen.
  void start(std::uint32_t sequence);
  // Where no SYN was seen the first segment is the start.
  void add(std::uint32_t sequence, base::Bytes octets, double time, const Take& take);
  // No more segments: what waits behind holes is given on.
  void finish(const Take& take);

  [[nodiscard]] bool started() const { return started_; }

 private:
  struct Piece {
    base::Buffer octets;
    double time = 0;
  };
  void keep(std::uint64_t at, base::Bytes octets, double time);
  void give_kept(const Take& take);
  void give_up_hole(const Take& take);

  bool started_ = false;
  std::uint64_t next_ = 0;  // counts on where the number of 32 bits begins anew
  std::map<std::uint64_t, Piece> kept_;
  std::size_t kept_octets_ = 0;
};

}  // namespace tandem::capture
