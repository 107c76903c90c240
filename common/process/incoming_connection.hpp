// A connection that a listener has accepted, before anybody knows whose it is.
#pragma once

#include <string>

#include "common/base/ip.hpp"
#include "common/base/unique_fd.hpp"

namespace tandem::process {

struct IncomingConnection {
  base::UniqueFd fd;      // non-blocking, close-on-exec
  base::Endpoint local;   // none for Unix sockets
  base::Endpoint remote;
  std::string interface;  // the one a link-local remote is reached through (RFC 4007: its address says nothing without); else empty

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [fd, local, remote, interface] = self;
    archive.object(self, "incoming_connection")("fd", fd)("local", local)("remote", remote)("interface", interface);
  }
};

}  // namespace tandem::process
