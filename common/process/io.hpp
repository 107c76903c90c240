// System calls on descriptors that both engines and the process room need in the same form; none of them waits.
#pragma once

#include <array>
#include <cstdint>

#include "common/base/ip.hpp"
#include "common/base/outbox.hpp"
#include "common/process/incoming_connection.hpp"

namespace tandem::process {

enum class IoStatus : std::uint8_t {
  done,         // `count` octets were moved
  would_block,  // nothing now: wait for readiness
  closed,       // end of file
  failed        // `error` is the errno
};
struct IoResult {
  IoStatus status = IoStatus::would_block;
  std::size_t count = 0;
  int error = 0;
};

// One read(2), one writev(2) of what the outbox holds (at most 64 pieces). REQUIRES that SIGPIPE is ignored: a pipe has no
// MSG_NOSIGNAL, and to ask which of the two a descriptor is would cost a call each time.
[[nodiscard]] IoResult read_some(int fd, std::span<std::uint8_t> into);
[[nodiscard]] IoResult write_some(int fd, const base::Outbox& outbox);

// Starts connect(2). done: connected at once; would_block: in progress, wait for writable and ask connect_result.
[[nodiscard]] IoResult start_connect(int fd, const base::Endpoint& remote);
[[nodiscard]] int connect_result(int fd);  // SO_ERROR: 0 when connected

struct Accepted {
  IoStatus status = IoStatus::would_block;
  int error = 0;
  IncomingConnection connection;
};
[[nodiscard]] Accepted accept_one(int listener);

// TCP_NODELAY, for sockets that carry a session.
void set_no_delay(int fd);
[[nodiscard]] base::Endpoint local_endpoint(int fd);
[[nodiscard]] base::Endpoint remote_endpoint(int fd);

}  // namespace tandem::process
