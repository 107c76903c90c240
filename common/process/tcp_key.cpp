#include "common/process/tcp_key.hpp"

#include <errno.h>
#include <fmt/format.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cstring>

#include "common/process/socket_address.hpp"
#include "common/process/system_error.hpp"
#include "common/process/tcp_ao.hpp"

namespace tandem::process {

namespace {

// The call as the kernel sees it: 0 or the errno. An empty key removes the entry.
int change_md5_key(int fd, const TcpKey& key, std::uint16_t port) {
  const SocketAddress address = to_socket_address({key.remote, port});
  tcp_md5sig request{};
  std::memcpy(&request.tcpm_addr, &address.storage, sizeof request.tcpm_addr);
  request.tcpm_keylen = static_cast<std::uint16_t>(key.key.size());
  std::memcpy(request.tcpm_key, key.key.data(), key.key.size());
  int option = TCP_MD5SIG;
  if (key.prefix_length != 0 && key.prefix_length < key.remote.bits()) {
    option = TCP_MD5SIG_EXT;
    request.tcpm_flags = TCP_MD5SIG_FLAG_PREFIX;
    request.tcpm_prefixlen = key.prefix_length;
  }
  const int number = ::setsockopt(fd, IPPROTO_TCP, option, &request, sizeof request) == 0 ? 0 : errno;
  // Wiped by explicit_bzero, which the optimiser keeps: the stack must not hold the key.
  ::explicit_bzero(&request, sizeof request);
  return number;
}

base::Error key_error(const TcpKey& key, int number) {
  const std::string what = fmt::format("{} for {}", key.ao ? "TCP_AO_ADD_KEY" : "TCP_MD5SIG", key.remote.text());
  if (number == ENOPROTOOPT) {
    const std::string_view lacks = key.ao ? "TCP-AO: it needs Linux 6.7 or later with CONFIG_TCP_AO" : "TCP MD5 signatures (CONFIG_TCP_MD5SIG)";
    return base::Error(fmt::format("setsockopt({}): this kernel has no {}", what, lacks));
  }
  if (number == ENOENT && key.ao) return base::Error(fmt::format("setsockopt({}): this kernel lacks the algorithm", what));
  if (number == ENOMEM) {
    return base::Error(fmt::format("setsockopt({}): {}; the sysctl net.core.optmem_max bounds the keys of a socket", what, errno_text(number)));
  }
  return system_error("setsockopt", what, number);
}

// Nothing is received while it lives; what comes is sent again by the other side.
class Deaf {
 public:
  explicit Deaf(int fd) : fd_(fd) {
    sock_filter drop = BPF_STMT(BPF_RET | BPF_K, 0);
    const sock_fprog program{1, &drop};
    if (::setsockopt(fd_, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0) error_ = errno;
  }
  ~Deaf() {
    const int nothing = 0;
    if (error_ == 0) (void)::setsockopt(fd_, SOL_SOCKET, SO_DETACH_FILTER, &nothing, sizeof nothing);
  }
  Deaf(const Deaf&) = delete;
  Deaf& operator=(const Deaf&) = delete;
  [[nodiscard]] int error() const { return error_; }

 private:
  int fd_;
  int error_ = 0;
};

base::Result<void> remove_key(int fd, const TcpKey& key) {
  const int number = key.ao ? delete_ao_key(fd, key) : change_md5_key(fd, {key.remote, {}, key.prefix_length}, 0);
  if (number == 0 || number == ENOENT) return boost::system::in_place_value;
  return key_error(key, number);
}

}  // namespace

base::Result<void> set_key(int fd, const TcpKey& key, std::uint16_t port) {
  if (key.key.size() > TCP_MD5SIG_MAXKEYLEN) {
    return base::Error(fmt::format("the key of {} is longer than {} octets", key.remote.text(), TCP_MD5SIG_MAXKEYLEN));
  }
  const int number = key.ao ? add_ao_key(fd, key) : change_md5_key(fd, key, port);
  if (number != 0) return key_error(key, number);
  return boost::system::in_place_value;
}

HeldKeys keys_of(int listener, const std::vector<TcpKey>& wanted) {
  HeldKeys keys;
  const bool v6 = socket_family(listener) == AF_INET6;
  for (const TcpKey& key : wanted) {
    if (key.remote.is_v6() == v6) keys.try_emplace({key.remote, key.prefix_length}, key);
  }
  return keys;
}

KeyChanges change_keys(int listener, const std::vector<TcpKey>& wanted, HeldKeys& held) {
  KeyChanges result;
  const bool v6 = socket_family(listener) == AF_INET6;
  std::map<std::pair<base::IpAddress, std::uint8_t>, const TcpKey*> by_address;
  for (const TcpKey& key : wanted) {
    if (key.remote.is_v6() == v6) by_address.try_emplace({key.remote, key.prefix_length}, &key);
  }
  std::erase_if(held, [&](const auto& entry) {
    if (by_address.contains(entry.first)) return false;
    return remove_key(listener, entry.second).has_value();
  });
  for (const TcpKey& key : wanted) {
    const std::pair<base::IpAddress, std::uint8_t> place(key.remote, key.prefix_length);
    const auto chosen = by_address.find(place);
    if (chosen == by_address.end() || chosen->second != &key) continue;
    const auto known = held.find(place);
    if (known != held.end() && known->second == key) continue;
    const std::uint8_t length = key.prefix_length == 0 ? static_cast<std::uint8_t>(key.remote.bits()) : key.prefix_length;
    result.changed.push_back({key.remote, length});
    // Only an MD5 key takes the place of one; for an address the kernel holds either MD5 or TCP-AO.
    const bool in_place = known == held.end() || (!known->second.ao && !key.ao);
    if (!in_place && remove_key(listener, known->second)) held.erase(place);
    if (auto set = set_key(listener, key, 0); set) {
      held[place] = key;
      continue;
    } else if (result.missing.count++ == 0) {
      result.missing.reason = set.error().reason();
    }
    // The key it had is no longer anybody's.
    if (const auto old = held.find(place); old != held.end() && remove_key(listener, old->second)) held.erase(old);
  }
  return result;
}

base::Result<void> require_key(int connection, const TcpKey& key) {
  if (key.ao) {
    const int number = ask_for_ao(connection);
    if (number == ENOENT) return base::Error("the connection is not signed with TCP-AO");
    if (number != 0) return key_error(key, number);
    return boost::system::in_place_value;
  }
  // The kernel cannot be asked for a key, but it refuses to remove one that is not there. Meanwhile nothing may come in.
  const Deaf deaf(connection);
  if (deaf.error() != 0) return system_error("setsockopt", "SO_ATTACH_FILTER", deaf.error());
  const TcpKey own{key.remote, key.key};  // a connection's key is for its address alone, whatever the listener's was for
  const int number = change_md5_key(connection, {own.remote, {}}, 0);
  if (number == ENOENT) return base::Error("the kernel has not demanded a TCP MD5 signature");
  if (number != 0) return key_error(own, number);
  return set_key(connection, own, 0);
}

}  // namespace tandem::process
