// Asio on io_uring beside Asio on epoll in one program: its classes have the same names and other members, so one of the two goes by
// other names. Put in front of every file of this engine by the compiler (CMakeLists.txt), as which Asio it is must be known before anything
// of it is read. scripts/check-asio looks whether a name was forgotten.
#pragma once

#include <liburing.h>

#define BOOST_ASIO_HAS_IO_URING
#define BOOST_ASIO_DISABLE_EPOLL

// Namespaces: boost::asio, and that of the sources, which are engine_async's.
#define asio asio_uring
#define engine_async engine_uring
// Functions of Asio that C knows, too. The first writes to the pipe of *its* Asio: with the wrong one, signals are lost without a word.
#define boost_asio_signal_handler boost_asio_uring_signal_handler
#define boost_asio_detail_posix_thread_function boost_asio_uring_posix_thread_function

// Asio 1.81 leaves the user data of a cancellation as it finds it, and means none; since 2.1 liburing does not clear them any more. With
// what the slot of the ring held last, the end of the cancellation would pass for the end of another operation, perhaps of one that is gone.
static inline io_uring_sqe* tandem_cleared_sqe(io_uring* ring) {
  io_uring_sqe* const entry = io_uring_get_sqe(ring);
  if (entry != nullptr) io_uring_sqe_set_data(entry, nullptr);
  return entry;
}
#define io_uring_get_sqe tandem_cleared_sqe
