#include "tandem/healthcheck/addresses.hpp"

#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cstring>

namespace tandem::healthcheck {
namespace {

// A message of the kernel: header, the address it is about, attributes.
class Message {
 public:
  explicit Message(unsigned short type) {
    nlmsghdr head{};
    head.nlmsg_type = type;
    put(&head, sizeof head);
  }
  Message& about(unsigned char family, unsigned char length, unsigned index) {
    ifaddrmsg body{};
    body.ifa_family = family;
    body.ifa_prefixlen = length;
    body.ifa_index = index;
    put(&body, sizeof body);
    return *this;
  }
  Message& attribute(unsigned short type, std::string_view value) {
    rtattr head{};
    head.rta_type = type;
    head.rta_len = static_cast<unsigned short>(RTA_LENGTH(value.size()));
    put(&head, sizeof head);
    put(value.data(), value.size());
    return *this;
  }
  Message& raw(std::string_view octets) {
    put(octets.data(), octets.size());
    return *this;
  }
  [[nodiscard]] base::Buffer octets() const {
    base::Buffer out = octets_;
    const auto length = static_cast<std::uint32_t>(out.size());
    std::memcpy(out.data(), &length, sizeof length);
    return out;
  }

 private:
  void put(const void* value, std::size_t size) {
    const auto* from = static_cast<const std::uint8_t*>(value);
    octets_.insert(octets_.end(), from, from + size);
    octets_.resize(NLMSG_ALIGN(octets_.size()));
  }
  base::Buffer octets_;
};

using namespace std::string_view_literals;

base::Buffer labelled() {
  return Message(RTM_NEWADDR).about(AF_INET, 32, 1).attribute(IFA_ADDRESS, "\xC0\0\2\1"sv).attribute(IFA_LOCAL, "\xC0\0\2\1"sv).attribute(IFA_LABEL, "lo:web\0"sv).octets();
}

TEST(NetlinkAddresses, AreReadWithTheirLabels) {
  std::vector<InterfaceAddress> found;
  ASSERT_TRUE(read_addresses(labelled(), 1, found).value());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].prefix.text(), "192.0.2.1/32");
  EXPECT_EQ(found[0].label, "lo:web");
}

TEST(NetlinkAddresses, OfOtherInterfacesAreNotMeant) {
  std::vector<InterfaceAddress> found;
  ASSERT_TRUE(read_addresses(labelled(), 2, found).value());
  EXPECT_TRUE(found.empty());
}

TEST(NetlinkAddresses, TheFarEndOfALinkIsNoAddressOfOurs) {
  std::vector<InterfaceAddress> found;
  const auto octets = Message(RTM_NEWADDR).about(AF_INET, 32, 1).attribute(IFA_ADDRESS, "\xC0\0\2\2"sv).attribute(IFA_LOCAL, "\xC0\0\2\1"sv).octets();
  ASSERT_TRUE(read_addresses(octets, 1, found).value());
  EXPECT_TRUE(found.empty());
}

TEST(NetlinkAddresses, EndWithTheKernelsLastWordOrItsError) {
  std::vector<InterfaceAddress> found;
  EXPECT_FALSE(read_addresses(Message(NLMSG_DONE).octets(), 1, found).value());
  const auto refusal = Message(NLMSG_ERROR).raw("\xFF\xFF\xFF\xFF"sv).raw(std::string(16, '\0')).octets();  // -1: EPERM
  EXPECT_EQ(read_addresses(refusal, 1, found).error().reason(), "netlink(addresses): Operation not permitted");
}

TEST(NetlinkAddresses, MayBeCutAnywhere) {
  const base::Buffer whole = labelled();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    base::Buffer cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    std::vector<InterfaceAddress> found;
    EXPECT_TRUE(read_addresses(cut, 1, found).has_value());
    EXPECT_TRUE(found.empty()) << length;
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {  // any length inside may be wrong
    base::Buffer broken = whole;
    broken[at] = 0xFF;
    std::vector<InterfaceAddress> found;
    (void)read_addresses(broken, 1, found);
    EXPECT_LE(found.size(), 1U);
  }
}

}  // namespace
}  // namespace tandem::healthcheck
