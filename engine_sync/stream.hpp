// Moving bytes between a channel and its descriptors: connect, one read, gathering writes, the wait in between. Used by every
// driver that carries a stream (peers, programs, control clients); what the bytes mean is the core's business.
// Readiness style: try the call; if it would block, yield until poll(2) says that it will not.
#pragma once

#include <cstddef>
#include <optional>

#include "engine_sync/driver.hpp"

namespace tandem::engine_sync {

class Stream {
 public:
  Stream(Driver& driver, std::size_t read_size) : driver_(driver), read_size_(read_size) {}

  // Connects to the channel's target, or waits for the result of what another engine began. 0 is success; nullopt when the driver
  // is over before it is known.
  [[nodiscard]] std::optional<int> connect(Yield& yield);
  // Both directions, until the driver is over. Neither a read nor a write waits here, only the yield between them does.
  void pump(Yield& yield);

 private:
  // At most one read a round, delivered before it returns.
  void read();
  // Writes until the outbox is empty or the kernel takes no more.
  void write();
  // Until there is something to do.
  void wait(Yield& yield);
  void deliver(std::size_t count);
  void input_ended();

  Driver& driver_;
  std::size_t read_size_;
  bool readable_ = true;  // worth a try: every descriptor is looked at once when an engine starts
  bool writable_ = true;
  std::uint64_t read_in_ = 0;  // the round before which it read last, counted from 1
  int write_error_ = 0;   // the other side takes nothing more; what it said before is still to be read
};

}  // namespace tandem::engine_sync
