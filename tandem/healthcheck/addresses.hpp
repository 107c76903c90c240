// The addresses of an interface, through rtnetlink: read, added, removed.
#pragma once

#include <string>
#include <vector>

#include "common/base/error.hpp"
#include "common/base/ip.hpp"
#include "common/base/unique_fd.hpp"

namespace tandem::healthcheck {

struct InterfaceAddress {
  base::Prefix prefix;  // as it was given: host bits may be set
  std::string label;    // of IPv4 alone: "lo", "lo:web"
};

// Answers of the kernel to a request for all addresses: those of the interface `index` in `message`, which is one datagram. False: it was
// the last one.
[[nodiscard]] base::Result<bool> read_addresses(base::Bytes message, unsigned index, std::vector<InterfaceAddress>& addresses);

class Addresses {
 public:
  [[nodiscard]] static base::Result<Addresses> open();

  [[nodiscard]] base::Result<std::vector<InterfaceAddress>> of(const std::string& interface);
  // One address with all its bits; `label` may be empty. Whether it changed anything: it may be there (or gone) already.
  [[nodiscard]] base::Result<bool> add(const base::IpAddress& address, const std::string& interface, const std::string& label);
  [[nodiscard]] base::Result<bool> remove(const base::IpAddress& address, const std::string& interface, const std::string& label);

 private:
  explicit Addresses(base::UniqueFd socket) : socket_(std::move(socket)) {}
  [[nodiscard]] base::Result<int> change(unsigned short type, const base::IpAddress& address, const std::string& interface, const std::string& label);

  base::UniqueFd socket_;
};

}  // namespace tandem::healthcheck
