#include "bench/table/octets.hpp"

#include <algorithm>

namespace tandem::bench {

namespace {

constexpr std::uint8_t k_open = 1;
constexpr std::uint8_t k_update = 2;
constexpr std::uint8_t k_keepalive = 4;
constexpr std::uint8_t k_route_refresh = 5;

void u16(Octets& out, std::size_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}
void u32(Octets& out, std::uint32_t value) {
  u16(out, value >> 16);
  u16(out, value & 0xFFFF);
}
void add(Octets& out, std::initializer_list<std::uint8_t> octets) { out.insert(out.end(), octets); }

void header(Octets& out, std::uint8_t type, std::size_t body) {
  out.insert(out.end(), 16, 0xFF);
  u16(out, 19 + body);
  out.push_back(type);
}
void host_route(Octets& out, std::uint32_t address) {
  out.push_back(32);
  u32(out, address);
}

}  // namespace

Octets open_message(std::uint16_t hold_time_s, std::uint32_t router_id) {
  Octets out;
  constexpr std::uint8_t k_capabilities = 6 + 2 + 6;  // IPv4 unicast, route refresh, four-octet AS numbers
  header(out, k_open, 10 + 2 + k_capabilities);
  out.push_back(4);
  u16(out, k_as);
  u16(out, hold_time_s);
  u32(out, router_id);
  add(out, {2 + k_capabilities, 2, k_capabilities, 1, 4, 0, 1, 0, 1, 2, 0, 65, 4});
  u32(out, k_as);
  return out;
}

Octets keepalive_message() {
  Octets out;
  header(out, k_keepalive, 0);
  return out;
}

Octets route_refresh_message() {
  Octets out;
  header(out, k_route_refresh, 4);
  add(out, {0, 1, 0, 1});
  return out;
}

Octets announcements(std::uint32_t first, std::size_t count, std::size_t per_update) {
  Octets out;
  constexpr std::size_t k_attributes = 4 + 3 + 7 + 7 + 7;
  out.reserve(count * 5 + count / per_update * (23 + k_attributes));
  for (std::size_t i = 0; i < count; i += per_update) {
    const std::size_t here = std::min(per_update, count - i);
    header(out, k_update, 4 + k_attributes + here * 5);
    u16(out, 0);
    u16(out, k_attributes);
    add(out, {0x40, 1, 1, 0, 0x40, 2, 0, 0x40, 3, 4, 192, 0, 2, 1, 0x80, 4, 4});
    u32(out, static_cast<std::uint32_t>(i / per_update + 1));
    add(out, {0x40, 5, 4, 0, 0, 0, 100});
    for (std::size_t j = i; j < i + here; ++j) host_route(out, first + static_cast<std::uint32_t>(j));
  }
  return out;
}

Octets withdrawals(std::uint32_t first, std::size_t count) {
  Octets out;
  constexpr std::size_t k_per_update = 800;
  for (std::size_t i = 0; i < count; i += k_per_update) {
    const std::size_t here = std::min(k_per_update, count - i);
    header(out, k_update, 4 + here * 5);
    u16(out, here * 5);
    for (std::size_t j = i; j < i + here; ++j) host_route(out, first + static_cast<std::uint32_t>(j));
    u16(out, 0);
  }
  return out;
}

}  // namespace tandem::bench
