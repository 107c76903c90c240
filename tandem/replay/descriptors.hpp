// Descriptors that stand for those of a recording: two ends each, both here.
#pragma once

#include <cstdint>

#include "common/base/error.hpp"
#include "common/base/unique_fd.hpp"

namespace tandem::replay {

// What is written to one can be read from the other; of sockets in both directions. None of them blocks.
struct Pair {
  base::UniqueFd reader;
  base::UniqueFd writer;
};
[[nodiscard]] base::Result<Pair> make_pipe();
[[nodiscard]] base::Result<Pair> make_unix_pair();
[[nodiscard]] base::Result<Pair> make_connection();  // over TCP, by the loopback interface

[[nodiscard]] base::Result<base::UniqueFd> make_socket();
[[nodiscard]] base::Result<void> bind_to_loopback(int fd);       // to a port that nobody has
[[nodiscard]] base::Result<base::UniqueFd> make_listening();     // there
[[nodiscard]] std::uint16_t own_port(int fd);                    // 0: none
[[nodiscard]] base::Result<void> connect_to_loopback(int fd, std::uint16_t port);  // begins it

}  // namespace tandem::replay
