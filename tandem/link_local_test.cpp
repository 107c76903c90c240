// The program as a process among neighbors that have one link-local address, each on an interface of its own (RFC 4007 section 6).
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>

#include "common/base/bytes.hpp"
#include "harness/child_process.hpp"
#include "tandem/own_network.hpp"
#include "tandem/running_tandem.hpp"

namespace tandem::program {
namespace {

using ::testing::HasSubstr;

constexpr std::uint16_t k_port = 1790;

// Cables a1-b1, a2-b2 ...: fe80::1 is at each a, fe80::2 at each b.
void lay_cables(int count) {
  const auto ip = [](const std::string& words) {
    EXPECT_EQ(harness::output_of({"/bin/sh", "-c", "PATH=$PATH:/sbin:/usr/sbin; ip " + words + " 2>&1"}), "") << words;
  };
  for (int i = 1; i <= count; ++i) {
    const std::string number = std::to_string(i);
    ip("link add a" + number + " type veth peer name b" + number);
    for (const auto& [end, address] : {std::pair{"a", "fe80::1"}, {"b", "fe80::2"}}) {
      ip("link set " + (end + number) + " addrgenmode none up");
      ip("address add " + std::string(address) + "/64 nodad dev " + end + number);
    }
  }
}

sockaddr_in6 at(const std::string& address, const std::string& interface, std::uint16_t port) {
  sockaddr_in6 out{};
  out.sin6_family = AF_INET6;
  out.sin6_port = htons(port);
  out.sin6_scope_id = ::if_nametoindex(interface.c_str());
  EXPECT_EQ(::inet_pton(AF_INET6, address.c_str(), &out.sin6_addr), 1);
  return out;
}

// The first message that fe80::2 is sent when it connects through `interface`; empty when there is none.
base::Buffer greeting(const std::string& interface) {
  const base::UniqueFd socket(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in6 from = at("fe80::2", interface, 0);
  const sockaddr_in6 to = at("fe80::1", interface, k_port);
  EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&from), sizeof from), 0);
  EXPECT_EQ(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  base::Buffer message(4096);
  pollfd entry{socket.get(), POLLIN, 0};
  const ssize_t count = ::poll(&entry, 1, 20'000) == 1 ? ::read(socket.get(), message.data(), message.size()) : 0;
  message.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  return message;
}

class LinkLocal : public Server {};
INSTANTIATE_TEST_SUITE_P(Engine, LinkLocal, ::testing::ValuesIn(engines_that_run()), [](const auto& info) { return info.param; });

TEST_P(LinkLocal, ANeighborIsMatchedWithItsInterface) {
  const OwnNetwork network;
  std::string text;
  for (const auto& [interface, as] : {std::pair{"a1", "101"}, {"a2", "102"}}) {
    text += std::string("neighbor fe80::2 {\n router-id 1.2.3.4;\n local-address fe80::1;\n local-as ") + as + ";\n peer-as 2;\n source-interface " + interface + ";\n}\n";
  }
  write("link-local.conf", text);
  std::vector<std::string> variables = environment();
  if (network.there()) {
    lay_cables(3);
    variables.insert(variables.end(), {"tandem_tcp_bind=::", "tandem_tcp_port=" + std::to_string(k_port)});
  }
  RunningTandem program({path("link-local.conf")}, variables);
  ASSERT_TRUE(program.wait_for(k_started)) << "two neighbors with one address: " << program.text();
  if (network.there()) {
    for (const auto& [interface, as] : {std::pair{"b1", 101}, {"b2", 102}}) {
      const base::Buffer open = greeting(interface);
      ASSERT_GT(open.size(), 22U) << interface;
      EXPECT_EQ(open[18], 1) << interface << ": OPEN";
      EXPECT_EQ(open[20] << 8 | open[21], as) << interface;
    }
    const base::Buffer refusal = greeting("b3");
    ASSERT_GT(refusal.size(), 20U);
    EXPECT_THAT((std::array{refusal[18], refusal[19], refusal[20]}), ::testing::ElementsAre(3, 6, 3)) << "no neighbor there";
  }
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0) << program.text();
}

}  // namespace
}  // namespace tandem::program
