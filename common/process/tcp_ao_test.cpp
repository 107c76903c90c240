// What the kernel is told of TCP-AO, octet by octet as linux/tcp.h of Linux 6.7 has it, and what is said where it knows nothing of it.
#include "common/process/tcp_ao.hpp"

#include <errno.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "common/base/bytes.hpp"
#include "common/process/posix_host.hpp"

namespace tandem::process {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TcpKey key_for(const char* remote, base::TcpAoAlgorithm algorithm, std::uint8_t prefix_length = 0) {
  return {*base::IpAddress::parse(remote), "secret", prefix_length, TcpAo{7, algorithm}};
}

template <typename Request>
std::string octets(const Request& request, std::size_t from, std::size_t count) {
  base::Buffer all(sizeof request);
  std::memcpy(all.data(), &request, sizeof request);
  return base::to_hex(base::Bytes(all).subspan(from, count));
}

TEST(TcpAo, AKeyIsAddedWithItsAddressAlgorithmAndIdentifiers) {
  const TcpAoAdd one = ao_add_request(key_for("192.0.2.1", base::TcpAoAlgorithm::hmac_sha_1_96));
  EXPECT_EQ(octets(one, 2, 6), "0000c0000201") << "port 0, address";
  EXPECT_EQ(one.address.ss_family, AF_INET);
  EXPECT_EQ(octets(one, 128, 12), "686d616328736861312900" "00") << "hmac(sha1)";
  EXPECT_EQ(octets(one, 192, 10), "00000000000000000000") << "interface, flags, reserved";
  EXPECT_EQ(octets(one, 202, 6), "200707000006") << "prefix 32, send 7, receive 7, 12 octets of code, flags, 6 octets of key";
  EXPECT_EQ(octets(one, 208, 8), "7365637265740000");

  const TcpAoAdd two = ao_add_request(key_for("2001:db8::", base::TcpAoAlgorithm::aes_128_cmac_96, 32));
  EXPECT_EQ(two.address.ss_family, AF_INET6);
  EXPECT_EQ(octets(two, 8, 16), "20010db8000000000000000000000000");
  EXPECT_STREQ(two.algorithm, "cmac(aes128)");
  EXPECT_EQ(two.prefix_length, 32);
  EXPECT_STREQ(ao_add_request(key_for("192.0.2.1", base::TcpAoAlgorithm::hmac_sha_256)).algorithm, "hmac(sha256)");
}

TEST(TcpAo, AKeyIsDeletedByAddressAndIdentifiers) {
  const TcpAoDelete one = ao_delete_request(key_for("10.0.0.0", base::TcpAoAlgorithm::hmac_sha_256, 8));
  EXPECT_EQ(octets(one, 2, 6), "00000a000000");
  EXPECT_EQ(octets(one, 128, 16), "0000000000000000" "0000" "080707" "000000");
}

// Linux 6.7 and later takes the key where it is built with TCP-AO; every other refuses, and nothing is sent unsigned.
TEST(TcpAo, AKernelWithoutItIsNamed) {
  PosixHost host;
  DialPlan plan;
  plan.remote = {*base::IpAddress::parse("127.0.0.1"), 1};
  plan.key = key_for("127.0.0.1", base::TcpAoAlgorithm::hmac_sha_1_96);
  const auto socket = host.open_dial_socket(plan);
  const auto listener = host.open_listener({{*base::IpAddress::parse("127.0.0.1"), 0}, 0, {*plan.key}, {}});
  ASSERT_TRUE(listener.has_value());
  EXPECT_EQ(listener->missing.count, socket.has_value() ? 0U : 1U);
  if (socket) {
    EXPECT_EQ(ask_for_ao(socket->get()), 0);
    return;
  }
  for (const std::string& reason : {socket.error().reason(), listener->missing.reason}) {
    EXPECT_THAT(reason, HasSubstr("TCP_AO_ADD_KEY for 127.0.0.1"));
    EXPECT_THAT(reason, HasSubstr("this kernel has no TCP-AO: it needs Linux 6.7 or later with CONFIG_TCP_AO"));
    EXPECT_THAT(reason, Not(HasSubstr("secret")));
  }
}

TEST(TcpAo, AConnectionThatIsNotSignedIsRefused) {
  PosixHost host;
  auto listener = host.open_listener({{*base::IpAddress::parse("127.0.0.1"), 0}, 0, {}, {}});
  ASSERT_TRUE(listener.has_value());
  DialPlan plan;
  plan.remote = {*base::IpAddress::parse("127.0.0.1"), 1};
  const auto plain = host.open_dial_socket(plan);
  ASSERT_TRUE(plain.has_value());
  EXPECT_FALSE(host.require_key(plain->get(), key_for("127.0.0.1", base::TcpAoAlgorithm::hmac_sha_1_96)).has_value());
}

}  // namespace
}  // namespace tandem::process
