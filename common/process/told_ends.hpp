// What is said of the ends of connections instead of the kernel, which knows of others: a replay's connections go over the loopback interface
// and once did not (docs/recording.md).
#pragma once

#include <optional>
#include <string>

#include "common/base/ip.hpp"

namespace tandem::process {

struct TcpEnds {
  base::Endpoint local, remote;
  std::string interface;
};

class ToldEnds {
 public:
  // None: what the kernel says.
  [[nodiscard]] virtual std::optional<TcpEnds> of_dialled(int fd) = 0;        // connected; may be asked again
  [[nodiscard]] virtual std::optional<TcpEnds> of_accepted(int listener) = 0; // the connection that was accepted just now

 protected:
  ~ToldEnds() = default;
};

// For the whole process, whose connections are all of that kind; null: the kernel is asked. While nobody moves octets.
void set_told_ends(ToldEnds* ends);

}  // namespace tandem::process
