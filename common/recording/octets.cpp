#include "common/recording/octets.hpp"

namespace tandem::recording {

void put_number(base::Buffer& out, std::uint64_t value) {
  std::uint8_t octets[k_number_max];
  out.insert(out.end(), octets, put_number(octets, value));
}

void put_signed(base::Buffer& out, std::int64_t value) {
  std::uint8_t octets[k_number_max];
  out.insert(out.end(), octets, put_signed(octets, value));
}

void put_octets(base::Buffer& out, base::Bytes octets) {
  put_number(out, octets.size());
  out.insert(out.end(), octets.begin(), octets.end());
}

void put_endpoint(base::Buffer& out, const base::Endpoint& endpoint) {
  put_octets(out, endpoint.address.bytes());
  put_number(out, endpoint.port);
}

std::uint64_t FieldReader::number() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint8_t octet = in_.u8();
    value |= static_cast<std::uint64_t>(octet & 0x7F) << shift;
    if ((octet & 0x80) == 0) {
      if (shift == 63 && octet > 1) break;
      return value;
    }
  }
  ok_ = false;
  return 0;
}

std::int64_t FieldReader::signed_number() {
  const std::uint64_t value = number();
  return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

base::Bytes FieldReader::octets() {
  const std::uint64_t size = number();
  if (!ok() || size > in_.left()) {
    ok_ = false;
    return {};
  }
  return in_.take(static_cast<std::size_t>(size));
}

base::IpAddress FieldReader::address() {
  const base::Bytes octets = this->octets();
  if (octets.size() != 0 && octets.size() != 4 && octets.size() != 16) ok_ = false;
  return base::IpAddress::from_bytes(octets);
}

base::Endpoint FieldReader::endpoint() {
  base::Endpoint endpoint;
  endpoint.address = address();
  const std::uint64_t port = number();
  if (port > 0xFFFF) ok_ = false;
  endpoint.port = static_cast<std::uint16_t>(port);
  return endpoint;
}

}  // namespace tandem::recording
