// Moving bytes between a channel and its descriptors: connect, one read, gathering writes, the wait in between. Used by every
// driver that carries a stream (peers, programs, control clients); what the bytes mean is the core's business.
// Completion style: a read is asked for and ends with its bytes, in a small buffer of this connection's own; bulk behind it goes
// through the loop's big one. Writes try first and await writability only if they must: a pending async_write would pin memory
// that the core is free to move.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "engine_async/driver.hpp"

namespace tandem::engine_async {

class Stream {
 public:
  Stream(Driver& driver, std::size_t read_size) : driver_(driver), read_size_(read_size) {}

  // Connects to the channel's target, or waits for the result of what another engine began. 0 is success; nullopt when the driver
  // is over before it is known.
  [[nodiscard]] asio::awaitable<std::optional<int>> connect();
  // Both directions, until the driver is over: this coroutine reads, another one writes.
  [[nodiscard]] asio::awaitable<void> pump();

 private:
  // At most one read a round, delivered before it returns.
  [[nodiscard]] asio::awaitable<void> read();
  // The writer: whenever there is something in the outbox, writes it, until the driver is over.
  [[nodiscard]] asio::awaitable<void> write();
  // Until there may be something to read again.
  [[nodiscard]] asio::awaitable<void> wait();
  void deliver(std::span<const std::uint8_t> bytes);
  void read_now(std::size_t most);
  void input_ended();

  static constexpr std::size_t k_small_read = 512;

  Driver& driver_;
  std::size_t read_size_;
  std::uint64_t read_in_ = 0;  // the round before which it read last, counted from 1
  int write_error_ = 0;        // the other side takes nothing more; what it said before is still to be read
  std::array<std::uint8_t, k_small_read> small_;
};

}  // namespace tandem::engine_async
