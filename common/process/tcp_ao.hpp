// TCP authentication option (RFC 5925): what Linux 6.7 and later is asked with. Private to this room.
//
// The structures are those of linux/tcp.h, which Debian 12 has without them.
#pragma once

#include <sys/socket.h>

#include <cstdint>

#include "common/process/host.hpp"

namespace tandem::process {

struct TcpAoAdd {  // tcp_ao_add
  sockaddr_storage address;
  char algorithm[64];
  std::int32_t interface_index;
  std::uint32_t flags;
  std::uint16_t reserved;
  std::uint8_t prefix_length;
  std::uint8_t send_id;
  std::uint8_t receive_id;
  std::uint8_t mac_length;  // 0: 12 octets
  std::uint8_t key_flags;
  std::uint8_t key_length;
  std::uint8_t key[80];
};
static_assert(sizeof(TcpAoAdd) == 288);

struct TcpAoDelete {  // tcp_ao_del
  sockaddr_storage address;
  std::int32_t interface_index;
  std::uint32_t flags;
  std::uint16_t reserved;
  std::uint8_t prefix_length;
  std::uint8_t send_id;
  std::uint8_t receive_id;
  std::uint8_t current_key;
  std::uint8_t next_key;
  std::uint8_t key_flags;
};
static_assert(sizeof(TcpAoDelete) == 144);

struct TcpAoInfo {  // tcp_ao_info_opt
  std::uint32_t flags;
  std::uint16_t reserved;
  std::uint8_t current_key;
  std::uint8_t next_key;
  std::uint64_t good, bad, key_not_found, required, dropped_icmp;
};
static_assert(sizeof(TcpAoInfo) == 48);

// REQUIRES key.ao and at most 80 octets of key.
[[nodiscard]] TcpAoAdd ao_add_request(const TcpKey& key);
[[nodiscard]] TcpAoDelete ao_delete_request(const TcpKey& key);

// The calls as the kernel sees them: 0 or the errno.
[[nodiscard]] int add_ao_key(int fd, const TcpKey& key);
[[nodiscard]] int delete_ao_key(int fd, const TcpKey& key);
// Whether the connection was made with TCP-AO: the kernel gives its state to no other.
[[nodiscard]] int ask_for_ao(int connection);

}  // namespace tandem::process
